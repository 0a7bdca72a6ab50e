"""The background effect beside the library's own demo loop: frames a second, and memory. Same camera, same machine.

Both sides draw pictures of the camera's size, 640x480, for the same time. The size of ours is in the figure's name: a
machine that cannot keep up gets a smaller one.

Without a graphics card Chromium keeps what it drew of a video: 1.2 MB for each frame, up to half a gigabyte. The demo
loop draws the video and has that store, as large as its frames were many. So the goal for memory is held twice: against
all that the demo's browser holds, and against that less its store. Ours is counted whole both times.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
from playwright.sync_api import Playwright, sync_playwright

from telehealth_widget.server import assets
from tests.bench.figures import Figure
from tests.browser.faces import camera_file, client_face
from tests.browser.lab import ROOT, chromium, until

LIBRARY = ROOT / "js" / "node_modules" / "@mediapipe" / "selfie_segmentation"
PAGE = Path(__file__).with_name("bare_effect.html")
BARE = "() => { window.bare(); }"
OURS = "() => { window.ours({ kind: 'blur', strength: 'full' }); }"


@dataclass(frozen=True)
class Sizes:
    rounds: int = 3
    seconds: float = 8.0
    """How long frames are counted, after the first ones."""


TOY = Sizes(rounds=1, seconds=0.5)


class Files(SimpleHTTPRequestHandler):
    """The bench's page, the library as npm has it, and the effect as it is shipped."""

    def do_GET(self) -> None:
        name = self.path.split("?")[0].rpartition("/")[2]
        if self.path == "/":
            self._send(PAGE.read_bytes(), "text/html")
        elif self.path.startswith("/library/") and (LIBRARY / name).is_file():
            self._send((LIBRARY / name).read_bytes(), assets.LIBRARY.get(name, "text/plain"))
        elif self.path.startswith(f"/{assets.FOLDER}/") and name in assets.KINDS:
            asset = assets.load(name)
            self._send(asset.body, asset.kind, asset.encoding)
        else:
            self.send_error(404)

    def _send(self, body: bytes, kind: str, encoding: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@contextlib.contextmanager
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(PAGE.parent)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Found:
    fps: float
    size: str
    """Of the picture."""
    mb: float
    """Memory of the browser's processes that nobody shares."""
    stored_mb: float
    """The part of it in which Chromium keeps frames that it drew."""


STORE = "/memfd:shared-memory-region"


def memory_mb(children: set[int]) -> tuple[float, float]:
    """`Found.mb` and `Found.stored_mb`."""
    total = stored = 0
    for pid in children:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            total += process.memory_full_info().uss
            for part in process.memory_maps():
                if part.path.startswith(STORE):
                    stored += part.private_clean + part.private_dirty
    return total / 2**20, stored / 2**20


def once(playwright: Playwright, url: str, camera: Path, act: str, seconds: float) -> Found:
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    browser = chromium(playwright, f"--use-file-for-fake-video-capture={camera}")
    try:
        page = browser.new_page()
        page.goto(url)
        page.evaluate(act)
        until(lambda: page.evaluate("() => window.frames_drawn()") > 5, "frames are drawn", 90)
        # Ours finds its level first, the library warms up.
        settled = time.monotonic() + seconds
        until(lambda: time.monotonic() > settled, "settled", seconds + 5)
        start, first = time.monotonic(), page.evaluate("() => window.frames_drawn()")
        until(lambda: time.monotonic() - start > seconds, "counted", seconds + 5)
        count = page.evaluate("() => window.frames_drawn()") - first
        fps = count / (time.monotonic() - start)
        now = {p.pid for p in psutil.Process().children(recursive=True)} - before
        return Found(fps, page.evaluate("() => window.size()"), *memory_mb(now))
    finally:
        browser.close()


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as scratch, served() as url, sync_playwright() as playwright:
        camera = camera_file(client_face(), Path(scratch) / "face.mjpeg")
        for _ in range(sizes.rounds):
            bare.append(once(playwright, url, camera, BARE, sizes.seconds))
            ours.append(once(playwright, url, camera, OURS, sizes.seconds))
    floor_name = f"the library's own demo loop, {bare[-1].size}"
    memory = statistics.median(one.mb for one in ours)
    return [
        Figure(
            f"background effect, blur ({ours[-1].size})",
            statistics.median(one.fps for one in ours),
            "frames/s",
            statistics.median(one.fps for one in bare),
            floor_name,
            at_least=0.9,
        ),
        Figure(
            "background effect, memory of the browser",
            memory,
            "MB",
            statistics.median(one.mb for one in bare),
            floor_name,
            at_most=1.1,
        ),
        Figure(
            "the same, the floor less its store of frames",
            memory,
            "MB",
            statistics.median(one.mb - one.stored_mb for one in bare),
            floor_name,
            at_most=1.1,
        ),
    ]
