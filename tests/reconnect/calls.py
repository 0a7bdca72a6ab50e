"""A real call through killed kernels, killed servers and every kind of bad network: the lines of the scorecard."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
from playwright.sync_api import Locator, Page, expect

from telehealth_widget.protocol import events as e
from tests.browser.conftest import Client, Provider, expect_media, received
from tests.browser.lab import chromium, until
from tests.soak.card import Line, line

from .home import GAPS, Home, at_home, chromiums, longest_gap_ms, peers_made, records, reset_gaps
from .proxy import Doubling, Reordering

STANDS_STILL_MS = 1_500
"""Two looks of a watching page on two busy cores may be this far apart; a picture that stopped stands longer."""
BACK_WITHIN_S = 30
PAUSED = re.compile("^Your provider has paused this session")
LOST = "Connection lost. Reconnecting…"
GOES_ON = "Picture and sound go on meanwhile."


def banner(page: Page | Locator) -> Locator:
    """The words that a connection is lost, short or long."""
    return page.get_by_role("status").filter(
        has_text=re.compile(r"Reconnecting…|Still no connection")
    )


def expect_back(*pages: Page | Locator) -> float:
    """No page says any more that the connection is lost; how long that took, s."""
    began = time.monotonic()
    for page in pages:
        expect(banner(page)).to_have_count(0, timeout=BACK_WITHIN_S * 1000)
    return time.monotonic() - began


def admissions(home: Home) -> int:
    found = records(home.lab, home.session)
    return sum(isinstance(x.body, e.PersonAdmitted | e.PersonResumed) for x in found)


# -- kernels and servers --------------------------------------------------------------------------------


def kernel_of(home: Home, provider: Provider) -> psutil.Process | None:
    """The process of the notebook's kernel, if it runs."""
    kernel = provider.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id"
    )
    for process in psutil.Process(home.lab.pid).children(recursive=True):
        try:
            if any(kernel in word for word in process.cmdline()):
                return process
        except psutil.Error:
            continue
    return None


@line("kernel killed with signal 9 in a call", ci=2, soak=20)
def kernels(count: int, seed: int) -> Line:
    worst_ms = 0.0
    with at_home() as home:
        provider, ana = home.in_call()
        made = peers_made(ana.page), peers_made(provider.page)
        for _ in range(count):
            kernel = kernel_of(home, provider)
            assert kernel is not None
            reset_gaps(ana.page, provider.page)
            kernel.kill()

            def again(killed: int = kernel.pid) -> bool:
                now = kernel_of(home, provider)
                return now is not None and now.pid != killed

            until(again, "Jupyter starts another kernel", 40)
            until(lambda: provider.lab.kernel_status() == "idle", "the kernel is ready", 40)
            provider.page.get_by_role("button", name="Ok").click()  # JupyterLab tells of it
            worst_ms = max(worst_ms, longest_gap_ms(ana.page), longest_gap_ms(provider.page))
        expect_media(ana.page)
        expect_media(provider.page)
        same = made == (peers_made(ana.page), peers_made(provider.page))
        once = admissions(home) == 1
    return Line(
        count,
        f"frames went on at both sides: {worst_ms < STANDS_STILL_MS}; same peer connections: {same}",
        f"picture stood still {worst_ms:.0f} ms at most",
        ok=worst_ms < STANDS_STILL_MS and same and once,
    )


