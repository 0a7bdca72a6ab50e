"""What goes wrong for a person, and the words they get."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from .conftest import WATCH, Client, House, expect_media
from .lab import chromium, until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def asking(playwright: Playwright) -> Iterator[Browser]:
    """A browser that does not grant permission by itself."""
    running = chromium(playwright, asks=True)
    yield running
    running.close()


@pytest.fixture(scope="module")
def without_devices(playwright: Playwright) -> Iterator[Browser]:
    running = chromium(playwright, "--use-fake-device-for-media-stream=device-count=0")
    yield running
    running.close()


def test_links_that_lead_nowhere_say_why_and_what_to_do(house: House) -> None:
    provider = house.provider()
    revoked, expired, ended = (provider.invite(code) for code in ("P01", "P02", "P03"))
    for url, words in (
        (f"{house.lab.guest_url}/join#{'x' * 43}", "link is not valid"),
        (f"{house.lab.guest_url}/join#short", "link is not valid"),
        (f"{house.lab.guest_url}/join", "link"),
    ):
        page = house.client(url).page
        expect(page.get_by_role("main")).to_contain_text(words)
        expect(page.get_by_role("main")).to_contain_text(re.compile("provider"))
    inside = house.client(revoked)
    inside.get_ready("Ana")
    provider.run("session.invite('P01').revoke()")
    expect(inside.page.get_by_role("main")).to_contain_text("withdrawn")
    expect(house.client(revoked).page.get_by_role("main")).to_contain_text("withdrawn")
    provider.run("import time; session.invite('P02', valid_s=1); time.sleep(1.1)")
    expect(house.client(expired).page.get_by_role("main")).to_contain_text("expired")
    provider.run("session.end()")
    over = house.client(ended).page
    expect(over.get_by_role("alertdialog", name="Session ended")).to_be_visible()


@pytest.mark.parametrize("name", ["x" * 65, "Ana\u202eeiraM", "\u200b\u200b", "   "])
def test_a_bad_name_is_refused_and_the_form_is_kept(house: House, name: str) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.allow_devices()
    ana.give_name(name)
    ana.press_ready()
    box = ana.page.get_by_role("textbox", name="Your name")
    expect(box).to_be_visible()
    expect(box).to_have_attribute("aria-invalid", "true")
    ana.give_name("Ana")
    ana.press_ready()
    ana.expect_waiting()


def test_a_name_that_looks_like_the_providers_is_refused(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.allow_devices()
    ana.give_name("Dr Lее")  # Cyrillic letters
    ana.press_ready()
    expect(ana.page.get_by_text("too close to your provider's")).to_be_visible()


def test_without_permission_the_reason_and_remedy_are_said_and_joining_stays_possible(
    house: House, asking: Browser
) -> None:
    provider = house.provider()
    context = asking.new_context(permissions=[], viewport={"width": 390, "height": 844})
    context.add_init_script(WATCH)
    ana = Client(context, provider.invite("P07"))
    ana.page.get_by_role("button", name="Allow camera and microphone").click()
    expect(ana.page.get_by_role("main")).to_contain_text("may not use your camera and microphone")
    ana.give_name("Ana")
    ana.press_ready()
    ana.expect_waiting()
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    expect(provider.tile("Ana")).to_be_visible()
    until(
        lambda: ana.page.evaluate("() => document.querySelectorAll('video').length") > 0,
        "a picture",
    )
    context.close()


def test_without_any_device_one_can_still_watch_and_listen(
    house: House, without_devices: Browser
) -> None:
    provider = house.provider()
    context = without_devices.new_context(permissions=["camera", "microphone"])
    context.add_init_script(WATCH)
    ana = Client(context, provider.invite("P07"))
    ana.page.get_by_role("button", name="Allow camera and microphone").click()
    expect(ana.page.get_by_role("main")).to_contain_text(re.compile("no camera|not find", re.I))
    ana.give_name("Ana")
    ana.press_ready()
    ana.expect_waiting()
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    expect_media(ana.page, "she sees and hears the provider")
    context.close()


def test_the_saved_notebook_holds_no_link_no_name_and_no_token(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Canary Name")
    provider.join()
    provider.admit("Canary Name")
    ana.expect_in_session()
    provider.run("session.participants, session.waiting, session.invite('P07'), session.events")
    provider.set_cell(1, "")
    provider.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.sharedModel.setOutputs([])"
    )
    provider.lab.save()
    saved = "".join(p.read_text() for p in house.lab.notebooks.glob("*.ipynb"))
    log = house.lab.log.read_text()
    for secret in ("Canary Name", "resume"):
        assert secret not in saved
        assert secret not in log
    assert house.lab.token not in saved
    assert not re.search(r"/join(\?lang=[\w-]+)?#", log)


def test_unknown_people_and_wrong_phases_get_clear_errors_in_the_cell(house: House) -> None:
    provider = house.provider()
    provider.invite("P07")
    out = provider.run(
        "from telehealth_widget import TelehealthError\n"
        "for act in (lambda: session.admit('Maria Canary'), lambda: session.admit('P07'),\n"
        "            lambda: session.invite('P 07'), lambda: session.on('redy'),\n"
        "            lambda: Session('x', kindd=1), lambda: Session.attach('s_nothing')):\n"
        "    try: act()\n"
        "    except TelehealthError as error: print(error.code, '|', error)"
    )
    for words in (
        "UNKNOWN_PERSON",
        "P07",
        "WRONG_PHASE",
        "BAD_CODE",
        "ready",
        "kindd",
        "UNKNOWN_SESSION",
    ):
        assert words in out, out
    assert "Maria Canary" not in out
