"""The waiting room: a place in the queue, words from the provider, sound, devices, language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from .axe import violations
from .conftest import WATCH, Client, House, expect_media, live_tracks
from .lab import chromium, until

pytestmark = pytest.mark.browser

TONES = """
(() => {
  window.__tones = 0;
  const Original = window.OscillatorNode;
  window.OscillatorNode = class extends Original {
    constructor(...all) { super(...all); window.__tones++; }
  };
})()
"""
"""Counts the notes that the page plays."""


def tones(page: Page) -> int:
    return int(page.evaluate("() => window.__tones"))


@pytest.fixture(scope="module")
def three_cameras(playwright: Playwright) -> Iterator[Browser]:
    running = chromium(playwright, "--use-fake-device-for-media-stream=device-count=3")
    yield running
    running.close()


def outlook(client: Client) -> str:
    return client.page.get_by_role("main").inner_text()


def test_four_clients_have_a_place_a_card_and_no_word_about_each_other(house: House) -> None:
    provider = house.provider(options=", kind='group', show_place=True, names='initials'")
    names = ["Anahit", "Bolanle", "Cleofé", "Dimitri"]
    clients = [house.client(provider.invite(f"P0{n}")) for n in range(4)]
    for client, name in zip(clients, names, strict=True):
        client.allow_devices()
        client.give_name(name)
    for client in clients:
        client.press_ready()
        client.expect_waiting()
    queue = provider.room.get_by_role("list", name="Waiting room").get_by_role("listitem")
    expect(queue).to_have_count(4)
    for name in names:
        card = queue.filter(has_text=name)
        expect(card.get_by_role("button", name=f"Admit {name}")).to_be_visible()
        expect(card).to_contain_text("camera ok")
        expect(card).to_contain_text("Identity not verified")
    for place, client in enumerate(clients):
        words = "You are next" if place == 0 else f"You are number {place + 1} in line"
        expect(client.page.get_by_role("status").filter(has_text=words)).to_be_visible()
        seen = client.page.content()
        assert not [x for x in names if x != names[place] and x in seen]
        assert not [f"P0{n}" for n in range(4) if f"P0{n}" in seen]
    assert violations(clients[1].page) == []
    provider.room.get_by_role("button", name="Admit Bolanle").click()
    expect(
        clients[2].page.get_by_role("status").filter(has_text="You are number 2 in line")
    ).to_be_visible()
    clients[3].page.reload()
    clients[3].expect_waiting()
    expect(
        clients[3].page.get_by_role("status").filter(has_text="You are number 3 in line")
    ).to_be_visible()


def test_without_the_policy_nobody_learns_a_place(house: House) -> None:
    provider = house.provider(options=", kind='group'")
    clients = [house.client(provider.invite(f"P0{n}")) for n in range(2)]
    for client, name in zip(clients, ("Ana", "Bo"), strict=True):
        client.get_ready(name)
        assert "in line" not in outlook(client)
        assert "You are next" not in outlook(client)


def test_a_provider_says_when_and_marks_an_identity(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    provider.open_attendees()
    provider.room.get_by_role("combobox", name="Tell everyone who waits").select_option(
        "in 5 minutes"
    )
    provider.room.get_by_role("button", name="Tell", exact=True).click()
    expect(ana.page.get_by_role("status").filter(has_text="in about 5 minutes")).to_be_visible()
    ana.page.reload()
    expect(ana.page.get_by_role("status").filter(has_text=re.compile("in about"))).to_be_visible()
    provider.run("session.say_when(None)")
    expect(ana.page.get_by_text(re.compile("in about"))).to_have_count(0)
    provider.room.get_by_role("button", name="Mark as verified: Ana").click()
    expect(provider.room.get_by_text("Identity verified")).to_be_visible()
    assert "erified" not in outlook(ana)
    assert violations(provider.page, ".telehealth-widget") == []


def test_the_provider_hears_who_is_ready_unless_the_sound_is_off(house: House) -> None:
    context = house.context()
    context.add_init_script(TONES)
    provider = house.provider(context=context)
    ana = house.client(provider.invite("P07"))
    provider.join()
    assert tones(provider.page) == 0
    ana.get_ready("Ana")
    until(lambda: tones(provider.page) == 2, "two notes for Ana")
    badge = provider.room.get_by_role("button", name=re.compile("^Attendees"))
    expect(badge).to_have_accessible_description(re.compile("1.*waiting"))
    provider.admit("Ana")
    ana.expect_in_session()
    expect(badge).to_have_accessible_description("")
    provider.room.get_by_role("checkbox", name="Sound when someone is ready").uncheck()
    bo = house.client(provider.invite("P08"))
    bo.get_ready("Bo")
    expect(provider.room.get_by_role("button", name="Admit Bo")).to_be_visible()
    provider.room.get_by_role("checkbox", name="Sound when someone is ready").check()
    house.client(provider.invite("P09")).get_ready("Cy")
    until(lambda: tones(provider.page) >= 4, "two notes for Cy")
    assert tones(provider.page) == 4, "and none for Bo"


def test_another_camera_in_the_session_keeps_the_call(house: House, three_cameras: Browser) -> None:
    provider = house.provider()
    context = three_cameras.new_context(
        permissions=["camera", "microphone"], viewport={"width": 390, "height": 844}
    )
    context.add_init_script(WATCH)
    context.add_init_script(TONES)
    try:
        ana = Client(context, provider.invite("P07"))
        ana.get_ready("Ana")
        opener = ana.page.get_by_role("button", name="Set audio & video")
        opener.click()
        dialog = ana.page.get_by_role("dialog", name="Audio and video")
        expect(dialog.get_by_role("combobox", name="Camera").locator("option")).to_have_count(3)
        expect(
            dialog.get_by_role("group", name=re.compile("picture|preview", re.I))
        ).to_be_visible()
        dialog.get_by_role("button", name="Play test tone").click()
        expect(dialog.get_by_text("Did you hear it?")).to_be_visible()
        assert tones(ana.page) == 3
        assert violations(ana.page) == []
        ana.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(opener).to_be_focused()
        until(
            lambda: ana.page.evaluate(
                "() => window.__tracks.every((t) => t.readyState === 'ended')"
            ),
            "nothing is held while waiting",
        )
        provider.join()
        provider.admit("Ana")
        ana.expect_in_session()
        expect_media(provider.page)
        opener.click()
        camera = dialog.get_by_role("combobox", name="Camera")
        chosen = camera.locator("option").nth(2).inner_text()
        camera.select_option(chosen)
        until(
            lambda: (
                chosen
                in ana.page.evaluate(
                    "() => window.__tracks.filter((t) => t.readyState === 'live').map((t) => t.label)"
                )
            ),
            "the other camera is on",
        )
        dialog.get_by_role("button", name="Done").click()
        expect_media(provider.page, "the picture of the other camera arrives")
        ana.page.reload()
        ana.expect_in_session()
        until(
            lambda: (
                chosen
                in ana.page.evaluate(
                    "() => window.__tracks.filter((t) => t.readyState === 'live').map((t) => t.label)"
                )
            ),
            "the chosen camera is remembered",
        )
    finally:
        context.close()


def test_a_microphone_that_the_system_takes_comes_back_or_is_named(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")
    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    expect_media(provider.page)
    ends = """() => { const t = window.__tracks.filter((t) => t.kind === 'audio' && t.readyState === 'live').at(-1);
        t.stop(); t.dispatchEvent(new Event('ended')); }"""
    ana.page.evaluate(ends)
    expect(ana.tray.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    expect_media(provider.page, "the microphone came back by itself")
    ana.page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException('none', 'NotFoundError'); }; }"""
    )
    until(
        lambda: ana.page.evaluate(
            "() => window.__tracks.some((t) => t.kind === 'audio' && t.readyState === 'live')"
        ),
        "a live microphone",
    )
    ana.page.clock.install()
    ana.page.evaluate(ends)
    expect(ana.page.get_by_role("alert")).to_contain_text("microphone")
    expect(ana.tray.get_by_role("button", name="Unmute", exact=True)).to_be_visible()