@line("server killed with signal 9 and started in a call", ci=2, soak=20)
def servers(count: int, seed: int) -> Line:
    worst_ms = slowest_s = 0.0
    with at_home() as home:
        provider, ana = home.in_call()
        bo = home.somebody_waits(provider)
        made = peers_made(ana.page), peers_made(provider.page)
        for _ in range(count):
            reset_gaps(ana.page, provider.page)
            home.lab.stop(signal.SIGKILL)
            for page in (ana.page, provider.room):
                expect(banner(page)).to_contain_text(GOES_ON)
            expect(banner(bo.page)).to_be_visible()
            home.lab.start()
            slowest_s = max(slowest_s, expect_back(ana.page, bo.page, provider.room))
            bo.expect_waiting()
            ana.expect_in_session()
            worst_ms = max(worst_ms, longest_gap_ms(ana.page), longest_gap_ms(provider.page))
        same = made == (peers_made(ana.page), peers_made(provider.page))
        implicit = admissions(home) - 1
        # The room works: what is done at one side is seen at the other.
        ana.tray.get_by_role("button", name="Mute", exact=True).click()
        expect(provider.tile("Ana").get_by_text("Muted").first).to_be_attached()
        expect_media(provider.page.context.pages[0], "picture and sound after the last start")
    return Line(
        count,
        f"{implicit} implicit admissions; no new peer connection: {same}; the one who waited waits",
        f"picture stood still {worst_ms:.0f} ms at most; everyone back within {slowest_s:.1f} s",
        ok=worst_ms < STANDS_STILL_MS and same and implicit == 0 and slowest_s <= BACK_WITHIN_S,
    )


# -- networks -------------------------------------------------------------------------------------------

OFFLINE = (
    ("refusing", 5),
    ("silent", 5),
    ("refusing", 30),
    ("silent", 30),
    ("refusing", 90),
    ("silent", 90),
)
NOTICED_AFTER_S = 40
"""By then a page has noticed that nothing comes any more, and says so."""


@line("clients offline: cut off or in silence, for 5, 30 and 90 s", ci=2, soak=len(OFFLINE))
def offline(count: int, seed: int) -> Line:
    worst_ms = slowest_s = 0.0
    with at_home() as home:
        provider, ana = home.in_call()
        bo = home.somebody_waits(provider)
        made = peers_made(ana.page)
        for how, seconds in OFFLINE[:count]:
            reset_gaps(ana.page, provider.page)
            began = time.monotonic()
            if how == "refusing":
                home.proxy.refuse()
                expect(banner(ana.page)).to_contain_text(f"{LOST} {GOES_ON}")
                expect(banner(bo.page)).to_contain_text(LOST)
            else:
                home.proxy.silence()
            if (how == "refusing" and seconds >= 30) or seconds > NOTICED_AFTER_S:
                for page in (ana.page, bo.page):
                    words = banner(page).filter(has_text="Still no connection")
                    expect(words).to_be_visible(timeout=(NOTICED_AFTER_S + 15) * 1000)
                    expect(page.get_by_role("button", name="Try now")).to_be_visible()
                # Picture and sound go on, so the tile says nothing; the list tells.
                provider.open_attendees()
                there = provider.room.get_by_role("list", name="In session")
                expect(there.get_by_text("not connected")).to_be_visible(timeout=30_000)
                provider.close_panels()
            time.sleep(max(0, began + seconds - time.monotonic()))
            home.proxy.open()
            slowest_s = max(slowest_s, expect_back(ana.page, bo.page))
            ana.expect_in_session()
            bo.expect_waiting()
            worst_ms = max(worst_ms, longest_gap_ms(ana.page), longest_gap_ms(provider.page))
            assert_steerable(provider, ana)
        same = made == peers_made(ana.page)
        implicit = admissions(home) - 1
    return Line(
        count,
        f"{implicit} implicit admissions; no new peer connection: {same}",
        f"picture stood still {worst_ms:.0f} ms at most; back within {slowest_s:.1f} s",
        ok=worst_ms < STANDS_STILL_MS and same and implicit == 0,
    )


def assert_steerable(provider: Provider, client: Client) -> None:
    """What the client does arrives at the provider's."""
    client.tray.get_by_role("button", name="Mute", exact=True).click()
    expect(provider.tile("Ana").get_by_text("Muted").first).to_be_attached(timeout=45_000)
    client.tray.get_by_role("button", name="Unmute", exact=True).click()
    expect(provider.tile("Ana").get_by_text("Muted")).to_have_count(0, timeout=45_000)


