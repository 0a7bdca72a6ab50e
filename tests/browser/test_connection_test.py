"""Test my connection: verdicts over links of known quality, figures beside what the link really did."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from telehealth_widget.protocol import codec
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.connection import Cause, ConnectionReport, Route, Verdict
from telehealth_widget.protocol.kinds import StepAt

from .shaped import Quality, turn_server
from .tried import over_a_link, trying, turn_at

pytestmark = pytest.mark.browser


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
