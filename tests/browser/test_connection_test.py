"""Test my connection: verdicts over links of known quality, figures beside what the link really did."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from telehealth_widget.protocol import codec
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.connection import Cause, ConnectionReport, Route, Verdict
from telehealth_widget.protocol.kinds import StepAt
from tests.bench.pages import chromium
from tests.bench.people import Person, Premises
from tests.bench.processes import serving

from .conftest import WATCH
from .shaped import LOOPBACK, SECRET, Quality, ShapedLink, shaped, turn_server

pytestmark = pytest.mark.browser

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
        done = await kernel.do(c.Invite(code="P07"))
        context = await browser.new_context(permissions=["camera", "microphone"])
        await context.add_init_script(WATCH)
        if relayed:
            await context.add_init_script(ONLY_RELAYED)
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(done.url or "")
        await page.get_by_role("button", name="Allow camera and microphone").click()
        await expect(page.get_by_role("combobox", name="Camera")).to_be_visible()
        yield Tried(premises, page, kernel, done.person or "")
        assert not errors, errors
        kernel.wire.close()


def turn_at(port: int) -> dict[str, Any]:
    return {"servers": [{"urls": [f"turn:{LOOPBACK}:{port}"]}], "secret": SECRET}


@contextlib.asynccontextmanager
async def over_a_link(tmp_path: Path, quality: Quality) -> AsyncIterator[tuple[Tried, ShapedLink]]:
    with turn_server(tmp_path) as turn, shaped(turn, quality) as link:
        async with trying(tmp_path / "room", turn_at(link.port), relayed=True) as tried:
            yield tried, link


def record_of(folder: Path) -> bytes:
    """Every byte that the server keeps."""
    return b"".join(path.read_bytes() for path in folder.glob("journal*"))


def near(value: float | None, truth: float, within: float) -> bool:
    return value is not None and abs(value - truth) <= within * truth


async def test_a_good_link_is_called_good_and_its_figures_are_the_link_s(tmp_path: Path) -> None:
    async with over_a_link(tmp_path, Quality(rate_kbps=4_000, delay_ms=20)) as (tried, link):
        await tried.begin()
        report = await tried.verdict("Good connection")
    assert report.verdict is Verdict.GOOD
    assert report.route is Route.RELAYED
    assert near(report.up_kbps, 4_000, 0.15), report
    assert near(report.down_kbps, 4_000, 0.15), report
    assert report.loss_up_percent == 0
    assert report.loss_down_percent == 0
    assert report.rtt_ms is not None
    assert 40 <= report.rtt_ms <= 80
    assert report.camera_width == 640
    assert report.microphone_heard is True


async def test_a_lossy_link_is_called_poor_in_both_directions(tmp_path: Path) -> None:
    quality = Quality(rate_kbps=2_000, delay_ms=20, loss_of_ten=1)
    async with over_a_link(tmp_path, quality) as (tried, link):
        await tried.begin()
        report = await tried.verdict("Poor connection")
        await expect(tried.status).to_contain_text("Sit closer to your Wi-Fi router")
    assert {Cause.LOSS_UP, Cause.LOSS_DOWN} <= set(report.causes)
    assert near(report.loss_up_percent, 10, 0.5), report  # of some 200 packets: ± 2 is chance
    assert near(report.loss_down_percent, 10, 0.5), report
    assert near(report.up_kbps, 2_000, 0.15), report
    assert near(report.down_kbps, 2_000, 0.15), report


async def test_a_slow_link_is_called_poor_with_sound_alone_as_the_way_out(tmp_path: Path) -> None:
    async with over_a_link(tmp_path, Quality(rate_kbps=300, delay_ms=20)) as (tried, link):
        await tried.begin()
        report = await tried.verdict("Poor connection")
        await expect(tried.status).to_contain_text("sound alone needs far less")
    assert {Cause.SLOW_UP, Cause.SLOW_DOWN} <= set(report.causes)
    assert near(report.up_kbps, 300, 0.15), report
    assert near(report.down_kbps, 300, 0.15), report


async def test_a_far_link_is_called_fair_for_its_delay(tmp_path: Path) -> None:
    async with over_a_link(tmp_path, Quality(rate_kbps=2_000, delay_ms=200)) as (tried, link):
        await tried.begin()
        report = await tried.verdict("Fair connection")
        await expect(tried.status).to_contain_text("leave a short pause after speaking")
    assert report.causes == (Cause.FAR,)
    assert report.rtt_ms is not None
    assert 400 <= report.rtt_ms <= 440
    assert near(report.up_kbps, 2_000, 0.15), report
    assert near(report.down_kbps, 2_000, 0.15), report


async def test_a_direct_path_is_called_so_and_nothing_of_an_address_is_recorded(
    tmp_path: Path,
) -> None:
    async with trying(tmp_path / "room", {}, relayed=False) as tried:
        await tried.begin()
        report = await tried.verdict("connection")
        records = (await asyncio.to_thread(record_of, tmp_path / "room")).decode("latin-1")
    assert report.route is Route.DIRECT
    assert report.rtt_ms is not None
    assert "ConnectionTested" in records
    assert not re.search(r"candidate|ufrag|192\.0\.2\.", records)


async def test_where_only_relays_are_allowed_the_test_goes_through_the_turn_server(
    tmp_path: Path,
) -> None:
    with turn_server(tmp_path) as turn:
        ice = turn_at(turn) | {"relay_only": True}
        async with trying(tmp_path / "room", ice, relayed=False) as tried:
            await tried.begin()
            report = await tried.verdict("connection")
    assert report.route is Route.RELAYED
    assert report.up_kbps is not None
    assert report.microphone_heard is True


async def test_without_any_udp_the_test_says_blocked(tmp_path: Path) -> None:
    # A relay as the only way, and no relay: not one packet can leave the page.
    async with trying(tmp_path / "room", {}, relayed=True) as tried:
        await tried.begin()
        report = await tried.verdict("Blocked")
    assert report == ConnectionReport(Verdict.BLOCKED, (Cause.NO_PATH,))


async def test_a_test_is_cancelled_by_keyboard_and_the_focus_stays(tmp_path: Path) -> None:
    async with trying(tmp_path / "room", {}, relayed=False) as tried:
        start = tried.region.get_by_role("button", name="Test my connection")
        await start.focus()
        await tried.page.keyboard.press("Enter")
        await expect(tried.region.get_by_role("button", name="Cancel test")).to_be_focused()
        await expect(tried.status).to_contain_text("Measuring delay")
        await tried.page.keyboard.press("Enter")
        await expect(tried.status).to_have_text("Test cancelled.")
        await expect(start).to_be_focused()
        assert tried.report is None


async def test_the_fourth_test_waits_for_its_turn_with_a_word(tmp_path: Path) -> None:
    async with trying(tmp_path / "room", {}, relayed=False) as tried:
        others = [await tried.another(f"P1{n}") for n in range(3)]
        for other in others:
            other.wire.send(codec.encode(m.BeginTest()))
            await other.until(lambda x: isinstance(x, m.TestStep) and x.at is StepAt.READY)
        await tried.begin()
        await expect(tried.status).to_contain_text("you are number 1")
        others[0].wire.close()
        await expect(tried.status).to_contain_text("Measuring delay")
        await tried.verdict("connection")
        for other in others[1:]:
            other.wire.close()


async def test_a_waiting_client_tests_too_and_the_devices_are_let_go_afterwards(
    tmp_path: Path,
) -> None:
    async with trying(tmp_path / "room", {}, relayed=False) as tried:
        page = tried.page
        await page.get_by_role("textbox", name="Your name").fill("Ana")
        await page.get_by_role("button", name="I'm Ready").click()
        await expect(page.get_by_role("status").filter(has_text="Waiting for")).to_be_visible()
        await tried.begin()
        report = await tried.verdict("connection")
        assert report.microphone_heard is True
        live = "() => window.__tracks.filter((t) => t.readyState === 'live').length"
        while await page.evaluate(live):  # noqa: ASYNC110 - a page does not notify
            await asyncio.sleep(0.05)


async def test_a_dead_link_is_called_blocked_and_the_test_does_not_hang(tmp_path: Path) -> None:
    async with over_a_link(tmp_path, Quality(dead=True)) as (tried, link):
        await tried.begin()
        report = await tried.verdict("Blocked")
        await expect(tried.status).to_contain_text("Try another network")
    assert report == ConnectionReport(Verdict.BLOCKED, (Cause.NO_PATH,))
