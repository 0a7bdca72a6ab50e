"""Every control of the session room, in real pages: menus, questions, pause, sharing, chat, captions, five people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from .axe import violations
from .conftest import Client, House, Provider, expect_media, live_tracks, received
from .lab import LabServer, chromium, until

pytestmark = pytest.mark.browser

OWN_ITEMS = [
    "Enlarge",
    "Mute",
    "Stop video",
    "Hide self view",
    "Set audio & video",
    "Fullscreen",
]


def menu_of(room: Any, name: str) -> Locator:
    """Open the menu of a tile, by its button."""
    room.get_by_role("button", name=f"More options for {name}", exact=True).click()
    menu: Locator = room.get_by_role("menu")
    expect(menu).to_be_visible()
    return menu


def choose(room: Any, name: str, item: str) -> None:
    menu_of(room, name).get_by_role("menuitem", name=item, exact=True).click()
    expect(room.get_by_role("menu")).to_have_count(0)


def labels(menu: Locator) -> list[str]:
    return menu.get_by_role("menuitem").all_inner_texts()


def together(house: House, **options: Any) -> tuple[Provider, Client]:
    provider = house.provider(options=", share='all'")
    ana = house.client(provider.invite("P07"), **options)
    ana.get_ready("Ana")
    provider.join()
    provider.run("session.admit('P07')")
    ana.expect_in_session()
    expect(provider.tile("Ana")).to_be_visible()
    expect_media(provider.page)
    return provider, ana


HEARD = """
async () => {
  // How loud what arrives is, measured on the track itself, and how many elements play something.
  const context = (window.__context ??= new AudioContext());
  await context.resume();
  const ears = (window.__ears ??= new Map());
  let peak = 0;
  for (const peer of window.__peers.filter((one) => one.connectionState === "connected")) {
    const [{ track }] = peer.getReceivers();
    if (!ears.has(track)) {
      const ear = new AnalyserNode(context, { fftSize: 32768 });
      context.createMediaStreamSource(new MediaStream([track])).connect(ear);
      ears.set(track, ear);
    }
    const samples = new Float32Array(32768);
    ears.get(track).getFloatTimeDomainData(samples);
    peak = Math.max(peak, ...samples.map(Math.abs));
  }
  const playing = [...document.querySelectorAll("audio")]
    .filter((element) => element.srcObject !== null && !element.muted && !element.paused);
  return { peak, playing: playing.length };
}
"""
TAMPER = """
async () => {
  // A modified page: copies of the devices that no mute reaches, in every sender.
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  window.__copies = stream.getTracks();
  window.__tamper = async () => {
    for (const peer of window.__peers) {
      const [audio, video] = peer.getTransceivers();
      await audio?.sender.replaceTrack(stream.getAudioTracks()[0]);
      await video?.sender.replaceTrack(stream.getVideoTracks()[0]);
    }
  };
}
"""


def test_a_provider_mutes_asks_pauses_and_removes_and_the_person_answers(house: House) -> None:
    provider, ana = together(house)
    room = provider.room
    assert labels(menu_of(room, "Ana")) == [
        "Shrink",
        "Mute",
        "Stop video",
        "Fullscreen",
        "Pause",
        "Remove",
    ]
    assert violations(provider.page, ".telehealth-widget") == []
    room.get_by_role("menuitem", name="Mute", exact=True).click()
    expect(ana.tray.get_by_role("button", name="Unmute")).to_be_visible()

    # Muted holds at the receiver, whatever the sender's page does.
    ana.page.evaluate(TAMPER)
    ana.page.evaluate("() => window.__tamper()")
    until(
        lambda: provider.page.evaluate(HEARD)["peak"] > 0.02,
        "the modified page's sound still arrives",
    )
    assert provider.page.evaluate(HEARD)["playing"] == 0, "and is not played"
    expect(provider.tile("Ana")).to_contain_text("muted")

    question = ana.page.get_by_role("alertdialog", name="Your provider asks you to unmute")
    choose(room, "Ana", "Ask to unmute")
    expect(question).to_be_visible()
    assert violations(ana.page) == []
    asked = menu_of(room, "Ana").get_by_role("menuitem", name="Asked to unmute")
    expect(asked).to_have_attribute("aria-disabled", "true")
    provider.page.keyboard.press("Escape")
    question.get_by_role("button", name="Not now").click()
    expect(question).to_have_count(0)
    expect(ana.tray.get_by_role("button", name="Unmute")).to_be_visible()
    choose(room, "Ana", "Ask to unmute")
    question.get_by_role("button", name="Unmute").click()
    expect(ana.tray.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    until(lambda: provider.page.evaluate(HEARD)["playing"] == 1, "she is heard again")

    choose(room, "Ana", "Stop video")
    expect(provider.tile("Ana").locator("video")).to_have_count(0)
    choose(room, "Ana", "Ask to start video")
    video = ana.page.get_by_role("alertdialog", name="Your provider asks you to start your video")
    video.get_by_role("button", name="Start video").click()
    expect(provider.tile("Ana").locator("video")).to_have_count(1)

    choose(room, "Ana", "Pause")
    paused = ana.page.get_by_role("status").filter(
        has_text="Your provider has paused this session and it will resume shortly"
    )
    expect(paused).to_be_visible()
    mine = (
        "() => window.__tracks.filter((track) => !window.__copies.includes(track))"
        ".map((track) => track.readyState)"
    )
    assert set(ana.page.evaluate(mine)) == {"ended"}, "camera and microphone really stopped"
    box = ana.page.get_by_role("region", name="Chat")
    provider.open_attendees()
    expect(room.get_by_text(re.compile("^paused · 0"))).to_be_visible()
    provider.run("session.chat('Back in a minute', to='P07')")
    expect(box.get_by_role("log", name="Messages")).to_contain_text("Back in a minute")
    assert violations(ana.page) == []
    room.get_by_role("button", name="Resume Ana").click()
    ana.expect_in_session()
    expect_media(provider.page, "sound and picture are back")

    provider.close_panels()
    choose(room, "Ana", "Remove")
    sure = provider.page.get_by_role("alertdialog", name="Remove Ana from the session?")
    sure.get_by_role("button", name="Cancel").click()
    expect(provider.tile("Ana")).to_be_visible()
    choose(room, "Ana", "Remove")
    sure.get_by_role("button", name="Remove").click()
    expect(
        ana.page.get_by_role("heading", name="Your part in this session has ended")
    ).to_be_visible()
    expect(provider.tile("Ana")).to_have_count(0)
    out = provider.run("print([row['event'] for row in session.events])")
    for event in ("MediaMuted", "MediaAsked", "AskAnswered", "PersonPaused", "PersonRemoved"):
        assert event in out


def test_a_client_has_every_item_of_her_own_menu_by_keyboard_and_by_touch(house: House) -> None:
    provider, ana = together(house, has_touch=True)
    page = ana.page
    assert labels(menu_of(page, "Dr. Lee")) == ["Shrink", "Fullscreen"]
    page.keyboard.press("Escape")
    button = page.get_by_role("button", name="More options for Ana", exact=True)
    expect(page.get_by_role("button", name="More options for Dr. Lee", exact=True)).to_be_focused()

    button.focus()
    page.keyboard.press("ArrowDown")
    menu = page.get_by_role("menu")
    assert labels(menu) == OWN_ITEMS
    expect(menu.get_by_role("menuitem", name="Enlarge")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("menuitem", name="Fullscreen")).to_be_focused()
    page.keyboard.press("h")
    expect(menu.get_by_role("menuitem", name="Hide self view")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You do not see yourself · camera still on")).to_be_visible()
    expect(page.get_by_role("group", name="Ana (you)", exact=True).locator("video")).to_have_count(
        0
    )
    assert violations(page) == []
    page.get_by_role("button", name="Show self view").tap()
    expect(page.get_by_role("group", name="Ana (you)", exact=True).locator("video")).to_have_count(
        1
    )

    for item, then in (("Mute", "Unmute"), ("Stop video", "Start video")):
        button.tap()
        page.get_by_role("menuitem", name=item, exact=True).tap()
        expect(ana.tray.get_by_role("button", name=then)).to_be_visible()
        button.tap()
        page.get_by_role("menuitem", name=then, exact=True).tap()
        expect(ana.tray.get_by_role("button", name=item, exact=True)).to_be_visible()

    large = page.get_by_role("group", name="Ana (you)", exact=True)
    small = large.bounding_box()
    button.tap()
    page.get_by_role("menuitem", name="Enlarge").tap()
    assert small is not None
    width = small["width"]
    until(lambda: (large.bounding_box() or small)["width"] > 2 * width, "her picture is large")
    large.dblclick(position={"x": 60, "y": 60})
    until(lambda: (large.bounding_box() or small)["width"] < 2 * width, "a double click undoes it")

    button.tap()
    page.get_by_role("menuitem", name="Set audio & video").tap()
    dialog = page.get_by_role("dialog", name="Audio and video")
    expect(dialog.get_by_role("checkbox", name="Noise suppression")).to_be_checked()
    dialog.get_by_role("checkbox", name="Noise suppression").tap()
    dialog.get_by_role("checkbox", name="Low bandwidth").tap()
    until(
        lambda: page.evaluate(
            "() => window.__peers.some((peer) => peer.connectionState === 'connected' && "
            "peer.getSenders().some((s) => s.getParameters().encodings[0]?.maxBitrate === 150000))"
        ),
        "the picture is sent at a low rate",
    )
    assert violations(page) == []
    dialog.get_by_role("button", name="Done").tap()
    expect(button).to_be_focused()

    menu_of(page, "Dr. Lee").get_by_role("menuitem", name="Fullscreen").tap()
    expect(page.get_by_role("group", name="Ana (you)", exact=True)).to_have_count(0)
    choose(page, "Dr. Lee", "Exit fullscreen")
    expect(page.get_by_role("group", name="Ana (you)", exact=True)).to_be_visible()

    for panel in ("Attendees", "Chat"):
        ana.tray.get_by_role("button", name=re.compile(f"^{panel}")).tap()
        expect(page.get_by_role("region", name=panel)).to_be_visible()
        assert violations(page) == []
        page.get_by_role("region", name=panel).get_by_role("button", name="Close").tap()
        expect(ana.tray.get_by_role("button", name=re.compile(f"^{panel}"))).to_be_focused()

    # 400 % zoom of a 1280 × 1024 window: nothing to scroll sideways, every item in reach.
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    menu_of(page, "Ana").get_by_role("menuitem", name="Fullscreen").click()
    assert ana.errors == []


def share(page: Page, tray: Any) -> None:
    tray.get_by_role("button", name="Share screen").click()
    page.get_by_role("alertdialog", name="Share your screen?").get_by_role(
        "button", name="Share", exact=True
    ).click()


def test_a_screen_is_shared_after_two_questions_and_stopped_by_whoever_may(house: House) -> None:
    provider, ana = together(house, viewport={"width": 900, "height": 700})
    page = ana.page
    tray = provider.room.get_by_role("toolbar", name="Action tray")
    ana.tray.get_by_role("button", name="Share screen").click()
    warning = page.get_by_role("alertdialog", name="Share your screen?")
    expect(warning).to_contain_text("identifies anyone")
    assert violations(page) == []
    warning.get_by_role("button", name="Cancel").click()
    expect(ana.tray.get_by_role("button", name="Share screen")).to_be_focused()

    share(page, ana.tray)
    # The fake picker answers with a whole monitor: nobody sees it before a second yes.
    whole = page.get_by_role("alertdialog", name="Share your whole screen?")
    expect(whole).to_be_visible()
    assert violations(page) == []
    expect(provider.tile("Ana's screen")).to_have_count(0)
    whole.get_by_role("button", name="Share whole screen").click()
    expect(ana.tray.get_by_role("button", name="Stop sharing")).to_be_visible()
    screen = provider.tile("Ana's screen").locator("video")
    expect(screen).to_be_visible()
    until(
        lambda: screen.evaluate("(video) => video.videoWidth > 640 && video.currentTime > 0"),
        "the screen is seen, in its own size",
    )
    own = page.get_by_role("group", name="Your screen").locator("video")
    assert "mirrored" not in (own.get_attribute("class") or "")

    # A provider takes over: hers ends, and she is told.
    share(provider.page, tray)
    provider.page.get_by_role("alertdialog", name="Share your whole screen?").get_by_role(
        "button", name="Share whole screen"
    ).click()
    expect(page.get_by_role("group", name="Dr. Lee's screen")).to_be_visible()
    expect(page.get_by_text("Your screen is no longer shared")).to_be_visible()
    expect(ana.tray.get_by_role("button", name="Share screen")).to_be_visible()
    ana.tray.get_by_role("button", name="Share screen").click()
    expect(warning).to_contain_text("Dr. Lee is sharing a screen")
    expect(warning.get_by_role("button", name="Share", exact=True)).to_be_disabled()
    page.keyboard.press("Escape")
    tray.get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_role("group", name="Dr. Lee's screen")).to_have_count(0)

    # The browser's own bar, a provider, and a picker that is closed.
    share(page, ana.tray)
    whole.get_by_role("button", name="Share whole screen").click()
    expect(provider.tile("Ana's screen")).to_be_visible()
    choose(provider.room, "Ana's screen", "Stop sharing")
    expect(ana.tray.get_by_role("button", name="Share screen")).to_be_visible()
    page.evaluate(
        "() => { navigator.mediaDevices.getDisplayMedia = async () => "
        "{ throw new DOMException('Permission denied', 'NotAllowedError'); }; }"
    )
    share(page, ana.tray)
    expect(ana.tray.get_by_role("button", name="Share screen")).to_be_focused()
    trouble = page.get_by_role("alert").filter(has_text=re.compile("screen", re.I))
    expect(trouble).to_have_count(0)
    provider.run("session.chat('words', to='everyone')")
    assert ana.errors == []


def arrives(
    house: House, provider: Provider, code: str, name: str, role: str, *, camera: bool = True
) -> Client:
    out = provider.run(f"print(session.invite({code!r}, role={role!r}).url)")
    found = re.search(r"https?://[^\"\\]+#[\w-]+", out)
    assert found, out
    made = house.client(found.group(0), viewport={"width": 800, "height": 600})
    made.allow_devices()
    if not camera:
        made.page.get_by_role("button", name="Stop video").click()
    made.give_name(name)
    made.press_ready()
    made.expect_waiting()
    return made


@pytest.fixture
def calm_house(playwright: Playwright, lab: LabServer) -> Iterator[House]:
    """Cameras of few pictures a second: five pages that each send to four share two cores."""
    running = chromium(playwright, "--use-fake-device-for-media-stream=fps=5")
    made = House(running, lab)
    yield made
    made.close()
    running.close()


@pytest.mark.timeout(300)
def test_five_people_see_hear_write_and_pause(calm_house: House) -> None:
    house = calm_house
    provider = house.provider(options=", kind='group', names='initials', chat='keep'")
    second = arrives(house, provider, "T2", "Dr. Two", "provider")
    ana, ben, eve = (
        arrives(house, provider, code, name, "client", camera=camera)
        for code, name, camera in (
            ("P07", "Ana Ruiz", True),
            ("P08", "Ben Kay", False),
            ("P09", "Eve Low", False),
        )
    )
    provider.join()
    provider.run("session.admit_all()")
    people = (second, ana, ben, eve)
    for person in people:
        person.expect_in_session()
    for person in people:
        expect(
            person.page.get_by_role("button", name=re.compile("^More options for"))
        ).to_have_count(5)
    for person in (ana, eve):
        until(lambda p=person: received(p.page)["peers"] == 4, "four peers each")
        expect_media(person.page)
    # Many pictures on two cores leave little for anything else: from here on one shows hers.
    second.tray.get_by_role("button", name="Stop video").click()
    provider.room.get_by_role("button", name="Stop video").click()
    for name in ("B. K.", "E. L."):
        tile = ana.page.get_by_role("group", name=name, exact=True)
        expect(tile).to_contain_text("camera off")
    assert "Ben" not in ana.page.content()

    # Chat: the notice, the choice of readers, an unread badge, and how far a message got.
    ana.tray.get_by_role("button", name=re.compile("^Chat")).click()
    chat = ana.page.get_by_role("region", name="Chat")
    expect(chat).to_contain_text("Everyone in the session reads this.")
    expect(chat).to_contain_text("kept in the session's record")
    chat.get_by_role("textbox", name="Message").fill("Good morning")
    chat.get_by_role("button", name="Send").click()
    expect(chat.get_by_role("log", name="Messages")).to_contain_text("Delivered")
    expect(ben.tray.get_by_role("button", name="Chat")).to_have_accessible_description("1 new")
    second.tray.get_by_role("button", name=re.compile("^Chat")).click()
    staff = second.page.get_by_role("region", name="Chat")
    staff.get_by_role("combobox", name="Send to").select_option("staff")
    staff.get_by_role("textbox", name="Message").fill("A word between us")
    staff.get_by_role("textbox", name="Message").press("Enter")
    provider.room.get_by_role("button", name=re.compile("^Chat")).click()
    expect(provider.room.get_by_role("log", name="Messages")).to_contain_text("A word between us")
    assert "A word between us" not in ana.page.content() + ben.page.content()

    # A caption by a member of staff, and the speaker view.
    second.page.get_by_role("button", name="Captions").click()
    second.page.get_by_role("combobox", name="Whose words").select_option(label="Ana Ruiz")
    second.page.get_by_role("textbox", name="Caption").fill("I slept well")
    second.page.get_by_role("button", name="Send caption").click()
    expect(ben.page.get_by_role("group", name="Captions")).to_contain_text("I slept well")
    expect(ben.page.get_by_role("group", name="Captions")).to_contain_text("A. R.")
    eve.page.get_by_role("button", name="Speaker view").click()
    expect(eve.page.get_by_role("button", name="Speaker view")).to_have_attribute(
        "aria-pressed", "true"
    )

    # Everybody is paused and comes back; one is sent back to the waiting room.
    second.tray.get_by_role("button", name=re.compile("^Attendees")).click()
    panel = second.page.get_by_role("region", name="Attendees")
    panel.get_by_role("button", name="Connection quality").click()
    expect(panel.get_by_text(re.compile("(good|fair|poor) connection")).first).to_be_visible()
    assert violations(second.page) == []
    panel.get_by_role("button", name="Pause all").click()
    for person in (ana, ben, eve):
        expect(person.page.get_by_role("status").filter(has_text="paused")).to_be_visible()
        until(lambda p=person: live_tracks(p.page) == 0, "camera and microphone are off")
    expect(second.page.get_by_text("3 people paused")).to_be_visible()
    panel.get_by_role("button", name="Resume all").click()
    for person in (ana, ben, eve):
        person.expect_in_session()
    expect_media(second.page, "and she is seen and heard again")
    panel.get_by_role("button", name="Send back Eve Low").click()
    eve.expect_waiting()
    until(lambda: live_tracks(eve.page) == 0, "her microphone is off")
    for person in people:
        assert person.errors == []
