"""Real pages for browser tests: JupyterLab with a provider, and clients in browser contexts of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from .lab import LabPage, LabServer, chromium, running_lab, until

expect.set_options(timeout=20_000)

WATCH = """
(() => {
  const Real = window.RTCPeerConnection;
  window.__peers = [];
  window.__tracks = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...args) { super(...args); window.__peers.push(this); }
  };
  const media = navigator.mediaDevices;
  if (media) {
    const real = media.getUserMedia.bind(media);
    media.getUserMedia = async (...args) => {
      const stream = await real(...args);
      window.__tracks.push(...stream.getTracks());
      return stream;
    };
  }
})()
"""
"""Lets a test count what arrives; changes nothing of what the page does."""

STATS = """
async () => {
  const sum = { frames: 0, audioPackets: 0, audioEnergy: 0, peers: 0 };
  for (const peer of window.__peers) {
    if (peer.connectionState === "closed") continue;
    sum.peers += 1;
    for (const entry of (await peer.getStats()).values()) {
      if (entry.type !== "inbound-rtp") continue;
      if (entry.kind === "video") sum.frames += entry.framesDecoded ?? 0;
      if (entry.kind === "audio") {
        sum.audioPackets += entry.packetsReceived ?? 0;
        sum.audioEnergy += entry.totalAudioEnergy ?? 0;
      }
    }
  }
  return sum;
}
"""


def received(page: Page) -> dict[str, float]:
    """What this page has decoded so far over its open peer connections."""
    return dict(page.evaluate(STATS))


def expect_media(page: Page, what: str = "picture and sound arrive") -> None:
    """Frames are decoded and sound is heard, and both go on."""
    first = received(page)

    def goes_on() -> bool:
        now = received(page)
        return (
            now["peers"] > 0
            and now["frames"] > first["frames"] + 5
            and now["audioPackets"] > first["audioPackets"] + 20
            and now["audioEnergy"] > first["audioEnergy"]
        )

    until(goes_on, what, 45)


def live_tracks(page: Page) -> int:
    """How many of this page's own camera and microphone tracks are live."""
    return int(page.evaluate("() => window.__tracks.filter((t) => t.readyState === 'live').length"))


class Client:
    """A client's page, found by role and name as a person would."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.errors.append(line.text) if line.type == "error" else None,
        )
        self.page.goto(url)

    def allow_devices(self) -> None:
        self.page.get_by_role("button", name="Allow camera and microphone").click()
        expect(self.page.get_by_role("combobox", name="Camera")).to_be_visible()

    def give_name(self, name: str) -> None:
        self.page.get_by_role("textbox", name="Your name").fill(name)

    def press_ready(self) -> None:
        self.page.get_by_role("button", name="I'm Ready").click()

    def get_ready(self, name: str) -> None:
        """The whole preparation."""
        expect(self.page.get_by_role("heading", name="Waiting room")).to_be_visible()
        self.allow_devices()
        self.give_name(name)
        self.press_ready()
        self.expect_waiting()

    def expect_waiting(self) -> None:
        status = self.page.get_by_role("status").filter(
            has_text="Waiting for your provider to admit you"
        )
        expect(status).to_be_visible()

    @property
    def tray(self) -> Any:
        return self.page.get_by_role("toolbar", name="Action tray")

    def expect_in_session(self) -> None:
        expect(self.tray).to_be_visible()


class Provider:
    """The provider's room in JupyterLab."""

    def __init__(self, lab_page: LabPage) -> None:
        self.lab = lab_page
        self.page = lab_page.page

    @property
    def room(self) -> Any:
        return self.lab.room()

    def invite(self, code: str) -> str:
        """A link, made by a cell that prints it (the second cell of the notebook)."""
        self.set_cell(1, f"print(session.invite({code!r}).url)")
        self.lab.run_cell(1)
        return self.link_in(1)

    def link_in(self, cell: int) -> str:
        """The link that a cell printed."""
        found = re.search(r"https?://[^\"\\]+#[\w-]+", self.lab.output(cell))
        assert found, self.lab.output(cell)
        return found.group(0)

    def set_cell(self, index: int, source: str) -> None:
        self.page.evaluate(
            """([index, source]) => window.jupyterapp.shell.currentWidget.content
                .widgets[index].model.sharedModel.setSource(source)""",
            [index, source],
        )

    def run(self, source: str, *, wait: bool = True) -> str:
        """Run some Python in the third cell; returns its output."""
        self.set_cell(2, source)
        self.lab.run_cell(2, wait=wait)
        return self.lab.output(2) if wait else ""

    def join(self) -> None:
        self.room.get_by_role("button", name="Join session").click()
        expect(self.room.get_by_role("toolbar", name="Action tray")).to_be_visible()

    def open_attendees(self) -> None:
        panel = self.room.get_by_role("region", name="Attendees")
        if not panel.is_visible():
            self.room.get_by_role("button", name=re.compile("^Attendees")).click()
        expect(panel).to_be_visible()

    def close_panels(self) -> None:
        panel = self.room.get_by_role("region", name="Attendees")
        if panel.is_visible():
            panel.get_by_role("button", name="Close").click()

    def admit(self, name: str) -> None:
        self.open_attendees()
        self.room.get_by_role("button", name=f"Admit {name}", exact=True).click()

    def tile(self, name: str) -> Any:
        return self.room.get_by_role("group", name=name, exact=True)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = chromium(playwright)
    yield running
    running.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with running_lab(Path(tmp_path_factory.mktemp("lab"))) as running:
        yield running


HOUSES = count(1)
"""A session belongs to its notebook, and tests of a module share a server: each test names its own notebooks."""


class House:
    """Makes providers and clients, and closes all of them."""

    def __init__(self, browser: Browser, lab: LabServer) -> None:
        self.browser = browser
        self.lab = lab
        self._contexts: list[BrowserContext] = []
        self._number = next(HOUSES)
        self._count = 0

    def context(self, **options: Any) -> BrowserContext:
        made = self.browser.new_context(
            **{"permissions": ["camera", "microphone"], "viewport": {"width": 1280, "height": 900}}
            | options
        )
        made.add_init_script(WATCH)
        self._contexts.append(made)
        return made

    def provider(
        self, *more_cells: str, options: str = "", context: BrowserContext | None = None
    ) -> Provider:
        """A notebook of its own with the room shown."""
        self._count += 1
        cells = (
            "from telehealth_widget import Session\n"
            f"session = Session('Session {self._count}', provider='Dr. Lee', provider_code='T1'{options})\n"
            "session",
            "",
            "",
            *more_cells,
        )
        name = self.lab.notebook(f"n{self._number}-{self._count}.ipynb", *cells)
        page = LabPage(context or self.context(), self.lab, name)
        page.run_cell(0)
        expect(page.room().get_by_role("button", name="Join session")).to_be_visible()
        return Provider(page)

    def client(self, url: str, **options: Any) -> Client:
        return Client(self.context(**{"viewport": {"width": 390, "height": 844}} | options), url)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def house(browser: Browser, lab: LabServer) -> Iterator[House]:
    made = House(browser, lab)
    yield made
    made.close()
