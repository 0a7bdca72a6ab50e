"""A first visit: the question for camera and microphone is there before the room's code, and is asked once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Playwright, Route, WebSocketRoute, expect

from .axe import violations
from .conftest import WATCH, Client, House, live_tracks
from .lab import chromium, until

pytestmark = pytest.mark.browser

ASKED = """
(() => {
  window.__asked = 0;
  const media = navigator.mediaDevices;
  const real = media.getUserMedia.bind(media);
  media.getUserMedia = (...all) => { window.__asked++; return real(...all); };
})()
"""
"""Counts how often the browser is asked for a device."""

UNANSWERED = """
(() => {
  const media = navigator.mediaDevices;
  const real = media.getUserMedia.bind(media);
  const answered = new Promise((resolve) => { window.__answer = resolve; });
  media.getUserMedia = async (...all) => { await answered; return real(...all); };
})()
"""
"""The browser's question stays open until `__answer`."""


def asked(client: Client) -> int:
    return int(client.page.evaluate("() => window.__asked"))


def opened(client: Client) -> int:
    return int(client.page.evaluate("() => window.__tracks.length"))


@contextmanager
def arriving(house: House, url: str, **options: Any) -> Iterator[tuple[Client, Any]]:
    """A page whose room's code is held up until the returned function is called."""
    context = house.context(**{"viewport": {"width": 390, "height": 844}} | options)
    context.add_init_script(ASKED)
    held: list[Route] = []
    free = False

    def hold(route: Route) -> None:
        if free:
            route.continue_()
        else:
            held.append(route)

    def let_come() -> None:
        nonlocal free
        free = True
        for route in held:
            route.continue_()
        held.clear()

    context.route("**/assets/guest.js", hold)
    yield Client(context, url), let_come
    let_come()


def test_who_comes_first_sees_themselves_before_the_room_is_there_and_is_asked_once(
    house: House,
) -> None:
    url = house.provider().invite("P07")
    with arriving(house, url) as (ana, let_come):
        allow = ana.page.get_by_role("button", name="Allow camera and microphone")
        expect(allow).to_be_visible()
        assert violations(ana.page) == []
        assert ana.page.get_by_role("button", name="I'm Ready").count() == 0
        allow.click()
        until(
            lambda: ana.page.evaluate(
                "() => [...document.querySelectorAll('video')].some((v) => v.readyState > 1)"
            ),
            "the own picture",
        )
        expect(ana.page.get_by_role("status").filter(has_text="on its way")).to_be_visible()
        assert violations(ana.page) == []
        let_come()
        expect(ana.page.get_by_role("combobox", name="Camera")).to_be_visible()
        expect(ana.page.locator("main")).to_have_count(1)
        assert (asked(ana), live_tracks(ana.page)) == (1, 2)
        ana.give_name("Ana")
        ana.press_ready()
        ana.expect_waiting()
        until(lambda: live_tracks(ana.page) == 0, "camera and microphone are released")
        assert url.split("#")[1] not in ana.page.url
        assert ana.errors == []


def test_while_the_browser_still_asks_the_room_goes_on_and_takes_the_answer(
    house: House, playwright: Playwright
) -> None:
    url = house.provider().invite("P07")
    asking = chromium(playwright, asks=True)
    try:
        context = asking.new_context(permissions=[], viewport={"width": 390, "height": 844})
        context.add_init_script(WATCH)
        context.add_init_script(ASKED)
        context.add_init_script(UNANSWERED)
        ana = Client(context, url)
        ana.page.get_by_role("button", name="Allow camera and microphone").click()
        # Nobody answers, and still there is a name to type and a way on.
        ana.give_name("Ana")
        expect(ana.page.get_by_role("status").filter(has_text="is asking")).to_be_visible()
        assert violations(ana.page) == []
        ana.page.evaluate("() => window.__answer()")
        alert = ana.page.get_by_role("alert")
        expect(alert).to_contain_text("may not use your camera and microphone")
        expect(ana.page.get_by_role("textbox", name="Your name")).to_have_value("Ana")
        expect(ana.page.locator("main")).to_have_count(1)
        assert asked(ana) == 1
    finally:
        asking.close()


def test_an_answer_that_comes_after_the_room_is_shown_there(house: House) -> None:
    context = house.context(viewport={"width": 390, "height": 844})
    context.add_init_script(ASKED)
    context.add_init_script(UNANSWERED)
    ana = Client(context, house.provider().invite("P07"))
    ana.page.get_by_role("button", name="Allow camera and microphone").click()
    ana.give_name("Ana")
    ana.page.evaluate("() => window.__answer()")
    expect(ana.page.get_by_role("combobox", name="Camera")).to_be_visible()
    expect(ana.page.locator("main")).to_have_count(1)
    assert (asked(ana), live_tracks(ana.page)) == (1, 2)
    assert violations(ana.page) == []


def test_what_was_opened_for_a_link_that_leads_nowhere_is_let_go(house: House) -> None:
    with arriving(house, f"{house.lab.guest_url}/join#{'x' * 43}") as (ana, let_come):
        ana.page.get_by_role("button", name="Allow camera and microphone").click()
        until(lambda: opened(ana) == 2, "camera and microphone are open")
        let_come()
        expect(ana.page.get_by_role("main")).to_contain_text("link is not valid")
        until(lambda: live_tracks(ana.page) == 0, "both are released")


