"""Starting the servers that are measured, each in a process of its own that ends with ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

STARTS_WITHIN_S = 30


@dataclass(frozen=True)
class Serving:
    """A server that answers."""

    facts: dict[str, Any]
    """What it said when it was up."""
    process: psutil.Process

    def rss(self) -> int:
        """Bytes of memory it holds now."""
        return int(self.process.memory_info().rss)

    def cpu_s(self) -> float:
        """Seconds of processor time it used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def place(self, cpus: set[int], policy: int) -> None:
        """Let all its threads run on these processors only, under this policy of the scheduler."""
        for thread in self.process.threads():
            _place(thread.id, cpus, policy)


@dataclass(frozen=True)
class Placement:
    """Where the load generator and the servers run. Left to the scheduler, a server now and then shares the
    generator's core and wakes up in half the time: the ratio would be luck.

    On one core it would be luck even so: whether who is woken interrupts who woke it depends on which of the two
    used less time before, and halves the latency of a server that is slower than the generator. So meanwhile all
    are `SCHED_BATCH`, under which nobody who is woken interrupts: as a rule each runs until it waits.
    """

    name: str
    generator: set[int]
    servers: set[int]


def placements() -> list[Placement]:
    """A core each, and one for both; none where the system does not offer it."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    cpus = sorted(os.sched_getaffinity(0))
    shared = Placement("one core", {cpus[0]}, {cpus[0]})
    return [Placement("a core each", {cpus[0]}, {cpus[1]}), shared] if len(cpus) > 1 else [shared]


@contextlib.contextmanager
def placed(placement: Placement, *servers: Serving) -> Iterator[None]:
    """Hold this process and the servers there during the block."""
    before = os.sched_getaffinity(0), os.sched_getscheduler(0)
    _place(0, placement.generator, os.SCHED_BATCH)
    for server in servers:
        server.place(placement.servers, os.SCHED_BATCH)
    try:
        yield
    finally:
        _place(0, *before)
        for server in servers:
            server.place(*before)


def _place(thread: int, cpus: set[int], policy: int) -> None:
    os.sched_setaffinity(thread, cpus)
    os.sched_setscheduler(thread, policy, os.sched_param(0))


@contextlib.asynccontextmanager
async def serving(module: str, *args: str) -> AsyncIterator[Serving]:
    """Run `python -m tests.bench.<module>` until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"tests.bench.{module}",
        *args,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), STARTS_WITHIN_S)
        yield Serving(json.loads(line), psutil.Process(process.pid))
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


async def said_and_serve_until_stdin_closes(facts: dict[str, Any]) -> None:
    """In the server: tell the parent that we are up, and stay until it lets go of us."""
    print(json.dumps(facts), flush=True)
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def read() -> None:
        if not sys.stdin.buffer.read1(1):
            over.set()

    loop.add_reader(sys.stdin.fileno(), read)
    await over.wait()
