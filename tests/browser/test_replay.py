"""The offline page of a replay, opened from disk without a network, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Phase, Role, Source
from telehealth_widget.protocol.replay import ReplayCheck, ReplayComment
from telehealth_widget.protocol.views import PersonRow
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.html import to_html
from telehealth_widget.review.scene import scene
from telehealth_widget.review.source import JournalSource
from telehealth_widget.review.synthetic import write

from ..review.conftest import made_of
from .axe import violations
from .recorded import recorded

pytestmark = pytest.mark.browser

MOMENTS = 200
SIZES = ((360, 780), (820, 1100), (1440, 900))
TABS = ("Events", "Attendees", "Chat", "Comments")

SHOWN = """
async (moments) => {
  const slider = document.querySelector("input[type=range]");
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const texts = (selector, root = document) => [...root.querySelectorAll(selector)].map((x) => x.textContent);
  const list = (name) => document.querySelector(`[role=tabpanel] ul[aria-label="${name}"]`);
  const seen = [];
  for (const t of moments) {
    slider.value = String(t);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await frame();
    seen.push({
      tiles: [...document.querySelectorAll(".tile")].map((tile) => [
        tile.getAttribute("aria-label"),
        texts(".tile-label > .unseen", tile).join(""),
        texts(".tile-trouble", tile).join(""),
      ]),
      waits: list("Waiting room") ? texts(".waiting-name bdi", list("Waiting room")) : [],
      inside: list("In session") ? texts(".member-name bdi", list("In session")) : [],
    });
  }
  return seen;
}
"""
"""Goes to each moment, and tells what the page shows there."""


class Replayed:
    """A page that was opened from disk, found by role and name as a person would."""

    def __init__(self, context: BrowserContext, path: Path) -> None:
        self.asked: list[str] = []
        self.errors: list[str] = []
        context.on("request", lambda request: self.asked.append(request.url))
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.errors.append(line.text) if line.type == "error" else None,
        )
        self.url = path.as_uri()
        self.page.goto(self.url)
        expect(self.slider).to_be_visible()

    @property
    def slider(self) -> Locator:
        return self.page.get_by_role("slider", name="Time")

    @property
    def events(self) -> Locator:
        return self.page.get_by_role("list", name="Events")

    @property
    def time(self) -> int:
        return int(self.slider.input_value())

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def tile(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def focused(self) -> str:
        return str(self.page.evaluate("() => document.activeElement?.ariaLabel ?? ''"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("study")
    write(made, seed=7, providers=2, clients=3, sessions=2, minutes=6.0)
    return made


@pytest.fixture(scope="module")
def html(folder: Path) -> Path:
    """The second session of the study."""
    archive = Archive(folder / "journal.sqlite3")
    source = JournalSource(archive, "syn7_002")
    record = source.load(texts=False, form=None)
    return to_html(scene(record, check=source.check(record)), folder / "p02.html")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(
        offline=True, viewport={"width": 1440, "height": 900}, locale="en-GB"
    )
    yield made
    made.close()


@pytest.fixture
def replayed(context: BrowserContext, html: Path) -> Replayed:
    return Replayed(context, html)


# -- it is what the provider saw -------------------------------------------------------------------


def named(row: PersonRow) -> str:
    role = {Role.PROVIDER: "Provider", Role.CLIENT: "Client"}[row.role]
    return row.name or f"{role} {row.code}"


def live_tile(row: PersonRow) -> list[str]:
    on = {x.source for x in row.publications if not x.muted}
    said = [
        *([", muted"] if Source.MICROPHONE not in on else []),
        *([", camera off"] if Source.CAMERA not in on else []),
    ]
    return [named(row), "".join(said), "" if row.connected else "Connection lost"]


@pytest.mark.parametrize("seed", [2, 5])
def test_it_shows_the_providers_live_view_at_200_random_moments(
    context: BrowserContext, tmp_path: Path, seed: int
) -> None:
    record, told = recorded(seed, MOMENTS)
    replayed = Replayed(context, to_html(scene(record, names=True), tmp_path / "p.html"))
    replayed.page.get_by_role("tab", name="Attendees").click()
    seen = replayed.page.evaluate(SHOWN, [t_ms for t_ms, _ in told])
    assert len(seen) == MOMENTS
    for (t_ms, rows), shown in zip(told, seen, strict=True):
        inside = [x for x in rows.values() if x.phase is Phase.ADMITTED]
        waits = [x for x in rows.values() if x.phase in (Phase.WAITING, Phase.PAUSED)]
        tiles = sorted([name, said, bool(trouble)] for name, said, trouble in shown["tiles"])
        live = sorted([name, said, bool(trouble)] for name, said, trouble in map(live_tile, inside))
        assert tiles == live, f"at {t_ms}"
        assert sorted(shown["waits"]) == sorted(map(named, waits)), f"at {t_ms}"
        assert sorted(shown["inside"]) == sorted(map(named, inside)), f"at {t_ms}"
    assert len({json.dumps(x) for x in seen}) > 40, "the session was lively"
    assert replayed.errors == []


# -- alone on a disk -------------------------------------------------------------------------------


def test_it_opens_from_disk_with_the_network_off_and_asks_for_nothing(replayed: Replayed) -> None:
    for tab in TABS:
        replayed.page.get_by_role("tab", name=tab).click()
    replayed.button("Play").click()
    expect(replayed.button("Pause")).to_be_visible()
    assert replayed.asked == [replayed.url]
    assert replayed.errors == []


def test_its_policy_forbids_every_connection(browser: Browser, html: Path) -> None:
    context = browser.new_context()  # the network is on: only the policy is in the way
    replayed = Replayed(context, html)
    refused = replayed.page.evaluate(
        """async () => {
          const said = [];
          document.addEventListener("securitypolicyviolation", (e) => said.push(e.effectiveDirective));
          await fetch("http://127.0.0.1:9/").catch(() => undefined);
          const add = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
          add("img", { src: "http://127.0.0.1:9/a.png" });
          add("iframe", { src: "http://127.0.0.1:9/" });
          const inline = document.createElement("script");
          try { inline.textContent = "window.bad = 1"; document.body.append(inline); } catch { said.push("types"); }
          const all = ["connect-src", "img-src", "frame-src"];
          const end = performance.now() + 10_000;
          while (!all.every((one) => said.includes(one)) && performance.now() < end) {
            await new Promise((done) => setTimeout(done, 50));
          }
          return [window.bad ?? null, said];
        }"""
    )
    assert refused[0] is None
    assert {"connect-src", "img-src", "frame-src"} <= set(refused[1])
    context.close()


def test_without_being_asked_no_name_and_no_text_is_in_the_file(
    folder: Path, tmp_path: Path
) -> None:
    archive = Archive(folder / "journal.sqlite3")
    plain = archive.load_noted("syn7_002", texts=True)
    bare = to_html(scene(plain), tmp_path / "bare.html").read_text()
    full = to_html(scene(plain, names=True), tmp_path / "full.html").read_text()
    assert "Synthetic client" in full
    assert not re.search("Synthetic (client|provider|session)|A synthetic note", bare)


def test_texts_of_a_record_stay_texts(context: BrowserContext, tmp_path: Path) -> None:
    hostile = '</script><script>window.bad=1</script><img src=x onerror="window.bad=1">'
    record = made_of(
        (1_000, e.PersonNamed("p_c", hostile[:60])),
        (2_000, e.MarkPlaced(hostile, hostile)),
        (3_000, e.PersonDeclined("p_c", hostile)),
    )
    check = ReplayCheck(ok=False, rows=6, problem=hostile)
    comment = ReplayComment(t_ms=1, text=hostile, at_ms=1)
    made = scene(record, names=True, check=check, comments=[comment])
    replayed = Replayed(context, to_html(made, tmp_path / "x.html"))
    replayed.button("Next event").click()
    expect(replayed.events.get_by_text("onerror").first).to_be_visible()
    replayed.page.get_by_role("tab", name="Comments").click()
    expect(replayed.page.get_by_text(hostile).first).to_be_visible()
    assert replayed.page.evaluate("() => window.bad ?? null") is None
    assert replayed.errors == []


# -- going about in it -----------------------------------------------------------------------------


def test_the_whole_replay_is_driven_by_keyboard(replayed: Replayed) -> None:
    page = replayed.page
    page.keyboard.press("Tab")
    assert replayed.focused() == "Play"
    page.keyboard.press("Enter")
    expect(replayed.button("Pause")).to_be_focused()
    page.keyboard.press("Space")
    expect(replayed.button("Play")).to_be_focused()
    for _ in range(20):
        if replayed.focused() == "Time":
            break
        page.keyboard.press("Tab")
    assert replayed.focused() == "Time"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    assert replayed.time == 11_000
    expect(replayed.slider).to_have_attribute(
        "aria-valuetext", re.compile(r"^11 seconds of \d+ minutes")
    )
    page.keyboard.press("End")
    expect(replayed.slider).to_have_value(
        str(page.evaluate("() => document.querySelector('input[type=range]').max"))
    )
    page.keyboard.press("Home")
    page.keyboard.press("n")
    first = replayed.time
    assert first > 0
    expect(page.get_by_role("status").filter(has_text="Marker")).to_have_count(0)
    page.keyboard.press("n")
    assert replayed.time > first
    page.keyboard.press("p")
    assert replayed.time == first
    page.keyboard.press("Space")
    expect(replayed.button("Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(replayed.button("Play")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tab", name="Events")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Attendees")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Attendees")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox", name="Search events")).to_be_focused()
    page.keyboard.type("ready and waits")
    expect(replayed.events.get_by_role("button")).to_have_count(1)
    while replayed.page.evaluate("() => !document.activeElement.matches('.replay-event')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(replayed.events.get_by_role("button")).to_have_attribute("aria-current", "true")
    page.get_by_role("tab", name="Attendees").click()
    waiting = page.get_by_role("list", name="Waiting room")
    expect(waiting.get_by_text("Client P02")).to_be_visible()


def test_single_keys_can_be_left_to_the_browser(replayed: Replayed) -> None:
    page = replayed.page
    page.get_by_text("Keyboard", exact=True).click()
    page.get_by_role("checkbox", name="Single keys control the replay").uncheck()
    replayed.slider.focus()
    page.keyboard.press("n")
    assert replayed.time == 0
    page.keyboard.press("ArrowRight")
    assert replayed.time == 1_000


def test_it_plays_at_the_chosen_speed_to_the_end_and_stops(replayed: Replayed) -> None:
    page = replayed.page
    page.get_by_role("combobox", name="Speed").select_option(label="16×")
    end = int(replayed.slider.get_attribute("max") or 0)
    replayed.slider.fill(str(end - 4_000))
    replayed.button("Play").click()
    expect(replayed.slider).to_have_value(str(end))
    expect(replayed.button("Play")).to_be_visible()
    replayed.button("Play").click()
    expect(replayed.slider).not_to_have_value(str(end))


def test_a_range_is_repeated(replayed: Replayed) -> None:
    page = replayed.page
    replayed.slider.fill("60000")
    replayed.button("Range starts here").click()
    replayed.slider.fill("62000")
    replayed.button("Range ends here").click()
    expect(page.get_by_text("Range: 01:00 to 01:02")).to_be_visible()
    replayed.button("Repeat range").click()
    page.get_by_role("combobox", name="Speed").select_option(label="16×")
    replayed.button("Play").click()
    page.evaluate(
        """async () => {
          const slider = document.querySelector("input[type=range]");
          window.seen = [];
          for (let i = 0; i < 60; i++) {
            await new Promise((done) => requestAnimationFrame(done));
            window.seen.push(Number(slider.value));
          }
        }"""
    )
    seen = page.evaluate("() => window.seen")
    assert all(60_000 <= x <= 62_000 for x in seen)
    assert any(b < a for a, b in pairwise(seen)), "it began again"
    replayed.button("Clear range").click()
    expect(page.get_by_text("Range: 01:00")).to_have_count(0)


def test_events_are_filtered_by_kind_person_and_words(replayed: Replayed) -> None:
    page = replayed.page
    rows = replayed.events.get_by_role("button")
    everything = rows.count()
    page.get_by_role("combobox", name="Person").select_option(label="Client P02")
    ours = rows.count()
    assert 0 < ours < everything
    for group in ("People", "Chat", "Markers", "Session"):
        page.get_by_role("checkbox", name=group, exact=True).uncheck()
    for text in rows.all_inner_texts():
        assert re.search("offers|muted|unmuted|switched|shares|took back", text), text
    page.get_by_role("searchbox", name="Search events").fill("no such thing")
    expect(page.get_by_text("No event fits.")).to_be_visible()


def test_the_timeline_says_in_words_what_it_draws(replayed: Replayed) -> None:
    lane = replayed.page.get_by_role("list", name="Timeline").get_by_role("listitem")
    text = lane.filter(has_text="P02").inner_text()
    assert re.search(r"in session \d+ minutes", text.replace("\n", " ")), text
    box = replayed.page.locator(".timeline-lanes").bounding_box()
    assert box is not None
    replayed.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    assert replayed.time > 0


def test_a_comment_is_kept_in_the_page_and_can_be_downloaded(replayed: Replayed) -> None:
    page = replayed.page
    replayed.slider.fill("61000")
    page.get_by_role("tab", name="Comments").click()
    page.get_by_role("textbox", name="Comment on 01:01").fill("Look at the silence here")
    replayed.button("Add comment").click()
    with page.expect_download() as waited:
        replayed.button("Download comments").click()
    lines = Path(waited.value.path()).read_bytes().splitlines()
    (comment,) = (msgspec.json.decode(x, type=ReplayComment) for x in lines)
    assert (comment.t_ms, comment.text) == (61_000, "Look at the silence here")


# -- for everybody ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, html: Path, scheme: Any
) -> None:
    context = browser.new_context(offline=True, color_scheme=scheme, bypass_csp=True)
    replayed = Replayed(context, html)
    page = replayed.page
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        replayed.slider.fill("150000")
        for tab in TABS:
            page.get_by_role("tab", name=tab).click()
            assert violations(page) == [], (scheme, width, tab)
            wide = page.evaluate(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, (scheme, width, tab)
    context.close()


def test_it_speaks_spanish_where_the_browser_does(browser: Browser, html: Path) -> None:
    context = browser.new_context(offline=True, locale="es-ES")
    page = context.new_page()
    page.goto(html.as_uri())
    expect(page.get_by_role("slider", name="Tiempo")).to_be_visible()
    expect(page.get_by_role("list", name="Sucesos")).to_be_visible()
    context.close()


def test_a_page_of_a_newer_version_says_so(context: BrowserContext, tmp_path: Path) -> None:
    data = msgspec.structs.replace(scene(made_of()), version=99)
    page = context.new_page()
    page.goto(to_html(data, tmp_path / "new.html").as_uri())
    expect(page.get_by_role("alert")).to_contain_text("A newer version made this replay")
