"""Simulated clients against a room in miniature: the whole way, muting, loss, and the end."""

# ruff: noqa: PT018 - narrows types in assertions

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from telehealth_widget.media.simulated import Script, SimulatedClient
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Agent, Phase, Source
from telehealth_widget.protocol.messages import CloseCode

from .fake_room import ICE, FakeRoom, until

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def room() -> AsyncIterator[FakeRoom]:
    room = FakeRoom()
    yield room
    await room.stop()


class Clients:
    """Starts clients and sees to it that they end without a trace."""

    def __init__(self, room: FakeRoom) -> None:
        self.room = room
        self.all: list[SimulatedClient] = []

    def new(self, token: str = "P08", **options: Any) -> SimulatedClient:
        named = options.pop("named", None)
        client = SimulatedClient(self.room.url(token, named), code=token, **options)
        self.all.append(client)
        return client.start()

    async def waiting(self, token: str = "P08", **options: Any) -> SimulatedClient:
        client = self.new(token, **options)
        await until(lambda: client.phase is Phase.WAITING)
        return client

    async def talking(self, **options: Any) -> tuple[SimulatedClient, SimulatedClient]:
        first, second = await self.waiting("P1", **options), await self.waiting("P2")
        self.room.admit("P1", "P2")
        await until(lambda: all(hears_and_sees(client) for client in (first, second)))
        return first, second


def hears_and_sees(client: SimulatedClient, frames: int = 3) -> bool:
    return any(p.video_frames >= frames and p.audio_frames >= frames for p in client.peers)


