"""Journals that fail when told to, and a room on them: one session played step by step through every failure."""

from __future__ import annotations

import asyncio
import logging
import resource
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from telehealth_widget.journal.contract import SideEntry
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase, Source, Via
from telehealth_widget.rooms import room as room_module
from telehealth_widget.rooms.clock import Clock
from telehealth_widget.rooms.directory import Rooms
from tests.rooms.conftest import ORIGIN, Probe
from tests.soak.card import Line, line

ANSWERS_WITHIN_S = 10


class RefusingJournal(MemoryJournal):
    """In memory; refuses every append while `refuses` says so."""

    def __init__(self, keyring: Keyring) -> None:
        super().__init__(keyring)
        self.refuses = False

    def append(
        self, session: str, drafts: Sequence[e.Draft], side: Sequence[SideEntry] = ()
    ) -> Future[tuple[e.Record, ...]]:
        if self.refuses:
            future: Future[tuple[e.Record, ...]] = Future()
            future.set_exception(TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE))
            return future
        return super().append(session, drafts, side)


class Refusing:
    """Appends fail without a disk."""

    def __init__(self, folder: Path) -> None:
        self.keyring = Keyring.in_memory()
        self.journal: Any = RefusingJournal(self.keyring)

    def fail(self) -> None:
        self.journal.refuses = True

    def heal(self) -> None:
        self.journal.refuses = False


