"""The main job without a person: the quick-start notebook, run top to bottom in a real JupyterLab, with a second
browser that joins by link. Leaves pictures of each step and the record.

`python -m tests.demo.demo build/demo`; with `--keep` also renews the README's pictures.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import WATCH, Client, Provider, expect_media
from tests.browser.faces import camera_file, client_face, provider_face
from tests.browser.lab import ROOT, LabPage, LabServer, chromium, running_lab, until

DESKTOP = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NOTEBOOK = "01_first_session.ipynb"


NEXT_FRAMES = """async () => {
    const video = document.querySelector(".preview video");
    for (let n = 0; n < 4; n++) await new Promise((done) => video.requestVideoFrameCallback(done));
}"""
"""Waits for four frames of the own picture."""
WIDTHS = {360: 780, 820: 1100, 1440: 900}
"""Width of a client's window and its height, px."""


class Album:
    """Numbered pictures in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def shoot(self, page: Page, name: str) -> None:
        """Add a picture of what the page shows now; in JupyterLab with the room in sight."""
        self._count += 1
        path = self.folder / f"{self._count:02d}-{name}.png"
        page.screenshot(path=path, animations="disabled")
        print(f"  {path.name}", flush=True)

    def shoot_everywhere(self, page: Page, name: str) -> None:
        """The same screen on a phone, a tablet and a desktop, light and dark."""
        self._count += 1
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                path = self.folder / f"{self._count:02d}-{name}-{width}-{scheme}.png"
                page.screenshot(path=path, animations="disabled")
                print(f"  {path.name}", flush=True)


def context(browser: Browser, lab: LabServer, **options: Any) -> Any:
    made = browser.new_context(permissions=["camera", "microphone"], **options)
    made.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url)
    made.add_init_script(WATCH)
    return made


def copied_link(provider: Provider, code: str) -> str:
    """Press "Copy link" in the room, as a provider would."""
    provider.room.get_by_role("button", name=f"Copy link for {code}").click()
    return str(
        until(
            lambda: re.fullmatch(
                r"https?://\S+#[\w-]+",
                provider.page.evaluate("() => navigator.clipboard.readText()"),
            ),
            "the link is on the clipboard",
        ).group(0)
    )


def invited_link(provider: Provider, code: str) -> str:
    """Invite one more person in the room; the link that it shows."""
    provider.room.get_by_role("textbox", name="Code").fill(code)
    provider.room.get_by_role("button", name="Invite", exact=True).click()
    link = provider.room.get_by_role("textbox", name=f"Link for {code}")
    expect(link).to_have_value(re.compile(r"#[\w-]+$"))
    return str(link.input_value())


def run(folder: Path) -> None:
    """Play the whole job; everything that does not happen in time is an error."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    album = Album(folder)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        work = Path(scratch)
        hopper = camera_file(provider_face(), work / "provider.mjpeg")
        collins = camera_file(client_face(), work / "client.mjpeg")
        theirs = chromium(playwright, f"--use-file-for-fake-video-capture={hopper}")
        hers = chromium(playwright, f"--use-file-for-fake-video-capture={collins}")
        with running_lab(work / "lab") as lab:
            shutil.copy(ROOT / "notebooks" / NOTEBOOK, lab.notebooks / NOTEBOOK)
            play(album, lab, theirs, hers)
            record = lab.notebooks / "first_session.jsonl"
            shutil.copy(record, folder / "record.jsonl")
            check_notebook(lab)
        hers.close()
        theirs.close()
    print(f"pictures and record.jsonl in {folder}")


