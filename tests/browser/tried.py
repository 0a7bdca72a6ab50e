"""A client's page at which the connection is tested, over a link of known quality; for browser tests and the bench."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.connection import ConnectionReport
from tests.bench.pages import chromium
from tests.bench.people import Person, Premises
from tests.bench.processes import serving

from .conftest import WATCH
from .shaped import LOOPBACK, SECRET, Quality, ShapedLink, shaped, turn_server

DONE_WITHIN_MS = 45_000
"""Of the test runner's patience; how long a test takes is the benchmark's matter."""
ONLY_RELAYED = """
(() => {
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(with_) { super({ ...with_, iceTransportPolicy: "relay" }); }
  };
})()
"""
"""The page's packets go through the TURN server, and so through the shaped link; the echo's do not."""


class Tried:
    """A client's page before the session, and the kernel that sees the same rows as the provider."""

    def __init__(self, premises: Premises, page: Page, kernel: Person, client: str) -> None:
        self.premises = premises
        self.errors: list[str] = []
        self.page, self.kernel, self.client = page, kernel, client
        self.region = page.get_by_role("region", name="Connection test")
        self.status = self.region.get_by_role("status")

    async def begin(self) -> None:
        await self.region.get_by_role("button", name="Test my connection").click()

    async def verdict(self, words: str) -> ConnectionReport:
        """Wait for the verdict; what the provider was told of it."""
        await expect(self.status).to_contain_text(words, timeout=DONE_WITHIN_MS)
        await self.kernel.until_rows(lambda rows: self.report is not None)
        assert self.report is not None
        return self.report

    async def another(self, code: str) -> Person:
        """Somebody else of the session, without a page."""
        done = await self.kernel.do(c.Invite(code=code))
        return await self.premises.knock(done.url or "")

    @property
    def report(self) -> ConnectionReport | None:
        return self.kernel.rows.people[self.client].connection


@contextlib.asynccontextmanager
async def trying(folder: Path, ice: dict[str, Any], *, relayed: bool) -> AsyncIterator[Tried]:
    async with (
        serving("room_server", str(folder), json.dumps(ice)) as server,
        chromium() as browser,
    ):
        premises = Premises(server)
        kernel = await premises.open("Intake")
        tried = await prepared(browser, premises, kernel, "P07", relayed=relayed)
        yield tried
        assert not tried.errors, tried.errors
        kernel.wire.close()


async def prepared(
    browser: Browser, premises: Premises, kernel: Person, code: str, *, relayed: bool = False
) -> Tried:
    """A client's page with camera and microphone allowed."""
    done = await kernel.do(c.Invite(code=code))
    context = await browser.new_context(permissions=["camera", "microphone"])
    await context.add_init_script(WATCH)
    if relayed:
        await context.add_init_script(ONLY_RELAYED)
    tried = Tried(premises, await context.new_page(), kernel, done.person or "")
    tried.page.on("pageerror", lambda error: tried.errors.append(str(error)))
    await tried.page.goto(done.url or "")
    await tried.page.get_by_role("button", name="Allow camera and microphone").click()
    await expect(tried.page.get_by_role("combobox", name="Camera")).to_be_visible()
    return tried


def turn_at(port: int) -> dict[str, Any]:
    return {"servers": [{"urls": [f"turn:{LOOPBACK}:{port}"]}], "secret": SECRET}


@contextlib.asynccontextmanager
async def over_a_link(tmp_path: Path, quality: Quality) -> AsyncIterator[tuple[Tried, ShapedLink]]:
    with turn_server(tmp_path) as turn, shaped(turn, quality) as link:
        async with trying(tmp_path / "room", turn_at(link.port), relayed=True) as tried:
            yield tried, link
