"""Whatever a waiting client sends, nothing that is not theirs comes back, and nothing that is not theirs changes."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

from msgspec.structs import replace

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.connection import ConnectionReport, Verdict
from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.protocol.kinds import Agent, Phase, Role, Source, Via
from telehealth_widget.protocol.measurements import Figures, Stretch
from telehealth_widget.rooms.connection_tests import ConnectionTests

from ..rooms.fake_echo import FakeEcho
from ..soak.card import Line, check_in_ci, line
from .ground import Ear, Grounds, check_view, faults, run

COMMANDS: list[type[Any]] = list(c.AnyCommand.__args__)
PEOPLE = ("P11", "P12", "P13", "P14")
MAY_RECORD = (
    e.PersonArrived,
    e.PersonNamed,
    e.PersonReady,
    e.PersonLeft,
    e.ChatSent,
    e.ConnectionLost,
    e.ConnectionRestored,
    e.ConnectionTested,
)
MAY_BE = frozenset({Phase.INVITED, Phase.PREPARING, Phase.WAITING, Phase.LEFT})
SECRETS = (
    "quokka-title",
    "Quokka Client",
    "quokka-mark",
    "quokka-note",
    "quokka-reason",
    "quokka-chat",
    "quokka-caption",
    "quokka-turn",
    "quokka-answer",
    "203.0.113.77",
)

TURN = m.Ice(
    servers=(m.IceServer(("turn:203.0.113.77",), "quokka-turn", "quokka-turn"),),
    relay_only=False,
    expires_at_ms=0,
)

TEST_ICE = m.Ice(
    servers=(m.IceServer(("turn:198.51.100.4",), "of-the-test", "of-the-test"),),
    relay_only=False,
    expires_at_ms=0,
)


class Scene:
    """One session with people in every phase, and one client who waits and is up to no good."""

    def __init__(
        self, house: Grounds, dice: random.Random, kind: str, names: str, show_place: bool
    ) -> None:
        self.house, self.dice, self.kind, self.names = house, dice, kind, names
        self.show_place = show_place
        self.ears: dict[str, Ear] = {}
        self.places: set[int | None] = set()
        self.number = 0
        self.sent = 0
        self.received = 0

    async def open(self) -> None:
        self.session = await self.house.open(
            "quokka-title",
            kind=self.kind,
            names=self.names,
            provider_name="Dr. Lee",
            show_place=self.show_place,
            new=True,
        )
        self.desk = Ear()
        room, connection = self.house.rooms.let_desk_in(
            self.session, m.Hello(page="desk"), Via.WIDGET, self.desk
        )
        self.desk.bind(room, connection)
        self.room = room
        assert isinstance(self.desk.do(c.Join()), m.Done)
        self.desk.do(c.Publish(source=Source.CAMERA))
        for code in PEOPLE:
            done = self._invite(code)
            ear = await self.house.ear(done.url)
            ear.do(c.SetName(name=f"Quokka Client {code}"))
            ear.do(c.GetReady())
            self.ears[code] = ear
        ids = {p.code: p.id for p in room.state.people.values()}
        self.ids = ids
        for code in ("P11", "P12"):
            self.desk.do(c.Admit(person=ids[code]))
        self.ears["P11"].do(c.Publish(source=Source.MICROPHONE))
        self.desk.do(c.Pause(person=ids["P12"]))
        self.desk.do(c.Decline(person=ids["P13"], reason="quokka-reason"))
        self.desk.do(c.Mark(label="quokka-mark", note="quokka-note"))
        self._invite("P15", role=Role.SUPERVISOR)
        done = self._invite("P99")
        self.url = done.url
        self.me = done.person
        await self.come_in()

    def _invite(self, code: str, role: Role = Role.CLIENT) -> Any:
        self.house.clock.now += 1_000
        done = self.desk.do(c.Invite(code=code, role=role))
        assert isinstance(done, m.Done)
        return done

    async def come_in(self) -> None:
        self.guest = await self.house.ear(self.url)
        self.guest.do(c.SetName(name="Wanda Waits"))
        if self.dice.random() < 0.8:
            self.guest.do(c.GetReady())

    def canaries(self) -> list[bytes]:
        """What this client may never be sent."""
        found = [word for word in SECRETS if word != "quokka-chat"]
        chats = ["quokka-chat-staff", "quokka-chat-everyone", "quokka-chat-private"]
        if self.kind == "individual":
            chats.append("quokka-chat-waiting-other")
        elif self.names == "all":
            found.remove("Quokka Client")  # authors of the one waiting room, by the names policy
        shown = {self.ids["P14"]} if self.kind == "group" else set()
        for person in self.room.state.people.values():
            if person.id == self.me:
                continue
            found.append(f'"{person.code}"')
            # The provider's id stands beside what the provider writes to the waiting room.
            if person.id not in shown and person.id != self.room.state.provider:
                found.append(person.id)
        for ear in (self.desk, *self.ears.values()):
            assert ear.connection is not None
            found += [ear.connection.id, str(ear.of(m.Welcome)[0].resume)]
        table = self.room.seats.table(self.room.state)
        found += [seat.endpoint for seat in table.values()]
        return [word.encode() for word in (*found, *chats)]

    # -- what the others do meanwhile --------------------------------------------------------------

    def life_goes_on(self) -> None:
        """Something that is none of the waiting client's business."""
        desk, ids = self.desk, self.ids
        match self.dice.randrange(15):
            case 0:
                desk.do(c.SendChat(to="staff", text="quokka-chat-staff"))
            case 1:
                desk.do(c.SendChat(to="everyone", text="quokka-chat-everyone"))
            case 2:
                self.ears["P11"].do(c.SendChat(to="everyone", text="quokka-chat-everyone"))
            case 3:
                desk.do(c.SendChat(to=ids["P14"], text="quokka-chat-private"))
            case 4:
                self.ears["P14"].do(c.SendChat(to="waiting", text="quokka-chat-waiting-other"))
            case 5:
                desk.do(c.Mark(label="quokka-mark", note="quokka-note 203.0.113.77"))
            case 6:
                phase = self.room.state.people[ids["P12"]].phase
                act = c.Resume if phase is Phase.PAUSED else c.Pause
                desk.do(act(person=ids["P12"]))
            case 7:
                self.ears["P14"].do(c.SetName(name=f"Quokka Client {self.dice.randrange(1000)}"))
            case 8:
                verified = self.dice.random() < 0.5
                person = self.dice.choice([self.me, *ids.values()])
                desk.do(c.VerifyIdentity(person=person, verified=verified))
            case 9:
                desk.do(c.SayWhen(minutes=self.dice.choice([None, 5])))
            case 10:
                desk.do(c.SendCaption(person=ids["P11"], text="quokka-caption"))
            case 11:
                ask = self.dice.choice((c.AskToUnmute, c.AskToStartVideo))
                desk.do(ask(person=ids["P11"]))
            case 12:
                source = self.dice.choice((Source.CAMERA, Source.MICROPHONE))
                self.ears["P11"].do(c.DeclineAsk(source=source))
            case 13:
                if isinstance(self.ears["P11"].do(c.Publish(source=Source.SCREEN)), m.Done):
                    desk.do(c.StopShare(person=ids["P11"]))
            case _:
                own = desk.rows.you
                assert own is not None
                assert own.endpoint
                self.ears["P11"].send(
                    m.Signal(to=own.endpoint, description=m.Description("offer", "quokka-answer"))
                )

    def phase_of(self, code: str) -> Phase:
        return self.room.state.people[self.ids[code]].phase

    # -- what the waiting client tries ---------------------------------------------------------------

    def attack(self) -> m.AnyUpward:
        """A message of any kind, with what a well-informed attacker knows."""
        dice = self.dice
        self.number += 1
        anyone = dice.choice(
            [*self.ids.values(), *self.ids, self.room.state.provider, self.me, "everyone", "p_0"]
        )
        kind = dice.choice(COMMANDS)
        source = dice.choice(list(Source))
        arguments: dict[str, Any] = {
            "person": anyone,
            "code": dice.choice([*PEOPLE, "P99", "Z1"]),
            "role": dice.choice(list(Role)),
            "reason": "no",
            "label": "x",
            "verified": dice.random() < 0.8,
            "minutes": dice.choice([None, 5, 500]),
            "note": "x",
            "name": dice.choice(["Wanda Waits", "Wanda W.", "Dr. Lee", "\u202e", ""]),
            "source": source,
            "muted": dice.random() < 0.5,
            "to": dice.choice(["everyone", "waiting", "staff", anyone]),
            "text": "hello there",
            "report": ConnectionReport(dice.choice(list(Verdict)), rtt_ms=dice.randrange(900)),
        }
        throw = dice.random()
        if throw < 0.72:
            fields = {k: v for k, v in arguments.items() if k in kind.__struct_fields__}
            return m.Do(id=self.number, command=kind(**fields))
        if throw < 0.84:
            endpoints = [seat.endpoint for seat in self.room.seats.table(self.room.state).values()]
            candidate = m.Candidate("candidate:1 1 udp 1 192.0.2.1 9 typ host")
            return m.Signal(
                to=dice.choice([*endpoints, anyone]),
                description=m.Description("offer", "v=0"),
                candidates=(candidate,),
            )
        if throw < 0.90:
            return m.TakeSeat(id=self.number)
        if throw < 0.94:
            return m.GetLink(id=self.number, person=anyone)
        if throw < 0.96:
            offer = m.Description("offer", "v=0")
            return dice.choice([m.BeginTest(), m.SignalTest(description=offer), m.EndTest()])
        if throw < 0.97:
            return m.Measured(voice=(Stretch(2_000, 0),), quality=Figures(2_000, rtt_ms=1.0))
        if throw < 0.98:
            return m.Beat(n=self.number)
        return m.Hello(page="other", invite=self.url.split("#")[1], agent=Agent.PYTHON)

    async def step(self) -> None:
        """One message of the attacker, checked."""
        self.house.clock.now += 60
        if self.dice.random() < 0.3:
            self.life_goes_on()
        room, guest = self.room, self.guest
        if guest.closed or room.state.people[self.me].phase not in (Phase.PREPARING, Phase.WAITING):
            self.check_received()
            await self.come_in()
            guest = self.guest
        before = room.state
        at = len(self.house.journal.read(self.session)) if self.sent % 25 == 0 else None
        heard = {code: len(ear.raw) for code, ear in self.ears.items()}
        message = self.attack()
        guest.send(message)
        self.sent += 1
        now = room.state
        old, new = before.people[self.me], now.people[self.me]
        assert new.phase in MAY_BE, message
        assert (
            replace(
                old,
                phase=new.phase,
                name=new.name,
                connected=new.connected,
                since_at_ms=new.since_at_ms,
                away_since_t_ms=new.away_since_t_ms,
                camera=new.camera,
                microphone=new.microphone,
                connection=new.connection,
            )
            == new
        ), message
        assert replace(now, people={**now.people, self.me: old}) == before, message
        speaks = (
            isinstance(message, m.Do)
            and isinstance(message.command, c.SendChat)
            and message.command.to == "waiting"
        )
        waits = Phase.WAITING in (old.phase, new.phase)
        for code, ear in self.ears.items():
            if len(ear.raw) != heard[code]:
                reads = speaks and code in ("P12", "P14")
                # Who is in the session of a group sees that this one waits.
                sees = waits and code in ("P11", "P12") and self.phase_of(code) is Phase.ADMITTED
                assert self.kind == "group", (code, message)
                assert reads or sees, (code, message)
        if at is not None:
            for record in self.house.journal.read(self.session)[at:]:
                assert record.actor in (self.me, "system")
                assert isinstance(record.body, MAY_RECORD), record.body
        if self.sent % 20 == 0:
            self.check_received()

    def check_received(self) -> None:
        """No canary in anything this client ever received; the views agree."""
        raw = bytes(self.guest.raw)
        self.received += len(raw)
        for canary in self.canaries():
            assert canary not in raw, canary
        assert self.show_place or b'"place"' not in raw
        assert b'"verified"' not in raw
        assert b'"asked"' not in raw
        for message in self.guest.messages:
            if isinstance(message, m.Snapshot | m.Change):
                assert {row.id for row in message.people} <= {self.me}
                self.places |= {row.place for row in message.people}
            assert not isinstance(message, m.Ice | m.Signaled | m.Caption | m.Recorded)
            if isinstance(message, m.Done):
                assert message.url is None
            if isinstance(message, m.Refused):
                assert not message.candidates
                assert not any(code in message.message for code in (*self.ids, "P99", "P15"))
        for ear in (self.guest, self.desk, *self.ears.values()):
            assert ear.connection is not None
            check_view(self.room, ear.connection, ear)
        kept = self.guest.of(m.Welcome)
        self.guest.messages[:] = kept
        self.guest.raw.clear()
        for ear in self.ears.values():
            ear.raw.clear()
            ear.messages[:] = ear.of(m.Welcome)
        self.desk.raw.clear()
        self.desk.messages[:] = self.desk.of(m.Welcome)


