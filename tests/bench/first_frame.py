"""From "Admit" to the first decoded frame of the other, on both guest pages; beside two bare pages that call each
other through a bare relay, with the same devices and the same size of picture."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize, expect

from telehealth_widget.protocol import commands as c
from tests.bench.figures import Figure
from tests.bench.pages import FIRST_FRAMES, chromium
from tests.bench.people import Person, Premises
from tests.bench.processes import serving
from tests.bench.wire import Wire

WITHIN_S = 20
REMOTE_VIDEOS = "() => document.querySelectorAll('#others video').length"


@dataclass(frozen=True)
class Sizes:
    runs: int = 12


TOY = Sizes(runs=1)


async def new_page(browser: Browser, window: ViewportSize | None = None) -> Page:
    context = await browser.new_context(permissions=["camera", "microphone"], viewport=window)
    await context.add_init_script(FIRST_FRAMES)
    return await context.new_page()


async def until(condition: Callable[[], Any], what: str) -> None:
    """Poll a page; the times themselves are taken inside of it."""
    deadline = time.monotonic() + WITHIN_S
    while not await condition():
        assert time.monotonic() < deadline, f"not within {WITHIN_S} s: {what}"
        await asyncio.sleep(0.02)


async def first_frames(pages: tuple[Page, Page], began_ms: float) -> tuple[float, float]:
    """Ms until the earlier and the later page showed the other."""

    async def both() -> bool:
        return all([await page.evaluate("() => window.__firstFrames.length") for page in pages])

    await until(both, "both pages show the other")
    seen = []
    for page in pages:
        seen.append(await page.evaluate("() => window.__firstFrames.splice(0)[0]") - began_ms)
    return min(seen), max(seen)


class OurCall:
    """Two clients; the first stays in the session, the second is admitted and sent back."""

    def __init__(self, kernel: Person, pages: tuple[Page, Page], second: str) -> None:
        self._kernel = kernel
        self._pages = pages
        self._second = second

    @classmethod
    async def prepare(cls, premises: Premises, browser: Browser) -> OurCall:
        kernel = await premises.open("Call")
        pages, people = [], []
        for code in ("P01", "P02"):
            done = await kernel.do(c.Invite(code=code))
            page = await new_page(browser)
            await page.goto(done.url or "")
            await page.get_by_role("button", name="Allow camera and microphone").click()
            await expect(page.get_by_role("combobox", name="Camera")).to_be_visible()
            await page.get_by_role("textbox", name="Your name").fill(f"Client {code}")
            await page.get_by_role("button", name="I'm Ready").click()
            await expect(page.get_by_role("status").filter(has_text="Waiting for")).to_be_visible()
            pages.append(page)
            people.append(done.person or "")
        await kernel.do(c.Admit(person=people[0]))
        await expect(pages[0].get_by_role("toolbar", name="Action tray")).to_be_visible()
        return cls(kernel, (pages[0], pages[1]), people[1])

    async def time(self) -> tuple[float, float]:
        began_ms = time.time() * 1000
        await self._kernel.do(c.Admit(person=self._second))
        took = await first_frames(self._pages, began_ms)
        await self._kernel.do(c.SendBack(person=self._second))
        first, second = self._pages
        await expect(second.get_by_role("status").filter(has_text="Waiting for")).to_be_visible()
        await expect(first.get_by_role("group", name="Client P02", exact=True)).to_have_count(0)
        return took


class BareCall:
    """Two pages that do nothing else."""

    def __init__(self, wire: Wire, pages: tuple[Page, Page]) -> None:
        self._wire = wire
        self._pages = pages

    @classmethod
    async def prepare(cls, url: str, browser: Browser) -> BareCall:
        relay = f"{url}/pair/1"
        pages = []
        for role in ("offers", "answers"):
            page = await new_page(browser)
            await page.goto(f"{url}/call?{role}#{relay.replace('http', 'ws', 1)}")
            await expect(page).to_have_title("Ready")
            pages.append(page)
        return cls(await Wire.connect(relay), (pages[0], pages[1]))

    async def time(self) -> tuple[float, float]:
        began_ms = time.time() * 1000
        self._wire.send(b'{"go":true}')
        took = await first_frames(self._pages, began_ms)
        self._wire.send(b'{"stop":true}')

        async def over() -> bool:
            return not any([await page.evaluate(REMOTE_VIDEOS) for page in self._pages])

        await until(over, "the bare call is over")
        return took


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    async with (
        serving("room_server", str(folder)) as ours,
        serving("floor_server") as floor,
        chromium() as browser,
    ):
        our_call = await OurCall.prepare(Premises(ours), browser)
        bare_call = await BareCall.prepare(floor.facts["url"], browser)
        await bare_call.time()
        await our_call.time()
        bare, here = [], []
        for _ in range(sizes.runs):
            bare.append(await bare_call.time())
            here.append(await our_call.time())
    name = "bare call of two pages"
    return [
        Figure(
            "admission to first frame, on the later page",
            statistics.median(later for _, later in here),
            "ms",
            statistics.median(later for _, later in bare),
            name,
            at_most=1.3,
        ),
        Figure(
            "admission to first frame, on the earlier page",
            statistics.median(earlier for earlier, _ in here),
            "ms",
            statistics.median(earlier for earlier, _ in bare),
            name,
        ),
    ]


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
