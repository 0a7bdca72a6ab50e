"""The picture of a simulated client: layers drawn once with Pillow, then composed with numpy alone.

No track, clock or network belongs here: `Picture.at` is a function of its arguments.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH = 640
HEIGHT = 480

Pixels = NDArray[np.uint8]
"""uint8, (height, width, 3), RGB."""

_PAN_X, _PAN_Y = 48, 24
"""How far the background may wander, px."""
_SCALE = 2
"""Shapes are drawn at twice their size and reduced, so that their edges are smooth."""
_HEAD = (196, 256)
_SHOULDERS = (440, 228)
_MOUTHS = 6
_INK = (58, 52, 66)
_CLOCK_INK = (24, 28, 38)
_CLOCK_TEXT = "0123456789:"
_CODE_SIZES = range(84, 17, -4)


class _Sprite(NamedTuple):
    """A layer ready to blend: `(under * inverse + colour) >> 8` is the result."""

    colour: NDArray[np.uint16]
    """uint16, (height, width, 3): RGB times alpha, alpha in 0…256."""
    inverse: NDArray[np.uint16]
    """uint16, (height, width, 3): 256 minus alpha."""


class Picture:
    """A silhouette that sways before a soft background, with the code, a label and a clock.

    Colours and rhythm come from the seed, so that clients can be told apart and runs can be
    repeated.
    """

    def __init__(self, code: str, label: str, seed: str | None = None) -> None:
        dice = random.Random(f"picture:{seed if seed is not None else code}")
        hue = dice.random()
        self._phases = [dice.uniform(0, 2 * math.pi) for _ in range(6)]
        self._blink_every_s = dice.uniform(3.1, 4.7)
        self._background = _background(hue, dice)
        self._shoulders = _shape(
            _SHOULDERS, lambda d: _draw_shoulders(d, _rgb(hue + 0.5, 0.38, 0.62))
        )
        skin = dice.choice([(224, 184, 158), (198, 150, 118), (150, 106, 80), (108, 74, 58)])
        hair = dice.choice([(64, 48, 44), (92, 66, 48), (130, 124, 128), (40, 38, 48)])
        self._head = _shape(_HEAD, lambda d: _draw_head(d, skin, hair))
        self._eyes = _shape((104, 18), lambda d: _draw_eyes(d, closed=False))
        self._lids = _shape((104, 18), lambda d: _draw_eyes(d, closed=True))
        self._mouths = [
            _shape((64, 40), lambda d, n=n: _draw_mouth(d, n / (_MOUTHS - 1)))  # type: ignore[misc]
            for n in range(_MOUTHS)
        ]
        self._plate = _plate(code, label)
        self._clock_plate = _clock_plate()
        self._glyphs = _glyphs()

    def at(self, t_s: float, wall_s: float, mouth: float) -> Pixels:
        """The picture at one moment.

        Args:
            t_s: seconds since the picture began; drives the movement.
            wall_s: UTC seconds since 1970; shown as local time, HH:MM:SS.
            mouth: 0 (closed) to 1 (wide open).

        Returns:
            A new array, uint8, (480, 640, 3), RGB.
        """
        a, b, c, d, e, f = self._phases
        x = round(_PAN_X / 2 * (1 + math.sin(0.23 * t_s + a)))
        y = round(_PAN_Y / 2 * (1 + math.sin(0.31 * t_s + b)))
        frame = self._background[y : y + HEIGHT, x : x + WIDTH].copy()
        sway = 14 * math.sin(0.7 * t_s + c)
        breath = 3 * math.sin(1.5 * t_s + d)
        _blend(frame, self._shoulders, (WIDTH - _SHOULDERS[0]) / 2 + 0.5 * sway, 264 + breath)
        left = (WIDTH - _HEAD[0]) / 2 + sway + 3 * math.sin(1.1 * t_s + e)
        top = 62 + breath + 4 * math.sin(0.9 * t_s + f) - 3 * mouth
        _blend(frame, self._head, left, top)
        closed = t_s % self._blink_every_s < 0.14
        _blend(frame, self._lids if closed else self._eyes, left + (_HEAD[0] - 104) / 2, top + 108)
        shape = self._mouths[round(max(0.0, min(1.0, mouth)) * (_MOUTHS - 1))]
        _blend(frame, shape, left + (_HEAD[0] - 64) / 2, top + 164)
        height, width = self._plate.colour.shape[:2]
        _blend(frame, self._plate, (WIDTH - width) / 2, HEIGHT - height - 14)
        self._tell_time(frame, wall_s)
        return frame

    def _tell_time(self, frame: Pixels, wall_s: float) -> None:
        height, width = self._clock_plate.colour.shape[:2]
        left, top = WIDTH - width - 14, 14
        _blend(frame, self._clock_plate, left, top)
        text = time.strftime("%H:%M:%S", time.localtime(wall_s))
        x = left + (width - sum(self._glyphs[c].shape[1] for c in text)) // 2
        for character in text:
            glyph = self._glyphs[character]
            y = top + (height - glyph.shape[0]) // 2
            frame[y : y + glyph.shape[0], x : x + glyph.shape[1]] = glyph
            x += glyph.shape[1]


def black() -> Pixels:
    """What a stopped camera sends: uint8, (480, 640, 3), all zero."""
    return np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def _blend(frame: Pixels, sprite: _Sprite, left: float, top: float) -> None:
    """Lay a sprite over `frame` in place; what reaches beyond the frame is cut off."""
    x, y = round(left), round(top)
    height, width = sprite.colour.shape[:2]
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + width, WIDTH), min(y + height, HEIGHT)
    if x0 >= x1 or y0 >= y1:
        return
    part = (slice(y0 - y, y1 - y), slice(x0 - x, x1 - x))
    under = frame[y0:y1, x0:x1]
    mixed = np.multiply(under, sprite.inverse[part], dtype=np.uint16)
    mixed += sprite.colour[part]
    mixed >>= 8
    under[:] = mixed


def _sprite(image: Image.Image) -> _Sprite:
    pixels = np.asarray(image.convert("RGBA"), np.uint16)
    alpha = pixels[:, :, 3:]
    alpha = np.repeat(alpha + (alpha >> 7), 3, axis=2)
    return _Sprite(pixels[:, :, :3] * alpha, (256 - alpha).astype(np.uint16))


def _shape(size: tuple[int, int], draw: Callable[[ImageDraw.ImageDraw], None]) -> _Sprite:
    """A sprite of `size` (width, height) px; `draw` sees a canvas `_SCALE` times as large."""
    image = Image.new("RGBA", (size[0] * _SCALE, size[1] * _SCALE), (0, 0, 0, 0))
    draw(ImageDraw.Draw(image))
    return _sprite(image.resize(size, Image.Resampling.LANCZOS))


def _rgb(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    channels = [
        value * (1 - saturation * max(0, min(k, 4 - k, 1)))
        for k in ((n + hue * 6) % 6 for n in (5, 3, 1))
    ]
    return (round(channels[0] * 255), round(channels[1] * 255), round(channels[2] * 255))


def _background(hue: float, dice: random.Random) -> Pixels:
    width, height = WIDTH + _PAN_X, HEIGHT + _PAN_Y
    top, bottom = _rgb(hue, 0.22, 0.90), _rgb(hue + 0.08, 0.34, 0.66)
    fade = np.linspace(0, 1, height)[:, None, None]
    shades = np.array(top) * (1 - fade) + np.array(bottom) * fade
    image = Image.fromarray(np.repeat(shades.astype(np.uint8), width, axis=1))
    soft = ImageDraw.Draw(image, "RGBA")
    for _ in range(6):
        x, y = dice.uniform(0, width), dice.uniform(0, height * 0.8)
        r = dice.uniform(50, 130)
        tint = _rgb(hue + dice.uniform(-0.12, 0.12), 0.20, 0.96)
        soft.ellipse((x - r, y - r, x + r, y + r), fill=(*tint, 120))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(26)), np.uint8)


def _draw_shoulders(draw: ImageDraw.ImageDraw, shirt: tuple[int, int, int]) -> None:
    width, height = _SHOULDERS[0] * _SCALE, _SHOULDERS[1] * _SCALE
    draw.rounded_rectangle((0, 70, width, height * 1.6), radius=230, fill=(*shirt, 255))
    dark = tuple(round(v * 0.82) for v in shirt)
    middle = width / 2
    draw.polygon([(middle - 110, 70), (middle + 110, 70), (middle, 230)], fill=(*dark, 255))


def _draw_head(
    draw: ImageDraw.ImageDraw, skin: tuple[int, int, int], hair: tuple[int, int, int]
) -> None:
    width, height = _HEAD[0] * _SCALE, _HEAD[1] * _SCALE
    neck = tuple(round(v * 0.88) for v in skin)
    middle = width / 2
    draw.rounded_rectangle((middle - 62, 330, middle + 62, height), radius=50, fill=(*neck, 255))
    draw.ellipse((40, 0, width - 40, 330), fill=(*hair, 255))
    draw.ellipse((24, 190, 74, 268), fill=(*skin, 255))
    draw.ellipse((width - 74, 190, width - 24, 268), fill=(*skin, 255))
    draw.rounded_rectangle((52, 88, width - 52, 440), radius=140, fill=(*skin, 255))
    draw.chord((46, 8, width - 46, 270), 182, 358, fill=(*hair, 255))
    draw.arc((middle - 16, 268, middle + 16, 304), 20, 160, fill=(*neck, 255), width=6)


def _draw_eyes(draw: ImageDraw.ImageDraw, *, closed: bool) -> None:
    for x in (36, 172):
        if closed:
            draw.arc((x - 18, -8, x + 18, 22), 20, 160, fill=(*_INK, 255), width=5)
        else:
            draw.ellipse((x - 12, 6, x + 12, 32), fill=(*_INK, 255))
            draw.ellipse((x + 1, 10, x + 8, 17), fill=(255, 255, 255, 230))


def _draw_mouth(draw: ImageDraw.ImageDraw, openness: float) -> None:
    if openness < 0.1:
        draw.arc((22, -6, 106, 40), 25, 155, fill=(*_INK, 255), width=6)
        return
    tall, wide = 8 + 58 * openness, 42 - 10 * openness
    draw.ellipse((64 - wide, 10, 64 + wide, 10 + tall), fill=(92, 40, 48, 255))
    draw.chord(
        (64 - wide * 0.7, 14, 64 + wide * 0.7, 10 + tall), 190, 350, fill=(238, 232, 228, 255)
    )


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)  # Pillow's own, so that no system font is needed


def _plate(code: str, label: str) -> _Sprite:
    """A dark translucent plate with the code large and the label beneath it."""
    measure = ImageDraw.Draw(Image.new("L", (1, 1)))
    for size in _CODE_SIZES:
        font = _font(size)
        if measure.textlength(code, font) <= WIDTH - 120:
            break
    small = _font(24)
    widest = max(measure.textlength(code, font), measure.textlength(label, small))
    width, height = min(WIDTH - 20, round(widest) + 64), size + 54
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=22, fill=(18, 22, 32, 172))
    draw.text((width / 2, 10 + size / 2), code, (255, 255, 255, 255), font, anchor="mm")
    draw.text((width / 2, height - 22), label, (214, 224, 236, 255), small, anchor="mm")
    return _sprite(image)


def _clock_plate() -> _Sprite:
    image = Image.new("RGBA", (140, 44), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, 139, 43), radius=14, fill=(*_CLOCK_INK, 255))
    return _sprite(image)


def _glyphs() -> dict[str, Pixels]:
    """Opaque tiles of the digits and the colon, uint8, (32, width, 3)."""
    font = _font(26)
    tiles = {}
    for character in _CLOCK_TEXT:
        width = 10 if character == ":" else 17
        image = Image.new("RGB", (width, 32), _CLOCK_INK)
        ImageDraw.Draw(image).text((width / 2, 16), character, (240, 244, 248), font, anchor="mm")
        tiles[character] = np.asarray(image, np.uint8)
    return tiles
