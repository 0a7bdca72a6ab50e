"""The files of the background effect: exact names, how long they may be kept, and what the worker may do."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from telehealth_widget.server import assets

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["other.js", "../guest.py", "", "worker.js.map", "WORKER.JS"])
def test_only_exact_names_are_files(static: Path, name: str) -> None:
    with pytest.raises(KeyError):
        assets.load(name)


def test_webassembly_goes_out_packed_and_the_rest_as_it_is(static: Path) -> None:
    wasm = assets.load("selfie_segmentation_solution_simd_wasm_bin.wasm")
    assert (wasm.kind, wasm.encoding) == ("application/wasm", "gzip")
    assert wasm.body.startswith(b"\x1f\x8b")
    others = [assets.load(name) for name in assets.KINDS if not name.endswith(".wasm")]
    assert {asset.encoding for asset in others} == {""}


def test_the_librarys_files_may_be_kept_for_good_and_ours_are_asked_for_again(static: Path) -> None:
    for name in assets.KINDS:
        lasting = "immutable" in assets.cache_control(assets.load(name))
        assert lasting == (name in assets.LIBRARY), name


def test_the_worker_may_run_the_library_and_fetch_its_folder_and_nothing_else() -> None:
    policy = assets.worker_policy("https://x.example")
    assert re.findall(r"https://\S+?(?=[; ]|$)", policy) == [
        "https://x.example/assets/background/selfie_segmentation.js",
        "https://x.example/assets/background/selfie_segmentation_solution_simd_wasm_bin.js",
        "https://x.example/assets/background/",
    ]
    for each in (policy, assets.worker_policy("'self'")):
        assert each.startswith("default-src 'none'; ")
        assert "'unsafe-eval'" not in each
        assert "'unsafe-inline'" not in each
        assert "require-trusted-types-for 'script'; trusted-types default" in each


def test_what_is_served_is_what_npm_has_and_what_the_worker_expects() -> None:
    built = ROOT / "telehealth_widget" / "static" / assets.FOLDER
    worker = (built / "worker.js").read_text()
    library = ROOT / "js" / "node_modules" / "@mediapipe" / "selfie_segmentation"
    version = json.loads((ROOT / "js" / "package.json").read_text())["dependencies"]
    assert version["@mediapipe/selfie_segmentation"] == "0.1.1675465747"
    for name, kind in assets.LIBRARY.items():
        body = (library / name).read_bytes()
        if name.endswith(".js"):
            assert (built / name).read_bytes() == body
        else:
            assert hashlib.sha256(body).hexdigest() in worker, (name, kind)
