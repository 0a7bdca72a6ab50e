"""The guest page before a call: bytes on the wire, and time until the first button can be pressed."""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, expect

from telehealth_widget.protocol import commands as c
from tests.bench.figures import Figure
from tests.bench.pages import FIRST_BUTTON, chromium
from tests.bench.people import Premises
from tests.bench.processes import serving

LIVEKIT_ROOM_KB = 260
"""A constant, not measured here: LiveKit's ready-made prejoin and conference room, minified and gzipped."""


@dataclass(frozen=True)
class Sizes:
    loads: int = 15


TOY = Sizes(loads=1)


async def load(browser: Browser, url: str) -> tuple[float, float, float]:
    """KB of answers (with their headers), KB of socket messages, and ms to interactive, with nothing cached."""
    context = await browser.new_context()
    await context.add_init_script(FIRST_BUTTON)
    page = await context.new_page()
    answers = 0.0
    messages = 0.0

    def finished(event: dict[str, float]) -> None:
        nonlocal answers
        answers += event["encodedDataLength"]

    def heard(event: dict[str, dict[str, str]]) -> None:
        nonlocal messages
        messages += len(event["response"]["payloadData"].encode())

    network = await context.new_cdp_session(page)
    network.on("Network.loadingFinished", finished)
    network.on("Network.webSocketFrameReceived", heard)
    await network.send("Network.enable")
    await page.goto(url)
    await expect(page.get_by_role("button", name="Allow camera and microphone")).to_be_enabled()
    took = await page.evaluate("() => window.__interactive")
    await context.close()
    return answers / 1024, messages / 1024, float(took)


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    async with (
        serving("room_server", str(folder)) as ours,
        serving("floor_server") as floor,
        chromium() as browser,
    ):
        kernel = await Premises(ours).open("Page")
        link = (await kernel.do(c.Invite(code="P01"))).url or ""
        static = floor.facts["url"] + "/static"
        await load(browser, static)
        await load(browser, link)
        here, bare = [], []
        for _ in range(sizes.loads):
            bare.append(await load(browser, static))
            here.append(await load(browser, link))
    answers, messages, took = (statistics.median(values) for values in zip(*here, strict=True))
    return [
        Figure(
            "guest page, bytes before a call",
            answers + messages,
            "KB",
            LIVEKIT_ROOM_KB,
            "constant: LiveKit's ready-made room, gzipped",
        ),
        Figure(
            "guest page, time to interactive",
            took,
            "ms",
            statistics.median(t for _, _, t in bare),
            "static page of one button",
        ),
    ]


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
