"""The server is killed at random moments under load: every acknowledged event is in the journal once, nobody is
admitted by accident, whoever was revoked stays out, and resume tokens lead back.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.state import Session
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase, Source
from tests.crash.people import Person, open_session
from tests.crash.server import JOURNAL, RoomServer
from tests.soak.card import Line, line

KILLS_A_HOUSE = 5
"""So often one server with one session is killed and started; then the next begins empty."""
LONGEST_LOAD_S = 0.3
BACK_WITHIN_S = 30


@dataclass
class Books:
    """What was sent, what was acknowledged as recorded, and in which phases each person may be."""

    sent: Counter[tuple[str, ...]] = field(default_factory=Counter)
    recorded: Counter[tuple[str, ...]] = field(default_factory=Counter)
    admits: Counter[str] = field(default_factory=Counter)
    possible: dict[str, set[Phase]] = field(default_factory=dict)
    under_way: dict[str, list[Phase]] = field(default_factory=lambda: defaultdict(list))
    """What was asked for and is unanswered. It may be sent only after the next start."""
    revoked: set[str] = field(default_factory=set)
    maybe_revoked: set[str] = field(default_factory=set)

    async def note(self, fact: tuple[str, ...], act: Callable[[], Awaitable[m.Done]]) -> None:
        """Send, and book the fact as recorded if the answer says so."""
        self.sent[fact] += 1
        with contextlib.suppress(TelehealthError):
            self.recorded[fact] += (await act()).recorded

    async def move(self, person: str, to: Phase, act: Callable[[], Awaitable[m.Done]]) -> None:
        """Send what puts a person into a phase."""
        before = set(self.possible[person])
        self.possible[person] |= {to}
        self.admits[person] += to is Phase.ADMITTED
        self.under_way[person].append(to)
        try:
            done = await act()
        except CommandRefused:
            self.possible[person] = before
        except TelehealthError:
            return  # no answer: either is right
        else:
            self.possible[person] = {to} if done.recorded else before | {to}
        finally:
            self.under_way[person].remove(to)


class House:
    """One server, one session, its people and their load."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.server = RoomServer(folder)
        self.random = random
        self.books = Books()
        self.session = ""
        self.kernel: Person
        self.regulars: list[Person] = []
        self.outsider: Person
        self.banned: Person
        self.problems: list[str] = []
        self._number = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def everyone(self) -> list[Person]:
        return [self.kernel, *self.regulars, self.outsider]

    async def move_in(self) -> None:
        """Three clients who will be admitted, one who never is, one whose link is withdrawn."""
        await self.server.start()
        self.session = await open_session(self.server, "Crash")
        self.kernel = Person(self.server, self.session)
        await self.kernel.enter()
        *self.regulars, self.outsider, self.banned = [
            await self._client(f"P0{n}") for n in range(5)
        ]
        for person in (*self.regulars, self.outsider):
            self.books.possible[person.id] = {Phase.WAITING}
        await self._revoke(self.banned)
        for work in (
            self._steer(),
            self._annotate(),
            self._revoke_newcomers(),
            *(self._take_part(person) for person in (*self.regulars, self.outsider)),
        ):
            self._tasks.append(asyncio.create_task(work))

    async def _client(self, code: str) -> Person:
        done = await self.kernel.do(c.Invite(code=code))
        person = Person(self.server, url=done.url or "")
        await person.enter()
        await person.do(c.SetName(name=f"Client {code}"))
        await person.do(c.GetReady())
        return person

    async def _revoke(self, person: Person) -> None:
        self.books.maybe_revoked.add(person.id)
        await self.kernel.do(c.Revoke(person=person.id))
        self.books.revoked.add(person.id)

    def next(self) -> int:
        self._number += 1
        return self._number

    async def _steer(self) -> None:
        do = self.kernel.do
        while True:
            person = self.random.choice(self.regulars).id
            command, to = self.random.choice(
                [
                    (c.Admit(person=person), Phase.ADMITTED),
                    (c.Admit(person=person), Phase.ADMITTED),
                    (c.SendBack(person=person), Phase.WAITING),
                    (c.Pause(person=person), Phase.PAUSED),
                    (c.Mute(person=person), None),
                ]
            )
            if to is None:
                with contextlib.suppress(TelehealthError):
                    await do(command)
            else:
                await self.books.move(person, to, lambda command=command: do(command))
            await asyncio.sleep(0)

    async def _annotate(self) -> None:
        while True:
            n = self.next()
            if n % 3:
                act = self.kernel.do(c.Mark(label=f"m{n}", note="a note"))
                await self.books.note(("mark", f"m{n}"), lambda act=act: act)
            else:
                act = self.kernel.do(c.Invite(code=f"N{n}"))
                await self.books.note(("invite", f"N{n}"), lambda act=act: act)
            await asyncio.sleep(0)

    async def _take_part(self, person: Person) -> None:
        muted = False
        for length in range(1, 4_000):
            to = "everyone" if person.me and person.me.phase is Phase.ADMITTED else "waiting"
            act = person.do(c.SendChat(to=to, text="x" * length))
            await self.books.note(("chat", person.id, str(length)), lambda act=act: act)
            muted = not muted
            with contextlib.suppress(TelehealthError):
                await person.do(c.Publish(source=Source.MICROPHONE, muted=muted))
            await asyncio.sleep(0.01)

    async def _revoke_newcomers(self) -> None:
        while True:
            code = f"R{self.next()}"
            with contextlib.suppress(TelehealthError):
                done = await self.kernel.do(c.Invite(code=code))
                person = done.person or ""
                self.books.maybe_revoked.add(person)
                if (await self.kernel.do(c.Revoke(person=person))).recorded:
                    self.books.revoked.add(person)
            await asyncio.sleep(0.01)

    async def kill_and_look(self, waits: bool) -> None:
        """One kill at a random moment, a look into the journal that it left, and a new start."""
        if waits:
            for person in self.everyone:
                await person.until(person.is_up, "back", BACK_WITHIN_S)
        await asyncio.sleep(self.random.uniform(0, LONGEST_LOAD_S))
        await self.server.kill()
        # An answer that is still on its way counts as given.
        for person in self.everyone:
            await person.until(person.is_off, "the end of the server is noticed")
        for _ in range(5):
            await asyncio.sleep(0)
        await asyncio.to_thread(self._look)
        await self.server.start()

    def _look(self) -> None:
        """Read a copy: the next server finds the files as the dead one left them."""
        with tempfile.TemporaryDirectory() as raw:
            for ending in ("", "-wal", ".key"):
                shutil.copy(self.server.folder / (JOURNAL + ending), raw)
            path = Path(raw) / JOURNAL
            journal = SqliteJournal.open(
                path, Keyring.open(path.with_name(JOURNAL + ".key"), create=False)
            )
            try:
                if journal.problem:
                    self.problems.append(journal.problem)
                    return
                verified = journal.verify(self.session)
                records = journal.read(self.session)
            finally:
                journal.close()
        if not verified.ok:
            self.problems.append(f"verify: {verified.problem}")
        self._compare(records)

    def _compare(self, records: list[e.Record]) -> None:
        there: Counter[tuple[str, ...]] = Counter()
        admitted: Counter[str] = Counter()
        state = Session(id=self.session)
        for record in records:
            state = evolve(state, record.body, t_ms=record.t_ms, at_ms=record.at_ms)
            match record.body:
                case e.MarkPlaced(label=label):
                    there["mark", label] += 1
                case e.ChatSent(person=person, characters=n):
                    there["chat", person, str(n)] += 1
                case e.PersonInvited(code=code):
                    there["invite", code] += 1
                case e.PersonAdmitted(person=person) | e.PersonResumed(person=person):
                    admitted[person] += 1
        books = self.books
        say = self.problems.append
        for fact, times in books.recorded.items():
            if there[fact] < times:
                say(f"lost: {fact[0]}")
        for fact, times in there.items():
            if times > max(1, books.sent[fact]):
                say(f"doubled: {fact[0]}")
        for person, times in admitted.items():
            if times > books.admits[person]:
                say("admitted by accident")
        for person, phases in books.possible.items():
            found = state.people[person].phase
            if found not in phases:
                say(f"{found} where {sorted(phases)} was acknowledged")
            books.possible[person] = {found, *books.under_way[person]}
        for person in books.revoked:
            if not state.people[person].revoked:
                say("a revoked link is good again")
        for found in state.people.values():
            if found.revoked and found.id not in books.maybe_revoked:
                say("revoked by accident")

    async def look_at_the_doors(self) -> None:
        """After the last start: everyone is back by their tokens, the revoked one is not."""
        began = time.monotonic()
        for person in self.everyone:
            await person.until(person.is_up, "back", BACK_WITHIN_S)
        self.back_s = time.monotonic() - began
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if any(person.forgotten for person in self.everyone):
            self.problems.append("a resume token did not lead back")
        if self.outsider.me.phase is not Phase.WAITING:
            self.problems.append("the one who was never admitted does not wait any more")
        again = Person(self.server, url=self.banned.url)
        closed = await again.closed()
        if closed is None or closed.code is not ErrorCode.LINK_REVOKED:
            self.problems.append("a withdrawn link leads in")
        if "Traceback" in self.server.said():
            self.problems.append(f"the server logged a fault: {self.server.said()}")

    async def move_out(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for person in (*self.everyone, self.banned):
            await person.close()
        await self.server.kill()


async def live_through(count: int, random: Random) -> tuple[list[str], int, float]:
    """Problems, how many answers were checked, and how long the slowest return took, s."""
    problems: list[str] = []
    answers, slowest_s = 0, 0.0
    done = 0
    while done < count:
        with tempfile.TemporaryDirectory() as folder:
            house = House(Path(folder), random)
            await house.move_in()
            try:
                for _ in range(min(KILLS_A_HOUSE, count - done)):
                    await house.kill_and_look(waits=random.random() < 0.75)
                    done += 1
                await house.look_at_the_doors()
            finally:
                await house.move_out()
            problems += house.problems
            answers += house.books.recorded.total()
            slowest_s = max(slowest_s, house.back_s)
    return problems, answers, slowest_s


@line("server killed with signal 9 under load", ci=50, soak=500)
def kills(count: int, seed: int) -> Line:
    problems, answers, slowest_s = asyncio.run(live_through(count, Random(seed)))
    found = Counter(problems)
    return Line(
        count,
        "0 acknowledged events lost, 0 doubled, 0 admitted by accident, 0 revoked links good again"
        if not problems
        else "; ".join(f"{n}× {what}" for what, n in found.most_common(5)),
        f"{answers:,} acknowledged events; everyone back within {slowest_s:.1f} s",
        ok=not problems and answers > count,
    )
