"""Frames of every type, bent in every way, in every state: nothing breaks, nothing refused changes anything."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from telehealth_widget.core.state import Session
from telehealth_widget.protocol import codec, limits
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.connection import ConnectionReport, Verdict
from telehealth_widget.protocol.kinds import Agent, Phase, Role, Source, Via
from telehealth_widget.protocol.measurements import Figures, Stretch

from ..rooms.conftest import Probe
from ..soak.card import Line, check_in_ci, line
from .ground import Grounds, faults, fold, run
from .site import open_site
from .wire import Wire, desks_door, guests_door

STATES = ("unauthenticated", "preparing", "waiting", "admitted", "desk", "kernel", "ended")
COMMANDS: list[type[Any]] = list(c.AnyCommand.__args__)
WORDS = [
    "", " ", "x", "P07", "everyone", "waiting", "staff", "\x00", "\u202e", "\u200d", "\ufeff", "é" * 70,
    "😀" * 64, "a\u0301" * 40, "=1+1", "<b>", "null", "NaN", "x" * 500, "x" * 4_001, "\U000e0041",
]  # fmt: skip
NUMBERS = [
    "0", "-1", "1e400", "-0", "1.5", "2" * 30, "9" * 4000, "NaN", "Infinity", str(2**53), str(2**63),
]  # fmt: skip
VALUES: list[Any] = [None, True, [], {}, [[]], {"t": "do"}, 0, -1, 2**53 - 1, 2**64, 1e308, "x"]
RAW = [
    b"", b"{", b"}", b"[]", b"null", b"true", b'"x"', b"{}", b"\x00", b"\xff\xfe", b'{"t":"do"', b"[" * 5_000,
    b'{"a":' * 3_000, b'{"t":"beat","n":1}{"t":"beat","n":2}', b'{"t":"beat","n":"\\ud800"}', b"\xed\xa0\x80",
    b'{"t":"hello","page":"\\ud83d"}', b'\xef\xbb\xbf{"t":"beat","n":1}', b'{"t":"beat","n":1e2}',
]  # fmt: skip


class Stage:
    """One session with somebody in every state, and the sockets that the fuzzer speaks through."""

    def __init__(self, house: Grounds, dice: random.Random) -> None:
        self.house, self.dice = house, dice
        self.wires: dict[str, Wire] = {}
        self.urls: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    async def open(self) -> None:
        kind = self.dice.choice(("individual", "group"))
        self.session = await self.house.open(
            "Fuzz",
            kind=kind,
            share=self.dice.choice(("all", "providers")),
            chat=self.dice.choice(("forget", "keep")),
            end_when_empty_ms=self.dice.choice((None, 1_000)),
            max_duration_ms=self.dice.choice((None, 3_600_000)),
            new=True,
        )
        self.over = await self.house.open("Over", new=True)
        desk = self.house.desk(self.session, page="helper")
        over = self.house.desk(self.over)
        self.helper = desk
        for state in ("preparing", "waiting", "admitted", "other"):
            done = desk.do(c.Invite(code=f"P-{state}"))
            assert isinstance(done, m.Done)
            self.urls[state], self.ids[state] = str(done.url), str(done.person)
        other = await self.house.guest(self.urls["other"])
        other.do(c.SetName(name="Other"))
        other.do(c.GetReady())
        desk.do(c.Admit(person=self.ids["other"]))
        other.do(c.Publish(source=Source.CAMERA))
        if self.dice.random() < 0.5:
            other.do(c.Publish(source=Source.SCREEN))
        self.other = other
        done = over.do(c.Invite(code="P1"))
        self.urls["ended"] = str(done.url)
        self.ended_guest_resume = (await self.house.guest(self.urls["ended"])).resume
        over.do(c.End())
        over.gone()
        for state in STATES:
            await self.connect(state)

    async def connect(self, state: str) -> None:
        """A fresh socket in this state."""
        rooms = self.house.rooms
        if state in ("desk", "kernel", "ended"):
            via = Via.KERNEL if state == "kernel" else Via.WIDGET
            session = self.over if state == "ended" else self.session
            wire = Wire(desks_door(rooms, session, via))
        else:
            wire = Wire(guests_door(rooms))
        self.wires[state] = wire
        if state == "unauthenticated":
            return
        hello: dict[str, Any] = {"t": "hello", "page": f"page-{state}"}
        if state in ("preparing", "waiting", "admitted"):
            hello["invite"] = self.urls[state].split("#")[1]
        await wire.feed(json.dumps(hello))
        assert wire.connection is not None, (state, wire.raw, wire.closed)
        if state in ("waiting", "admitted"):
            self.house.clock.now += 5_000
            for command in (c.SetName(name=f"Client {state}"), c.GetReady()):
                await wire.feed(codec.encode(m.Do(id=1, command=command)))
        if state == "admitted":
            self.house.clock.now += 5_000
            self.helper.do(c.Admit(person=self.ids[state]))
            assert self.phase_of("admitted") is Phase.ADMITTED
            for source in (Source.CAMERA, Source.MICROPHONE):
                await wire.feed(codec.encode(m.Do(id=1, command=c.Publish(source=source))))

    def phase_of(self, state: str) -> Phase:
        return self.house.room(self.session).state.people[self.ids[state]].phase

    def fits(self) -> bool:
        """Whether everyone is still where their socket's state says."""
        room = self.house.room(self.session)
        return room.state.phase.value != "ended" and all(
            self.phase_of(state).value == state
            and not room.state.people[self.ids[state]].revoked
            and room.state.people[self.ids[state]].serial == 1
            for state in ("preparing", "waiting", "admitted")
        )

    def states(self) -> tuple[Session, Session]:
        return (
            self.house.room(self.session).ledger.decided,
            self.house.room(self.over).ledger.decided,
        )

    # -- valid frames ---------------------------------------------------------------------------------

    def valid(self) -> dict[str, Any]:
        """A message that the schema takes, as plain data."""
        dice = self.dice
        person = dice.choice(
            [*self.ids.values(), self.house.room(self.session).state.provider, "p_0"]
        )
        fields: dict[str, Any] = {
            "person": person,
            "code": dice.choice(["P-waiting", "P-admitted", "N1", "N2"]),
            "role": dice.choice(list(Role)),
            "language": dice.choice([None, "de", "pt-BR"]),
            "valid_ms": dice.choice([None, 1_000, 10**9]),
            "reason": dice.choice([None, "because"]),
            "label": "rupture",
            "verified": dice.random() < 0.5,
            "minutes": dice.choice([None, 5, 500]),
            "note": dice.choice([None, "a note"]),
            "name": dice.choice(["Ana", "Dr. Lee", "Bo B"]),
            "source": dice.choice(list(Source)),
            "muted": dice.random() < 0.5,
            "to": dice.choice(["everyone", "waiting", "staff", person]),
            "text": "hello",
            "camera": True,
            "report": ConnectionReport(dice.choice(list(Verdict)), rtt_ms=dice.randrange(900)),
        }
        number = dice.randrange(1_000)
        throw = dice.random()
        message: Any
        if throw < 0.6:
            kind = dice.choice(COMMANDS)
            if kind is c.End and dice.random() < 0.9:
                kind = c.Mute
            chosen = {k: v for k, v in fields.items() if k in kind.__struct_fields__}
            message = m.Do(id=number, command=kind(**chosen))
        elif throw < 0.75:
            table = self.house.room(self.session).seats.table(self.house.room(self.session).state)
            endpoint = dice.choice([*(seat.endpoint for seat in table.values()), "e_nothing"])
            message = m.Signal(
                to=endpoint,
                description=dice.choice([None, m.Description("offer", "v=0")]),
                candidates=(m.Candidate("candidate:1", "0", 0, "u"),) * dice.randrange(4),
            )
        elif throw < 0.79:
            token = dice.choice([None, "x" * 43, self.urls["waiting"].split("#")[1]])
            message = m.Hello(page="p1", invite=token, take=dice.random() < 0.5, agent=Agent.PYTHON)
        else:
            message = dice.choice(
                [
                    m.TakeSeat(id=number),
                    m.GetLink(id=number, person=person),
                    m.Beat(n=number),
                    m.BeginTest(),
                    m.SignalTest(
                        description=dice.choice([None, m.Description("offer", "v=0")]),
                        candidates=(m.Candidate("candidate:1", "0", 0, "u"),) * dice.randrange(4),
                    ),
                    m.EndTest(),
                    m.Measured(
                        voice=dice.choice([None, (Stretch(dice.randrange(60_000), 5),)]),
                        quality=dice.choice([None, Figures(over_ms=dice.randrange(60_000))]),
                    ),
                ]
            )
        return dict(json.loads(codec.encode(message)))

    # -- bending ------------------------------------------------------------------------------------

    def frame(self) -> str | bytes:
        """A frame: seldom whole, mostly bent once or more."""
        dice = self.dice
        throw = dice.random()
        if throw < 0.04:
            return dice.choice(RAW)
        data = self.valid()
        if throw < 0.35:
            return json.dumps(data)
        for _ in range(dice.choice((1, 1, 2, 4))):
            dice.choice(BENDS)(dice, data)
        text = json.dumps(data, ensure_ascii=dice.random() < 0.5)
        if dice.random() < 0.2:
            text = dice.choice(TEXT_BENDS)(dice, text)
        if dice.random() < 0.05:
            raw = bytearray(text.encode("utf-8", "surrogatepass"))
            for _ in range(dice.randint(1, 4) if raw else 0):
                raw[dice.randrange(len(raw))] = dice.randrange(256)
            return bytes(raw)
        return text if dice.random() < 0.9 else text.encode("utf-8", "surrogatepass")


