"""The virtual background: what the other side receives, what is loaded when, and every way in which it can fail."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, Page, Playwright, Route, expect

from .axe import violations
from .conftest import WATCH, Client, House, Provider
from .faces import client_face
from .lab import chromium, until
from .received import FACE, SAMPLE, WATCH_FRAMES, Frame, count, frames, room_camera, room_with_face

pytestmark = pytest.mark.browser

EFFECT = "/assets/background/"


@pytest.fixture(scope="module")
def facing(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera shows a face before a chequered wall."""
    camera = room_camera(client_face(), tmp_path_factory.mktemp("camera") / "room.mjpeg")
    running = chromium(playwright, f"--use-file-for-fake-video-capture={camera}")
    yield running
    running.close()


class Scene:
    """A provider who counts every frame, and a client with a face and a room."""

    def __init__(self, house: House, facing: Browser) -> None:
        self.house = house
        context = house.context()
        context.add_init_script(WATCH_FRAMES)
        self.provider = house.provider(context=context)
        self.context = facing.new_context(
            permissions=["camera", "microphone"], viewport={"width": 1280, "height": 900}
        )
        self.context.add_init_script(WATCH)
        self.asked: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))

    def open(self) -> Client:
        self.client = Client(self.context, self.provider.invite("P07"))
        self.client.allow_devices()
        expect(choices(self.client.page)).to_be_visible()
        return self.client

    def go_in(self) -> None:
        """The provider joins and admits."""
        self.client.give_name("Ana")
        self.client.press_ready()
        self.client.expect_waiting()
        self.provider.join()
        self.provider.admit("Ana")
        self.client.expect_in_session()

    @property
    def seen(self) -> Page:
        return self.provider.page

    def until_seen(self, fits: Any, what: str, timeout_s: float = 40) -> Frame:
        """Until the newest received frame fits."""

        def newest() -> Frame | None:
            last = frames(self.seen, max(0, count(self.seen) - 1))
            return last[-1] if last and fits(last[-1]) else None

        found: Frame = until(newest, what, timeout_s)
        return found

    def until_more(self, before: int, what: str, frames: int = 10) -> None:
        """Until so many more frames were received; the effect has not given up meanwhile."""

        def more() -> bool:
            given_up = self.client.page.get_by_text("Nobody sees your room")
            assert given_up.count() == 0, given_up.first.inner_text()
            return count(self.seen) >= before + frames

        until(more, f"{frames} frames {what}", 60)

    def loaded(self) -> list[str]:
        return [url for url in self.asked if EFFECT in url and not url.endswith("-small.jpg")]


@pytest.fixture
def scene(house: House, facing: Browser) -> Iterator[Scene]:
    made = Scene(house, facing)
    yield made
    made.context.close()


def choices(page: Page) -> Any:
    return page.get_by_role("radiogroup", name="Virtual background")


def choose(page: Page, name: str) -> None:
    choices(page).get_by_role("radio", name=name, exact=True).check()


def composed(page: Page) -> None:
    """The effect is past its first frame."""
    expect(page.get_by_text("Preparing your background")).to_have_count(0, timeout=40_000)


def open_dialog(client: Client) -> None:
    client.page.get_by_role("button", name="Set audio & video").click()
    expect(client.page.get_by_role("dialog", name="Audio and video")).to_be_visible()


def kept_face(frame: Frame) -> bool:
    """The middle of the face has the colour that the camera gave it."""
    mean = ImageStat.Stat(room_with_face(client_face()).resize(SAMPLE).crop(FACE)).mean
    return all(abs(a - b) < 30 for a, b in zip(frame.face.mean, mean, strict=True))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def expect_stopped(page: Page, words: str) -> None:
    """The notice with its three ways on, and no picture of oneself."""
    alert = page.get_by_role("alert").filter(has_text=words).first
    expect(alert).to_be_visible(timeout=60_000)
    expect(alert).to_contain_text("Nobody sees your room")
    for name in ("Try again", "Keep my camera off", "Show me without a background"):
        expect(alert.get_by_role("button", name=name)).to_be_visible()
    expect(page.get_by_role("button", name="Start video").first).to_be_visible()


