"""Tidy DataFrames."""

from __future__ import annotations

import pytest

from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.review import tables
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.definitions import EVENTS, INTERVALS, PERSON, SESSION


def test_each_table_has_the_defined_columns_and_types(archive: Archive) -> None:
    record = archive.load("syn7_001")
    for table, columns in (
        (tables.persons(record), PERSON),
        (tables.sessions(record), SESSION),
        (tables.events(record), EVENTS),
        (tables.lanes(record), INTERVALS),
    ):
        assert list(table.columns) == [x.name for x in columns]
        for column in columns:
            kind = str(table[column.name].dtype)
            assert kind in ({"Int64", "float64"} if column.unit else {"object", "str"}), column.name


def test_a_table_a_phase_and_a_table_a_window(archive: Archive) -> None:
    record = archive.load("syn7_001")
    assert len(tables.persons(record, per="phase")) == 6
    windows = tables.sessions(record, per="window", every_s=30)
    assert len(windows) > 5
    assert (windows["to_ms"] - windows["from_ms"]).max() == 30_000
    with pytest.raises(TelehealthError, match="per="):
        tables.persons(record, per="hour")


def test_what_was_not_measured_is_missing_and_not_zero(archive: Archive) -> None:
    first = tables.persons(archive.load("syn7_001"), per="phase")
    assert first["first_wait_ms"].isna().any()