async def _tell_nothing(count: int, seed: int) -> str:
    dice = random.Random(seed)
    sent = received = scenes = 0
    places: set[int | None] = set()
    kinds = [(k, n) for k in ("individual", "group") for n in ("all", "providers", "initials")]
    while sent < count:
        house = Grounds()
        tests = ConnectionTests(FakeEcho(answers=True), lambda: TEST_ICE, house.clock)
        house.rooms._around = dataclasses.replace(
            house.rooms._around, ice_for=lambda person: TURN, tests=tests
        )
        await house.rooms.start()
        other = await house.open("Another", new=True)
        neighbour = house.desk(other)
        quiet = len(neighbour.messages)
        shows = (scenes + scenes // len(kinds)) % 2 == 0
        scene = Scene(house, dice, *kinds[scenes % len(kinds)], shows)
        await scene.open()
        scenes += 1
        for _ in range(min(170, count - sent)):
            await scene.step()
            sent += 1
        scene.check_received()
        # One other client waits all the time, before this one.
        assert scene.places <= ({None, 2} if shows else {None})
        places |= scene.places
        assert len(neighbour.messages) == quiet
        received += scene.received
        try:
            await house.ear("x#" + neighbour.resume)
        except TelehealthError:
            pass
        else:
            raise AssertionError("a desk's token let a guest in")
        house.rooms.stop()
    assert places == {None, 2}
    return f"{received:,} bytes received"


@line("waiting clients: messages of every kind", ci=1_000, soak=10_000)
def waiting_clients(count: int, seed: int) -> Line:
    """Every kind of message from a client in the waiting room."""
    with faults() as seen:
        received = run(_tell_nothing(count, seed), seen)
    return Line(
        count,
        "0 bytes outside their audience, 0 canaries, 0 changes beyond their own rights",
        f"{received}, {len(seen.found)} faults",
        ok=not seen.found,
    )


def test_a_waiting_client_reaches_and_learns_nothing_that_is_not_theirs() -> None:
    check_in_ci(waiting_clients)
