"""What a connection sends: each message to the command, seat or signal that it means, and the answer back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from telehealth_widget.core import outbox
from telehealth_widget.core.policy import Recording
from telehealth_widget.core.words import clean_caption
from telehealth_widget.journal.contract import SideEntry
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Phase, SessionPhase, StepAt, Via
from telehealth_widget.rooms.clock import fresh_id
from telehealth_widget.rooms.ledger import Entry
from telehealth_widget.rooms.measuring import Measuring
from telehealth_widget.rooms.talk import for_viewer

if TYPE_CHECKING:
    from telehealth_widget.rooms.connection import Connection
    from telehealth_widget.rooms.room import Room

STALLED_MS = 1_000
"""How long a protective act waits for the journal before it is acknowledged as not recorded."""


class Inbox:
    """Takes the messages of one room's authenticated connections. Answers go through their outlets."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._measuring = Measuring(room)

    def receive(self, connection: Connection, message: m.AnyUpward) -> None:
        """Act on one message."""
        if connection.closed:
            return
        clock = self._room.around.clock
        match message:
            case m.Beat():
                if connection.rates.beats.take(clock.monotonic_ms()):
                    connection.send(m.Beaten(n=message.n, now_ms=clock.wall_ms()))
            case m.Signal():
                if connection.rates.signals.take(clock.monotonic_ms()):
                    self._room.relay.signal(connection, message)
            case m.BeginTest() | m.SignalTest() | m.EndTest():
                if connection.rates.tests.take(clock.monotonic_ms()):
                    self._test(connection, message)
            case m.Measured():
                if connection.rates.measured.take(clock.monotonic_ms()):
                    self._measuring.take(connection, message)
            case m.Do() | m.TakeSeat() | m.GetLink():
                try:
                    if not connection.rates.commands.take(clock.monotonic_ms()):
                        raise CommandRefused(ErrorCode.TOO_MANY)
                    self._do(connection, message)
                except CommandRefused as refused:
                    self._refuse(connection, message.id, refused)
            case m.Hello():
                connection.close(ErrorCode.MALFORMED, m.CloseCode.MALFORMED)

    def _test(
        self, connection: Connection, message: m.BeginTest | m.SignalTest | m.EndTest
    ) -> None:
        tests = self._room.around.tests
        match message:
            case m.BeginTest() if tests is None:
                connection.send(m.TestStep(at=StepAt.UNAVAILABLE))
            case m.BeginTest() if tests is not None:
                tests.begin(self._room, connection)
            case m.SignalTest() if tests is not None:
                tests.signal(connection, message)
            case m.EndTest() if tests is not None:
                tests.drop(connection)

    def _refuse(self, connection: Connection, number: int, refused: CommandRefused) -> None:
        # Candidates are codes of other people: for the desk alone.
        candidates = refused.candidates if connection.actor.at_desk else ()
        message = refused.message
        if not connection.role.is_staff and refused.code is ErrorCode.UNKNOWN_PERSON:
            message = SENTENCES[refused.code]
        connection.send(
            m.Refused(id=number, code=refused.code, message=message, candidates=candidates)
        )

    def _do(self, connection: Connection, message: m.Do | m.TakeSeat | m.GetLink) -> None:
        match message:
            case m.GetLink():
                connection.send(self._link(connection, message.id, message.person))
            case m.TakeSeat():
                self._take_seat(connection, message.id)
            case m.Do(command=c.Join()):
                if connection.via is Via.KERNEL:
                    raise CommandRefused(
                        ErrorCode.NOT_PERMITTED, "Join from the room's page, where a camera is."
                    )
                # By link nobody joins, they are admitted: the policy refuses, and no seat moves for it.
                self._command(connection, message, seat=connection.via is Via.WIDGET)
            case m.Do():
                self._command(connection, message)

    def _command(self, connection: Connection, message: m.Do, *, seat: bool = False) -> None:
        command = message.command
        answered = False

        def answer(entry: Entry | None) -> None:
            nonlocal answered
            if answered:
                return
            answered = True
            if entry is not None and entry.dropped:
                refused = CommandRefused(ErrorCode.JOURNAL_UNAVAILABLE)
                self._refuse(connection, message.id, refused)
                return
            if entry is not None and isinstance(command, c.SendChat):
                self._deliver(entry, command)
            if entry is not None and isinstance(command, c.SendCaption):
                self._caption(entry, command)
            if isinstance(command, c.Invite | c.Reissue):
                try:
                    connection.send(self._link(connection, message.id, self._meant(command)))
                except CommandRefused as refused:
                    self._refuse(connection, message.id, refused)
                return
            recorded = entry is not None and entry.recorded
            connection.send(m.Done(id=message.id, recorded=recorded))

        side: Sequence[SideEntry] = ()
        if seat:
            before = self._room.seats.holder(connection.person)
            self._room.take_seat(connection)
            side = (self._room.seat_entry(connection),)
            try:
                entry = self._room.act(connection.actor, command, side=side, on_settled=answer)
            except CommandRefused:
                self._room.seats.put_back(connection.person, before)
                raise
        else:
            entry = self._room.act(connection.actor, command, on_settled=answer)
        if entry.recording is Recording.AFTER and not entry.settled:
            asyncio.get_running_loop().call_later(STALLED_MS / 1000, answer, None)

    def _meant(self, command: c.Invite | c.Reissue) -> str:
        if isinstance(command, c.Reissue):
            return command.person
        people = self._room.state.people.values()
        return next((p.id for p in people if p.code == command.code), "")

    def _link(self, connection: Connection, number: int, person_id: str) -> m.Done:
        state = self._room.state
        if not (connection.actor.at_desk and connection.person == state.provider):
            raise CommandRefused(ErrorCode.NOT_PROVIDER)
        person = state.people.get(person_id)
        if person is None or person.id == state.provider:
            raise CommandRefused(ErrorCode.UNKNOWN_PERSON)
        if state.phase is SessionPhase.ENDED:
            raise CommandRefused(ErrorCode.SESSION_ENDED)
        if person.revoked:
            raise CommandRefused(
                ErrorCode.LINK_REVOKED, f"The link of {person.code} was withdrawn."
            )
        around = self._room.around
        return m.Done(
            id=number,
            person=person.id,
            url=around.link_of(around.token_of(self._room.id, person), person.language),
            expires_at_ms=person.expires_at_ms,
        )

    def _take_seat(self, connection: Connection, number: int) -> None:
        person = self._room.state.people.get(connection.person)
        if connection.via is Via.KERNEL or person is None or person.phase is not Phase.ADMITTED:
            raise CommandRefused(ErrorCode.WRONG_PHASE)
        self._room.take_seat(connection)
        self._room.note(
            (self._room.seat_entry(connection),),
            lambda entry: connection.send(m.Done(id=number, recorded=entry.recorded)),
        )

    def _deliver(self, entry: Entry, command: c.SendChat) -> None:
        room = self._room
        for draft in entry.drafts:
            if not isinstance(draft.body, e.ChatSent):
                continue
            chat, readers = room.talk.add(room.state, draft.body, command.text, draft.at_ms)
            for connection in list(room.connections.values()):
                if connection.person in readers and connection.told is not None:
                    connection.send(for_viewer(room.state, connection.viewer, chat, earlier=False))

    def _caption(self, entry: Entry, command: c.SendCaption) -> None:
        """To everyone in the session, unless whose words they are has gone meanwhile."""
        state = self._room.state
        speaker = state.people.get(command.person)
        if not entry.drafts or speaker is None or speaker.phase is not Phase.ADMITTED:
            return
        caption = m.Caption(
            id=f"s_{fresh_id()}",
            person=speaker.id,
            text=clean_caption(command.text),
            at_ms=entry.drafts[0].at_ms,
        )
        readers = outbox.audience(state, speaker, "everyone")
        for connection in list(self._room.connections.values()):
            if connection.person in readers and connection.told is not None:
                name = outbox.name_for(state, connection.viewer, speaker.id)
                connection.send(replace(caption, name=name))
