"""The process that answers connection tests, as the server sees it: started when needed, ended when idle.

A process of its own and not a thread: the work of a test (DTLS, SCTP, decoding) is Python's and would hold up the
rooms, and what strangers send is parsed where nothing of the server is. Threads carry its pipes, so that any event
loop will do.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import msgspec

from telehealth_widget.protocol import echo as pipe
from telehealth_widget.protocol.messages import Candidate, Description, Ice

log = logging.getLogger(__name__)

IDLE_S = 60.0
"""How long the process stays without a test."""
ENDS_WITHIN_S = 3.0
COMMAND = (sys.executable, "-m", "telehealth_widget.media.echo_process")
_SECRET = re.compile(r"^JUPYTER|^JPY_|^TELEHEALTH|TOKEN|SECRET|PASSW|CREDENTIAL|_KEY$", re.I)


class EchoProcess:
    """Implements `rooms.connection_tests.Echo`. Make and use it on one running loop; end it with `stop`."""

    def __init__(self, *, command: Sequence[str] = COMMAND, idle_s: float = IDLE_S) -> None:
        self._command = tuple(command)
        self._idle_s = idle_s
        self._loop = asyncio.get_running_loop()
        self._heard: Callable[[pipe.EchoAnswer | pipe.EchoOver], None] = lambda told: None
        self._child: _Child | None = None
        self._tests: set[str] = set()
        self._idle: asyncio.TimerHandle | None = None
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """Of the running process, if any."""
        return self._child.pid if self._child is not None else None

    def listen(self, heard: Callable[[pipe.EchoAnswer | pipe.EchoOver], None]) -> None:
        """Where answers and ends are told."""
        self._heard = heard

    def warm(self) -> None:
        """Start the process, unless it runs."""
        if self._child is None and not self._stopped:
            try:
                self._child = _Child(self._command, self._loop, self._read, self._gone)
            except OSError as error:
                log.error("the echo of connection tests did not start: %s", type(error).__name__)
                return
        self._watch_idle()

    def begin(self, test: str, ice: Ice, description: Description, within_ms: int) -> None:
        """Answer this offer."""
        self.warm()
        if self._child is None:
            self._loop.call_soon(self._heard, pipe.EchoOver(test))
            return
        self._tests.add(test)
        self._child.write(pipe.EchoBegin(test, ice, description, within_ms))
        self._watch_idle()

    def more(self, test: str, candidates: Sequence[Candidate]) -> None:
        """Candidates that came after the offer."""
        if self._child is not None and test in self._tests:
            self._child.write(pipe.EchoMore(test, tuple(candidates)))

    def end(self, test: str) -> None:
        """Let go of the test."""
        if self._child is not None and test in self._tests:
            self._child.write(pipe.EchoEnd(test))
        self._tests.discard(test)
        self._watch_idle()

    async def stop(self) -> None:
        """End the process; returns once it is gone."""
        self._stopped = True
        if self._idle is not None:
            self._idle.cancel()
        child, self._child = self._child, None
        if child is not None:
            await self._loop.run_in_executor(None, child.end)

    def _watch_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._child is not None and not self._tests:
            self._idle = self._loop.call_later(self._idle_s, self._rest)

    def _rest(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            self._loop.run_in_executor(None, child.end)

    def _read(self, line: bytes) -> None:
        try:
            told = pipe.from_echo(line)
        except msgspec.DecodeError:
            return
        if isinstance(told, pipe.EchoReady) or told.test not in self._tests:
            return
        if isinstance(told, pipe.EchoOver):
            self._tests.discard(told.test)
            self._watch_idle()
        self._heard(told)

    def _gone(self, child: _Child) -> None:
        """It ended, by itself or because it was told to."""
        if self._child is not child:
            return
        self._child = None
        if self._idle is not None:
            self._idle.cancel()
        log.warning("the echo of connection tests ended by itself (%s)", child.code)
        tests, self._tests = self._tests, set()
        for test in tests:
            self._heard(pipe.EchoOver(test))


class _Child:
    """One run of the process, and the two threads at its pipes."""

    def __init__(
        self,
        command: Sequence[str],
        loop: asyncio.AbstractEventLoop,
        read: Callable[[bytes], None],
        gone: Callable[[_Child], None],
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Whatever a library complains about there may quote an address.
            stderr=subprocess.DEVNULL,
            env={k: v for k, v in os.environ.items() if not _SECRET.search(k)},
        )
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._loop = loop
        self._threads = [
            threading.Thread(target=self._write_all, name="telehealth-echo-in", daemon=True),
            threading.Thread(
                target=self._read_all, args=(read, gone), name="telehealth-echo-out", daemon=True
            ),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """What it ended with; None while it runs."""
        return self._process.poll()

    def write(self, message: pipe.ToEcho) -> None:
        """Queue a line. What waits is bounded by the number of tests."""
        self._lines.put(pipe.line_of(message))

    def end(self) -> None:
        """Close its input, which ends it, and wait; a stuck one is killed. Not on the loop."""
        self._lines.put(None)
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(ENDS_WITHIN_S)

    def _write_all(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        # A broken pipe is noticed by the reader.
        with contextlib.suppress(OSError), stdin:
            while (line := self._lines.get()) is not None:
                stdin.write(line)
                stdin.flush()

    def _read_all(self, read: Callable[[bytes], None], gone: Callable[[_Child], None]) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        with stdout:
            for line in stdout:
                self._tell(read, line)
        self._process.wait()
        self._lines.put(None)
        self._tell(gone, self)

    def _tell(self, function: Callable[..., None], value: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(function, value)
