"""The virtual background: what the other side receives, what is loaded when, and every way in which it can fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import ImageStat
from playwright.sync_api import Browser, Page, Playwright, expect

from .conftest import WATCH, Client, House
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
    client.page.get_by_role("button", name="More options for Ana (you)").click()
    client.page.get_by_role("menuitem", name="Set audio & video").click()
    expect(client.page.get_by_role("dialog", name="Audio and video")).to_be_visible()


def kept_face(frame: Frame) -> bool:
    """The middle of the face has the colour that the camera gave it."""
    mean = ImageStat.Stat(room_with_face(client_face()).resize(SAMPLE).crop(FACE)).mean
    return all(abs(a - b) < 30 for a, b in zip(frame.face.mean, mean, strict=True))


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
    for name in ("Sea", "Light blur", "Books", "Blur"):
        before = count(scene.seen)
        choose(client.page, name)
        until(lambda b=before: count(scene.seen) > b + 20, f"frames with {name} arrive")
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
