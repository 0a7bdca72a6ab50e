"""The session room in real pages: from a provider's control to its effect at a receiver, and how much longer a fifth
person takes to see everybody than a second.

All pages run on this one machine, so that a fifth person adds eight encoders and eight decoders to it, where each of
five people has a device of their own that carries two of them. So the goal is held against light pictures: cameras
that give five a second, and small windows, since these browsers draw without a graphics chip; with two people as with
five. What full cameras and windows cost on this machine is printed beside it, and beside as many bare pages.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, expect

from telehealth_widget.protocol import commands as c
from tests.bench.figures import Figure, percentile
from tests.bench.first_frame import new_page, until
from tests.bench.pages import chromium
from tests.bench.people import Person, Premises
from tests.bench.processes import serving
from tests.bench.wire import Wire
from tests.browser.lab import ROOT

EFFECTS = """
(() => {
  window.__effects = { mute: [], video: [] };
  const now = () => performance.timeOrigin + performance.now();
  document.addEventListener("volumechange", ({ target }) => {
    if (target.muted && target.srcObject) window.__effects.mute.push(now());
  }, true);
  new MutationObserver((changes) => {
    for (const { removedNodes } of changes) {
      for (const node of removedNodes) {
        if (node.nodeName === "VIDEO" || node.querySelector?.("video")) {
          window.__effects.video.push(now());
        }
      }
    }
  }).observe(document, { subtree: true, childList: true });
})()
"""
"""Notes, as ms since the epoch, when a voice is no longer played and when a picture is gone."""


@dataclass(frozen=True)
class Sizes:
    runs: int = 20
    joins: int = 6
    people: int = 5


TOY = Sizes(runs=1, joins=1, people=3)

LIGHT_CAMERAS = "--use-fake-device-for-media-stream=fps=5"
SMALL_WINDOW: ViewportSize = {"width": 480, "height": 320}


class Group:
    """Clients of one session in pages of one browser."""

    def __init__(self, kernel: Person, pages: list[Page], people: list[str]) -> None:
        self.kernel = kernel
        self.pages = pages
        self.people = people

    @classmethod
    async def prepare(
        cls,
        premises: Premises,
        browser: Browser,
        title: str,
        size: int,
        window: ViewportSize | None = None,
    ) -> Group:
        """All but the last are in the session; the last waits."""
        kernel = await premises.open(title)
        pages, people = [], []
        for number in range(1, size + 1):
            done = await kernel.do(c.Invite(code=f"P{number:02}"))
            page = await new_page(browser, window)
            await page.add_init_script(EFFECTS)
            await page.goto(done.url or "")
            await page.get_by_role("button", name="Allow camera and microphone").click()
            await expect(page.get_by_role("combobox", name="Camera")).to_be_visible()
            await page.get_by_role("textbox", name="Your name").fill(f"Client {number:02}")
            await page.get_by_role("button", name="I'm Ready").click()
            await expect(page.get_by_role("status").filter(has_text="Waiting for")).to_be_visible()
            pages.append(page)
            people.append(done.person or "")
        for person in people[:-1]:
            await kernel.do(c.Admit(person=person))
        for page in pages[:-1]:
            await expect(page.locator(".tile video")).to_have_count(size - 1)
        return cls(kernel, pages, people)

    async def join(self) -> float:
        """Ms from the last one's admission until that page shows all the others; then back to the start."""
        page, others = self.pages[-1], len(self.pages) - 1
        await page.evaluate("() => { window.__firstFrames = []; }")
        began_ms = time.time() * 1000
        await self.kernel.do(c.Admit(person=self.people[-1]))

        async def all_seen() -> bool:
            return bool(await page.evaluate("() => window.__firstFrames.length") >= others)

        await until(all_seen, "the last one sees everybody")
        took = float(await page.evaluate("() => Math.max(...window.__firstFrames)")) - began_ms
        await self.kernel.do(c.SendBack(person=self.people[-1]))
        await expect(page.get_by_role("status").filter(has_text="Waiting for")).to_be_visible()
        for page in self.pages[:-1]:
            await expect(page.locator(".tile video")).to_have_count(others)
        return took

    async def control(self, kind: str, command: c.AnyCommand) -> float:
        """Ms from a control until the first page follows it."""
        page = self.pages[0]
        await page.evaluate(f"() => {{ window.__effects.{kind} = []; }}")
        began_ms = time.time() * 1000
        await self.kernel.do(command)

        async def followed() -> bool:
            return bool(await page.evaluate(f"() => window.__effects.{kind}.length"))

        await until(followed, f"the receiver follows {type(command).__name__}")
        return float(await page.evaluate(f"() => window.__effects.{kind}[0]")) - began_ms


