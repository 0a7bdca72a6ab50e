"""Draws the shipped backgrounds and their thumbnails into js/backgrounds/. Needs numpy and Pillow.

Every picture is made of the shapes below, for this project; nothing is copied from anywhere. All are calm, out of
focus as a background is, and without people, words or signs. After a change: `python scripts/backgrounds.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 720)
THUMB = (128, 72)
FOLDER = Path(__file__).parents[1] / "backgrounds"

Colour = tuple[int, int, int]


def shade(top: Colour, bottom: Colour, power: float = 1.0) -> Image.Image:
    """A vertical passage from one colour to another."""
    along = np.linspace(0, 1, SIZE[1])[:, None, None] ** power
    rows = np.array(top) * (1 - along) + np.array(bottom) * along
    return Image.fromarray(np.repeat(rows, SIZE[0], axis=1).astype(np.uint8))


def soft(picture: Image.Image, radius: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(radius))


def lit(picture: Image.Image, x: float, y: float, reach: float, strength: float) -> Image.Image:
    """Light from one place, falling off; the corners darken a little."""
    across, down = np.meshgrid(np.linspace(0, 1, SIZE[0]), np.linspace(0, 1, SIZE[1]))
    near = np.exp(-(((across - x) / reach) ** 2 + ((down - y) / reach) ** 2))
    corners = 1 - 0.28 * ((across - 0.5) ** 2 + (down - 0.5) ** 2) * 2
    pixels = np.asarray(picture, dtype=float) * (corners + strength * near)[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def grain(picture: Image.Image, rng: np.random.Generator, sigma: float = 1.6) -> Image.Image:
    """Keeps wide passages from showing bands."""
    noise = rng.normal(0, sigma, (SIZE[1], SIZE[0], 1))
    return Image.fromarray(
        np.clip(np.asarray(picture, dtype=float) + noise, 0, 255).astype(np.uint8)
    )


def layer(
    draw: Callable[[ImageDraw.ImageDraw], None], onto: Image.Image, radius: float
) -> Image.Image:
    """Draws on a sheet of its own, softens that, and lays it on."""
    sheet = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    draw(ImageDraw.Draw(sheet))
    colours = sheet.convert("RGB")
    mask = soft(sheet.getchannel("A"), radius)
    flat = soft(Image.composite(colours, onto, sheet.getchannel("A")), radius)
    return Image.composite(flat, onto, mask)


def wall(rng: np.random.Generator) -> Image.Image:
    """A plastered wall with the light of a window on it."""
    texture = soft(
        Image.fromarray(rng.normal(128, 60, (SIZE[1], SIZE[0])).clip(0, 255).astype(np.uint8)), 9
    )
    plaster = np.asarray(shade((226, 214, 198), (206, 190, 172)), dtype=float)
    plaster = plaster + (np.asarray(texture, dtype=float)[..., None] - 128) * 0.5
    picture = Image.fromarray(plaster.clip(0, 255).astype(np.uint8))

    def panes(draw: ImageDraw.ImageDraw) -> None:
        for column in range(2):
            for row in range(2):
                x, y = 760 + column * 190, 70 + row * 230
                draw.polygon(
                    [(x, y + 40), (x + 165, y), (x + 165, y + 205), (x, y + 245)],
                    fill=(255, 240, 214, 120),
                )

    return lit(layer(panes, picture, 10), 0.72, 0.35, 0.5, 0.12)


def books(rng: np.random.Generator) -> Image.Image:
    """Shelves with books, a vase and a lamp's light."""
    palette: list[Colour] = [
        (52, 84, 92),
        (148, 84, 62),
        (196, 160, 108),
        (92, 104, 78),
        (212, 200, 180),
        (112, 66, 70),
        (72, 76, 96),
    ]
    picture = shade((120, 92, 70), (96, 72, 56))

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for shelf in range(4):
            floor = 168 + shelf * 184
            pen.rectangle((0, floor - 168, SIZE[0], floor - 4), fill=(62, 46, 38, 255))
            x = int(rng.integers(6, 40))
            while x < SIZE[0]:
                wide, tall = int(rng.integers(18, 46)), int(rng.integers(96, 150))
                if rng.random() < 0.09:
                    x += int(rng.integers(60, 150))
                    continue
                colour = palette[int(rng.integers(len(palette)))]
                worn = rng.uniform(0.72, 0.98)
                tint = tuple(int(c * worn) for c in colour)
                pen.rectangle((x, floor - tall, x + wide, floor - 6), fill=(*tint, 255))
                pen.rectangle(
                    (x + 4, floor - tall + 16, x + wide - 4, floor - tall + 22),
                    fill=(236, 220, 180, 120),
                )
                x += wide + 2
            pen.rectangle((0, floor - 8, SIZE[0], floor + 10), fill=(150, 112, 80, 255))

    return lit(layer(draw, picture, 5), 0.25, 0.2, 0.45, 0.3)


