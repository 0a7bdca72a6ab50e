"""Signals from seat to seat. Routed by what the room knows, never by what a message claims; SDP stays opaque."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telehealth_widget.protocol import codec, limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import Phase, Via

if TYPE_CHECKING:
    from telehealth_widget.rooms.connection import Connection
    from telehealth_widget.rooms.room import Room


class Relay:
    """The signalling of one room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._candidates: dict[tuple[str, str], int] = {}

    def signal(self, sender: Connection, message: m.Signal) -> None:
        """Pass a signal on, or drop it: senders without a seat in the call, unknown addresses, earlier stints,
        floods."""
        own = self.own_endpoint(sender)
        target = self._room.seats.person_at(message.to)
        if own is None or target is None or target == sender.person:
            return
        if message.own is not None and message.own != own:
            return
        person = self._room.state.people.get(target)
        holder = self._room.seats.holder(target)
        if person is None or person.phase is not Phase.ADMITTED or holder is None:
            return
        pair = (own, message.to)
        if message.description is not None:
            self._candidates[pair] = 0
        self._candidates[pair] = self._candidates.get(pair, 0) + len(message.candidates)
        if self._candidates[pair] > limits.MAX_CANDIDATES_PER_PEER:
            return
        relayed = codec.encode(
            m.Signaled(sender=own, description=message.description, candidates=message.candidates)
        )
        connection = self._room.connections.get(holder.connection)
        if connection is not None and connection.told is not None and not connection.closed:
            connection.send_bytes(relayed)
        else:
            holder.pending.append(relayed)

    def own_endpoint(self, connection: Connection) -> str | None:
        """The address of this connection's seat, if it holds one in the call."""
        if connection.via is Via.KERNEL or connection.told is None:
            return None
        holder = self._room.seats.holder(connection.person)
        if holder is None or holder.connection != connection.id:
            return None
        return connection.told.you.endpoint

    def deliver_pending(self, connection: Connection) -> None:
        """Hand over what came while this seat's socket was down."""
        holder = self._room.seats.holder(connection.person)
        if holder is None or holder.connection != connection.id:
            return
        while holder.pending:
            connection.send_bytes(holder.pending.popleft())