class BareGroup:
    """As many pages that do nothing else."""

    def __init__(self, wire: Wire, pages: list[Page]) -> None:
        self._wire = wire
        self.pages = pages

    @classmethod
    async def prepare(
        cls, url: str, browser: Browser, size: int, window: ViewportSize | None = None
    ) -> BareGroup:
        """All but the last are connected."""
        relay = f"{url}/pair/1"
        pages: list[Page] = []
        for number in range(size):
            page = await new_page(browser, window)
            role = "last" if number == size - 1 else "first"
            await page.goto(f"{url}/mesh?{role}#{relay.replace('http', 'ws', 1)}")
            await expect(page).to_have_title("Ready")
            pages.append(page)
            if role == "first":
                await cls._seen(page, number)
        return cls(await Wire.connect(relay), pages)

    @staticmethod
    async def _seen(page: Page, others: int) -> None:
        async def all_seen() -> bool:
            return bool(await page.evaluate("() => window.__firstFrames.length") >= others)

        await until(all_seen, f"a bare page sees {others} others")

    async def join(self) -> float:
        """As `Group.join`."""
        page, others = self.pages[-1], len(self.pages) - 1
        await page.evaluate("() => { window.__firstFrames = []; }")
        began_ms = time.time() * 1000
        self._wire.send(b'{"go":true}')
        await self._seen(page, others)
        took = float(await page.evaluate("() => Math.max(...window.__firstFrames)")) - began_ms
        self._wire.send(b'{"stop":true}')
        for one in self.pages[:-1]:
            await expect(one.locator("#others video")).to_have_count(others - 1)
        await expect(page.locator("#others video")).to_have_count(0)
        return took


async def controls(group: Group, runs: int) -> list[float]:
    """Mute, stop video and pause in turns; the person or the kernel undoes each."""
    person, page = group.people[-1], group.pages[-1]
    await group.kernel.do(c.Admit(person=person))
    seen = group.pages[0].locator(".tile video")
    everyone = len(group.pages)
    await expect(seen).to_have_count(everyone)
    tray = page.get_by_role("toolbar", name="Action tray")
    took = []
    for _ in range(runs):
        took.append(await group.control("mute", c.Mute(person=person)))
        await tray.get_by_role("button", name="Unmute").click()
        await expect(tray.get_by_role("button", name="Mute", exact=True)).to_be_visible()
        took.append(await group.control("video", c.StopVideo(person=person)))
        await tray.get_by_role("button", name="Start video").click()
        await expect(seen).to_have_count(everyone)
        took.append(await group.control("video", c.Pause(person=person)))
        await group.kernel.do(c.Resume(person=person))
        await expect(seen).to_have_count(everyone)
        # The voice has to be back before it can be muted.
        await until(
            lambda: group.pages[0].evaluate(
                "() => [...document.querySelectorAll('audio')].some((a) => !a.muted)"
            ),
            "the voice is back",
        )
    return took


def layout_ms() -> float:
    """Of one layout, the worst of some sizes of the stage."""
    script = ["node", "scripts/layout-speed.mjs"]
    done = subprocess.run(script, cwd=ROOT / "js", capture_output=True, text=True, check=True)
    return float(done.stdout)


async def joins(group: Group | BareGroup, times: int) -> float:
    """Ms of the median of some joins; the first, which fetches and compiles, is none of them. Closes the pages."""
    await group.join()
    took = [await group.join() for _ in range(times)]
    await asyncio.gather(*(page.context.close() for page in group.pages))
    return statistics.median(took)


async def three(
    premises: Premises,
    bare_url: str,
    browser: Browser,
    sizes: Sizes,
    window: ViewportSize | None = None,
) -> tuple[float, float, float]:
    """What the second of two takes, the last of all, and the last of as many bare pages."""
    second = await joins(await Group.prepare(premises, browser, "Two", 2, window), sizes.joins)
    many = await Group.prepare(premises, browser, "Many", sizes.people, window)
    last = await joins(many, sizes.joins)
    bare = await BareGroup.prepare(bare_url, browser, sizes.people, window)
    return second, last, await joins(bare, sizes.joins)


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    async with serving("room_server", str(folder)) as ours, serving("floor_server") as floor:
        premises, bare_url = Premises(ours), floor.facts["url"]
        async with chromium() as browser:
            two = await Group.prepare(premises, browser, "Controls", 2)
            took = await controls(two, sizes.runs)
            await asyncio.gather(*(page.context.close() for page in two.pages))
            full = await three(premises, bare_url, browser, sizes)
        async with chromium(LIGHT_CAMERAS) as browser:
            light = await three(premises, bare_url, browser, sizes, SMALL_WINDOW)
    last = f"the last of {sizes.people} people sees everybody"
    bare = f"{sizes.people} bare pages on the same machine"
    return [
        Figure("layout of 25 tiles", layout_ms(), "ms", at_most=1),
        Figure(
            "control to effect at a receiver, p95 (mute, stop video, pause)",
            percentile(took, 95),
            "ms",
            at_most=150,
        ),
        Figure(f"{last}, light pictures", light[1], "ms", light[0], "the second of two", 1.5),
        Figure(f"{last}, light pictures, beside bare pages", light[1], "ms", light[2], bare),
        Figure(f"{last}, full pictures", full[1], "ms", full[0], "the second of two"),
        Figure(f"{last}, full pictures, beside bare pages", full[1], "ms", full[2], bare),
    ]


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
