"""Parquet: pyarrow and pandas read back the same rows, with types and meanings."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.definitions import EVENTS, PERSON
from telehealth_widget.review.exports.parquet import write_parquet
from telehealth_widget.review.exports.rows import event_rows
from telehealth_widget.review.measures import Measures


def test_what_was_written_reads_back_equal(archive: Archive, tmp_path: Path) -> None:
    record = archive.load("syn7_001")
    for columns, rows in ((EVENTS, event_rows(record)), (PERSON, Measures(record).persons())):
        path = write_parquet(tmp_path / "x.parquet", columns, rows)
        table = pq.read_table(path)
        assert table.to_pylist() == rows
        assert table.column_names == [x.name for x in columns]
        assert list(pd.read_parquet(path).columns) == table.column_names


def test_units_and_meanings_ride_along(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "x.parquet", PERSON, [])
    field = pq.read_schema(path).field("response_latency_ms")
    assert field.metadata[b"unit"] == b"ms"
    assert b"Heldner" in field.metadata[b"source"]


def test_without_pyarrow_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TelehealthError, match=r"telehealth-widget\[review\]") as refused:
        write_parquet(tmp_path / "x.parquet", EVENTS, [])
    assert refused.value.code is ErrorCode.BAD_OPTION