class Apart:
    """A client's page in a browser of its own, which can be stopped as a closed laptop is."""

    def __init__(self, home: Home, roots: set[int], client: Client) -> None:
        self.client = client
        self._home = home
        self._roots = roots

    @contextmanager
    def suspended(self, seconds: float) -> Iterator[None]:
        """Every process of the browser stands still for at least so long, and for as long as the block takes."""
        stopped = [x for x in chromiums() if _below(x, self._roots)]
        assert stopped
        began = time.monotonic()
        try:
            _signal(stopped, signal.SIGSTOP)
            yield
            time.sleep(max(0, began + seconds - time.monotonic()))
        finally:
            _signal(stopped, signal.SIGCONT)


def _signal(processes: list[psutil.Process], number: int) -> None:
    for process in processes:
        with suppress(ProcessLookupError):  # a helper of the browser's that was done
            os.kill(process.pid, number)


@contextmanager
def apart(home: Home, url: str) -> Iterator[Apart]:
    before = {x.pid for x in chromiums()}
    own = chromium(home.net.playwright)
    roots = {x.pid for x in chromiums()} - before
    ours, home.browser = home.browser, own
    try:
        context = home.context(viewport={"width": 390, "height": 844})
        home.browser = ours
        yield Apart(home, roots, Client(context, url))
    finally:
        home.browser = ours
        own.close()


def _below(process: psutil.Process, roots: set[int]) -> bool:
    try:
        return process.pid in roots or any(x.pid in roots for x in process.parents())
    except psutil.Error:
        return False


@line("client's browser suspended, for so many seconds", ci=10, soak=60)
def suspended(count: int, seed: int) -> Line:
    with at_home() as home:
        provider = home.provider()
        with apart(home, provider.invite("P07")) as hers:
            ana = hers.client
            ana.get_ready("Ana")
            provider.join()
            provider.admit("Ana")
            ana.expect_in_session()
            expect_media(provider.page)
            tile = provider.tile("Ana")
            words = tile.get_by_text(re.compile("Poor connection…|Reconnecting…"))
            with hers.suspended(count):
                expect(words.first).to_be_attached(timeout=25_000)
            resumed = time.monotonic()
            ana.expect_in_session()
            expect_back(ana.page)
            expect_media(provider.page, "the provider sees and hears the client again")
            expect_media(ana.page, "the client sees and hears the provider again")
            expect(words).to_have_count(0)
            back_s = time.monotonic() - resumed
    return Line(
        count,
        "the provider read that the connection is poor; picture and sound came back by themselves",
        f"back {back_s:.1f} s after waking",
        ok=back_s <= BACK_WITHIN_S,
    )


@line("waiting client's browser suspended, for so many seconds", ci=10, soak=60)
def asleep(count: int, seed: int) -> Line:
    with at_home() as home:
        provider = home.opened()
        ben = home.client(provider.invite("P08"))
        with apart(home, provider.invite("P07")) as hers:
            ana = hers.client
            ana.get_ready("Ana")
            ben.get_ready("Ben")
            provider.join()
            provider.open_attendees()
            queue = provider.room.get_by_role("list", name="Waiting room").get_by_role("listitem")
            expect(queue.filter(has_text="Ana")).to_be_visible()
            first = queue.first.inner_text()
            assert "Ana" in first
            with hers.suspended(count):
                provider.run("session.chat('Soon', to='waiting')")
            resumed = time.monotonic()
            ana.expect_waiting()
            expect_back(ana.page)
            log = ana.page.get_by_role("log", name="Messages")
            expect(log).to_contain_text("Soon", timeout=BACK_WITHIN_S * 1000)
            expect(queue.first).to_contain_text("Ana")
            expect(queue.first).not_to_contain_text("not connected")
            back_s = time.monotonic() - resumed
            provider.admit("Ana")
            ana.expect_in_session()
            expect_media(provider.page)
        ready = [x for x in records(home.lab, home.session) if isinstance(x.body, e.PersonReady)]
    return Line(
        count,
        "first in the queue as before; what was written meanwhile was there",
        f"back {back_s:.1f} s after waking",
        ok=back_s <= BACK_WITHIN_S and len(ready) == 2,
    )