class OnDisk:
    """SQLite on a real disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.sqlite3"
        self.keyring = Keyring.open(folder / "journal.sqlite3.key", create=True)
        self.journal: Any = SqliteJournal.open(self.path, self.keyring)

    def call(self, act: Callable[[sqlite3.Connection], object]) -> object:
        return self.journal._writer.call(act).result(10)


class FullDisk(OnDisk):
    """SQLite may not take another page: SQLITE_FULL as soon as a write needs one."""

    def fail(self) -> None:
        def limit(connection: sqlite3.Connection) -> None:
            # What is free inside the file would still take a few rows.
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

        self.call(limit)

    def heal(self) -> None:
        self.call(lambda connection: connection.execute("PRAGMA max_page_count = 1000000"))


class BrokenDisk(OnDisk):
    """The kernel refuses to let the log grow: SQLITE_IOERR_WRITE at the next frame of it."""

    def fail(self) -> None:
        size = self.path.with_name(self.path.name + "-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def heal(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@dataclass
class Step:
    """One command, and what its record looks like."""

    who: str
    command: Callable[[dict[str, str]], c.Command]
    event: str | None
    fact: str | None = None
    """Person code or label of the event."""


def _by(name: str, **more: Any) -> Callable[[dict[str, str]], c.Command]:
    return lambda ids: getattr(c, name)(person=ids["P07"], **more)


def _plain(command: c.Command) -> Callable[[dict[str, str]], c.Command]:
    return lambda ids: command


SCRIPT = [
    Step("desk", _plain(c.Mark(label="before", note="long " * 300)), "MarkPlaced", "before"),
    Step("desk", _by("Admit"), "PersonAdmitted"),
    Step("guest", _plain(c.Publish(source=Source.MICROPHONE)), "MediaPublished"),
    Step("guest", _plain(c.Publish(source=Source.CAMERA)), "MediaPublished"),
    Step("desk", _by("Mute"), "MediaMuted"),
    Step("desk", _plain(c.Mark(label="rupture", note="long " * 300)), "MarkPlaced", "rupture"),
    Step("guest", _plain(c.SendChat(to="everyone", text="Hello")), "ChatSent"),
    Step("desk", _plain(c.Invite(code="P08", name="Bo")), "PersonInvited", "P08"),
    Step("desk", _by("StopVideo"), "MediaMuted"),
    Step("desk", _by("Pause"), "PersonPaused"),
    Step("desk", _by("Resume"), "PersonResumed"),
    Step("guest", _plain(c.SetMuted(source=Source.MICROPHONE, muted=False)), "MediaUnmuted"),
    Step("desk", _by("SendBack"), "PersonSentBack"),
    Step("desk", _by("Admit"), "PersonAdmitted"),
    Step("desk", _plain(c.Mark(label="after", note="long " * 300)), "MarkPlaced", "after"),
    Step("desk", _by("Remove", reason="It is late"), "PersonRemoved"),
    Step("desk", _by("LetWait"), "PersonLetWait"),
    Step("desk", _by("Revoke"), "InviteRevoked"),
    Step("desk", _plain(c.End()), "SessionEnded"),
]
PROTECTIVE = {
    "PersonPaused",
    "PersonSentBack",
    "PersonRemoved",
    "InviteRevoked",
    "SessionEnded",
    "MediaMuted",
}
OPENING = {"PersonAdmitted", "PersonResumed", "PersonInvited", "PersonLetWait"}


@dataclass
class Played:
    """What came of one run."""

    problems: list[str] = field(default_factory=list)
    failed: int = 0
    """Answers given while the journal could not be written."""
    refused: int = 0
    held: int = 0


class Play:
    """One session on one kind of journal, with the failure beginning at step `at` and lasting `steps`."""

    def __init__(self, kind: Callable[[Path], Any], at: int, steps: int) -> None:
        self.at, self.steps = at, steps
        self.kind = kind
        self.out = Played()
        self.ids: dict[str, str] = {}
        self.shown: list[str] = []
        """Events that took effect, in order, with the answers' word for it."""

    async def run(self) -> Played:
        with tempfile.TemporaryDirectory() as folder:
            store = self.kind(Path(folder))
            rooms = Rooms(
                store.journal,
                store.keyring,
                link_of=lambda token, _language: f"{ORIGIN}/join#{token}",
                ice_for=lambda person: m.Ice(servers=(), relay_only=False, expires_at_ms=0),
                clock=Clock(),
            )
            await rooms.start()
            try:
                await self._play(store, rooms)
            finally:
                store.heal()
                rooms.stop()
                store.journal.close()
        return self.out

    async def _play(self, store: Any, rooms: Rooms) -> None:
        opening = c.Open("Intake", "individual", "all", 120_000, None, "T1", "Dr. Lee")
        session = await rooms.open_session(opening, new=True)
        room = rooms.room(session)
        self.desk, kernel = (
            self._probe(*self._desk(rooms, session, via)) for via in (Via.WIDGET, Via.KERNEL)
        )
        await self._until(lambda: self.desk.rows.session is not None)
        done = await self._ask(self.desk, c.Invite(code="P07"))
        assert isinstance(done, m.Done)
        self.ids["P07"] = done.person or ""
        probe = Probe()
        room_of, connection = await rooms.let_guest_in(
            m.Hello(page="g", invite=(done.url or "").split("#")[1]), probe
        )
        self.guest = probe.bind(room_of, connection)
        await self._until(lambda: self.guest.rows.session is not None)
        for command in (c.SetName(name="Ana"), c.GetReady()):
            assert isinstance(await self._ask(self.guest, command), m.Done)
        before = len(store.journal.read(session))
        for n, step in enumerate(SCRIPT):
            if n == self.at:
                await asyncio.to_thread(store.fail)
            if n == self.at + self.steps:
                await asyncio.to_thread(store.heal)
                await self._until(lambda: room.recorded)
            await self._step(step, room, store.journal, session)
        await asyncio.to_thread(store.heal)
        await self._until(lambda: not room._backlog and not room.ledger.entries)
        self._finish(store.journal, session, before, kernel)

    def _desk(self, rooms: Rooms, session: str, via: Via) -> tuple[Any, Any, Probe]:
        probe = Probe()
        room, connection = rooms.let_desk_in(session, m.Hello(page=via.value), via, probe)
        return room, connection, probe

    def _probe(self, room: Any, connection: Any, probe: Probe) -> Probe:
        return probe.bind(room, connection)

    async def _until(self, fits: Callable[[], Any]) -> None:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            while not fits():  # noqa: ASYNC110 - on threads and files, which set no event
                await asyncio.sleep(0.001)

    async def _ask(self, probe: Probe, command: Any) -> m.Done | m.Refused:
        probe._number += 1
        number = probe._number
        probe.send(m.Do(id=number, command=command))

        def answer() -> Any:
            return next(
                (x for x in probe.messages if isinstance(x, m.Done | m.Refused) and x.id == number),
                None,
            )

        await self._until(answer)
        return answer()  # type: ignore[no-any-return]

    async def _step(self, step: Step, room: Any, journal: Any, session: str) -> None:
        say = self.out.problems.append
        probe = self.desk if step.who == "desk" else self.guest
        if probe.closed is not None:
            return
        answer = await self._ask(probe, step.command(self.ids))
        there = _facts(journal.read(session))
        name = step.event or ""
        if isinstance(answer, m.Refused):
            if answer.code is ErrorCode.JOURNAL_UNAVAILABLE:
                self.out.refused += 1
                if name in PROTECTIVE:
                    say(f"{name} waits for the disk")
            return
        self.shown.append(_key(name, step.fact))
        if answer.recorded:
            if there[_key(name, step.fact)] < self.shown.count(_key(name, step.fact)):
                say(f"false ack: {name}")
            return
        self.out.failed += 1
        if name in OPENING or name == "MarkPlaced":
            say(f"{name} took effect although it was not recorded")
        if name in PROTECTIVE:
            self.out.held += 1
            session_row = self.desk.rows.session
            if session_row is None or session_row.recorded:
                say(f"{name} is not shown as unrecorded")
            self._holds(name)

    def _holds(self, name: str) -> None:
        me = self.desk.rows.people[self.ids["P07"]]
        session_row = self.desk.rows.session
        held = {
            "PersonPaused": me.phase is Phase.PAUSED,
            "PersonSentBack": me.phase is Phase.WAITING,
            "PersonRemoved": me.phase is Phase.REMOVED and self.guest.closed is not None,
            "InviteRevoked": me.revoked,
            "SessionEnded": session_row is not None and session_row.phase.value == "ended",
            "MediaMuted": any(p.muted for p in me.publications),
        }
        if not held[name]:
            self.out.problems.append(f"{name} does not hold")

    def _finish(self, journal: Any, session: str, before: int, kernel: Probe) -> None:
        say = self.out.problems.append
        verified = journal.verify(session)
        if not verified.ok:
            say(f"verify: {verified.problem}")
        records = journal.read(session)
        found = [_key_of(x) for x in records[before:]]
        mine = [x for x in found if x in set(self.shown) or x.split(" ")[0] in PROTECTIVE]
        expected = Counter(self.shown)
        for key, times in Counter(mine).items():
            if times > expected[key] and not key.startswith("MediaMuted"):
                say(f"{times}× {key} in the journal, {expected[key]}× done")
        for key, times in expected.items():
            if key and Counter(found)[key] < times:
                say(f"{key} never reached the journal")
        ordered = [x for x in mine if x in expected]
        if not _is_in_order(self.shown, ordered):
            say("the journal has another order than the room")
        if kernel.rows.session is not None and not kernel.rows.session.recorded:
            say("still shown as unrecorded")