def test_the_link_of_a_spanish_invitation_speaks_spanish_from_the_first_word(house: House) -> None:
    provider = house.provider()
    provider.set_cell(1, "print(session.invite('P07', language='es').url)")
    provider.lab.run_cell(1)
    url = provider.link_in(1)
    assert "?lang=es#" in url
    with arriving(house, url, locale="en-US") as (ana, let_come):
        expect(ana.page.get_by_role("button", name="Permitir cámara y micrófono")).to_be_visible()
        expect(ana.page).to_have_title("Sesión")
        let_come()
        expect(ana.page.get_by_role("button", name="Todo listo")).to_be_visible()
        expect(ana.page.locator("html")).to_have_attribute("lang", "es")
        assert violations(ana.page) == []


def test_a_later_visit_waits_for_the_room_and_what_it_remembers(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.allow_devices()
    ana.page.get_by_role("radio", name="Blur", exact=True).check()
    url = provider.invite("P08")
    page = ana.context.new_page()
    held: list[Route] = []
    page.route("**/assets/guest.js", lambda route: held.append(route))
    page.goto(url)
    until(lambda: page.evaluate("() => true") and held, "the room's code is asked for")
    assert page.get_by_role("button").count() == 0
    held[0].continue_()
    expect(page.get_by_role("button", name="Allow camera and microphone")).to_be_visible()


def test_a_reload_while_the_room_is_on_its_way_needs_no_link(house: House) -> None:
    url = house.provider().invite("P07")
    with arriving(house, url) as (ana, let_come):
        allow = ana.page.get_by_role("button", name="Allow camera and microphone")
        expect(allow).to_be_visible()
        assert ana.page.url == url.split("#")[0]
        ana.page.reload()
        expect(allow).to_be_visible()
        let_come()
        expect(ana.page.get_by_role("button", name="I'm Ready")).to_be_visible()
        kept = ana.page.evaluate("() => JSON.stringify([sessionStorage, localStorage])")
        assert url.split("#")[1] not in kept


def test_another_link_at_the_door_takes_over_and_lets_go_of_what_was_opened(house: House) -> None:
    provider = house.provider()
    good, url = provider.invite("P07"), f"{house.lab.guest_url}/join#{'x' * 43}"
    context = house.context(viewport={"width": 390, "height": 844})
    context.add_init_script(ASKED)
    context.add_init_script(UNANSWERED)
    # The server does not answer: the door stays in front.
    context.route_web_socket("**/socket", lambda socket: None)
    ana = Client(context, url)
    ana.page.get_by_role("button", name="Allow camera and microphone").click()
    expect(ana.page.locator("#room.behind")).to_have_count(1)
    ana.page.evaluate("(hash) => { location.hash = hash; }", good.split("#")[1])
    expect(ana.page.locator("#room.behind")).to_have_count(0)
    ana.page.evaluate("() => window.__answer()")
    until(lambda: opened(ana) == 2, "camera and microphone are open")
    until(lambda: live_tracks(ana.page) == 0, "both are released")
    expect(ana.page.locator("main")).to_have_count(1)


def test_what_was_allowed_waits_for_a_server_that_is_away(house: House) -> None:
    url = house.provider().invite("P07")
    context = house.context(viewport={"width": 390, "height": 844})
    context.add_init_script(ASKED)
    first = True

    def refuse_once(socket: WebSocketRoute) -> None:
        nonlocal first
        if first:
            first = False
            socket.close(code=1011)
        else:
            socket.connect_to_server()

    context.route_web_socket("**/socket", refuse_once)
    ana = Client(context, url)
    ana.page.get_by_role("button", name="Allow camera and microphone").click()
    expect(ana.page.get_by_role("combobox", name="Camera")).to_be_visible()
    assert not first
    assert (asked(ana), live_tracks(ana.page)) == (1, 2)


def test_a_room_that_does_not_come_is_said_and_the_page_can_be_loaded_again(house: House) -> None:
    url = house.provider().invite("P07")
    context = house.context(viewport={"width": 390, "height": 844})
    context.route("**/assets/guest.js", lambda route: route.abort())
    page = Client(context, url).page
    page.get_by_role("button", name="Allow camera and microphone").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("did not arrive")
    until(lambda: live_tracks(page) == 0, "camera and microphone are released")
    assert violations(page) == []
    context.unroute("**/assets/guest.js")
    page.get_by_role("button", name="Load again").click()
    expect(page.get_by_role("button", name="I'm Ready")).to_be_visible()


def test_a_room_that_does_not_come_at_first_comes_later(house: House) -> None:
    url = house.provider().invite("P07")
    context = house.context(viewport={"width": 390, "height": 844})
    failed = 0

    def fail_first(route: Route) -> None:
        nonlocal failed
        failed += 1
        if failed <= 2:
            route.abort()
        else:
            route.continue_()

    context.route("**/assets/guest.js", fail_first)
    ana = Client(context, url)
    until(lambda: ana.page.evaluate("() => true") and failed >= 2, "it failed")
    expect(ana.page.get_by_role("button", name="I'm Ready")).to_be_visible()
