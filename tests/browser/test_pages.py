"""Every screen: axe, keyboard, weight, and nothing from anywhere else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .axe import violations
from .conftest import House, expect_media
from .lab import until

pytestmark = pytest.mark.browser

WIDGET = ".telehealth-widget"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen_of_a_client_and_a_provider(
    house: House, scheme: str
) -> None:
    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    provider = house.provider(options=", new=True", context=house.context(**look))
    if scheme == "dark":
        provider.lab.page.evaluate(
            "() => window.jupyterapp.commands.execute('apputils:change-theme', "
            "{ theme: 'JupyterLab Dark' })"
        )
        provider.lab.page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    found: dict[str, list[str]] = {}

    def check(name: str, page: Page, within: str | None = None) -> None:
        lines = violations(page, within)
        if lines:
            found[f"{name} ({scheme})"] = lines

    check("lobby", provider.page, WIDGET)
    ana = house.client(provider.invite("P07"), **look)
    expect(ana.page.get_by_role("heading", name="Waiting room")).to_be_visible()
    check("preparation, before devices", ana.page)
    ana.allow_devices()
    check("preparation, with devices", ana.page)
    ana.give_name("Ana")
    ana.press_ready()
    ana.expect_waiting()
    check("waiting", ana.page)
    ben = house.client(provider.invite("P08"), **look)
    ben.get_ready("Ben")
    provider.open_attendees()
    expect(provider.room.get_by_role("button", name="Admit Ben")).to_be_visible()
    check("lobby with people waiting", provider.page, WIDGET)
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    expect_media(ana.page)
    check("session, client", ana.page)
    provider.open_attendees()
    provider.room.get_by_role("button", name="Decline Ben").click()
    check("session, attendees and decline form", provider.page, WIDGET)
    provider.room.get_by_role("textbox", name=re.compile("Reason")).press("Enter")
    expect(ben.page.get_by_role("heading", name=re.compile("cannot admit you"))).to_be_visible()
    check("declined", ben.page)
    ana.tray.get_by_role("button", name=re.compile("^Attendees")).click()
    check("attendees, client", ana.page)
    ana.page.get_by_role("region", name="Attendees").get_by_role("button", name="Close").click()
    ana.tray.get_by_role("button", name=re.compile("^Chat")).click()
    ana.page.get_by_role("textbox", name="Message").fill("Hello")
    ana.page.get_by_role("button", name="Send").click()
    check("chat, client", ana.page)
    ana.page.get_by_role("region", name="Chat").get_by_role("button", name="Close").click()
    provider.room.get_by_role("button", name=re.compile("^Chat")).click()
    check("chat, provider", provider.page, WIDGET)
    provider.run("session.pause('P07')")
    expect(
        ana.page.get_by_role("status").filter(has_text="Your provider has paused this session")
    ).to_be_visible()
    check("paused", ana.page)
    provider.run("session.resume('P07')")
    ana.expect_in_session()
    ana.tray.get_by_role("button", name="Leave session").click()
    expect(ana.page.get_by_role("button", name="Join again")).to_be_visible()
    check("left", ana.page)
    provider.room.get_by_role("button", name="End session").click()
    check("question before the end", provider.page, WIDGET)
    provider.page.get_by_role("alertdialog").get_by_role("button", name="End session").click()
    expect(provider.page.get_by_role("alertdialog", name="Session ended")).to_be_visible()
    check("ended, provider", provider.page, WIDGET)
    ana.page.get_by_role("button", name="Join again").click()
    expect(ana.page.get_by_role("alertdialog", name="Session ended")).to_be_visible()
    check("ended, client", ana.page)
    stray = house.client(f"{house.lab.guest_url}/join#nonsense", **look)
    expect(stray.page.get_by_role("heading")).to_be_visible()
    check("unknown link", stray.page)
    assert found == {}


def test_the_whole_way_of_a_client_by_keyboard_alone(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"), viewport={"width": 1280, "height": 900})
    expect(ana.page.get_by_role("heading", name="Waiting room")).to_be_visible()
    tab_to(ana.page, "Allow camera and microphone")
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("combobox", name="Camera")).to_be_visible()
    tab_to(ana.page, "Your name")
    ana.page.keyboard.type("Ana")
    tab_to(ana.page, "I'm Ready")
    ana.page.keyboard.press("Space")
    ana.expect_waiting()
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    tab_to(ana.page, "Mute")
    ana.page.keyboard.press("Enter")
    expect(ana.tray.get_by_role("button", name="Unmute")).to_be_focused()
    ana.page.keyboard.press("ArrowRight")
    expect(ana.tray.get_by_role("button", name="Stop video")).to_be_focused()
    ana.page.keyboard.press("ArrowRight")
    expect(ana.tray.get_by_role("button", name="Share screen")).to_be_focused()
    ana.page.keyboard.press("ArrowRight")
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("region", name="Attendees")).to_be_visible()
    ana.page.keyboard.press("Escape")
    expect(ana.page.get_by_role("region", name="Attendees")).to_have_count(0)
    expect(ana.tray.get_by_role("button", name=re.compile("^Attendees"))).to_be_focused()
    ana.page.keyboard.press("End")
    expect(ana.tray.get_by_role("button", name="Leave session")).to_be_focused()
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("button", name="Join again")).to_be_visible()


def test_a_provider_admits_and_ends_by_keyboard_inside_jupyterlab(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    provider.room.get_by_role("button", name="Join session").focus()
    provider.page.keyboard.press("Enter")
    expect(provider.room.get_by_role("toolbar", name="Action tray")).to_be_visible()
    provider.open_attendees()
    provider.room.get_by_role("button", name="Admit Ana").focus()
    provider.page.keyboard.press("Enter")
    ana.expect_in_session()
    provider.room.get_by_role("button", name=re.compile("^Chat")).focus()
    provider.page.keyboard.press("Enter")
    box = provider.room.get_by_role("textbox", name="Message")
    box.focus()
    # Letters that are shortcuts of a notebook in command mode (d d deletes a cell, a and b insert).
    provider.page.keyboard.type("dd a b x zz m")
    provider.page.keyboard.press("Enter")
    expect(provider.room.get_by_role("log", name="Messages")).to_contain_text("dd a b x zz m")
    assert provider.lab.cells() == 3
    end = provider.room.get_by_role("button", name="End session")
    end.focus()
    provider.page.keyboard.press("Enter")
    dialog = provider.page.get_by_role("alertdialog", name="End session for everyone?")
    expect(dialog).to_be_visible()
    provider.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(end).to_be_focused()
    provider.page.keyboard.press("Enter")
    tab_to(provider.page, "End session")
    provider.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("alertdialog", name="Session ended")).to_be_visible()


def tab_to(page: Page, name: str, most: int = 25) -> None:
    """Press Tab until the control of that name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { const a = document.activeElement; return a.getAttribute('aria-label')
                ?? a.labels?.[0]?.textContent ?? a.textContent; }"""
        )
        if focused.strip() == name:
            return
    raise AssertionError(f"Tab does not reach {name!r}; the last was {focused!r}")


def test_the_guest_page_is_light_and_asks_nobody_else(house: House) -> None:
    provider = house.provider()
    url = provider.invite("P07")
    context = house.context()
    page = context.new_page()
    transferred: dict[str, int] = {}
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    names: dict[str, str] = {}
    cdp.on(
        "Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]})
    )
    cdp.on(
        "Network.loadingFinished",
        lambda e: transferred.update({names[e["requestId"]]: e["encodedDataLength"]}),
    )
    page.goto(url)
    expect(page.get_by_role("heading", name="Waiting room")).to_be_visible()
    until(lambda: len(transferred) >= 4, "page, two scripts and style are there")
    print("guest page, bytes on the wire:", transferred)
    assert all(name.startswith((house.lab.guest_url, "data:")) for name in names.values()), names
    assert sum(transferred.values()) <= 70 * 1024
    assert context.cookies() == []
    assert url.split("#")[1] not in page.content()


def test_the_room_of_the_notebook_fits_a_narrow_output_and_a_wide_one(house: House) -> None:
    provider = house.provider()
    provider.join()
    for width in (900, 1280, 1920):
        provider.page.set_viewport_size({"width": width, "height": 900})
        until(
            lambda: provider.room.evaluate("(room) => room.scrollWidth <= room.clientWidth"),
            f"the room fits at {width} px",
        )


@pytest.mark.parametrize("width", [320, 360, 820, 1440, 2560])
def test_no_screen_of_the_guest_page_scrolls_sideways(house: House, width: int) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"), viewport={"width": width, "height": 780})
    expect(ana.page.get_by_role("heading", name="Waiting room")).to_be_visible()

    def fits(name: str) -> None:
        wide = ana.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} at {width} px is {wide} px too wide"

    fits("preparation")
    ana.allow_devices()
    fits("preparation with devices")
    ana.give_name("A" * 60)
    ana.press_ready()
    ana.expect_waiting()
    fits("waiting")
    provider.join()
    provider.admit("A" * 60)
    ana.expect_in_session()
    fits("session")
    small = ana.page.evaluate(
        "() => [...document.querySelectorAll('button, select, input, textarea')].filter((e) => "
        "e.offsetParent && (e.offsetHeight < 44 || e.offsetWidth < 44)).map((e) => e.outerHTML)"
    )
    assert small == [], "touch targets under 44 px"
