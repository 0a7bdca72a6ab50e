"""A provider's menu and tray by keys and by touch; who speaks, a tab shared with its sound, time, high contrast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from .axe import violations
from .conftest import Client, House, Provider, expect_media, received
from .lab import LabServer, chromium, until
from .test_session_room import arrives, share, together

pytestmark = pytest.mark.browser

TAB = "Slides of the study"
"""Title of the page that is shared."""
SLIDES = f"""<!doctype html><title>{TAB}</title><h1>Slide 1</h1><script>
  const context = new AudioContext(), tone = new OscillatorNode(context, {{ frequency: 440 }});
  tone.connect(context.destination);
  tone.start();
</script>"""


class Keys:
    """A hand that has a keyboard only."""

    context: dict[str, Any] = {}

    def press(self, page: Page, button: Locator) -> None:
        button.focus()
        page.keyboard.press("Enter")

    def tray(self, page: Page, tray: Locator, name: str | re.Pattern[str]) -> None:
        """To the toolbar's one tab stop, then along it with the arrows."""
        wanted = tray.get_by_role("button", name=name, exact=True)
        expect(tray.locator("button[tabindex='0']")).to_have_count(1)
        tray.locator("button[tabindex='0']").focus()
        page.keyboard.press("Home")
        for _ in range(tray.get_by_role("button").count()):
            if wanted.evaluate("(button) => button === document.activeElement"):
                page.keyboard.press("Enter")
                return
            page.keyboard.press("ArrowRight")
        raise AssertionError(f"the arrows do not lead to {name}")

    def item(self, page: Page, room: Any, name: str, item: str) -> None:
        room.get_by_role("button", name=f"More options for {name}", exact=True).focus()
        page.keyboard.press("ArrowDown")
        menu = room.get_by_role("menu")
        wanted = menu.get_by_role("menuitem", name=item, exact=True)
        expect(wanted).to_be_visible()
        expect(menu.get_by_role("menuitem").first).to_be_focused()
        for _ in range(menu.get_by_role("menuitem").count()):
            if wanted.evaluate("(button) => button === document.activeElement"):
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(menu).to_have_count(0)


class Finger:
    """A hand on a touch screen."""

    context: dict[str, Any] = {"has_touch": True}

    def press(self, page: Page, button: Locator) -> None:
        button.tap()

    def tray(self, page: Page, tray: Locator, name: str | re.Pattern[str]) -> None:
        tray.get_by_role("button", name=name, exact=True).tap()

    def item(self, page: Page, room: Any, name: str, item: str) -> None:
        room.get_by_role("button", name=f"More options for {name}", exact=True).tap()
        room.get_by_role("menuitem", name=item, exact=True).tap()
        expect(room.get_by_role("menu")).to_have_count(0)