def play(album: Album, lab: LabServer, theirs: Browser, hers: Browser) -> None:
    lab_page = LabPage(context(theirs, lab, viewport=DESKTOP), lab, NOTEBOOK)
    lab_page.dismiss_news()
    provider = Provider(lab_page)
    lab_page.command("notebook:run-all-cells")
    expect(provider.room.get_by_role("button", name="Admit Simulated P08")).to_be_visible(
        timeout=40_000
    )
    expect(provider.room).to_be_in_viewport(ratio=0.6)
    album.shoot(lab_page.page, "run-all-room-with-simulated-client")

    link = copied_link(provider, "P07")
    phone = Client(context(hers, lab, viewport=PHONE, has_touch=True, is_mobile=True), link)
    expect(phone.page.get_by_role("heading", name="Waiting room")).to_be_visible()
    album.shoot(phone.page, "client-phone-opens-link")
    phone.allow_devices()
    phone.give_name("Maya")
    expect(phone.page.get_by_text("We hear you")).to_be_visible()
    album.shoot(phone.page, "client-phone-preparation")
    phone.press_ready()
    phone.expect_waiting()
    phone.page.get_by_role("textbox", name="Message").fill("Hello, I am here.")
    phone.page.get_by_role("button", name="Send").click()
    album.shoot(phone.page, "client-phone-waiting")

    show_the_waiting_room(album, lab, provider, hers)
    expect(provider.room.get_by_role("button", name="Admit Maya")).to_be_visible()
    provider.join()
    provider.open_attendees()
    in_sight(provider)
    album.shoot(lab_page.page, "provider-waiting-room")
    provider.admit("Maya")
    phone.expect_in_session()
    expect_media(phone.page, "the client sees and hears the provider")
    expect_media(lab_page.page, "the provider sees and hears the client")
    provider.close_panels()
    in_sight(provider)
    album.shoot(lab_page.page, "session-in-jupyterlab")
    album.shoot(phone.page, "session-on-the-phone")

    provider.admit("Simulated P08")
    expect(provider.tile("Simulated P08")).to_be_visible()
    until(lambda: videos_shown(lab_page.page) >= 3, "three people are seen")
    until(lambda: cells_run(lab_page) >= 6, "the notebook went on after the admission")
    in_sight(provider)
    album.shoot(lab_page.page, "three-people-and-attendees")
    phone.tray.get_by_role("button", name=re.compile("^Chat")).click()
    expect(phone.page.get_by_role("log", name="Messages")).to_contain_text("Welcome.")
    album.shoot(phone.page, "chat-on-the-phone")
    phone.page.get_by_role("region", name="Chat").get_by_role("button", name="Close").click()
    provider.close_panels()
    show_the_controls(album, provider, phone)

    provider.room.get_by_role("button", name="End session").click()
    dialog = lab_page.page.get_by_role("alertdialog", name="End session for everyone?")
    expect(dialog).to_be_visible()
    in_sight(provider)
    album.shoot(lab_page.page, "end-session-question")
    dialog.get_by_role("button", name="End session").click()
    for page in (phone.page, lab_page.page):
        expect(page.get_by_role("alertdialog", name="Session ended")).to_be_visible()
    album.shoot(phone.page, "ended-on-the-phone")
    until(lambda: lab_page.kernel_status() == "idle", "the notebook ran to its end", 60)
    until(lambda: (lab.notebooks / "first_session.jsonl").exists(), "the record is written")
    last = lab_page.page.locator(".jp-Cell").last
    last.scroll_into_view_if_needed()
    album.shoot(lab_page.page, "record-in-the-notebook")
    lab_page.save()
    assert not lab_page.errors, lab_page.errors
    assert not phone.errors, phone.errors


def show_the_controls(album: Album, provider: Provider, phone: Client) -> None:
    """The menu of a tile, a question that the client answers, a screen that the provider shares."""
    room = provider.room
    more = room.get_by_role("button", name="More options for Maya", exact=True)
    more.click()
    expect(room.get_by_role("menu")).to_be_visible()
    in_sight(provider)
    album.shoot(provider.page, "menu-of-a-tile")
    room.get_by_role("menuitem", name="Mute", exact=True).click()
    expect(phone.tray.get_by_role("button", name="Unmute")).to_be_visible()
    more.click()
    room.get_by_role("menuitem", name="Ask to unmute").click()
    asked = phone.page.get_by_role("alertdialog", name="Your provider asks you to unmute")
    expect(asked).to_be_visible()
    album.shoot(phone.page, "asked-to-unmute-on-the-phone")
    asked.get_by_role("button", name="Unmute").click()
    expect(asked).to_have_count(0)

    tray = room.get_by_role("toolbar", name="Action tray")
    tray.get_by_role("button", name="Share screen").click()
    warning = provider.page.get_by_role("alertdialog", name="Share your screen?")
    expect(warning).to_be_visible()
    in_sight(provider)
    album.shoot(provider.page, "share-your-screen-question")
    warning.get_by_role("button", name="Share", exact=True).click()
    whole = provider.page.get_by_role("alertdialog", name="Share your whole screen?")
    whole.get_by_role("button", name="Share whole screen").click()
    shown = phone.page.get_by_role("group", name=re.compile("'s screen$")).locator("video")
    until(lambda: shown.evaluate("(v) => v.readyState >= 2 && v.videoWidth > 0"), "it is seen")
    album.shoot(phone.page, "shared-screen-on-the-phone")
    tray.get_by_role("button", name="Stop sharing").click()
    expect(shown).to_have_count(0)


