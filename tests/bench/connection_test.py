"""A connection test's length and its rates beside a link of known rate; and what ten tests at once cost a live room.

The pages run at the lowest priority here, since in life they are other people's machines; the echo does not.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.async_api import expect

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.kinds import Source
from tests.bench.commands import CLIENTS, Watch
from tests.bench.figures import Figure, percentile
from tests.bench.pages import chromium
from tests.bench.people import Premises
from tests.bench.processes import serving
from tests.browser.shaped import Quality
from tests.browser.tried import DONE_WITHIN_MS, Tried, over_a_link, prepared

RATE_KBPS = 4_000


@dataclass(frozen=True)
class Sizes:
    runs: int = 3
    """Tests over the shaped link."""
    at_once: int = 10
    commands: int = 400
    """In the live room, without any test; with tests as many as fit."""


TOY = Sizes(runs=1, at_once=2, commands=10)


async def timed(tried: Tried) -> float:
    """Seconds from the press to the verdict."""
    began = time.monotonic()
    await tried.begin()
    await expect(tried.region.get_by_role("button", name="Cancel test")).to_be_visible()
    await expect(tried.region.get_by_role("button", name="Test my connection")).to_be_visible(
        timeout=DONE_WITHIN_MS
    )
    return time.monotonic() - began


async def over_the_link(folder: Path, sizes: Sizes) -> tuple[list[float], list[float]]:
    """Seconds each took, and by how many percent each rate was off."""
    took, off = [], []
    quality = Quality(rate_kbps=RATE_KBPS, delay_ms=20)
    for run in range(sizes.runs):
        place = folder / f"link-{run}"
        place.mkdir(parents=True)
        async with over_a_link(place, quality) as (tried, _):
            took.append(await timed(tried))
            report = await tried.verdict("connection")
            for rate in (report.up_kbps, report.down_kbps):
                off.append(100.0 if rate is None else abs(rate - RATE_KBPS) / RATE_KBPS * 100)
    return took, off


async def beside_a_room(folder: Path, sizes: Sizes) -> tuple[list[float], list[float]]:
    """Ms a command of a room of five takes: alone, and while the tests run."""
    async with serving("room_server", str(folder)) as ours, chromium() as browser:
        premises = Premises(ours)
        kernel = await premises.open("Five people")
        clients = [await premises.admitted(kernel, f"P0{n + 1}") for n in range(CLIENTS)]
        first = clients[0]
        await first.do(c.Publish(source=Source.MICROPHONE))
        other = await premises.open("Tests")
        pages = [
            await prepared(browser, premises, other, f"T{n:02d}") for n in range(sizes.at_once)
        ]
        for process in psutil.Process(os.getpid()).children(recursive=True):
            if "chrom" in process.name():
                process.nice(19)
        await asyncio.sleep(1)  # the pages have settled; their cameras go on
        watch = Watch(kernel, clients)
        alone, beside = [], []

        async def mute() -> float:
            muted = c.SetMuted(source=Source.MICROPHONE, muted=len(alone + beside) % 2 == 0)
            took = await watch.time(first, muted)
            await asyncio.sleep(0.01)
            return took

        for _ in range(sizes.commands):
            alone.append(await mute())
        testing = asyncio.gather(*(timed(page) for page in pages))
        while not testing.done():
            beside.append(await mute())
        await testing
        errors = [error for page in pages for error in page.errors]
        assert not errors, errors
    return alone, beside


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    took, off = await over_the_link(folder, sizes)
    alone, beside = await beside_a_room(folder / "room", sizes)
    name = "the same without a test"
    return [
        Figure("connection test, the longest", max(took), "s", at_most=15),
        Figure(
            f"its rates beside a link of {RATE_KBPS} kbit/s, the worst", max(off), "%", at_most=15
        ),
        *(
            Figure(
                f"command in a live room beside {sizes.at_once} tests, p{percent}",
                percentile(beside, percent),
                "ms",
                percentile(alone, percent),
                name,
                at_most=2 if percent == 50 else None,
            )
            for percent in (50, 95)
        ),
    ]


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