@pytest.mark.parametrize("hand", [Keys(), Finger()], ids=["keys", "touch"])
def test_a_provider_has_every_menu_item_and_tray_button(house: House, hand: Keys | Finger) -> None:
    provider = house.provider(context=house.context(**hand.context))
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    room, page = provider.room, provider.page
    hand.press(page, room.get_by_role("button", name="Join session"))
    tray = room.get_by_role("toolbar", name="Action tray")
    expect(tray).to_be_visible()

    hand.tray(page, tray, re.compile("^Attendees"))
    panel = room.get_by_role("region", name="Attendees")
    hand.press(page, panel.get_by_role("button", name="Admit Ana"))
    ana.expect_in_session()
    hand.press(page, panel.get_by_role("button", name="Close"))
    expect(tray.get_by_role("button", name=re.compile("^Attendees"))).to_be_focused()

    tile = provider.tile("Ana")
    hand.item(page, room, "Ana", "Mute")
    expect(ana.tray.get_by_role("button", name="Unmute")).to_be_visible()
    hand.item(page, room, "Ana", "Ask to unmute")
    asked = ana.page.get_by_role("alertdialog", name="Your provider asks you to unmute")
    asked.get_by_role("button", name="Unmute").click()
    expect(ana.tray.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    hand.item(page, room, "Ana", "Stop video")
    expect(tile.locator("video")).to_have_count(0)
    hand.item(page, room, "Ana", "Ask to start video")
    asked = ana.page.get_by_role("alertdialog", name="Your provider asks you to start your video")
    asked.get_by_role("button", name="Start video").click()
    expect(tile.locator("video")).to_have_count(1)
    # Of two the other one is large by itself.
    large = width(tile)
    hand.item(page, room, "Ana", "Shrink")
    until(lambda: width(tile) < 0.7 * large, "both are alike")
    hand.item(page, room, "Ana", "Enlarge")
    until(lambda: width(tile) == large, "and large again")
    hand.item(page, room, "Ana", "Fullscreen")
    expect(provider.tile("Dr. Lee (you)")).to_have_count(0)
    hand.item(page, room, "Ana", "Exit fullscreen")
    expect(provider.tile("Dr. Lee (you)")).to_be_visible()
    hand.item(page, room, "Ana", "Pause")
    paused = ana.page.get_by_role("status").filter(has_text="Your provider has paused this session")
    expect(paused).to_be_visible()
    hand.tray(page, tray, re.compile("^Attendees"))
    hand.press(page, panel.get_by_role("button", name="Resume Ana"))
    ana.expect_in_session()
    hand.press(page, panel.get_by_role("button", name="Close"))

    own_items(provider, hand, tray)
    tray_buttons(provider, hand, tray)

    hand.item(page, room, "Ana", "Remove")
    sure = page.get_by_role("alertdialog", name="Remove Ana from the session?")
    hand.press(page, sure.get_by_role("button", name="Remove"))
    expect(ana.page.get_by_role("heading", name="Your part in this session")).to_be_visible()
    hand.tray(page, tray, "Leave session")
    expect(room.get_by_role("button", name="Join session")).to_be_visible()
    hand.press(page, room.get_by_role("button", name="Join session"))
    hand.tray(page, tray, "End session")
    sure = page.get_by_role("alertdialog", name="End session for everyone?")
    hand.press(page, sure.get_by_role("button", name="End session"))
    expect(room.get_by_role("heading", name="Session ended")).to_be_visible()
    assert ana.errors == []


def width(tile: Any) -> float:
    box = tile.bounding_box()
    return float(box["width"]) if box else 0.0


def own_items(provider: Provider, hand: Keys | Finger, tray: Locator) -> None:
    """Each item of the menu on oneself."""
    room, page = provider.room, provider.page
    me = "Dr. Lee"
    for item, then in (("Mute", "Unmute"), ("Stop video", "Start video")):
        hand.item(page, room, me, item)
        expect(tray.get_by_role("button", name=then)).to_be_visible()
        hand.item(page, room, me, then)
        expect(tray.get_by_role("button", name=item, exact=True)).to_be_visible()
    hand.item(page, room, me, "Enlarge")
    hand.item(page, room, me, "Shrink")
    hand.item(page, room, me, "Fullscreen")
    expect(provider.tile("Ana")).to_have_count(0)
    hand.item(page, room, me, "Exit fullscreen")
    hand.item(page, room, me, "Hide self view")
    hand.press(page, room.get_by_role("button", name="Show self view"))
    expect(provider.tile("Dr. Lee (you)")).to_be_visible()
    hand.item(page, room, me, "Set audio & video")
    dialog = page.get_by_role("dialog", name="Audio and video")
    hand.press(page, dialog.get_by_role("button", name="Done"))
    expect(dialog).to_have_count(0)


def tray_buttons(provider: Provider, hand: Keys | Finger, tray: Locator) -> None:
    """Each button of the tray that leaves one in the session."""
    room, page = provider.room, provider.page
    for name, then in (("Mute", "Unmute"), ("Stop video", "Start video")):
        hand.tray(page, tray, name)
        expect(tray.get_by_role("button", name=then)).to_be_visible()
        hand.tray(page, tray, then)
        expect(tray.get_by_role("button", name=name, exact=True)).to_be_visible()
    hand.tray(page, tray, "Share screen")
    warning = page.get_by_role("alertdialog", name="Share your screen?")
    hand.press(page, warning.get_by_role("button", name="Share", exact=True))
    whole = page.get_by_role("alertdialog", name="Share your whole screen?")
    hand.press(page, whole.get_by_role("button", name="Share whole screen"))
    expect(provider.tile("Your screen")).to_be_visible()
    hand.item(page, room, "Your screen", "Enlarge")
    hand.item(page, room, "Your screen", "Shrink")
    hand.item(page, room, "Your screen", "Stop sharing")
    expect(tray.get_by_role("button", name="Share screen")).to_be_visible()
    hand.tray(page, tray, re.compile("^Chat"))
    chat = room.get_by_role("region", name="Chat")
    chat.get_by_role("textbox", name="Message").fill("Good morning")
    hand.press(page, chat.get_by_role("button", name="Send"))
    expect(chat.get_by_role("log", name="Messages")).to_contain_text("Good morning")
    hand.press(page, chat.get_by_role("button", name="Close"))
    expect(tray.get_by_role("button", name=re.compile("^Chat"))).to_be_focused()


def test_the_speaker_view_shows_who_speaks(house: House) -> None:
    provider = house.provider(options=", kind='group', max_duration_min=90, warn_min=(89,)")
    ana = arrives(house, provider, "P07", "Ana", "client")
    ben = arrives(house, provider, "P08", "Ben", "client")
    provider.join()
    provider.run("session.admit_all()")
    for client in (ana, ben):
        client.expect_in_session()
        expect(client.tray.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    room = provider.room
    view = room.get_by_role("button", name="Speaker view")
    view.click()
    expect(view).to_have_attribute("aria-pressed", "true")

    def larger(name: str, than: str) -> bool:
        one, other = provider.tile(name).bounding_box(), provider.tile(than).bounding_box()
        return bool(one and other and one["width"] > 2 * other["width"])

    for speaks, silent in ((ana, ben), (ben, ana)):
        muted = silent.tray.get_by_role("button", name="Mute", exact=True)
        if muted.is_visible():
            muted.click()
        unmuted = speaks.tray.get_by_role("button", name="Unmute")
        if unmuted.is_visible():
            unmuted.click()
        names = ("Ana", "Ben") if speaks is ana else ("Ben", "Ana")
        until(lambda n=names: larger(*n), f"{names[0]} speaks and is large")
        expect(provider.tile(names[0])).to_contain_text("speaking")
        expect(provider.tile(names[1])).to_contain_text("muted")
    view.click()
    until(lambda: not larger("Ben", "Ana"), "all are alike again")

    # The picture of the one who speaks is one's own choice: nobody else's screen followed.
    expect(ana.page.get_by_role("button", name="Speaker view")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_everyone_is_warned_before_the_time_is_over(house: House) -> None:
    provider = house.provider(options=", max_duration_min=60.1, warn_min=(60,)")
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    provider.join()
    provider.run("session.admit('P07')")
    ana.expect_in_session()
    for place in (provider.room, ana.page):
        warning = place.locator("p").filter(has_text="This session ends in 60 minutes.")
        expect(warning).to_be_visible(timeout=45_000)
        expect(place.get_by_text(re.compile(r"(1:00|59):\d\d left"))).to_be_visible()
        place.get_by_role("button", name="Dismiss").click()
        expect(place.get_by_role("button", name="Dismiss")).to_have_count(0)
    assert violations(ana.page) == []
    assert ana.errors == []


def test_a_draft_for_one_person_is_never_sent_to_others(house: House) -> None:
    provider = house.provider(options=", kind='group'")
    ana = arrives(house, provider, "P07", "Ana", "client")
    ben = arrives(house, provider, "P08", "Ben", "client")
    provider.join()
    provider.run("session.admit_all()")
    ben.expect_in_session()
    room = provider.room
    room.get_by_role("button", name=re.compile("^Chat")).click()
    chat = room.get_by_role("region", name="Chat")
    readers = chat.get_by_role("combobox", name="Send to")
    chat.get_by_role("textbox", name="Message").fill("Only for you")
    readers.select_option(label="Ana")
    ana.tray.get_by_role("button", name="Leave session").click()
    gone = chat.get_by_role("status").filter(has_text="no longer here")
    expect(gone).to_be_visible()
    chat.get_by_role("textbox", name="Message").press("Enter")
    expect(readers).to_be_focused()
    assert violations(provider.page, ".telehealth-widget") == []
    readers.select_option(label="Ben")
    expect(gone).to_have_count(0)
    chat.get_by_role("button", name="Send").click()
    ben.tray.get_by_role("button", name=re.compile("^Chat")).click()
    expect(ben.page.get_by_role("log", name="Messages")).to_contain_text("Only for you")
    expect(chat.get_by_role("textbox", name="Message")).to_have_value("")


CUT = """
(() => {
  const Real = window.WebSocket;
  const open = new Set();
  window.WebSocket = class extends Real {
    constructor(url, ...more) {
      super(window.__away ? "ws://127.0.0.1:9/" : url, ...more);
      open.add(this);
    }
  };
  window.__cut = (away) => {
    window.__away = away;
    for (const socket of open) socket.close();
    open.clear();
  };
})()
"""
"""`__cut(true)` loses the connection, and every further one, until `__cut(false)`."""


def test_a_question_can_be_refused_while_the_server_is_away(house: House) -> None:
    provider = house.provider()
    context = house.context(viewport={"width": 390, "height": 844})
    context.add_init_script(CUT)
    ana = Client(context, provider.invite("P07"))
    ana.get_ready("Ana")
    provider.join()
    provider.run("session.admit('P07')")
    ana.expect_in_session()
    provider.run("session.mute('P07')")
    expect(ana.tray.get_by_role("button", name="Unmute")).to_be_visible()
    provider.run("session.ask_to_unmute('P07')")
    question = ana.page.get_by_role("alertdialog", name="Your provider asks you to unmute")
    expect(question).to_be_visible()
    ana.page.evaluate("() => window.__cut(true)")
    expect(ana.page.get_by_text("Reconnecting")).to_be_visible()
    question.get_by_role("button", name="Not now").click()
    expect(question).to_have_count(0)
    ana.page.evaluate("() => window.__cut(false)")
    expect(ana.page.get_by_text("Reconnecting")).to_have_count(0)
    until(
        lambda: "AskAnswered" in provider.run("print([r['event'] for r in session.events][-6:])"),
        "the answer reaches the record",
    )
    expect(question).to_have_count(0)


@pytest.fixture
def picking_house(playwright: Playwright, lab: LabServer) -> Iterator[House]:
    """The browser's own picker answers with the tab of that title; the devices are granted."""
    running = chromium(
        playwright,
        f"--auto-select-tab-capture-source-by-title={TAB}",
        "--autoplay-policy=no-user-gesture-required",
        asks=True,
        sounds=True,
    )
    made = House(running, lab)
    yield made
    made.close()
    running.close()


def test_a_tab_is_shared_with_its_sound_until_the_browser_ends_it(picking_house: House) -> None:
    house = picking_house
    provider, ana = together(house, viewport={"width": 900, "height": 700})
    slides = ana.context.new_page()
    slides.set_content(SLIDES)
    ana.page.bring_to_front()
    ana.tray.get_by_role("button", name="Mute", exact=True).click()
    share(ana.page, ana.tray)
    # A tab is asked about once: only a whole screen needs a second yes.
    expect(ana.tray.get_by_role("button", name="Stop sharing")).to_be_visible()
    screen = provider.tile("Ana's screen")
    expect(screen).to_be_visible()
    until(
        lambda: screen.locator("video").evaluate("(video) => video.currentTime > 0"),
        "the tab is seen",
    )
    heard = received(provider.page)["audioEnergy"]
    until(
        lambda: received(provider.page)["audioEnergy"] > heard + 0.05,
        "the tab is heard while her microphone is muted",
    )
    slides.close()
    expect(screen).to_have_count(0)
    expect(ana.tray.get_by_role("button", name="Share screen")).to_be_visible()
    assert ana.errors == []


AWAKE = """
(() => {
  window.__locks = 0;
  const real = navigator.wakeLock.request.bind(navigator.wakeLock);
  navigator.wakeLock.request = async (...args) => {
    const lock = await real(...args);
    window.__locks += 1;
    lock.addEventListener("release", () => (window.__locks -= 1));
    return lock;
  };
})()
"""


def test_the_screen_stays_on_while_someone_waits_or_talks_and_a_picture_floats(
    house: House,
) -> None:
    provider = house.provider()
    context = house.context(
        viewport={"width": 900, "height": 700},
        permissions=["camera", "microphone", "screen-wake-lock"],
    )
    context.add_init_script(AWAKE)
    ana = Client(context, provider.invite("P07"))
    locks = "() => window.__locks"
    expect(ana.page.get_by_role("heading", name="Waiting room")).to_be_visible()
    assert ana.page.evaluate(locks) == 0
    ana.get_ready("Ana")
    until(lambda: ana.page.evaluate(locks) == 1, "the screen is kept on while she waits")
    provider.join()
    provider.run("session.admit('P07')")
    ana.expect_in_session()
    expect_media(ana.page)
    until(lambda: ana.page.evaluate(locks) == 1, "and in the session")
    ana.page.get_by_role("button", name="Picture in picture").click()
    until(
        lambda: ana.page.evaluate("() => document.pictureInPictureElement?.videoWidth > 0"),
        "the provider's picture floats",
    )
    ana.page.get_by_role("button", name="Picture in picture").click()
    until(
        lambda: ana.page.evaluate("() => document.pictureInPictureElement === null"),
        "and is back in its tile",
    )
    ana.tray.get_by_role("button", name="Leave session").click()
    until(lambda: ana.page.evaluate(locks) == 0, "the screen may go dark again")


def test_in_high_contrast_a_line_says_what_a_colour_said(house: House) -> None:
    provider, ana = together(house)
    ana.page.emulate_media(forced_colors="active")
    lines = """() => [...document.querySelectorAll("button")]
        .filter((button) => button.checkVisibility() && !button.matches(".menu-item"))
        .filter((button) => {
          const style = getComputedStyle(button);
          return style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) === 0;
        })
        .map((button) => button.ariaLabel ?? button.textContent)"""
    assert ana.page.evaluate(lines) == []
    ana.tray.get_by_role("button", name=re.compile("^Chat")).click()
    expect(ana.page.get_by_role("region", name="Chat")).to_be_visible()
    assert ana.page.evaluate(lines) == []
    assert violations(ana.page) == []
    outline = "(button) => getComputedStyle(button).outlineStyle"
    ana.page.get_by_role("region", name="Chat").get_by_role("button", name="Close").click()
    chat = ana.tray.get_by_role("button", name=re.compile("^Chat"))
    expect(chat).to_be_focused()
    ana.page.keyboard.press("ArrowLeft")
    assert ana.tray.get_by_role("button", name=re.compile("^Attendees")).evaluate(outline) != "none"
    expect_media(provider.page)