def window(rng: np.random.Generator) -> Image.Image:
    """A bright window with curtains, trees far outside."""
    picture = shade((222, 220, 214), (204, 200, 192))

    def outside(pen: ImageDraw.ImageDraw) -> None:
        pen.rectangle((330, 40, 950, 610), fill=(206, 228, 240, 255))
        for _ in range(60):
            x, y, r = rng.integers(330, 950), rng.integers(330, 620), rng.integers(30, 90)
            green = (
                int(rng.integers(110, 160)),
                int(rng.integers(150, 190)),
                int(rng.integers(110, 140)),
            )
            pen.ellipse((x - r, y - r, x + r, y + r), fill=(*green, 255))

    def frame(pen: ImageDraw.ImageDraw) -> None:
        pen.rectangle((0, 0, 330, SIZE[1]), fill=(222, 219, 212, 255))
        pen.rectangle((950, 0, SIZE[0], SIZE[1]), fill=(216, 213, 206, 255))
        pen.rectangle((0, 0, SIZE[0], 40), fill=(226, 223, 216, 255))
        pen.rectangle((0, 610, SIZE[0], SIZE[1]), fill=(206, 202, 194, 255))
        for x in (330, 634, 938):
            pen.rectangle((x, 40, x + 14, 610), fill=(248, 247, 243, 255))
        for y in (34, 300, 604):
            pen.rectangle((330, y, 952, y + 14), fill=(248, 247, 243, 255))
        pen.rectangle((300, 616, 984, 640), fill=(250, 249, 246, 255))

    def curtains(pen: ImageDraw.ImageDraw) -> None:
        for left, right in ((190, 400), (880, 1090)):
            for x in range(left, right, 14):
                tone = 232 + int(14 * np.sin(x / 11.0))
                pen.rectangle((x, 0, x + 14, 690), fill=(tone, tone - 4, tone - 12, 225))

    picture = layer(outside, picture, 12)
    picture = layer(frame, picture, 2.5)
    return lit(layer(curtains, picture, 5), 0.5, 0.4, 0.4, 0.1)


def plants(rng: np.random.Generator) -> Image.Image:
    """A green wall behind, large leaves on both sides."""
    picture = shade((168, 186, 170), (128, 150, 136))

    def leaf(
        pen: ImageDraw.ImageDraw, x: float, y: float, angle: float, long: float, tone: Colour
    ) -> None:
        along = np.linspace(0, 1, 30)
        bend = angle + 0.5 * along
        mid = np.stack([x + np.cos(bend) * long * along, y + np.sin(bend) * long * along], axis=1)
        half = long * 0.16 * np.sin(np.pi * along**0.8)
        side = np.stack([-np.sin(bend), np.cos(bend)], axis=1) * half[:, None]
        outline = np.concatenate([mid + side, (mid - side)[::-1]])
        pen.polygon([tuple(p) for p in outline], fill=(*tone, 255))
        pen.line([tuple(p) for p in mid], fill=(*(min(255, c + 26) for c in tone), 200), width=3)

    def bush(pen: ImageDraw.ImageDraw, x: float, count: int, long: float) -> None:
        for _ in range(count):
            tone = (
                int(rng.integers(40, 86)),
                int(rng.integers(92, 138)),
                int(rng.integers(64, 94)),
            )
            leaf(
                pen,
                x + rng.normal(0, 26),
                700 + rng.normal(0, 20),
                -np.pi / 2 - 0.25 + rng.normal(0, 0.52),
                long * rng.uniform(0.55, 1.1),
                tone,
            )

    picture = layer(lambda pen: (bush(pen, 330, 14, 380), bush(pen, 960, 14, 400))[0], picture, 9)
    picture = layer(lambda pen: (bush(pen, 110, 18, 560), bush(pen, 1180, 18, 600))[0], picture, 4)
    return lit(picture, 0.5, 0.15, 0.6, 0.14)


