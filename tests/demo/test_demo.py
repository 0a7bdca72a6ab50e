"""The quick-start notebook runs from top to bottom in a real JupyterLab while a client joins by link."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from telehealth_widget.review.loading import verify_jsonl

from .demo import SCHEMES, WIDTHS, run


@pytest.mark.browser
def test_the_demo_leaves_pictures_of_each_step_and_a_record(tmp_path: Path) -> None:
    run(tmp_path / "demo")
    pictures = sorted((tmp_path / "demo").glob("*.png"))
    steps = Counter(int(path.name.split("-")[0]) for path in pictures)
    assert sorted(steps) == list(range(1, 24)), "no step is without a picture"
    everywhere = len(WIDTHS) * len(SCHEMES)
    assert sorted(steps.values()) == [1] * 16 + [everywhere] * 7
    for path in pictures:
        with Image.open(path) as picture:
            assert len(picture.convert("RGB").getcolors(maxcolors=1 << 24) or []) > 50, path.name
    lines = (tmp_path / "demo" / "record.jsonl").read_text().splitlines()
    events = [json.loads(line)["record"]["body"]["event"] for line in lines[:-1]]
    assert events[0] == "SessionOpened"
    assert events[-2:] == ["SessionEnded", "RecordExported"]
    assert verify_jsonl(tmp_path / "demo" / "record.jsonl").verification.ok
    for event in ("PersonReady", "PersonAdmitted", "ChatSent", "MarkPlaced", "MediaMuted"):
        assert event in events
