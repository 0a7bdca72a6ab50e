"""The wheel: complete, enables the server extension, and needs no Node."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from telehealth_widget.server.assets import FOLDER, KINDS, LIBRARY

ROOT = Path(__file__).parents[1]
BUILT = (
    "widget.js",
    "widget.css",
    "join.html",
    "assets/join.js",
    "assets/guest.js",
    "assets/words/es.js",
    "assets/join.css",
    "assets/connection-test.js",
    "replay.js",
    "replay.css",
    "offline.js",
    "offline.css",
)


def test_the_wheel_carries_the_built_front_end_and_enables_the_extension(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(tmp_path),
            ".",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for part in BUILT:
            assert f"telehealth_widget/static/{part}" in names
        for part in KINDS:
            file = f"{part}.gz" if part.endswith(".wasm") else part
            assert f"telehealth_widget/static/{FOLDER}/{file}" in names
        (config,) = (
            n for n in names if n.endswith("jupyter_server_config.d/telehealth_widget.json")
        )
        assert ".data/data/etc/jupyter/" in config
        enabled = json.loads(archive.read(config))["ServerApp"]["jpserver_extensions"]
        assert enabled == {"telehealth_widget": True}
        assert not any(n.startswith(("js/", "tests/")) for n in names)


def test_nothing_in_the_built_front_end_points_anywhere_else() -> None:
    static = ROOT / "telehealth_widget" / "static"
    for path in static.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("latin-1")
            hosts = set(re.findall(r"https?://([\w-]+(?:\.[\w-]+)+)", text))
            # The library's warnings name where its compiler is explained; nothing is fetched from there.
            explained = {"github.com", "emscripten.org"} if path.name in LIBRARY else set()
            assert hosts <= {"www.w3.org"} | explained, f"{path.name} names {hosts}"
