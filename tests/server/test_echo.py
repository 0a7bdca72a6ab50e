"""The echo's process as the server holds it: started late, ended early, and never missed when it dies."""

# ruff: noqa: ASYNC110 - polls a process

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import psutil
import pytest

from telehealth_widget.protocol.echo import EchoAnswer, EchoOver
from telehealth_widget.protocol.messages import Candidate, Description, Ice
from telehealth_widget.server.echo import EchoProcess

ICE = Ice(servers=(), relay_only=False, expires_at_ms=0)
OFFER = Description("offer", "v=0")
WITHIN_S = 30

PRETENDS = """
import sys
from telehealth_widget.protocol import echo as pipe
from telehealth_widget.protocol.messages import Description
def say(message):
    sys.stdout.buffer.write(pipe.line_of(message)); sys.stdout.buffer.flush()
say(pipe.EchoReady())
sys.stdout.buffer.write(b"no message\\n")
for line in sys.stdin.buffer:
    message = pipe.to_echo(line)
    if isinstance(message, pipe.EchoBegin):
        if message.description.sdp == "die":
            sys.exit(3)
        say(pipe.EchoAnswer("t_other", Description("answer", "v=0")))
        say(pipe.EchoAnswer(message.test, Description("answer", "v=0")))
    elif isinstance(message, pipe.EchoMore):
        say(pipe.EchoOver(message.test))
"""
"""Answers at once, and ends a test at its first candidates."""


class Held:
    """An echo, and what was heard of it."""

    def __init__(self, source: str = PRETENDS, **options: float) -> None:
        self.heard: asyncio.Queue[EchoAnswer | EchoOver] = asyncio.Queue()
        self.echo = EchoProcess(command=(sys.executable, "-c", source), **options)
        self.echo.listen(self.heard.put_nowait)

    async def next(self) -> EchoAnswer | EchoOver:
        return await asyncio.wait_for(self.heard.get(), WITHIN_S)

    def begin(self, test: str, sdp: str = "v=0") -> None:
        self.echo.begin(test, ICE, Description("offer", sdp), 1_000)


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    made = Held()
    yield made
    await made.echo.stop()


async def gone(pid: int) -> None:
    async with asyncio.timeout(WITHIN_S):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)


async def test_nothing_runs_until_a_test_is_near(held: Held) -> None:
    assert held.echo.pid is None
    held.echo.warm()
    assert held.echo.pid is not None


async def test_an_answer_is_heard_and_what_is_not_asked_for_is_not(held: Held) -> None:
    held.begin("t_1")
    assert await held.next() == EchoAnswer("t_1", Description("answer", "v=0"))
    held.echo.more("t_1", [Candidate("c")])
    assert await held.next() == EchoOver("t_1")
    held.echo.more("t_1", [Candidate("c")])
    held.echo.end("t_1")
    assert held.heard.empty()


async def test_when_it_dies_its_tests_are_over_and_the_next_one_starts_it_anew(held: Held) -> None:
    held.begin("t_1")
    await held.next()
    held.begin("t_2", "die")
    assert {(await held.next()).test, (await held.next()).test} == {"t_1", "t_2"}
    assert held.echo.pid is None
    held.begin("t_3")
    assert await held.next() == EchoAnswer("t_3", Description("answer", "v=0"))


async def test_it_ends_when_nobody_tests_any_more() -> None:
    held = Held(idle_s=0)
    held.begin("t_1")
    pid = held.echo.pid
    assert pid is not None
    await held.next()
    assert held.echo.pid == pid
    held.echo.end("t_1")
    await gone(pid)
    await held.echo.stop()


async def test_a_stuck_one_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telehealth_widget.server.echo.ENDS_WITHIN_S", 0.2)
    held = Held("import time\nwhile True: time.sleep(1)")
    held.echo.warm()
    pid = held.echo.pid
    assert pid is not None
    await held.echo.stop()
    assert not psutil.pid_exists(pid)


async def test_a_program_that_is_not_there_ends_the_test_with_a_word() -> None:
    held = Held()
    held.echo._command = ("/nowhere/python",)
    held.begin("t_1")
    assert await held.next() == EchoOver("t_1")
    await held.echo.stop()


async def test_no_secret_of_the_server_is_in_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("JUPYTER_TOKEN", "MY_PASSWORD", "TELEHEALTH_WIDGET_RUNTIME", "AWS_SECRET_X"):
        monkeypatch.setenv(name, "quokka")
    held = Held()
    held.echo.warm()
    assert held.echo.pid is not None
    environment = psutil.Process(held.echo.pid).environ()
    assert "quokka" not in environment.values()
    assert environment["PATH"] == os.environ["PATH"]
    await held.echo.stop()
