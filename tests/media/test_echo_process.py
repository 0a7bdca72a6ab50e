"""The process of the echo: lines in, lines out, few tests, and an end with its input."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator

import pytest
from aiortc import RTCPeerConnection

from telehealth_widget.media.echo_process import MAX_TESTS, Desk, serve
from telehealth_widget.media.ice import configuration
from telehealth_widget.protocol import echo as pipe
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.messages import Candidate, Description, Ice

ICE = Ice(servers=(), relay_only=False, expires_at_ms=0)
WITHIN_S = 20


@pytest.fixture
async def offer() -> AsyncIterator[Description]:
    """An offer of data channels, from aiortc in place of a browser."""
    pc = RTCPeerConnection(configuration(None))
    pc.createDataChannel("control")
    await pc.setLocalDescription(await pc.createOffer())
    yield Description(pc.localDescription.type, pc.localDescription.sdp)
    await pc.close()


class Room:
    """A desk and what it wrote."""

    def __init__(self) -> None:
        self.written: asyncio.Queue[pipe.FromEcho] = asyncio.Queue()
        self.desk = Desk(self.written.put_nowait)

    async def next(self) -> pipe.FromEcho:
        return await asyncio.wait_for(self.written.get(), WITHIN_S)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = Room()
    yield made
    await made.desk.close()


def begin(test: str, offer: Description, within_ms: int = 20_000) -> pipe.EchoBegin:
    return pipe.EchoBegin(test, ICE, offer, within_ms)


async def test_an_offer_is_answered(room: Room, offer: Description) -> None:
    room.desk.take(begin("t_1", offer))
    answer = await room.next()
    assert isinstance(answer, pipe.EchoAnswer)
    assert (answer.test, answer.description.type) == ("t_1", "answer")
    assert "candidate" in answer.description.sdp
    room.desk.take(pipe.EchoMore("t_1", (Candidate("candidate:1 1 udp 1 192.0.2.1 9 typ host"),)))
    room.desk.take(pipe.EchoMore("t_unknown", ()))
    room.desk.take(pipe.EchoEnd("t_1"))
    room.desk.take(pipe.EchoEnd("t_1"))


async def test_what_is_no_offer_of_a_test_is_over_at_once(room: Room) -> None:
    room.desk.take(begin("t_1", Description("offer", "m=audio 9 x 0\r\n")))
    assert await room.next() == pipe.EchoOver("t_1")


async def test_more_tests_than_it_holds_and_a_name_in_use_are_refused(
    room: Room, offer: Description
) -> None:
    for n in range(MAX_TESTS):
        room.desk.take(begin(f"t_{n}", offer))
    room.desk.take(begin("t_0", offer))
    room.desk.take(begin("t_more", offer))
    over = set()
    while len(over) < 2:
        told = await room.next()
        if isinstance(told, pipe.EchoOver):
            over.add(told.test)
    assert over == {"t_0", "t_more"}


async def test_a_test_whose_time_is_up_ends_by_itself(room: Room, offer: Description) -> None:
    room.desk.take(begin("t_1", offer, within_ms=0))
    while not isinstance(told := await room.next(), pipe.EchoOver):
        pass
    assert told.test == "t_1"


async def test_a_longer_time_than_the_limit_is_not_granted(room: Room, offer: Description) -> None:
    room.desk.take(begin("t_1", offer, within_ms=10**9))
    _, timer = room.desk._tests["t_1"]
    left_s = timer.when() - asyncio.get_running_loop().time()
    assert left_s <= limits.TEST_WITHIN_MS / 1000


async def test_lines_that_are_none_are_passed_over_until_the_input_ends(
    offer: Description,
) -> None:
    into, source = os.pipe()
    target = io.BytesIO()
    with os.fdopen(into, "rb") as reader:
        serving = asyncio.create_task(serve(reader, target))
        with os.fdopen(source, "wb") as writer:
            writer.write(b"\xff\n{}\n" + pipe.line_of(pipe.EchoEnd("t_unknown")))
        await asyncio.wait_for(serving, WITHIN_S)
        for thread in threading.enumerate():
            if thread.name == "telehealth-echo-read":
                thread.join(WITHIN_S)
    assert target.getvalue() == pipe.line_of(pipe.EchoReady())


def test_the_process_ends_with_its_input_and_says_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "telehealth_widget.media.echo_process"],
        input=b"",
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == pipe.line_of(pipe.EchoReady())
    assert done.stderr == b""
