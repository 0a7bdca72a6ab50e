"""All rooms of one server: finds them by link, resume token or notebook, and lets connections in.

Tokens are checked here and nowhere else. Transport-free like the rest of `rooms`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import unicodedata
from collections.abc import Callable, Iterator

import msgspec

from telehealth_widget.core.state import Person, Session
from telehealth_widget.journal.contract import Journal, ResumeDropped, ResumeEntry, SideEntry
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.signature import signed
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import PRESENT_PHASES, Phase, Role, SessionPhase, Via
from telehealth_widget.rooms.clock import Clock, fresh_id
from telehealth_widget.rooms.connection import Connection, Transport
from telehealth_widget.rooms.connection_tests import ConnectionTests
from telehealth_widget.rooms.ledger import Entry
from telehealth_widget.rooms.room import SERVER, Room, Surroundings
from telehealth_widget.rooms.tokens import invite_token, new_token, token_hash

log = logging.getLogger(__name__)

ALIVE_WITHIN_MS = 1_000
"""How long the other tab has to prove that it is alive before a resumed connection replaces it."""


ENDED_KEPT = 32
"""So many ended sessions stay in memory."""


class SessionOver(TelehealthError):
    """The session of a genuine token has ended; `duration_ms` may be shown to its holder."""

    def __init__(self, duration_ms: int | None) -> None:
        super().__init__(ErrorCode.SESSION_ENDED)
        self.duration_ms = duration_ms


class TryLater(TelehealthError):
    """Not now: the page is to come again by itself."""


class Rooms:
    """The room server. Lives on one asyncio loop."""

    def __init__(
        self,
        journal: Journal,
        keyring: Keyring,
        *,
        link_of: Callable[[str, str | None], str],
        ice_for: Callable[[str], m.Ice],
        clock: Clock | None = None,
        tests: ConnectionTests | None = None,
    ) -> None:
        """
        Args:
            link_of: (token, language of the invitation) → the whole link, on the guest site.
            ice_for: person id → ICE servers with credentials made now.
            tests: what answers connection tests; None: they are not offered. Stopped with the rooms.
        """
        self.journal = journal
        self.clock = clock or Clock()
        self.epoch = fresh_id()
        self._keyring = keyring
        self._link_key = keyring.derive("invite links")
        self._notebook_key = keyring.derive("notebooks")
        self._rooms: dict[str, Room] = {}
        self._renewal: asyncio.TimerHandle | None = None
        self._opening = asyncio.Lock()
        self._around = Surroundings(
            journal=journal,
            clock=self.clock,
            epoch=self.epoch,
            endpoint_key=keyring.derive("endpoints"),
            token_of=self._token_of,
            link_of=link_of,
            ice_for=ice_for,
            tests=tests,
        )

    async def start(self) -> None:
        """Take up every unfinished session of the journal."""
        loop = asyncio.get_running_loop()
        for entry in await loop.run_in_executor(None, self.journal.sessions):
            try:
                records = await loop.run_in_executor(None, self.journal.read, entry.session)
            except TelehealthError as error:
                if error.code is not ErrorCode.JOURNAL_DAMAGED:
                    raise
                # Asked for by its id it says so; the other sessions go on.
                log.error("session %s is left out: its record is damaged", entry.session)
                continue
            room = Room(entry.session, self._around, records)
            if room.state.phase is not SessionPhase.ENDED and entry.session not in self._rooms:
                self._rooms[entry.session] = room
                room.start()
        self._renew()

    def _renew(self) -> None:
        for room in self._rooms.values():
            room.renew_ice()
        half_s = limits.ICE_CREDENTIALS_VALID_MS / 2000
        self._renewal = asyncio.get_running_loop().call_later(half_s, self._renew)

    def stop(self) -> None:
        """Tell every socket to come back later. The journal is closed by its owner."""
        if self._renewal is not None:
            self._renewal.cancel()
        if self._around.tests is not None:
            self._around.tests.stop()
        for room in self._rooms.values():
            room.stop()

    # -- sessions -----------------------------------------------------------------------------------

    def room(self, session: str) -> Room:
        """The live room of a session, loaded from the journal if need be.

        Raises:
            CommandRefused: UNKNOWN_SESSION.
        """
        known = self._rooms.get(session)
        if known is not None:
            return known
        records = self.journal.read(session)
        if not records:
            raise CommandRefused(ErrorCode.UNKNOWN_SESSION)
        self._let_go_of_ended()
        room = Room(session, self._around, records)
        self._rooms[session] = room
        room.start()
        return room

    def _let_go_of_ended(self) -> None:
        """Ended rooms that nobody looks at are read again when asked for; a few are kept for reloads."""
        over = [
            room
            for room in self._rooms.values()
            if room.state.phase is SessionPhase.ENDED and room.idle
        ]
        for room in over[: max(0, len(over) - ENDED_KEPT)]:
            room.let_go()
            del self._rooms[room.id]

    async def open_session(self, opening: c.Open, *, new: bool = False) -> str:
        """The id of the notebook's unfinished session of that title, or of a new one.

        Args:
            opening: `notebook` is the notebook's path here; only a keyed digest of it is kept.
            new: always make a new one.

        Raises:
            CommandRefused: bad title, code, name or option; JOURNAL_UNAVAILABLE; TOO_MANY.
        """
        async with self._opening:  # two cells at once: one session
            return await self._open_session(opening, new)

    # -- records ----------------------------------------------------------------------------------------

    def exported(self, session: str) -> Iterator[bytes]:
        """The stored records of a session as lines, and the signed end. May be read on any thread."""
        return signed(self.journal.exported(session), self._keyring, session)

    async def note_export(self, session: str, form: str, *, texts: bool) -> None:
        """Record that a copy of the record is about to leave.

        Raises:
            CommandRefused: UNKNOWN_SESSION, BAD_TEXT, or JOURNAL_UNAVAILABLE: then nothing may leave.
        """
        settled: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        command = c.NoteExport(form=form, texts=texts)
        self.room(session).act(SERVER, command, on_settled=settled.set_result)
        if (await settled).dropped:
            raise CommandRefused(ErrorCode.JOURNAL_UNAVAILABLE)

    async def forget(self, session: str, owner: str) -> None:
        """Destroy the key of a person's texts (or of `OF_SESSION`), and let go of what is in memory.

        Raises:
            TelehealthError: UNKNOWN_SESSION; WRONG_PHASE while the session goes on; LEGAL_HOLD; BAD_OPTION if the
                retention policy cannot be read; JOURNAL_UNAVAILABLE if a copy of the key may remain.
        """
        room = self._rooms.get(session)
        if room is not None and room.state.phase is not SessionPhase.ENDED:
            raise TelehealthError(
                ErrorCode.WRONG_PHASE,
                "This session goes on. End it first: its people's names are in use until then.",
            )
        loop = asyncio.get_running_loop()
        try:
            forgotten = await loop.run_in_executor(None, self.journal.forget, session, owner)
            await asyncio.wrap_future(forgotten)
        finally:
            # Read anew it holds what can still be opened.
            room = self._rooms.pop(session, None)
            if room is not None:
                room.stop()

    async def _open_session(self, opening: c.Open, new: bool) -> str:
        notebook = self._digest(opening.notebook) if opening.notebook else None
        if not new:
            for room in self._rooms.values():
                if _is_same(room.state, notebook, opening.title):
                    return room.id
        self._let_go_of_ended()
        live = sum(1 for r in self._rooms.values() if r.state.phase is not SessionPhase.ENDED)
        if live >= limits.MAX_LIVE_SESSIONS:
            raise CommandRefused(
                ErrorCode.TOO_MANY, "Too many unfinished sessions. End some with session.end()."
            )
        session = f"s_{fresh_id(12)}"
        room = Room(session, self._around)
        settled: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        command = msgspec.structs.replace(opening, notebook=notebook)
        room.act(SERVER, command, on_settled=settled.set_result)
        self._rooms[session] = room
        if (await settled).dropped:
            del self._rooms[session]
            raise CommandRefused(ErrorCode.JOURNAL_UNAVAILABLE)
        return session

    def _digest(self, path: str) -> str:
        return hmac.new(self._notebook_key, path.encode(), hashlib.sha256).hexdigest()[:32]

    def _token_of(self, session: str, person: Person) -> str:
        return invite_token(self._link_key, session, person.id, person.serial)

    # -- letting connections in -------------------------------------------------------------------------

    async def let_guest_in(self, hello: m.Hello, transport: Transport) -> tuple[Room, Connection]:
        """Check the token of a guest's first message and attach the connection.

        Raises:
            TelehealthError: LINK_UNKNOWN (also for every malformed token), LINK_EXPIRED, LINK_REVOKED,
                REMOVED, RESUME_UNKNOWN, RESUME_REUSED, `SessionOver`, or `TryLater` for whoever comes too often.
        """
        if hello.resume is not None and hello.invite is None:
            return await self._resume(hello, transport)
        found = None
        if hello.invite is not None and hello.resume is None:
            found = self.journal.find_invite(token_hash("invite", hello.invite))
        if found is None:
            raise TelehealthError(ErrorCode.LINK_UNKNOWN)
        room = self.room(found.session)
        person = self._allowed(room.state, found.person, found.serial)
        _count(room, person)
        connection = self._connection(room, person, hello, Via.PAGE, transport, fresh_id(16))
        return room, self._attach(room, connection, person)

    async def _resume(self, hello: m.Hello, transport: Transport) -> tuple[Room, Connection]:
        found = self.journal.find_resume(token_hash("resume", hello.resume or ""))
        if found is None:
            raise TelehealthError(ErrorCode.RESUME_UNKNOWN)
        entry, current = found
        room = self.room(entry.session)
        person = self._allowed(room.state, entry.person, entry.serial)
        _count(room, person)
        same_page = entry.page == hello.page
        if not hello.take and not same_page:
            if not current:
                raise TelehealthError(ErrorCode.RESUME_REUSED)
            for other in room.live_of(person.id, Via.PAGE):
                if await other.transport.alive(ALIVE_WITHIN_MS) and not other.closed:
                    raise TelehealthError(ErrorCode.RESUME_REUSED)
            person = self._allowed(room.state, entry.person, entry.serial)
        # A second page never inherits the connection of a page that may come back.
        keep = current or same_page
        connection_id = entry.connection if keep else fresh_id(16)
        connection = self._connection(room, person, hello, Via.PAGE, transport, connection_id)
        # The one that was shown stays good for this page: the answer may be lost, and lost again.
        previous = token_hash("resume", hello.resume or "") if keep else None
        return room, self._attach(room, connection, person, previous)

    def _allowed(self, state: Session, person_id: str, serial: int) -> Person:
        person = state.people.get(person_id)
        if person is None:
            raise TelehealthError(ErrorCode.LINK_UNKNOWN)
        if state.phase is SessionPhase.ENDED:
            raise SessionOver(state.duration_for(person.id))
        if person.revoked or person.serial != serial:
            raise TelehealthError(ErrorCode.LINK_REVOKED)
        if person.phase is Phase.REMOVED:
            raise TelehealthError(ErrorCode.REMOVED)
        # Whoever is present stays; an expired link leads nobody in, nor back in.
        if person.expires_at_ms <= self.clock.wall_ms() and person.phase not in PRESENT_PHASES:
            raise TelehealthError(ErrorCode.LINK_EXPIRED)
        return person

    def let_desk_in(
        self, session: str, hello: m.Hello, via: Via, transport: Transport
    ) -> tuple[Room, Connection]:
        """Attach a widget or kernel that the server has authenticated as the provider of this notebook.

        Raises:
            TelehealthError: UNKNOWN_SESSION; MALFORMED if a guest's token is shown here.
        """
        if hello.invite is not None:
            raise TelehealthError(ErrorCode.MALFORMED)
        room = self.room(session)
        person = room.state.people[room.state.provider]
        connection_id, previous = fresh_id(16), None
        if hello.resume is not None:
            shown = token_hash("resume", hello.resume)
            found = self.journal.find_resume(shown)
            if found is not None and (found[0].session, found[0].person) == (session, person.id):
                entry, current = found
                live = room.connections.get(entry.connection)
                if (current and live is None) or entry.page == hello.page:
                    connection_id, previous = entry.connection, shown
        connection = self._connection(room, person, hello, via, transport, connection_id)
        return room, self._attach(room, connection, person, previous)

    def _connection(
        self,
        room: Room,
        person: Person,
        hello: m.Hello,
        via: Via,
        transport: Transport,
        connection_id: str,
    ) -> Connection:
        others = [x for x in room.connections.values() if x.person == person.id]
        if len(others) >= limits.MAX_CONNECTIONS_PER_PERSON:
            raise TelehealthError(ErrorCode.TOO_MANY)
        role = Role.PROVIDER if via is not Via.PAGE else person.role
        return Connection(
            id=connection_id,
            session=room.id,
            person=person.id,
            role=role,
            via=via,
            page=hello.page,
            agent=hello.agent,
            transport=transport,
            rates=room.visits.rates(person.id, via),
            claims_seat=hello.seat,
        )

    def _attach(
        self, room: Room, connection: Connection, person: Person, previous: bytes | None = None
    ) -> Connection:
        resume = new_token()
        side: tuple[SideEntry, ...] = ()
        if connection.via is not Via.KERNEL:
            entry = ResumeEntry(
                connection=connection.id,
                session=room.id,
                person=person.id,
                serial=person.serial,
                hash=token_hash("resume", resume),
                previous=previous,
                page=connection.page,
            )
            gone = room.visits.came(person.id, connection.id, room.in_use(person.id))
            side = (entry, *(ResumeDropped(session=room.id, connection=x) for x in gone))
        room.attach(connection, resume, side)
        return connection


def _count(room: Room, person: Person) -> None:
    """Let the person come once more: each coming is written to the disk, and told to the others."""
    if not room.visits.may_come(person.id):
        raise TryLater(ErrorCode.TOO_MANY)


def _is_same(state: Session, notebook: str | None, title: str) -> bool:
    return (
        state.phase is not SessionPhase.ENDED
        and state.opened
        and state.notebook == notebook
        and state.title == unicodedata.normalize("NFC", title.strip())
    )