def worker_of(page: Page, but: Any = None) -> Any:
    """The effect's worker; `but`: another one than that."""

    def found() -> Any:
        page.evaluate("() => null")  # what happened meanwhile reaches `workers` with an answer
        return next((one for one in page.workers if one is not but), None)

    return until(found, "the worker is there")


LOSE = """() => {
    libraryCanvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
}"""

PREVIEW = """() => {
    const video = document.querySelector(".preview video");
    if (!video || video.readyState < 2) return null;
    const context = new OffscreenCanvas(160, 120).getContext("2d");
    context.drawImage(video, 0, 0, 160, 120);
    return [...context.getImageData(8, 60, 1, 1).data];
}"""


def test_the_other_side_gets_the_face_and_never_the_room(scene: Scene) -> None:
    client = scene.open()
    choose(client.page, "Blur")
    composed(client.page)
    scene.go_in()
    blurred = scene.until_seen(lambda f: not f.black, "a picture arrives")
    assert not blurred.shows_room
    assert kept_face(scene.until_seen(kept_face, "the face is there"))
    for frame in frames(scene.seen):
        assert not frame.shows_room, frame
    open_dialog(client)
    for name in ("Sea", "Light blur", "Wall", "Blur"):
        before = count(scene.seen)
        choose(client.page, name)
        scene.until_more(before, f"with {name}")
    choose(client.page, "Sea")
    sea = scene.until_seen(lambda f: f.wall.mean[2] > f.wall.mean[0] + 25, "the sea is there")
    assert kept_face(sea)
    for frame in frames(scene.seen):
        assert not frame.shows_room, frame
    choose(client.page, "None")
    scene.until_seen(lambda f: f.shows_room, "the room is shown when it is asked for")
    before = count(scene.seen)
    choose(client.page, "Plants")
    scene.until_seen(lambda f: not f.shows_room and not f.black, "and gone again")
    # The frames in flight may still show it; between the first without and the last there is none with it.
    late = [f.shows_room for f in frames(scene.seen, before)]
    assert True not in late[late.index(False) :], late
    assert client.errors == []


def test_no_frame_of_the_room_while_the_camera_is_switched_or_the_page_reloaded(
    scene: Scene,
) -> None:
    client = scene.open()
    choose(client.page, "Blur")
    scene.go_in()
    scene.until_seen(lambda f: not f.black, "a picture arrives")
    open_dialog(client)
    for _ in range(3):
        before = count(scene.seen)
        # The same camera again: it is closed and opened as another one would be.
        client.page.get_by_role("combobox", name="Camera").dispatch_event("change")
        scene.until_more(before, "after a switch")
        scene.until_seen(lambda f: not f.black, "a picture is back")
    client.page.get_by_role("button", name="Done").click()
    client.tray.get_by_role("button", name="Stop video").click()
    client.tray.get_by_role("button", name="Start video").click()
    before = count(scene.seen)
    scene.until_more(before, "after a stop")
    client.page.reload()
    client.expect_in_session()
    before = count(scene.seen)
    scene.until_more(before, "after a reload")
    scene.until_seen(kept_face, "the face is back")
    received = frames(scene.seen)
    assert [n for n, frame in enumerate(received) if frame.shows_room] == []
    assert client.errors == []


