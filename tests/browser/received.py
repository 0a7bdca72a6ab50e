"""What the other side really gets to see: every decoded frame of a camera, reduced to a few figures.

The test camera has a face in the middle and a chequered wall on both sides, which stands for the room: whoever is sent
the room gets its hard edges, whatever the encoder does to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageOps
from playwright.sync_api import Page

from .faces import SIZE, camera_file

SQUARE = 16
FACE_WIDTH = 420
SAMPLE = (160, 120)
STRIP = (2, 8, 20, 112)
"""Left, top, right, bottom of the wall's part that is measured, in a sample."""
FACE = (68, 26, 88, 50)
ROOM_CONTRAST = 40.0
"""Standard deviation of the wall's brightness: raw about 100, blurred below 25, a picture below 25."""

_WATCH = """
(() => {
  window.__frames = [];
  const [width, height] = __SAMPLE__;
  const boxes = { wall: __STRIP__, face: __FACE__ };
  const measure = (context, [left, top, right, bottom]) => {
    const { data } = context.getImageData(left, top, right - left, bottom - top);
    const mean = [0, 0, 0];
    let sum = 0, squares = 0;
    const count = data.length / 4;
    for (let i = 0; i < data.length; i += 4) {
      for (let c = 0; c < 3; c++) mean[c] += data[i + c] / count;
      const light = (data[i] + data[i + 1] + data[i + 2]) / 3;
      sum += light; squares += light * light;
    }
    return { mean, contrast: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) };
  };
  const watch = async (track) => {
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    const reader = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      context.drawImage(value, 0, 0, width, height);
      value.close();
      window.__frames.push({
        wall: measure(context, boxes.wall),
        face: measure(context, boxes.face),
        at: performance.now(),
      });
    }
  };
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      this.addEventListener("track", ({ track }) => { if (track.kind === "video") watch(track); });
    }
  };
})()
"""
WATCH_FRAMES = (
    _WATCH.replace("__SAMPLE__", str([*SAMPLE]))
    .replace("__STRIP__", str([*STRIP]))
    .replace("__FACE__", str([*FACE]))
)


@dataclass(frozen=True)
class Region:
    """One part of a frame."""

    mean: tuple[float, float, float]
    contrast: float


@dataclass(frozen=True)
class Frame:
    """One received frame."""

    wall: Region
    face: Region

    @property
    def shows_room(self) -> bool:
        return self.wall.contrast > ROOM_CONTRAST

    @property
    def black(self) -> bool:
        return max(*self.wall.mean, *self.face.mean) < 24


def room_with_face(portrait: Image.Image) -> Image.Image:
    """The test camera's picture."""
    picture = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(picture)
    for x in range(0, SIZE[0], SQUARE):
        for y in range(0, SIZE[1], SQUARE):
            if (x + y) // SQUARE % 2:
                pen.rectangle((x, y, x + SQUARE - 1, y + SQUARE - 1), fill="black")
    face = ImageOps.fit(portrait, (FACE_WIDTH, SIZE[1]), centering=(0.45, 0.1))
    picture.paste(face, ((SIZE[0] - FACE_WIDTH) // 2, 0))
    return picture


def room_camera(portrait: Image.Image, path: Path) -> Path:
    """A file for `--use-file-for-fake-video-capture`."""
    return camera_file(room_with_face(portrait), path)


def frames(page: Page, since: int = 0) -> list[Frame]:
    """All frames that were received, from number `since` on."""

    def region(found: dict[str, Any]) -> Region:
        red, green, blue = found["mean"]
        return Region((red, green, blue), found["contrast"])

    return [
        Frame(region(one["wall"]), region(one["face"]))
        for one in page.evaluate("(since) => window.__frames.slice(since)", since)
    ]


def count(page: Page) -> int:
    return int(page.evaluate("() => window.__frames.length"))
