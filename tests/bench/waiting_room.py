"""The waiting room: from opening the link to a preview, and from "I'm Ready" to the card on a provider's screen."""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.kinds import Role
from tests.bench.figures import Figure, percentile
from tests.bench.first_frame import until
from tests.bench.pages import CARDS, PREVIEW, chromium
from tests.bench.people import Person, Premises
from tests.bench.processes import serving

NAME = "Client P01"


@dataclass(frozen=True)
class Sizes:
    loads: int = 12
    presses: int = 60


TOY = Sizes(loads=1, presses=2)


async def preview_ms(browser: Browser, url: str) -> float:
    """Ms from the navigation to the first picture of the preview, with nothing cached."""
    context = await browser.new_context(permissions=["camera", "microphone"])
    await context.add_init_script(PREVIEW)
    page = await context.new_page()
    await page.goto(url)
    await until(lambda: page.evaluate("() => window.__preview"), "the preview shows a picture")
    took = float(await page.evaluate("() => window.__preview"))
    await context.close()
    return took


async def opened(browser: Browser, url: str, script: str = "") -> Page:
    """A page that got ready up to the name."""
    context = await browser.new_context(permissions=["camera", "microphone"])
    if script:
        await context.add_init_script(script)
    page = await context.new_page()
    await page.goto(url)
    await page.get_by_role("button", name="Allow camera and microphone").click()
    await expect(page.get_by_role("combobox", name="Camera")).to_be_visible()
    return page


async def provider_page(browser: Browser, kernel: Person) -> Page:
    """A second provider's page, with the list of attendees open."""
    done = await kernel.do(c.Invite(code="T2", role=Role.PROVIDER))
    page = await opened(browser, done.url or "", CARDS)
    await page.get_by_role("textbox", name="Your name").fill("Dr. Two")
    await page.get_by_role("button", name="I'm Ready").click()
    await expect(page.get_by_role("status").filter(has_text="Waiting for")).to_be_visible()
    await kernel.do(c.Admit(person=done.person or ""))
    await page.get_by_role("button", name="Attendees").click()
    await expect(page.get_by_role("region", name="Attendees")).to_be_visible()
    return page


async def press(client: Page, provider: Page, *, first: bool) -> float:
    """Ms from the press to the card; afterwards the client has left, and comes again."""
    if not first:
        await client.get_by_role("button", name="Join again").click()
        await expect(client.get_by_role("button", name="I'm Ready")).to_be_enabled()
    await client.evaluate(
        """() => {
          const button = [...document.querySelectorAll("button")].find((b) => b.textContent === "I'm Ready");
          window.__pressed = performance.timeOrigin + performance.now();
          button.click();
        }"""
    )
    await until(lambda: provider.evaluate("() => window.__cards.length"), "the card is there")
    shown = float(await provider.evaluate("() => window.__cards.splice(0)[0]"))
    pressed = float(await client.evaluate("() => window.__pressed"))
    await client.get_by_role("button", name="Leave").click()
    card = provider.get_by_role("button", name=f"Admit {NAME}", exact=True)
    await expect(card).to_have_count(0)
    return shown - pressed


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    async with (
        serving("room_server", str(folder)) as ours,
        serving("floor_server") as floor,
        chromium() as browser,
    ):
        kernel = await Premises(ours).open("Waiting room")
        link = (await kernel.do(c.Invite(code="P02"))).url or ""
        urls = [floor.facts["url"] + path for path in ("/join", "/preview")] + [link]
        loads: list[list[float]] = [[], [], []]
        for url in urls:
            await preview_ms(browser, url)
        for _ in range(sizes.loads):
            for url, took in zip(urls, loads, strict=True):
                took.append(await preview_ms(browser, url))
        guarded, bare, here = map(statistics.median, loads)
        provider = await provider_page(browser, kernel)
        done = await kernel.do(c.Invite(code="P01", name=NAME))
        client = await opened(browser, done.url or "")
        await press(client, provider, first=True)
        cards = [await press(client, provider, first=False) for _ in range(sizes.presses)]
    return [
        Figure(
            "link opened to a preview",
            here,
            "ms",
            guarded,
            "bare getUserMedia page with the guest site's headers, its script in a file",
            at_most=1.3,
        ),
        Figure(
            "link opened to a preview, the floor without those headers",
            here,
            "ms",
            bare,
            "bare getUserMedia page, its script inline",
        ),
        Figure("ready to the provider's card, p50", percentile(cards, 50), "ms"),
        Figure("ready to the provider's card, p95", percentile(cards, 95), "ms", at_most=100),
    ]


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