def hills(rng: np.random.Generator) -> Image.Image:
    """Hills one behind the other in morning haze."""
    picture = lit(shade((150, 190, 220), (250, 224, 196), 0.8), 0.7, 0.5, 0.3, 0.14)
    near, far = np.array((58, 92, 82)), np.array((184, 196, 198))
    across = np.arange(0, SIZE[0] + 8, 8)
    for step in range(6):
        depth = step / 5
        base = 380 + 62 * step
        line = base + sum(
            rng.uniform(14, 60)
            / wave
            * np.sin(
                across / SIZE[0] * 2 * np.pi * wave * rng.uniform(0.7, 1.2) + rng.uniform(0, 6)
            )
            for wave in (1, 2, 4)
        )
        colour = tuple(int(c) for c in far * (1 - depth) + near * depth)
        outline = [
            (0, SIZE[1]),
            *zip(across.tolist(), line.tolist(), strict=True),
            (SIZE[0], SIZE[1]),
        ]
        picture = layer(
            lambda pen, o=outline, c=colour: pen.polygon(o, fill=(*c, 255)), picture, 5 - 0.7 * step
        )
    return picture


def sea(rng: np.random.Generator) -> Image.Image:
    """A quiet sea under a wide sky."""
    picture = lit(shade((120, 178, 214), (236, 232, 220), 1.2), 0.3, 0.45, 0.4, 0.1)

    def clouds(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(9):
            x, y, wide = rng.uniform(0, SIZE[0]), rng.uniform(60, 300), rng.uniform(120, 300)
            for _ in range(14):
                cx, r = x + rng.normal(0, wide / 2.4), rng.uniform(12, 34)
                cy = y + rng.normal(0, 8)
                pen.ellipse(
                    (cx - r * 2.2, cy - r * 0.6, cx + r * 2.2, cy + r * 0.6),
                    fill=(255, 252, 246, 120),
                )

    def water(pen: ImageDraw.ImageDraw) -> None:
        for y in range(400, 630):
            along = (y - 400) / 230
            colour = (int(84 + 40 * along), int(150 + 34 * along), int(172 + 16 * along))
            pen.line((0, y, SIZE[0], y), fill=(*colour, 255))
        for _ in range(420):
            y = 404 + 220 * rng.random() ** 1.4
            long = 10 + 110 * (y - 400) / 230 * rng.random()
            x = rng.uniform(0, SIZE[0])
            pen.line((x, y, x + long, y), fill=(214, 234, 236, int(rng.integers(40, 110))), width=2)

    def sand(pen: ImageDraw.ImageDraw) -> None:
        across = np.arange(0, SIZE[0] + 8, 8)
        line = 628 + 10 * np.sin(across / 190) + 4 * np.sin(across / 47)
        outline = [
            (0, SIZE[1]),
            *zip(across.tolist(), line.tolist(), strict=True),
            (SIZE[0], SIZE[1]),
        ]
        pen.polygon(outline, fill=(232, 214, 182, 255))
        pen.line(
            list(zip(across.tolist(), line.tolist(), strict=True)),
            fill=(248, 248, 242, 230),
            width=9,
        )

    picture = layer(clouds, picture, 14)
    picture = layer(water, picture, 2)
    return layer(sand, picture, 4)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for number, draw in enumerate((wall, books, window, plants, hills, sea)):
        rng = np.random.default_rng(number)
        picture = grain(soft(draw(rng), 1.2), rng)
        picture.save(FOLDER / f"{draw.__name__}.jpg", quality=82, optimize=True, progressive=True)
        thumb = soft(picture, 2).resize(THUMB, Image.Resampling.LANCZOS)
        thumb.save(FOLDER / f"{draw.__name__}-small.jpg", quality=78, optimize=True)


if __name__ == "__main__":
    main()
