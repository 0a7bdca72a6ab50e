"""The replay widget in JupyterLab: its time and range are Python's too, and no notebook keeps the record."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from telehealth_widget.review.synthetic import write

from .axe import violations
from .conftest import House
from .lab import LabPage, until

pytestmark = pytest.mark.browser


def said(lab: LabPage, index: int) -> str:
    lab.run_cell(index)
    return lab.output(index)


def test_time_and_range_go_both_ways_and_nothing_is_saved(house: House, tmp_path: Path) -> None:
    write(tmp_path / "study", seed=7, providers=2, clients=3, sessions=1, minutes=4.0)
    name = house.lab.notebook(
        "replay.ipynb",
        "from telehealth_widget import Replay\n"
        f"replay = Replay('syn7_001', journal={str(tmp_path / 'study' / 'journal.sqlite3')!r},"
        f" comments={str(tmp_path / 'c.jsonl')!r})\n"
        "replay",
        "replay.time = 90_000\nreplay.selection = (60_000, 62_000)",
        "print('at', replay.time, replay.selection, replay.speed)",
        "print([(x.t_ms, x.text) for x in replay.comments])",
    )
    lab = LabPage(house.context(), house.lab, name)
    lab.run_cell(0)
    page = lab.page
    slider = page.get_by_role("slider", name="Time")
    expect(slider).to_be_visible()
    expect(page.get_by_role("list", name="Events")).to_be_visible()
    assert violations(page, ".telehealth-widget") == []

    lab.run_cell(1)
    expect(slider).to_have_value("90000")
    expect(page.get_by_text("Range: 01:00 to 01:02")).to_be_visible()

    slider.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("combobox", name="Speed").select_option(label="4×")
    page.get_by_role("button", name="Range ends here").click()
    until(
        lambda: "at 91000 (60000, 91000) 4.0" in said(lab, 2), "Python knows of time, range, speed"
    )

    page.get_by_role("button", name="Clear range").click()
    page.get_by_role("tab", name="Comments").click()
    page.get_by_role("textbox", name="Comment on 01:31").fill("Look here")
    page.get_by_role("button", name="Add comment").click()
    comments = page.get_by_role("list", name="Comments")
    expect(comments.get_by_text("Look here")).to_be_visible()
    until(lambda: "(91000, 'Look here')" in said(lab, 3), "Python has the comment")

    page.get_by_role("button", name="Play", exact=True).click()
    until(
        lambda: int((re.search(r"at (\d+)", said(lab, 2)) or [0, "0"])[1]) > 92_000,
        "time goes on in Python",
    )
    lab.save()
    saved = nbformat.read(house.lab.notebooks / name, as_version=4)
    text = str(saved.metadata) + "".join(str(cell.get("outputs", "")) for cell in saved.cells[:3])
    for canary in ("P01", "T1", "PersonAdmitted", "Synthetic"):
        assert canary not in text
    assert lab.errors == []
