"""Build hook: puts the built front end into the package.

From a clone it runs npm; from an sdist, which carries the built files, it does not. A wheel needs no Node.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = (
    "widget.js",
    "widget.css",
    "replay.js",
    "replay.css",
    "offline.js",
    "offline.css",
    "join.html",
    "assets/join.js",
    "assets/guest.js",
    "assets/join.css",
    "assets/stage.js",
    "assets/background/effect.js",
    "assets/background/worker.js",
    "assets/connection-test.js",
)


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and `npm run build` when the built files are missing or older than their sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        js, static = root / "js", root / "telehealth_widget" / "static"
        if _is_fresh(js, static):
            return
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit(
                "telehealth_widget: building from a clone needs Node.js 20 or newer (npm was not found). "
                "Install it, or install the wheel, which needs no Node."
            )
        if not (js / "node_modules").is_dir():
            subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=js, check=True)
        subprocess.run([npm, "run", "build"], cwd=js, check=True)
        missing = [name for name in BUILT if not (static / name).is_file()]
        if missing:
            raise SystemExit(
                f"telehealth_widget: the front-end build left out {', '.join(missing)}."
            )


def _is_fresh(js: Path, static: Path) -> bool:
    if not all((static / name).is_file() for name in BUILT):
        return False
    oldest = min((static / name).stat().st_mtime for name in BUILT)
    sources = [p for p in (js / "src").rglob("*") if p.is_file()]
    sources += [p for p in (js / "backgrounds").iterdir() if p.is_file()]
    sources += [p for p in js.glob("*.*") if p.is_file()]
    return all(p.stat().st_mtime <= oldest for p in sources)