def show_the_waiting_room(album: Album, lab: LabServer, provider: Provider, hers: Browser) -> None:
    """Somebody else looks around in the waiting room, and leaves again."""
    visitor = Client(context(hers, lab), invited_link(provider, "P09"))
    expect(visitor.page.get_by_role("heading", name="Waiting room")).to_be_visible()
    album.shoot_everywhere(visitor.page, "waiting-room-opens")
    visitor.allow_devices()
    expect(visitor.page.get_by_text("We hear you")).to_be_visible()
    album.shoot_everywhere(visitor.page, "preparation")
    show_the_backgrounds(album, visitor.page)
    region = visitor.page.get_by_role("region", name="Connection test")
    region.get_by_role("button", name="Test my connection").click()
    verdict = region.get_by_role("status").filter(has_text=re.compile("(Good|Fair) connection"))
    expect(verdict).to_be_visible(timeout=40_000)
    album.shoot_everywhere(visitor.page, "connection-tested")
    visitor.give_name("Noor")
    visitor.press_ready()
    visitor.expect_waiting()
    album.shoot_everywhere(visitor.page, "waiting")
    visitor.page.get_by_role("button", name="Set audio & video").click()
    expect(visitor.page.get_by_role("dialog", name="Audio and video")).to_be_visible()
    album.shoot_everywhere(visitor.page, "audio-and-video")
    visitor.page.get_by_role("button", name="Done").click()
    visitor.page.get_by_role("button", name="Leave").click()
    expect(visitor.page.get_by_role("button", name="Join again")).to_be_visible()
    assert not visitor.errors, visitor.errors
    visitor.context.close()


def show_the_backgrounds(album: Album, page: Page) -> None:
    """Two of them in the preview; afterwards none again."""
    choices = page.get_by_role("radiogroup", name="Virtual background")
    for name in ("Blur", "Hills", "None"):
        choices.get_by_role("radio", name=name, exact=True).check()
        expect(page.get_by_text("Preparing your background")).to_have_count(0, timeout=40_000)
        until(lambda: videos_shown(page) >= 1, f"a picture with {name}")
        if name != "None":
            # The new background comes with the next frames.
            page.evaluate(NEXT_FRAMES)
            album.shoot_everywhere(page, f"background-{name.lower()}")


def videos_shown(page: Page) -> int:
    return int(
        page.evaluate(
            "() => [...document.querySelectorAll('.telehealth-widget video')]"
            ".filter((v) => v.videoWidth > 0 && v.readyState >= 2).length"
        )
    )


def cells_run(lab_page: LabPage) -> int:
    """How far the notebook got."""
    return sum(lab_page.execution_count(i) is not None for i in range(lab_page.cells()))


def in_sight(provider: Provider) -> None:
    """Scroll the notebook so that the whole room is seen."""
    provider.room.evaluate("(room) => room.scrollIntoView({ block: 'center' })")


def check_notebook(lab: LabServer) -> None:
    """The executed, saved notebook must hold no name, no link and no chat."""
    saved = (lab.notebooks / NOTEBOOK).read_text()
    for secret in ("Maya", "/join#", "/join?", "Hello, I am here."):
        assert secret not in saved, f"the saved notebook holds {secret!r}"
    assert "Verification(ok=True" in saved, "the record did not verify in the notebook"


def keep_pictures(folder: Path, kept: Path) -> None:
    """Smaller copies for the README."""
    kept.mkdir(exist_ok=True)
    for name in ("session-in-jupyterlab", "session-on-the-phone"):
        (source,) = folder.glob(f"*-{name}.png")
        with Image.open(source) as picture:
            picture.convert("RGB").save(kept / f"{name}.jpg", quality=86, optimize=True)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo").resolve()
    run(target)
    if "--keep" in sys.argv:
        keep_pictures(target, ROOT / "notebooks" / "pictures")
