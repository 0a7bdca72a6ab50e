"""The data dictionary is complete enough to be read by itself."""

from __future__ import annotations

import pytest

from telehealth_widget.review.definitions import TABLES, Definition
from telehealth_widget.review.study import COLUMNS

UNITS = {"ms", "1", "count", "kbit/s", ""}


@pytest.mark.parametrize("columns", [*TABLES.values(), COLUMNS], ids=[*TABLES, "study"])
def test_every_column_has_a_unit_and_a_meaning_and_stands_once(
    columns: tuple[Definition, ...],
) -> None:
    assert len({x.name for x in columns}) == len(columns)
    for column in columns:
        assert column.unit in UNITS
        assert column.meaning.endswith(".")
        assert column.name.endswith("_ms") <= (column.unit == "ms")


def test_what_is_not_ours_names_its_source() -> None:
    sources = {x.name: x.source for x in TABLES["persons"]}
    for name in ("turns", "response_latency_ms", "overlaps", "asides"):
        assert "Heldner & Edlund (2010)" in sources[name]
    assert "Zimmerman & West (1975)" in sources["interruptions"]
    assert "Levitt (2001)" in {x.name: x.source for x in TABLES["sessions"]}["silences"]
