"""Takes what pages measured of their own person into the record of a room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telehealth_widget.core.measured import (
    may_measure,
    quality_measured,
    until_ms,
    voice_measured,
)
from telehealth_widget.protocol.measurements import AnyMeasurement, QualityMeasured, VoiceMeasured
from telehealth_widget.protocol.messages import Measured

if TYPE_CHECKING:
    from telehealth_widget.rooms.connection import Connection
    from telehealth_widget.rooms.room import Room


class Measuring:
    """Remembers, of each person and kind, until when the record tells already."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._until_ms: dict[tuple[str, type[AnyMeasurement]], int] = {}

    def take(self, connection: Connection, message: Measured) -> None:
        """Record it, if this page holds the seat of somebody in a live session; else nothing happens."""
        room = self._room
        state = room.state
        person = state.people.get(connection.person)
        holder = room.seats.holder(connection.person)
        if person is None or holder is None or holder.connection != connection.id:
            return
        if not may_measure(state, person):
            return
        now_ms, at_ms = room.time.now()
        came_in_ms = max(state.started_t_ms or 0, now_ms - max(0, at_ms - person.since_at_ms))

        def floor_ms(kind: type[AnyMeasurement]) -> int:
            return max(came_in_ms, self._until_ms.get((person.id, kind), 0))

        bodies: list[AnyMeasurement] = []
        if message.voice is not None:
            floor = floor_ms(VoiceMeasured)
            bodies.append(voice_measured(person.id, message.voice, now_ms=now_ms, floor_ms=floor))
        if message.quality is not None:
            floor = floor_ms(QualityMeasured)
            quality = quality_measured(person.id, message.quality, now_ms=now_ms, floor_ms=floor)
            if quality is not None:
                bodies.append(quality)
        for body in bodies:
            until = until_ms(body)
            if until is not None:
                self._until_ms[person.id, type(body)] = until
        if bodies:
            room.record(connection.actor, bodies)
