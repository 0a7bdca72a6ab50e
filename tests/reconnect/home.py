"""JupyterLab with a guest site behind a proxy, and pages that watch how long their pictures stand still."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.sqlite import SqliteJournal
from tests.browser.conftest import Client, House, Provider, expect_media
from tests.browser.lab import LabServer, chromium

from .proxy import Proxy

GAPS = """
(() => {
  const seen = { frames: 0, changedMs: performance.now(), longestMs: 0, restarts: 0 };
  window.__gaps = seen;
  window.__gapsReset = () => { seen.changedMs = performance.now(); seen.longestMs = 0; };
  const look = async () => {
    let frames = 0;
    for (const peer of window.__peers ?? []) {
      if (peer.connectionState === "closed") continue;
      for (const entry of (await peer.getStats()).values()) {
        if (entry.type === "inbound-rtp" && entry.kind === "video") frames += entry.framesDecoded ?? 0;
      }
    }
    const now = performance.now();
    // Only a look that found nothing new tells of a picture that stands still: the page itself may have been busy.
    if (frames > seen.frames) seen.changedMs = now;
    else seen.longestMs = Math.max(seen.longestMs, now - seen.changedMs);
    seen.frames = frames;
    setTimeout(look, 50);
  };
  look();
})()
"""
"""Notes for how long at most no look found more decoded frames."""


def reset_gaps(*pages: Page) -> None:
    for page in pages:
        page.evaluate("() => window.__gapsReset()")


def longest_gap_ms(page: Page) -> float:
    """The longest that the picture of the others stood still since the reset, up to now."""
    return float(page.evaluate("() => window.__gaps.longestMs"))


def peers_made(page: Page) -> int:
    """How many RTCPeerConnections this page ever made."""
    return int(page.evaluate("() => window.__peers.length"))


@dataclass
class Net:
    """A lab whose guests come through a proxy."""

    lab: LabServer
    proxy: Proxy
    playwright: Playwright


class Home(House):
    """As in the other browser tests, with pages that watch their picture."""

    def __init__(self, browser: Browser, net: Net) -> None:
        super().__init__(browser, net.lab)
        self.net = net
        self.proxy = net.proxy

    def context(self, **options: Any) -> BrowserContext:
        made = super().context(**options)
        made.add_init_script(GAPS)
        return made

    def opened(self) -> Provider:
        """A provider of a group, whose session is known here."""
        provider = self.provider(options=", kind='group'")
        found = re.search(r"s_[a-z0-9]+", provider.run("print(session.session_id)"))
        assert found
        self.session = found.group(0)
        return provider

    def in_call(self) -> tuple[Provider, Client]:
        """A provider and one client, who see and hear each other."""
        provider = self.opened()
        client = self.client(provider.invite("P07"))
        client.get_ready("Ana")
        provider.join()
        provider.admit("Ana")
        client.expect_in_session()
        expect_media(client.page)
        expect_media(provider.page)
        return provider, client

    def somebody_waits(self, provider: Provider, code: str = "P08", name: str = "Bo") -> Client:
        """Somebody who pressed ready, and is not admitted."""
        client = self.client(provider.invite(code))
        client.get_ready(name)
        return client


@contextlib.contextmanager
def lab_and_browser() -> Iterator[tuple[Net, Browser]]:
    """Everything that takes long to start."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = LabServer(Path(folder), **{"KernelRestarter.restart_limit": "1000"})
        proxy = Proxy(lab.guest_port)
        lab.options["TelehealthWidget.guest_public_url"] = proxy.url
        proxy.start()
        browser = chromium(playwright)
        try:
            lab.start()
            yield Net(lab, proxy, playwright), browser
        finally:
            browser.close()
            lab.stop()
            proxy.stop()


_SHARED: list[tuple[Net, Browser]] = []


@contextlib.contextmanager
def shared() -> Iterator[None]:
    """Within it every `at_home` uses one lab and one browser."""
    with lab_and_browser() as parts:
        _SHARED.append(parts)
        try:
            yield
        finally:
            _SHARED.clear()


@contextlib.contextmanager
def at_home() -> Iterator[Home]:
    """A home for one line of the scorecard; its pages are closed at the end."""
    with contextlib.ExitStack() as stack:
        net, browser = _SHARED[0] if _SHARED else stack.enter_context(lab_and_browser())
        if not net.lab.running:  # a line before this one failed while the server was down
            net.lab.start()
        home = Home(browser, net)
        try:
            yield home
        finally:
            home.close()
            net.proxy.mangler = None
            net.proxy.longest_delay_s = 0
            net.proxy.open()


def records(lab: LabServer, session: str) -> list[Any]:
    """The record of a session, read from a copy of the journal while the server goes on."""
    folder = lab.folder / "data" / "telehealth_widget"
    with tempfile.TemporaryDirectory() as copy:
        for ending in ("", "-wal", ".key"):
            shutil.copy(folder / f"journal.sqlite3{ending}", copy)
        path = Path(copy) / "journal.sqlite3"
        journal = SqliteJournal.open(
            path, Keyring.open(path.with_name(path.name + ".key"), create=False)
        )
        try:
            assert journal.verify(session).ok
            return journal.read(session)
        finally:
            journal.close()


def processes_of(playwright_browser_before: set[int]) -> list[psutil.Process]:
    """Chromium's processes below this one that were not there before."""
    return [x for x in chromiums() if x.pid not in playwright_browser_before]


def chromiums() -> list[psutil.Process]:
    """Every Chromium process that this process started."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "chrom" in process.name():
                found.append(process)
    return found