def test_nothing_is_loaded_before_it_is_chosen_and_everything_comes_from_here(scene: Scene) -> None:
    client = scene.open()
    page = client.page
    expect(choices(page).get_by_role("radio", name="None")).to_be_checked()
    assert scene.loaded() == []
    assert page.workers == []
    choose(page, "Blur")
    composed(page)
    loaded = " ".join(scene.loaded())
    for part in ("effect.js", "worker.js", ".wasm?v=", "landscape.tflite?v=", ".binarypb?v="):
        assert part in loaded
    assert ".jpg" not in loaded
    guest = scene.house.lab.guest_url
    assert [u for u in scene.asked if not u.startswith((guest, "data:", "blob:"))] == []
    # The page may neither make another worker nor another policy, the worker load no other script.
    refused = "(act) => { try { act(); return null; } catch (error) { return error.name; } }"
    for act in (
        "() => new Worker('/assets/background/worker.js')",
        "() => trustedTypes.createPolicy('default', {})",
        "() => trustedTypes.createPolicy('telehealth-background', {})",
        "() => { document.createElement('script').src = '/assets/join.js'; }",
    ):
        assert page.evaluate(f"() => ({refused})({act})") == "TypeError", act
    worker = worker_of(page)
    for url in ("/assets/join.js", "/assets/background/effect.js", "https://example.org/x.js"):
        assert worker.evaluate(f"() => ({refused})(() => importScripts('{url}'))") == "TypeError"
    page.reload()
    client.allow_devices()
    expect(choices(page).get_by_role("radio", name="Blur", exact=True)).to_be_checked()


def test_by_keyboard_passing_over_none_shows_nothing(scene: Scene) -> None:
    client = scene.open()
    page = client.page
    group = choices(page)
    assert violations(page) == []
    client.give_name("Ana")
    group.get_by_role("radio", name="None").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    blur = group.get_by_role("radio", name="Blur", exact=True)
    expect(blur).to_be_focused()
    expect(blur).not_to_be_checked()
    assert scene.loaded() == []
    page.keyboard.press("Space")
    expect(blur).to_be_checked()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(group.get_by_role("radio", name="None")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(group.get_by_role("radio", name="Sea")).to_be_focused()
    page.keyboard.press("Enter")
    expect(group.get_by_role("radio", name="Sea")).to_be_checked()
    composed(page)
    # Enter is not "I'm Ready".
    expect(page.get_by_role("textbox", name="Your name")).to_be_visible()
    assert violations(page) == []
    small = group.get_by_role("radio").evaluate_all(
        "(all) => all.filter((one) => one.offsetWidth < 44 || one.offsetHeight < 44).length"
    )
    assert small == 0


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("**/background/effect.js", "could not be loaded"),
        ("**/background/worker.js", "could not be loaded"),
        ("**/*.wasm*", "could not be loaded"),
        ("**/*landscape.tflite*", "arrived damaged"),
        ("**/background/sea.jpg", "arrived damaged"),
    ],
)
def test_a_missing_or_damaged_file_leaves_the_camera_off_and_the_choice_to_the_person(
    scene: Scene, part: str, words: str
) -> None:
    client = scene.open()
    page = client.page

    def spoil(route: Route) -> None:
        if "loaded" in words:
            route.abort()
        else:
            route.fulfill(body=b"\x00" * 1_000, status=200)

    scene.context.route(part, spoil)
    choose(page, "Sea")
    expect_stopped(page, words)
    expect(choices(page).get_by_role("radio", name="Sea")).to_be_checked()
    scene.context.unroute(part)
    press(page, "Try again")
    expect(page.get_by_role("button", name="Stop video")).to_be_visible()
    composed(page)
    expect(page.get_by_text("Nobody sees your room")).to_have_count(0)


def test_a_lost_graphics_context_is_mended_once_and_then_told_without_a_glimpse(
    scene: Scene,
) -> None:
    client = scene.open()
    choose(client.page, "Blur")
    scene.go_in()
    scene.until_seen(kept_face, "a picture arrives")
    before = count(scene.seen)
    first = worker_of(client.page)
    first.evaluate(LOSE)
    again = worker_of(client.page, but=first)
    scene.until_more(before, "after the loss")
    scene.until_seen(kept_face, "the picture is back by itself")
    again.evaluate(LOSE)
    expect_stopped(client.page, "The background stopped working")
    assert violations(client.page) == []
    assert not any(frame.shows_room for frame in frames(scene.seen))
    press(client.page, "Keep my camera off")
    expect(client.page.get_by_text("Nobody sees your room")).to_have_count(0)
    expect(client.tray.get_by_role("button", name="Start video")).to_be_visible()


