"""Faces for fake cameras: public-domain portraits that two Python packages ship, slowly moving.

Eileen Collins (NASA; scikit-image) and Grace Hopper (US Navy; matplotlib). Used in tests and the demo only.
"""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

from PIL import Image, ImageOps

SIZE = (640, 480)
FRAMES = 60
"""Three seconds at 20 frames/s; Chromium repeats the file."""


def _inside(package: str, *path: str) -> Path:
    found = importlib.util.find_spec(package)
    assert found is not None, f"{package} is missing: make setup"
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]).joinpath(*path)


def client_face() -> Image.Image:
    """Eileen Collins."""
    return Image.open(_inside("skimage", "data", "astronaut.png")).convert("RGB")


def provider_face() -> Image.Image:
    """Grace Hopper."""
    portrait = Image.open(_inside("matplotlib", "mpl-data", "sample_data", "grace_hopper.jpg"))
    return portrait.convert("RGB")


def camera_file(face: Image.Image, path: Path) -> Path:
    """A Motion-JPEG file for `--use-file-for-fake-video-capture`."""
    out = io.BytesIO()
    for frame in range(FRAMES):
        # There and back again, so that the repetition shows no jump.
        phase = abs(2 * frame / FRAMES - 1)
        zoom = 1.0 + 0.04 * phase
        width, height = int(SIZE[0] * zoom), int(SIZE[1] * zoom)
        grown = ImageOps.fit(face, (width, height), centering=(0.45, 0.1))
        left = int((width - SIZE[0]) / 2 + 6 * phase)
        left = max(0, min(left, width - SIZE[0]))
        grown.crop((left, 0, left + SIZE[0], SIZE[1])).save(out, "JPEG", quality=88)
    path.write_bytes(out.getvalue())
    return path