@pytest.fixture
async def clients(room: FakeRoom, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Clients]:
    clients = Clients(room)
    yield clients
    await asyncio.gather(*(asyncio.to_thread(client.stop) for client in clients.all))
    await until(lambda: not any(t.name == "telehealth-media" for t in threading.enumerate()))
    assert not any("decoder" in t.name for t in threading.enumerate())
    assert not [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


async def test_it_comes_in_like_anyone_else(room: FakeRoom, clients: Clients) -> None:
    client = await clients.waiting("P08")
    person = room.people["P08"]
    hello = person.hellos[0]
    assert (hello.invite, hello.resume, hello.agent) == ("P08", None, Agent.PYTHON)
    assert person.origins == [f"http://127.0.0.1:{room.port}"]
    assert person.commands == [c.SetName(name="Simulated P08"), c.GetReady()]
    assert client.is_running
    await asyncio.to_thread(client.wait_for, "waiting", 1)


async def test_a_name_that_the_link_carries_is_kept(room: FakeRoom, clients: Clients) -> None:
    await clients.waiting("P08", named="Ann", name="Ben")
    assert room.people["P08"].commands == [c.GetReady()]


async def test_a_name_of_ones_own_is_given(room: FakeRoom, clients: Clients) -> None:
    await clients.waiting("P08", name="Ann")
    assert room.people["P08"].commands[0] == c.SetName(name="Ann")


async def test_a_refused_name_gives_way_to_the_default(room: FakeRoom, clients: Clients) -> None:
    room.refuses[c.SetName] = ErrorCode.NAME_OF_PROVIDER
    await clients.waiting("P08", name="The Provider")
    names = [command.name for command in room.people["P08"].commands if hasattr(command, "name")]
    assert names == ["The Provider", "Simulated P08"]


async def test_a_passing_refusal_is_followed_by_another_try(
    room: FakeRoom, clients: Clients
) -> None:
    room.refuses[c.GetReady] = ErrorCode.TOO_MANY
    client = await clients.waiting()
    assert client.trouble is None


async def test_a_lasting_refusal_is_told(room: FakeRoom, clients: Clients) -> None:
    room.refuses[c.GetReady] = ErrorCode.NAME_MISSING
    client = clients.new()
    await until(lambda: client.trouble is not None)
    assert client.trouble == "Refused in words."
    await asyncio.sleep(0.3)
    assert room.people["P08"].commands.count(c.GetReady()) == 1


async def test_two_clients_see_and_hear_each_other(room: FakeRoom, clients: Clients) -> None:
    first, second = await clients.talking()
    for token in ("P1", "P2"):
        sources = [p.source for p in room.people[token].row.publications]
        assert sorted(sources) == [Source.CAMERA, Source.MICROPHONE]
    await until(lambda: all(x.peers[0].audio_level_peak > 0.03 for x in (first, second)))
    assert first.peers[0].person == "p-P2"
    assert first.peers[0].state == "connected"


async def test_it_tells_when_it_spoke(
    room: FakeRoom, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telehealth_widget.media.measuring.TELL_EVERY_S", 0.2)
    await clients.talking()
    told = room.people["P1"].measured
    await until(lambda: any(one.voice for one in told))
    for one in told:
        assert one.quality is None
        assert all(x.from_back_ms > x.to_back_ms for x in one.voice or ())


async def test_three_clients_make_a_mesh(room: FakeRoom, clients: Clients) -> None:
    three = [await clients.waiting(token) for token in ("P1", "P2", "P3")]
    room.admit("P1", "P2", "P3")
    await until(
        lambda: all(len(x.peers) == 2 and all(p.video_frames for p in x.peers) for x in three)
    )


async def test_a_script_without_camera_sends_none(room: FakeRoom, clients: Clients) -> None:
    await clients.waiting("P1", script=Script(camera=False))
    second = await clients.waiting("P2")
    room.admit("P1", "P2")
    await until(lambda: bool(second.peers) and second.peers[0].audio_frames > 10)
    assert c.GetReady(camera=False) in room.people["P1"].commands
    assert [p.source for p in room.people["P1"].row.publications] == [Source.MICROPHONE]
    assert second.peers[0].video_frames == 0


async def test_a_late_client_gets_ready_late(room: FakeRoom, clients: Clients) -> None:
    client = clients.new(script=Script(ready_after_s=0.5))
    await until(lambda: client.phase is Phase.PREPARING)
    began = time.monotonic()
    await until(lambda: client.phase is Phase.WAITING)
    assert time.monotonic() - began > 0.35


async def test_a_client_that_leaves_by_its_script_ends(room: FakeRoom, clients: Clients) -> None:
    client = await clients.waiting(script=Script(leave_after_s=0.3))
    room.admit("P08")
    await until(lambda: not client.is_running)
    assert client.phase is Phase.LEFT
    assert room.people["P08"].commands[-1] == c.Leave()


async def test_signals_and_rows_ahead_of_ice_are_kept(room: FakeRoom, clients: Clients) -> None:
    first, second = await clients.waiting("P1"), await clients.waiting("P2")
    room.sends_ice = False
    room.admit("P1", "P2")
    room.people["P1"].send(ICE)  # P1 offers while P2 still waits for its servers
    await until(lambda: first.peers and room.signals)
    assert len(first.peers) == 1 and not second.peers
    room.people["P2"].send(ICE)
    await until(lambda: hears_and_sees(first) and hears_and_sees(second))


async def test_a_muted_client_is_silent_until_unmuted(room: FakeRoom, clients: Clients) -> None:
    first, _ = await clients.talking()
    guest = first._guest
    assert guest is not None and guest._voice is not None and guest._camera is not None
    room.mute("P1", Source.MICROPHONE)
    room.mute("P1", Source.CAMERA)
    await until(lambda: guest._voice.muted and guest._camera.stopped)  # type: ignore[union-attr]
    room.mute("P1", Source.MICROPHONE, muted=False)
    await until(lambda: not guest._voice.muted)  # type: ignore[union-attr]
    assert guest._camera.stopped


@pytest.mark.parametrize(
    ("script", "answers"),
    [
        (Script(answer_after_s=0), (False, False)),
        (Script(answer_after_s=0, agrees=False), (None, None)),
        (Script(answer_after_s=0, camera=False), (False, None)),
    ],
    ids=["agrees", "declines", "has no camera"],
)
async def test_a_question_is_answered_as_the_script_says(
    room: FakeRoom, clients: Clients, script: Script, answers: tuple[bool | None, bool | None]
) -> None:
    await clients.waiting("P1", script=script)
    room.admit("P1")
    person = room.people["P1"]
    await until(lambda: person.row.publications)
    for source, muted in zip((Source.MICROPHONE, Source.CAMERA), answers, strict=True):
        wanted = c.DeclineAsk(source) if muted is None else c.SetMuted(source, muted)
        for _ in range(2):
            before = person.commands.count(wanted)
            room.put("P1", asked=(source,))
            await until(lambda n=before, w=wanted: person.commands.count(w) > n)
            room.put("P1", asked=())


async def test_a_pause_ends_the_tracks_and_a_resume_brings_them_back(
    room: FakeRoom, clients: Clients
) -> None:
    first, second = await clients.talking()
    guest = first._guest
    assert guest is not None
    room.pause("P1")
    await until(lambda: not first.peers and not second.peers)
    assert guest._voice is None and guest._camera is None
    await until(lambda: not guest._endings)
    room.admit("P1")
    await until(lambda: hears_and_sees(first) and hears_and_sees(second))
    assert room.people["P1"].commands.count(c.Publish(source=Source.CAMERA)) == 2


async def test_a_seat_that_moved_is_called_anew(room: FakeRoom, clients: Clients) -> None:
    first, second = await clients.talking()
    before = set(first._guest._peers)  # type: ignore[union-attr]
    room.move("P2")
    await until(lambda: not before & set(first._guest._peers))  # type: ignore[union-attr]
    await until(lambda: hears_and_sees(first) and hears_and_sees(second))


async def test_a_lost_seat_is_asked_for(room: FakeRoom, clients: Clients) -> None:
    client = await clients.waiting()
    person = room.people["P08"]
    room.put("P08", phase=Phase.ADMITTED)
    await until(lambda: person.seat == "here")
    await until(lambda: len(person.row.publications) == 2)
    assert client.phase is Phase.ADMITTED


async def test_media_goes_on_while_the_link_is_lost(room: FakeRoom, clients: Clients) -> None:
    first, second = await clients.talking()
    room.accepts = False
    room.drop("P1")
    frames = first.peers[0].video_frames, second.peers[0].video_frames
    await until(lambda: first.peers[0].video_frames > frames[0] + 8)
    await until(lambda: second.peers[0].video_frames > frames[1] + 8)
    room.accepts = True
    await until(lambda: room.people["P1"].socket is not None)
    hello = room.people["P1"].hellos[-1]
    assert (hello.resume, hello.invite, hello.seat) == ("resume-P1", None, True)
    assert first._guest._peers and first.peers[0].state == "connected"  # type: ignore[union-attr]
    assert len(room.people["P1"].commands) == 4  # nothing was asked for twice


async def test_a_client_that_the_room_forgot_gets_ready_again(
    room: FakeRoom, clients: Clients
) -> None:
    client = await clients.waiting()
    room.put("P08", phase=Phase.LEFT)
    await until(lambda: client.phase is Phase.LEFT)
    room.drop("P08")
    await until(lambda: client.phase is Phase.WAITING)


async def test_the_end_of_the_session_ends_the_client(room: FakeRoom, clients: Clients) -> None:
    first, second = await clients.talking()
    room.end()
    await until(lambda: not first.is_running and not second.is_running)
    assert first.peers == ()
    assert c.Leave() not in room.people["P1"].commands


@pytest.mark.parametrize("code", [CloseCode.REFUSED, CloseCode.SEAT_TAKEN])
async def test_a_final_close_ends_the_client(room: FakeRoom, clients: Clients, code: int) -> None:
    client = await clients.waiting()
    room.close("P08", ErrorCode.REMOVED, code)
    await until(lambda: not client.is_running)
    assert client.trouble == "in words"


async def test_waiting_for_a_phase_that_will_not_come_says_why(
    room: FakeRoom, clients: Clients
) -> None:
    client = SimulatedClient(f"http://127.0.0.1:{room.port}/base/join#nobody", code="P9")
    clients.all.append(client.start())
    with pytest.raises(TelehealthError, match="No such link") as caught:
        await asyncio.to_thread(client.wait_for, Phase.WAITING, 5)
    assert caught.value.code is ErrorCode.TIMED_OUT
    assert "nobody" not in str(caught.value)


async def test_waiting_for_a_phase_times_out(room: FakeRoom, clients: Clients) -> None:
    client = await clients.waiting()
    with pytest.raises(TelehealthError, match="waiting, not admitted"):
        await asyncio.to_thread(client.wait_for, Phase.ADMITTED, 0.1)


async def test_stopping_leaves_the_session_and_may_be_repeated(
    room: FakeRoom, clients: Clients
) -> None:
    client = await clients.waiting()
    await asyncio.to_thread(client.stop)
    assert room.people["P08"].commands[-1] == c.Leave()
    assert client.phase is Phase.LEFT
    await asyncio.to_thread(client.stop)
    with pytest.raises(RuntimeError, match="make a new one"):
        client.start()


async def test_a_client_stops_at_every_moment_without_a_trace(
    room: FakeRoom, clients: Clients
) -> None:
    for n in range(12):
        first, second = clients.new(f"A{n}"), clients.new(f"B{n}")
        await asyncio.sleep(0.02 * n)
        room.admit(f"A{n}", f"B{n}")
        await asyncio.sleep(0.02 * n)
        await asyncio.gather(asyncio.to_thread(first.stop), asyncio.to_thread(second.stop))
        assert not first.is_running and not second.is_running


async def test_stopping_without_a_server_is_quick(clients: Clients, room: FakeRoom) -> None:
    client = clients.new()
    await room.stop()
    began = time.monotonic()
    await asyncio.to_thread(client.stop)
    assert time.monotonic() - began < 3


async def test_a_client_that_was_never_started_can_be_stopped(room: FakeRoom) -> None:
    client = SimulatedClient(room.url("P08"), code="P08")
    client.stop()
    assert not client.is_running
    assert client.peers == ()


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://h/join#t", "http://h/join", "http:///j#t"])
def test_what_is_no_join_link_is_refused(url: str) -> None:
    with pytest.raises(TelehealthError) as caught:
        SimulatedClient(url, code="P08")
    assert caught.value.code is ErrorCode.LINK_UNKNOWN


async def test_neither_repr_nor_log_shows_the_link(
    room: FakeRoom, clients: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="telehealth_widget")
    client = await clients.waiting("token-canary", named="name-canary")
    client.code = "P08"
    assert repr(client) == "SimulatedClient('P08', waiting)"
    assert "canary" not in repr(vars(client))
    room.drop("token-canary")
    await until(lambda: len(room.people["token-canary"].hellos) == 2)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("telehealth")]
    assert ours and "canary" not in "\n".join(ours)


async def test_a_busy_main_thread_does_not_stop_it(room: FakeRoom, clients: Clients) -> None:
    first, second = await clients.talking()
    enough = first.peers[0].video_frames + 10, second.peers[0].video_frames + 10

    def both_went_on() -> bool:
        return (
            first.peers[0].video_frames >= enough[0] and second.peers[0].video_frames >= enough[1]
        )

    deadline_s = time.monotonic() + 30
    while not both_went_on():  # as a cell that computes; the room's loop stands still too
        assert time.monotonic() < deadline_s, "no frames while the main thread computes"
        sum(n * n for n in range(1000))


async def test_a_process_that_forgets_to_stop_ends_quietly_and_leaves(room: FakeRoom) -> None:
    urls = [room.url("P1"), room.url("P2")]
    code = (
        "import sys, time\n"
        "from telehealth_widget.media.simulated import SimulatedClient\n"
        "clients = [SimulatedClient(url, code=f'P{n}').start() for n, url in enumerate(sys.argv[1:])]\n"
        "[client.wait_for('admitted') for client in clients]\n"
        "while not all(c.peers and c.peers[0].video_frames > 3 for c in clients): time.sleep(0.02)\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-X", "dev", "-W", "error", "-c", code),
        *urls,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    await until(lambda: all(p.row.phase is Phase.WAITING for p in room.people.values()))
    room.admit("P1", "P2")
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")
    assert all(p.commands[-1] == c.Leave() for p in room.people.values())