def test_a_starved_machine_stops_the_picture_and_shows_the_room_only_when_told(
    scene: Scene,
) -> None:
    client = scene.open()

    def slow(route: Route) -> None:
        answer = route.fetch()
        starve = """;{ const all = self.SelfieSegmentation.prototype, send = all.send;
            all.send = async function (input) {
              const until = performance.now() + 600;
              while (performance.now() < until);
              return send.call(this, input);
            }; }"""
        route.fulfill(response=answer, body=answer.text() + starve)

    scene.context.route("**/selfie_segmentation.js*", slow)
    choose(client.page, "Hills")
    scene.go_in()
    scene.until_seen(lambda f: not f.black, "a slow picture arrives")
    expect_stopped(client.page, "cannot keep up")
    assert not any(frame.shows_room for frame in frames(scene.seen))
    press(client.page, "Show me without a background")
    scene.until_seen(lambda f: f.shows_room, "the room is shown when it is asked for")


def png(width: int, height: int) -> bytes:
    """A header that claims a size; the picture itself is missing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>window.__canary = 1</script></svg>'


def test_ones_own_picture_stays_here_and_a_bad_one_is_refused_in_plain_words(
    scene: Scene, tmp_path: Path
) -> None:
    client = scene.open()
    page = client.page
    field = page.locator("input[type=file]")
    for name, body, words in (
        ("notes.png", b"only words", "not a picture that can be used"),
        ("drawing.png", SVG, "drawing file"),
        ("holiday.jpg", b"\xff\xd8" + b"\x00" * (50 * 1024 * 1024), "larger than 10 MB"),
        ("wide.png", png(20_000, 300), "too many pixels"),
        ("cut.png", png(640, 480), "is damaged"),
    ):
        (tmp_path / name).write_bytes(body)
        field.set_input_files(tmp_path / name)
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
        expect(choices(page).get_by_role("radio", name="None")).to_be_checked()
    assert page.evaluate("() => window.__canary") is None
    out = io.BytesIO()
    Image.new("RGB", (900, 700), (200, 30, 40)).save(out, "PNG")
    sent: list[str] = []
    scene.context.on(
        "request", lambda request: sent.append(request.url) if request.method != "GET" else None
    )
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Your own picture…").click()
    chooser.value.set_files({"name": "red.png", "mimeType": "image/png", "buffer": out.getvalue()})
    expect(choices(page).get_by_role("radio", name="Your own picture")).to_be_checked()
    composed(page)

    def red() -> bool:
        pixel = page.evaluate(PREVIEW)
        return pixel is not None and pixel[0] > 150 and pixel[1] < 90

    until(red, "the own picture is behind the person")
    assert sent == []
    page.reload()
    client.allow_devices()
    expect(choices(page).get_by_role("radio", name="Blur", exact=True)).to_be_checked()


def test_in_jupyterlab_the_same_effect_comes_through_jupyters_login(
    house: House, facing: Browser
) -> None:
    context = facing.new_context(
        permissions=["camera", "microphone"], viewport={"width": 1280, "height": 900}
    )
    provider: Provider = house.provider(context=context)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    provider.join()
    provider.room.get_by_role("button", name="Set audio & video").click()
    expect(choices(provider.page)).to_be_visible()
    choose(provider.page, "Books")
    composed(provider.page)
    until(lambda: provider.page.evaluate(PREVIEW), "a composed picture")
    effect = [url for url in asked if EFFECT in url]
    assert effect
    assert all(url.startswith(f"{house.lab.url}/telehealth/assets/") for url in effect)
    assert provider.page.evaluate("() => 'createMediapipeSolutionsWasm' in window") is False
    assert violations(provider.page, ".telehealth-widget") == []
    assert not [e for e in provider.lab.errors if re.search("background|worker", e, re.I)]
    context.close()
