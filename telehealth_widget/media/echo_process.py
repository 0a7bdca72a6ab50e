"""`python -m telehealth_widget.media.echo_process`: answers connection tests that come as lines on its input.

Started by the server (`server.echo`), ends with its input. It runs at a lower priority than the rooms, holds a few
tests at most and ends each in time by itself. Nothing is written but lines of `protocol.echo`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, Final

import msgspec

from telehealth_widget.media.echo import Echo
from telehealth_widget.protocol import echo as pipe
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.messages import Description

NICE: Final = 5
MAX_TESTS: Final = 2 * limits.TESTS_AT_ONCE
"""More than the server lets in, since an ended one takes a moment to close."""


class Desk:
    """The tests of this process."""

    def __init__(self, write: Callable[[pipe.FromEcho], None]) -> None:
        self._write = write
        self._tests: dict[str, tuple[Echo, asyncio.TimerHandle]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def take(self, message: pipe.ToEcho) -> None:
        """Do what the server says."""
        match message:
            case pipe.EchoBegin():
                self._begin(message)
            case pipe.EchoMore(test=test, candidates=candidates):
                if test in self._tests:
                    self._tests[test][0].add(candidates)
            case pipe.EchoEnd(test=test):
                self._end(test)

    def _begin(self, message: pipe.EchoBegin) -> None:
        test = message.test
        if test in self._tests or len(self._tests) + len(self._closing) >= MAX_TESTS:
            self._write(pipe.EchoOver(test))
            return

        def send(answer: Description) -> None:
            self._write(pipe.EchoAnswer(test, answer))

        echo = Echo(message.ice, send)
        within_s = min(message.within_ms, limits.TEST_WITHIN_MS) / 1000
        timer = asyncio.get_running_loop().call_later(within_s, self._late, test)
        self._tests[test] = (echo, timer)
        if not echo.take(message.description):
            self._late(test)

    def _late(self, test: str) -> None:
        self._write(pipe.EchoOver(test))
        self._end(test)

    def _end(self, test: str) -> None:
        found = self._tests.pop(test, None)
        if found is None:
            return
        echo, timer = found
        timer.cancel()
        task = asyncio.create_task(echo.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """End every test."""
        for test in list(self._tests):
            self._end(test)
        await asyncio.gather(*self._closing, return_exceptions=True)


async def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer until `source` ends."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: None)  # it could quote an address
    over = asyncio.Event()

    def write(message: pipe.FromEcho) -> None:
        with contextlib.suppress(OSError):  # the server is gone, and so is our input
            target.write(pipe.line_of(message))
            target.flush()

    desk = Desk(write)

    def read() -> None:
        for line in source:
            with contextlib.suppress(msgspec.DecodeError):
                loop.call_soon_threadsafe(desk.take, pipe.to_echo(line))
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=read, name="telehealth-echo-read", daemon=True).start()
    write(pipe.EchoReady())
    await over.wait()
    await desk.close()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server says when it is over
    if hasattr(os, "nice"):
        os.nice(NICE)
    asyncio.run(serve(sys.stdin.buffer, sys.stdout.buffer))


if __name__ == "__main__":
    main()
