"""Starting the servers that are measured, each in a process of its own that ends with ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
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
