"""Clients who wait: memory a socket in the server, and how quick commands are meanwhile."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass
from pathlib import Path

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.kinds import Phase
from tests.bench.figures import Figure, percentile
from tests.bench.people import Person, Premises
from tests.bench.processes import serving

AT_ONCE = 10
"""Sockets that are being let in; the guest site takes 20 unknown ones from an address."""


@dataclass(frozen=True)
class Sizes:
    sockets: int = 1_000
    sessions: int = 50
    """Over which the same number is spread in the second scene."""
    commands: int = 300


TOY = Sizes(sockets=6, sessions=2, commands=3)


async def gathered(premises: Premises, kernel: Person, urls: dict[str, str]) -> list[Person]:
    """Everyone in the waiting room."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def come(code: str, url: str) -> Person:
        async with turn:
            client = await premises.knock(url)
            await client.do(c.SetName(name=f"Client {code}"))
            await client.do(c.GetReady())
            return client

    return list(await asyncio.gather(*(come(code, url) for code, url in urls.items())))


async def scene(folder: Path, sizes: Sizes, sessions: int) -> tuple[list[float], float, float]:
    """Ms of each command, bytes a socket, and ms to let one client in."""
    async with serving("room_server", str(folder)) as ours:
        premises = Premises(ours)
        rooms = []
        for number in range(sessions):
            kernel = await premises.open(f"Session {number}")
            each = range(sizes.sockets // sessions)
            urls = {
                f"P{n:04}": (await kernel.do(c.Invite(code=f"P{n:04}"))).url or "" for n in each
            }
            rooms.append((kernel, urls))
        # What the first socket of all brings with it is not counted.
        warm = await premises.open("Warm")
        await premises.waiting(warm, "P01")
        before = ours.rss()
        began = time.perf_counter()
        everyone = [await gathered(premises, kernel, urls) for kernel, urls in rooms]
        let_in_ms = (time.perf_counter() - began) * 1000 / sizes.sockets
        bytes_each = (ours.rss() - before) / sizes.sockets
        took = []
        for number in range(sizes.commands):
            (kernel, _), clients = rooms[number % sessions], everyone[number % sessions]
            client = clients[number % len(clients)]
            # The answer and the view of the one it is about, whichever is later.
            for command, phase in (
                (c.Admit(person=client.id), Phase.ADMITTED),
                (c.SendBack(person=client.id), Phase.WAITING),
            ):
                begun = time.perf_counter()
                told = asyncio.ensure_future(
                    client.until_rows(lambda r, p=phase: r.me is not None and r.me.phase is p)
                )
                await asyncio.gather(told, kernel.do(command))
                took.append((time.perf_counter() - begun) * 1000)
        return took, bytes_each, let_in_ms


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    figures = []
    for sessions in (1, sizes.sessions):
        took, bytes_each, let_in_ms = await scene(folder / str(sessions), sizes, sessions)
        where = "one session" if sessions == 1 else f"{sessions} sessions"
        scene_name = f"{sizes.sockets} waiting in {where}"
        figures += [
            Figure(f"{scene_name}, a socket", bytes_each / 1024, "KB", at_most=50),
            Figure(f"{scene_name}, command p50", percentile(took, 50), "ms"),
            Figure(f"{scene_name}, command p99", percentile(took, 99), "ms", at_most=100),
            Figure(f"{scene_name}, to let one in", let_in_ms, "ms"),
        ]
    return figures


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