def test_plugging_and_unplugging_get_a_word(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.allow_devices()
    ana.page.evaluate(
        """() => {
          const own = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
          window.__more = [{ kind: 'videoinput', deviceId: 'usb', label: 'USB camera' }];
          navigator.mediaDevices.enumerateDevices = async () => [...await own(), ...window.__more];
          navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
        }"""
    )
    expect(
        ana.page.get_by_role("status").filter(has_text="USB camera is available now")
    ).to_be_visible()
    ana.page.evaluate(
        "() => { window.__more = []; navigator.mediaDevices.dispatchEvent(new Event('devicechange')); }"
    )
    expect(
        ana.page.get_by_role("status").filter(has_text="USB camera was unplugged")
    ).to_be_visible()


def test_spanish_from_the_link_to_the_end(house: House) -> None:
    provider = house.provider()
    provider.run("session.invite('P07', language='es')")
    url = provider.invite("P07")
    ana = house.client(url)
    page = ana.page
    expect(page.get_by_role("heading", name="Sala de espera")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert violations(page) == []
    page.get_by_role("button", name=re.compile("Permitir")).click()
    page.get_by_role("textbox", name=re.compile("nombre", re.I)).fill("Ana")
    page.get_by_role("button", name=re.compile("list", re.I)).click()
    expect(page.get_by_role("status").filter(has_text="En espera de que")).to_be_visible()
    assert violations(page) == []
    provider.join()
    provider.admit("Ana")
    expect(page.get_by_role("toolbar")).to_be_visible()
    expect_media(page)
    english = re.compile(r"\b(Mute|Leave|Chat with|Stop video|Attendees|Waiting|Session)\b")
    assert not english.search(page.get_by_role("main").inner_text())
    provider.run("session.end()")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert not english.search(page.get_by_role("alertdialog").inner_text())


def test_permission_given_later_opens_the_preview_without_a_reload(
    house: House, playwright: Playwright
) -> None:
    asking = chromium(playwright, asks=True)
    try:
        context = asking.new_context(permissions=[], viewport={"width": 390, "height": 844})
        context.add_init_script(WATCH)
        ana = Client(context, house.provider().invite("P07"))
        ana.page.get_by_role("button", name="Allow camera and microphone").click()
        alert = ana.page.get_by_role("alert")
        expect(alert).to_contain_text("may not use your camera and microphone")
        expect(alert.get_by_role("listitem").first).to_be_visible()
        assert violations(ana.page) == []
        context.grant_permissions(["camera", "microphone"])
        expect(ana.page.get_by_role("combobox", name="Camera")).to_be_visible()
        expect(alert.get_by_text("may not use")).to_have_count(0)
        ana.give_name("Ana")
        ana.press_ready()
        ana.expect_waiting()
    finally:
        asking.close()


IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1"
)
MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4.1 Safari/605.1.15"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/123.0.0.0 Mobile Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "reactions"),
    [(IPHONE, "Control Center"), (MAC, "menu bar"), (ANDROID, None)],
    ids=["iphone", "mac", "android"],
)
def test_advice_about_reactions_fits_the_system_and_goes_for_good(
    house: House, agent: str, reactions: str | None
) -> None:
    ana = house.client(house.provider().invite("P07"), user_agent=agent)
    ana.allow_devices()
    advice = ana.page.get_by_role("region", name=re.compile("reactions", re.I))
    if reactions is None:
        expect(advice).to_have_count(0)
        return
    expect(advice).to_contain_text(reactions)
    assert violations(ana.page) == []
    advice.get_by_role("button", name="Got it").click()
    expect(advice).to_have_count(0)
    ana.page.reload()
    ana.allow_devices()
    expect(advice).to_have_count(0)
    ana.give_name("Ana")
    ana.press_ready()
    ana.page.get_by_role("button", name="Set audio & video").click()
    expect(advice).to_contain_text(reactions)


