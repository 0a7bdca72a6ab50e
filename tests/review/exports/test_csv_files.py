"""CSV that reads back, and runs nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from telehealth_widget.review.archive import Archive
from telehealth_widget.review.definitions import EVENTS
from telehealth_widget.review.exports.csv_files import safe, write_csv
from telehealth_widget.review.exports.rows import event_rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_a_spreadsheet_would_run_is_prefixed(tmp_path: Path, start: str) -> None:
    cell = f'{start}HYPERLINK("http://x")'
    path = write_csv(tmp_path / "x.csv", ("a", "b"), [{"a": cell, "b": -5}])
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows == [{"a": f"'{cell}", "b": "-5"}]
    assert safe(None) == ""


def test_pandas_reads_back_what_was_written(archive: Archive, tmp_path: Path) -> None:
    rows = event_rows(archive.load("syn7_001"))
    path = write_csv(tmp_path / "x.csv", EVENTS, rows)
    back = pd.read_csv(path, keep_default_na=False)
    assert list(back.columns) == [x.name for x in EVENTS]
    for name in ("n", "t_ms", "event", "actor", "details"):
        assert back[name].tolist() == [row[name] for row in rows]
