"""Admissions, removals and withdrawals that race with a journal which answers late, or not."""

from __future__ import annotations

import random

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import PRESENT_PHASES, Phase, Source, Via

from ..rooms.conftest import Probe
from ..soak.card import Line, check_in_ci, line
from .ground import Ear, Grounds, check_view, faults, fold, run

OUT = (
    ErrorCode.REMOVED,
    ErrorCode.LINK_REVOKED,
    ErrorCode.RESUME_UNKNOWN,
    ErrorCode.RESUME_REUSED,
)
"""What somebody who is out may be told at the door."""


class Race:
    """One session, one client, one order of things."""

    def __init__(self, house: Grounds, dice: random.Random) -> None:
        self.house, self.dice = house, dice
        self.ears: list[Ear] = []
        self.shut: dict[Ear, int] = {}
        """Probes of a person who is out, and how many bytes each had got when that was acknowledged."""
        self.number = 0
        self.refused: list[ErrorCode] = []
        self.asked: dict[int, c.AnyCommand] = {}
        self.removed = self.revoked = False
        """Removed, or the link withdrawn, and nothing asked for since that undoes it."""

    async def open(self) -> None:
        house = self.house
        house.late.at_once = True
        self.session = await house.open("Race", new=True)
        self.desk = Probe()
        room, connection = house.rooms.let_desk_in(
            self.session, m.Hello(page="desk"), Via.WIDGET, self.desk
        )
        self.desk.bind(room, connection)
        self.room = room
        assert isinstance(self.desk.do(c.Join()), m.Done)
        done = self.desk.do(c.Invite(code="P07"))
        assert isinstance(done, m.Done)
        self.person = str(done.person)
        self.url = str(done.url)
        await self.come()
        self.ears[-1].do(c.SetName(name="Client"))
        self.ears[-1].do(c.GetReady())
        if self.dice.random() < 0.5:
            self.desk.do(c.Admit(person=self.person))
            self.ears[-1].do(c.Publish(source=Source.CAMERA))
        house.late.at_once = False

    @property
    def barred(self) -> bool:
        return self.removed or self.revoked

    @property
    def phase(self) -> Phase:
        return self.room.state.people[self.person].phase

    async def come(self) -> None:
        ear = Ear()
        hello = {"invite": self.url.split("#")[1]}
        welcomes = self.ears[-1].of(m.Welcome) if self.ears else []
        if welcomes and self.dice.random() < 0.5:
            hello = {"resume": welcomes[-1].resume}
        take = self.dice.random() < 0.7
        serial = self.room.state.people[self.person].serial
        try:
            room, connection = await self.house.rooms.let_guest_in(
                m.Hello(page=f"page-{len(self.ears)}", take=take, **hello), ear
            )
        except TelehealthError as error:
            self.refused.append(error.code if self.barred else ErrorCode.REMOVED)
            return
        assert not self.barred, "someone who is out was let in"
        assert self.room.state.people[self.person].serial == serial
        self.ears.append(ear.bind(room, connection))  # type: ignore[arg-type]

    def ask(self, command: c.AnyCommand) -> None:
        """A command of the desk; its answer may come late."""
        self.number += 1
        self.asked[self.number] = command
        before = len(self.desk.messages)
        self.desk.send(m.Do(id=self.number, command=command))
        at_once = [x for x in self.desk.messages[before:] if isinstance(x, m.Refused)]
        refused = any(x.id == self.number for x in at_once)
        if refused:
            return
        if isinstance(command, c.Remove | c.Revoke):
            self.removed |= isinstance(command, c.Remove)
            self.revoked |= isinstance(command, c.Revoke)
        elif isinstance(command, c.LetWait):
            self.removed = False
        elif isinstance(command, c.Reissue):
            self.revoked = False
        self.look()

    def look(self) -> None:
        """What must hold at every moment."""
        if self.removed:
            assert self.phase not in PRESENT_PHASES, self.phase
        if self.revoked:  # a decline that the journal has not taken yet still shows as waiting
            assert self.phase not in (Phase.ADMITTED, Phase.PAUSED), self.phase
            for ear in self.ears:
                assert ear.closed is not None
        answered = {x.id for x in self.desk.messages if isinstance(x, m.Done)}
        for number in answered & set(self.asked):
            if isinstance(self.asked[number], c.Remove | c.Revoke) and self.barred:
                for ear in self.ears:
                    self.shut.setdefault(ear, len(ear.raw))
        for ear, size in self.shut.items():
            assert ear.closed is not None, "an open socket of someone who is out"
            assert len(ear.raw) == size, "a message to someone who is out"

    async def step(self) -> None:
        dice, person = self.dice, self.person
        throw = dice.random()
        if throw < 0.28:
            await self.house.late.release()
        elif throw < 0.44:
            self.ask(c.Admit(person=person))
        elif throw < 0.56:
            self.ask(dice.choice((c.Remove, c.Revoke))(person=person))
        elif throw < 0.62:
            self.ask(dice.choice((c.LetWait, c.Reissue))(person=person))
        elif throw < 0.70:
            self.ask(dice.choice((c.Pause, c.Resume, c.SendBack, c.Decline))(person=person))
        elif throw < 0.74:
            self.ask(dice.choice((c.AdmitAll, c.PauseAll, c.ResumeAll))())
        elif throw < 0.80:
            self.ask(c.SendChat(to=dice.choice(("everyone", "waiting", person)), text="x"))
        elif throw < 0.88:
            await self.come()
        elif throw < 0.94 and self.ears[-1].closed is None:
            self.number += 1
            command = dice.choice(
                (c.GetReady(), c.Leave(), c.Publish(source=Source.CAMERA), c.SetName(name="C C"))
            )
            self.ears[-1].send(m.Do(id=self.number, command=command))
        elif self.ears[-1].closed is None and dice.random() < 0.3:
            self.ears[-1].gone()
        self.house.clock.now += dice.randrange(200)
        self.look()

    async def finish(self) -> None:
        """All answers are in: the record and the room agree."""
        late = self.house.late
        late.failing = 0.0
        self.house.clock.now += 10_000
        self.ask(c.Mark(label="end"))
        await late.release_all()
        self.look()
        ledger = self.room.ledger
        assert not self.room._backlog
        assert ledger.decided == ledger.visible == ledger.confirmed
        folded = fold(self.house.journal.read(self.session), self.session)
        assert folded == ledger.visible
        assert self.house.journal.verify(self.session).ok
        for ear in (self.desk, *self.ears):
            assert ear.connection is not None
            check_view(self.room, ear.connection, ear)
        answered = {x.id for x in self.desk.messages if isinstance(x, m.Done | m.Refused)}
        assert set(self.asked) <= answered, "a command without an answer"
        assert set(self.refused) <= set(OUT)