PATH = """
async () => {
  const pc = window.__peers.at(-1);
  for (const entry of (await pc.getStats()).values()) {
    if (entry.type === "transport") return [entry.selectedCandidatePairId, entry.iceLocalUsernameFragment];
  }
  return [];
}
"""


@line("network path changed: ICE restarted in a call", ci=1, soak=10)
def paths(count: int, seed: int) -> Line:
    worst_ms = 0.0
    with at_home() as home:
        provider, ana = home.in_call()
        for n in range(count):
            page = (ana.page, provider.page)[n % 2]
            before = page.evaluate(PATH)
            reset_gaps(ana.page, provider.page)
            page.evaluate("() => window.__peers.at(-1).restartIce()")

            def moved(page: Page = page, before: list[str] = before) -> bool:
                now = page.evaluate(PATH)
                return all(a != b for a, b in zip(now, before, strict=True))

            until(moved, "another candidate pair carries the call", BACK_WITHIN_S)
            expect_media(ana.page)
            expect_media(provider.page)
            worst_ms = max(worst_ms, longest_gap_ms(ana.page), longest_gap_ms(provider.page))
        same = (peers_made(ana.page), peers_made(provider.page)) == (1, 1)
    return Line(
        count,
        f"each time another pair carries the call; same peer connections: {same}",
        f"picture stood still {worst_ms:.0f} ms at most",
        ok=worst_ms < STANDS_STILL_MS and same,
    )


@line("messages delayed, doubled and reordered", ci=6, soak=60)
def mangled(count: int, seed: int) -> Line:
    """`count` pauses, returns and messages in each of the three ways."""
    mangled = 0
    with at_home() as home:
        provider, ana = home.in_call()
        bo = home.somebody_waits(provider)
        for name, mangler, delay_s in (
            ("delayed", None, 0.3),
            ("doubled", Doubling, 0.0),
            ("reordered", Reordering, 0.05),
        ):
            home.proxy.mangler, home.proxy.longest_delay_s = mangler, delay_s
            provider.run(
                "import time\n"
                f"for n in range({count}):\n"
                "    session.pause('P07') if n % 2 == 0 else session.resume('P07')\n"
                f"    session.chat(f'{name} {{n}}', to='waiting')\n"
                "    session.say_when(2 + n % 50); session.say_when(3 + n % 50)\n"
                "    time.sleep(0.2)\n"
                "session.resume('P07') if session.participants[1].phase == 'paused' else None"
            )
            home.proxy.mangler, home.proxy.longest_delay_s = None, 0.0
            ana.expect_in_session()
            expect_back(ana.page, bo.page)
            bo.expect_waiting()
            # A page that fell behind and never noticed would miss this.
            provider.run("session.say_when(90); session.pause('P07')")
            expect(bo.page.get_by_text(re.compile("in about 90 minutes"))).to_be_visible()
            expect(ana.page.get_by_role("heading", name=PAUSED)).to_be_visible()
            provider.run("session.resume('P07')")
            ana.expect_in_session()
            expect_media(ana.page, f"picture and sound after messages were {name}")
            expect_media(provider.page, f"picture and sound after messages were {name}")
            chat = bo.page.get_by_role("log", name="Messages")
            for n in range(count):
                expect(chat.get_by_text(f"{name} {n}", exact=True)).to_have_count(1)
        mangled = home.proxy.mangled
    return Line(
        count,
        "the state is right in the end; picture and sound are there; each message once",
        f"{mangled} frames doubled or reordered",
        ok=mangled > 0,
    )


__all__ = ["GAPS", "received"]