def test_a_client_tests_the_connection_and_the_provider_sees_the_verdict(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.allow_devices()
    ana.give_name("Ana")
    region = ana.page.get_by_role("region", name="Connection test")
    region.get_by_role("button", name="Test my connection").click()
    expect(region.get_by_role("status")).to_contain_text("Measuring")
    verdict = region.get_by_role("status").filter(
        has_text=re.compile("(Good|Fair|Poor) connection")
    )
    expect(verdict).to_be_visible()
    assert violations(ana.page) == []
    ana.page.get_by_role("button", name="Play test tone").click()
    ana.page.get_by_role("button", name="Yes", exact=True).click()
    expect(ana.page.get_by_text("Your speaker works.")).to_be_visible()
    ana.press_ready()
    ana.expect_waiting()
    card = provider.room.get_by_role("list", name="Waiting room").get_by_role("listitem")
    expect(card).to_contain_text(re.compile("Connection (good|fair|poor)"))
    assert violations(provider.page, ".telehealth-widget") == []
    told = provider.run("print(session.waiting, session.events.rows()[-2:])")
    assert re.search(r"P07 waiting \(connection (good|fair|poor)\)", told)
    tested = provider.run(
        "print([row['details'] for row in session.events.rows() if row['event'] == 'ConnectionTested'])"
    )
    assert "'route': 'direct'" in tested
    assert "'speaker_heard': True" in tested
    assert not ana.errors, ana.errors


def test_the_connection_is_tested_in_the_session_and_by_the_provider(house: House) -> None:
    provider = house.provider()
    ana = house.client(provider.invite("P07"))
    ana.get_ready("Ana")

    # Before joining, too: what is chosen there holds no camera afterwards.
    provider.room.get_by_role("button", name="Set audio & video").click()
    dialog = provider.page.get_by_role("dialog", name="Audio and video")
    expect(dialog.get_by_role("radiogroup", name="Virtual background")).to_be_visible()
    assert violations(provider.page, ".telehealth-widget") == []
    dialog.get_by_role("button", name="Done").click()
    until(lambda: live_tracks(provider.page) == 0, "camera and microphone are let go")

    provider.join()
    provider.admit("Ana")
    ana.expect_in_session()
    for page, root in ((ana.page, ana.page), (provider.page, provider.room)):
        root.get_by_role("button", name="Set audio & video").first.click()
        dialog = page.get_by_role("dialog", name="Audio and video")
        region = dialog.get_by_role("region", name="Connection test")
        region.get_by_role("button", name="Test my connection").click()
        expect(
            region.get_by_role("status").filter(has_text=re.compile("(Good|Fair|Poor) connection"))
        ).to_be_visible()
        dialog.get_by_role("button", name="Done").click()
        expect_media(page)