async def _race(count: int, seed: int) -> str:
    in_flight, shut = 0, 0
    for number in range(count):
        dice = random.Random(f"{seed} {number}")
        house = Grounds(late=dice)
        await house.rooms.start()
        race = Race(house, dice)
        await race.open()
        house.late.failing = dice.choice((0.0, 0.0, 0.3))
        for _ in range(dice.randrange(8, 30)):
            await race.step()
            in_flight = max(in_flight, len(house.late.pending) + len(race.room._queued))
        await race.finish()
        shut += len(race.shut)
        house.late.at_once = True
        house.rooms.stop()
        if race.room._retry is not None:
            race.room._retry.cancel()
    assert shut > count / 4, "too few removals were acknowledged for this to say anything"
    return f"{shut} sockets of removed or revoked people; {in_flight} appends waiting at most"


@line("admit, remove and revoke races", ci=300, soak=5_000)
def races(count: int, seed: int) -> Line:
    """Random orders of admission, removal and return while the journal answers late or fails."""
    with faults() as seen:
        worst = run(_race(count, seed), seen)
    return Line(
        count,
        "0 messages after the ack, 0 admitted after a later removal, record and room agree",
        f"{worst}, {len(seen.found)} faults",
        ok=not seen.found,
    )


def test_after_the_ack_of_a_removal_nothing_reaches_the_person_whatever_the_order() -> None:
    check_in_ci(races)


async def test_what_was_decided_on_top_of_an_act_that_failed_falls_with_it() -> None:
    dice = random.Random(1)
    house = Grounds(late=dice)
    await house.rooms.start()
    race = Race(house, dice)
    await race.open()
    if race.phase is Phase.ADMITTED:
        race.ask(c.SendBack(person=race.person))
    for command in (c.Decline(person=race.person), c.Revoke(person=race.person)):
        race.ask(command)
        await house.late.release_all()
    assert race.phase is Phase.DECLINED
    house.late.failing = 1.0
    race.ask(c.Reissue(person=race.person))
    race.ask(c.LetWait(person=race.person))
    await house.late.release()
    house.late.failing = 0.0
    race.ask(c.Revoke(person=race.person))
    await race.finish()
    assert race.phase is Phase.DECLINED
    refused = {type(race.asked[x.id]): x.code for x in race.desk.of(m.Refused)}
    assert refused == dict.fromkeys((c.Reissue, c.LetWait), ErrorCode.JOURNAL_UNAVAILABLE)
    house.rooms.stop()