def _is_in_order(shown: list[str], found: list[str]) -> bool:
    """Whether `shown` is `found` with, at most, more rows in between."""
    rest = iter(found)
    return all(key in rest for key in shown)


def _key(event: str, fact: str | None) -> str:
    return f"{event} {fact}" if fact else event


def _key_of(record: e.Record) -> str:
    body = record.body
    fact = None
    if isinstance(body, e.MarkPlaced):
        fact = body.label
    if isinstance(body, e.PersonInvited):
        fact = body.code
    return _key(type(body).__name__, fact)


def _facts(records: Sequence[e.Record]) -> Counter[str]:
    return Counter(_key_of(x) for x in records)


KINDS = {"refused": Refusing, "disk full": FullDisk, "I/O error": BrokenDisk}
LENGTHS = (1, 3, len(SCRIPT))


async def play_all(count: int) -> tuple[Played, int]:
    """Up to `count` runs: every kind of failure × every first step × some lengths."""
    total, runs = Played(), 0
    room: Any = room_module
    before, room.RETRY_MS = room.RETRY_MS, 20
    try:
        for steps in LENGTHS:
            for at in range(len(SCRIPT)):
                for name, kind in KINDS.items():
                    if runs == count:
                        return total, runs
                    played = await Play(kind, at, steps).run()
                    runs += 1
                    total.problems += [f"{name} at {at} for {steps}: {x}" for x in played.problems]
                    total.failed += played.failed
                    total.refused += played.refused
                    total.held += played.held
    finally:
        room.RETRY_MS = before
    return total, runs


EVERY = len(SCRIPT) * len(KINDS) * len(LENGTHS)


@line("journal that cannot be written, from every write on", ci=EVERY, soak=EVERY)
def faults(count: int, seed: int) -> Line:
    logging.getLogger("telehealth_widget.journal").setLevel(logging.ERROR)  # it says each failure
    try:
        total, runs = asyncio.run(play_all(count))
    finally:
        logging.getLogger("telehealth_widget.journal").setLevel(logging.NOTSET)
    found = Counter(total.problems)
    return Line(
        runs,
        "0 false acks; what opens is refused; what protects holds, and is written once, in order"
        if not total.problems
        else "; ".join(f"{n}× {what}" for what, n in found.most_common(8)),
        f"{total.refused} refused, {total.held} protective acts held unrecorded",
        ok=not total.problems and total.refused > runs / 10 and total.held > runs / 10,
    )