def _places(data: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in the data."""
    found: list[tuple[Any, Any]] = []
    if isinstance(data, dict | list):
        for key in list(data) if isinstance(data, dict) else range(len(data)):
            found.append((data, key))
            if len(found) < 200:
                found += _places(data[key])
    return found


def _one(dice: random.Random, data: Any) -> tuple[Any, Any] | None:
    places = _places(data)
    return dice.choice(places) if places else None


def _other_value(dice: random.Random, data: Any) -> None:
    if place := _one(dice, data):
        place[0][place[1]] = json.loads(json.dumps(dice.choice(VALUES)))


def _other_word(dice: random.Random, data: Any) -> None:
    if place := _one(dice, data):
        place[0][place[1]] = dice.choice(WORDS)


def _without(dice: random.Random, data: Any) -> None:
    if place := _one(dice, data):
        del place[0][place[1]]


def _one_more(dice: random.Random, data: Any) -> None:
    places = [x for x, _ in _places(data) if isinstance(x, dict)]
    if places:
        key = dice.choice(["actor", "via", "person", "t", "do", "id", "__proto__", "x" * 300, "é"])
        dice.choice(places)[key] = json.loads(json.dumps(dice.choice(VALUES)))


def _other_tag(dice: random.Random, data: Any) -> None:
    target = data.get("command", data) if isinstance(data, dict) else data
    if isinstance(target, dict):
        key = dice.choice(("t", "do"))
        target[key] = dice.choice(
            ["Open", "Connect", "Disconnect", "Expire", "admit", "ADMIT", "Admit", "End ", "Command", "welcome", 7]
        )  # fmt: skip


def _deep(dice: random.Random, data: Any) -> None:
    if place := _one(dice, data):
        deep: Any = "x"
        for _ in range(dice.choice((3, 9, 60))):
            deep = {"x": deep} if dice.random() < 0.5 else [deep]
        place[0][place[1]] = deep


def _big(dice: random.Random, data: Any) -> None:
    if place := _one(dice, data):
        size = dice.choice((200, 1_025, 32 * 1024 + 1, limits.MAX_MESSAGE_BYTES, 70_000))
        place[0][place[1]] = dice.choice(["x" * size, [0] * (size // 4), "é" * (size // 2)])


def _many(dice: random.Random, data: Any) -> None:
    if isinstance(data, dict) and isinstance(data.get("candidates"), list):
        data["candidates"] = [{"candidate": "x"}] * dice.choice((32, 33, 400))


BENDS: list[Callable[[random.Random, Any], None]] = [
    _other_value,
    _other_value,
    _other_word,
    _other_word,
    _without,
    _one_more,
    _other_tag,
    _deep,
    _big,
    _many,
]


def _doubled_key(dice: random.Random, text: str) -> str:
    return (
        text.replace("{", '{"t": "do", "person": "p_0", ', 1)
        if dice.random() < 0.5
        else (text[:-1] + ', "t": "beat", "n": 1}')
    )


def _odd_number(dice: random.Random, text: str) -> str:
    for key in ('"id": ', '"n": ', '"valid_ms": ', '"minutes": ', '"sdpMLineIndex": ', '"seq": '):
        if key in text:
            before, after = text.split(key, 1)
            rest = re.sub(r"^(null|[0-9.-]+)", "", after)
            return before + key + dice.choice(NUMBERS) + rest
    return text


TEXT_BENDS: list[Callable[[random.Random, str], str]] = [
    _doubled_key,
    _odd_number,
    lambda dice, text: text[: dice.randrange(len(text) or 1)],
    lambda dice, text: text + dice.choice((" ", "\n", "x", text, "\x00")),
    lambda dice, text: " " * dice.choice((1, 1_000, 65_536)) + text,
    lambda dice, text: text.replace('"', "'"),
    lambda dice, text: text.replace("e", "\\u0065"),
    lambda dice, text: text.replace("a", "\\ud800"),
    lambda dice, text: text.replace("a", "\ud800"),
    lambda dice, text: text.replace(":", ": /* x */"),
]


# -- the line ---------------------------------------------------------------------------------------


def _without_connection(state: Session) -> Session:
    """The state but for who is connected: a refused frame may end its own socket, and no more."""
    people = {
        key: replace(p, connected=False, away_since_t_ms=None) for key, p in state.people.items()
    }
    return replace(state, people=people)


def _check_views(stage: Stage) -> None:
    room = stage.house.room(stage.session)
    for wire in stage.wires.values():
        told = wire.connection.told if wire.connection is not None else None
        if told is None or wire.connection is None or wire.connection.closed:
            continue
        assert wire.rows.session == told.session
        assert wire.rows.people == dict(told.people)
    for probe in (stage.helper, stage.other):
        assert probe.connection is not None
        if probe.connection.told is not None and not probe.connection.closed:
            assert probe.rows.people == dict(probe.connection.told.people)
    folded = fold(stage.house.journal.read(stage.session), stage.session)
    assert folded == room.ledger.visible == room.ledger.decided


async def _fuzz(count: int, seed: int) -> tuple[dict[str, int], int]:
    dice = random.Random(seed)
    tally = dict.fromkeys(("done", "refused", "closed", "silent"), 0)
    house, stage, tried, stages = Grounds(), None, 0, 0
    while tried < count:
        if stage is None or not stage.fits():
            if stage is not None:
                _check_views(stage)
            if stages % 40 == 0:
                house.rooms.stop()
                house = Grounds()
                await house.rooms.start()
            stage = Stage(house, dice)
            await stage.open()
            stages += 1
        state = STATES[tried % len(STATES)]
        wire = stage.wires[state]
        if wire.closed is not None:
            await stage.connect(state)
            if not stage.fits():
                continue
            wire = stage.wires[state]
        house.clock.now += 40
        before, records = stage.states(), len(house.journal._rows[stage.session])
        said = [codec.decode_downward(x) for x in await wire.feed(stage.frame())]
        tried += 1
        refused = any(isinstance(x, m.Refused) for x in said)
        done = any(isinstance(x, m.Done | m.Welcome) for x in said)
        if wire.closed is not None:
            tally["closed"] += 1
        elif refused:
            tally["refused"] += 1
        else:
            tally["done" if done else "silent"] += 1
        if refused and wire.closed is None:
            assert stage.states() == before, said
            assert len(house.journal._rows[stage.session]) == records, said
        elif wire.closed is not None and not done and not _ended(said):
            now = stage.states()
            assert [_without_connection(x) for x in now] == [_without_connection(x) for x in before]
        elif state == "ended" or (state == "unauthenticated" and not done):
            assert stage.states() == before
        if tried % 200 == 0:
            _check_views(stage)
        for probe in (stage.helper, stage.other):
            _trim(probe)
        del wire.raw[:-2]
    house.rooms.stop()
    return tally, stages


def _ended(said: list[Any]) -> bool:
    """The socket was closed by what the frame rightly did, as `End` does to a guest who is staff."""
    return any(isinstance(x, m.Closed) and x.code.value != "MALFORMED" for x in said) and not any(
        isinstance(x, m.Closed) and x.code.value == "TOO_LARGE" for x in said
    )


def _trim(probe: Probe) -> None:
    del probe.messages[:-2]


async def _over_network(count: int, seed: int) -> int:
    """Some of the frames through a real socket: it answers the next beat, or is closed with a code of ours."""
    dice = random.Random(seed)
    house = Grounds()
    await house.rooms.start()
    stage = Stage(house, dice)
    await stage.open()
    async with open_site() as site:
        kernel = await site.kernel(await site.session())
        knock, opened, token = None, 0, ""
        for _ in range(count):
            if knock is None:
                knock = await site.knock()
                if opened % 50 == 0:  # somebody else: nobody comes too often
                    token = await site.token(kernel, f"P{opened}")
                assert isinstance(await knock.hello(invite=token), m.Welcome)
                opened += 1
            frame = stage.frame()
            binary = isinstance(frame, bytes)
            raw = frame if isinstance(frame, bytes) else frame.encode("utf-8", "replace")
            await knock.socket.write_message(raw, binary=binary)
            try:
                await knock.send(m.Beat(n=7_777_777))
                answer = await knock.until(
                    lambda x: x is None or (isinstance(x, m.Beaten) and x.n == 7_777_777)
                )
            except Exception as error:
                if type(error).__name__ != "WebSocketClosedError":
                    raise
                await knock.over()
                answer = None
            if answer is None:
                assert knock.socket.close_code in (4400, 1009, 4003), knock.socket.close_code
                knock.socket.close()
                site._knocks.remove(knock)
                knock = None
            else:
                del knock.messages[:]
    house.rooms.stop()
    await asyncio.sleep(0)
    return count


@line("fuzzed frames", ci=10_000, soak=200_000)
def fuzzed_frames(count: int, seed: int) -> Line:
    """Every message type, bent, on every state of a socket."""
    with faults() as seen:
        tally, stages = run(_fuzz(count, seed), seen)
        real = run(_over_network(max(200, count // 100), seed), seen)
    words = ", ".join(f"{number:,} {what}" for what, number in tally.items())
    return Line(
        count,
        f"{len(seen.found)} crashes, 0 changes by refused frames ({words})",
        seen.found[0][:200]
        if seen.found
        else f"{stages} sessions; {real:,} over real sockets as well",
        ok=not seen.found,
    )


def test_no_frame_breaks_a_socket_and_no_refused_frame_changes_anything() -> None:
    found = check_in_ci(fuzzed_frames)
    assert "10,000" not in found.result, "everything went one way: the frames are not mixed"


async def test_every_kind_of_message_is_among_the_valid_frames() -> None:
    dice = random.Random(3)
    house = Grounds()
    await house.rooms.start()
    stage = Stage(house, dice)
    await stage.open()
    kinds, commands = set(), set()
    for _ in range(4_000):
        message = codec.decode_upward(msgspec.json.encode(stage.valid()))
        kinds.add(type(message))
        if isinstance(message, m.Do):
            commands.add(type(message.command))
    assert kinds == set(m.AnyUpward.__args__)
    assert commands == set(COMMANDS)
    house.rooms.stop()
