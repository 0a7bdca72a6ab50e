"""The files of the background effect, for both doors: what they are called, what they are, who may run what in them.

Only these exact names are served. They are read when a background is chosen and not before.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
FOLDER = "assets/background"
"""Below `static`, and below the guest site's root."""
PICTURES = ("wall", "books", "window", "plants", "hills", "sea")

_SCRIPT = "text/javascript; charset=utf-8"
_PICTURE = "image/jpeg"
_BYTES = "application/octet-stream"
LIBRARY = {
    "selfie_segmentation.js": _SCRIPT,
    "selfie_segmentation_solution_simd_wasm_bin.js": _SCRIPT,
    "selfie_segmentation_solution_simd_wasm_bin.wasm": "application/wasm",
    "selfie_segmentation.tflite": _BYTES,
    "selfie_segmentation_landscape.tflite": _BYTES,
    "selfie_segmentation.binarypb": _BYTES,
}
"""Asked for with the library's version behind a question mark, so a browser may keep them for good."""
KINDS = {
    "effect.js": _SCRIPT,
    "worker.js": _SCRIPT,
    **LIBRARY,
    **{f"{name}{size}.jpg": _PICTURE for name in PICTURES for size in ("", "-small")},
}
"""Name → content type, of everything in the folder."""
WORKER = "worker.js"


@dataclass(frozen=True)
class Asset:
    """One file as it goes out."""

    body: bytes
    kind: str
    encoding: str
    """`gzip` if the body is packed, else empty. Every browser that has WebAssembly unpacks it."""
    lasting: bool
    """A browser may keep it for good."""


@cache
def load(name: str) -> Asset:
    """Read a file of the folder.

    Raises:
        KeyError: it is none of ours.
        OSError: the front end is not built.
    """
    kind = KINDS[name]
    packed = name.endswith(".wasm")
    path = STATIC / FOLDER / (f"{name}.gz" if packed else name)
    return Asset(path.read_bytes(), kind, "gzip" if packed else "", name in LIBRARY)


def cache_control(asset: Asset) -> str:
    """The worker checks the library's files by their hashes, so a wrong one in a cache does no harm."""
    return "private, max-age=31536000, immutable" if asset.lasting else "private, no-cache"


def worker_policy(site: str) -> str:
    """The effect's worker has a policy of its own: the page needs neither its scripts nor WebAssembly.

    Args:
        site: the origin of the guest site, or `'self'`.
    """
    folder = f"{site}/{FOLDER}/"
    scripts = [name for name, kind in LIBRARY.items() if kind == _SCRIPT]
    own = site == "'self'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src "
            + ("'self'" if own else " ".join(folder + name for name in scripts))
            + " 'wasm-unsafe-eval'",
            f"connect-src {site if own else folder}",
            "require-trusted-types-for 'script'",
            "trusted-types default",
        )
    )
