"""ELAN files that pympi reads back."""

from __future__ import annotations

from pathlib import Path

import pytest
from pympi.Elan import Eaf

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.measurements import QualityMeasured, Span
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.exports.elan import MARKS_TIER, PHASES_TIER, tiers, write_eaf

from ..conftest import made_of


def test_every_tier_reads_back(archive: Archive, tmp_path: Path) -> None:
    record = archive.load("syn7_001")
    path = write_eaf(tmp_path / "x.eaf", record)
    back = Eaf(str(path))
    expected = tiers(record)
    assert set(back.get_tier_names()) == set(expected)
    for tier, wanted in expected.items():
        assert sorted(x[:3] for x in back.get_annotation_data_for_tier(tier)) == sorted(wanted)
    assert len(expected[PHASES_TIER]) == 3
    assert "P01 speaking" in expected
    assert "Synthetic client" not in path.read_text(encoding="utf-8")


def test_on_no_tier_annotations_overlap_or_are_empty() -> None:
    record = made_of(
        (1, e.PersonArrived("p_c")),
        (5, e.MarkPlaced("one", None)),
        (5, e.MarkPlaced("two", None)),
        (900, QualityMeasured("p_c", Span(0, 600))),
        (900, QualityMeasured("p_c", Span(500, 900))),
        (900, QualityMeasured("p_c", Span(500, 800))),
    )
    found = tiers(record)
    assert found[MARKS_TIER] == [(5, 6, "one; two")]
    for stretches in found.values():
        last = 0
        for start, stop, _ in stretches:
            assert last <= start < stop
            last = stop


def test_what_xml_cannot_hold_is_left_out(tmp_path: Path) -> None:
    record = made_of((5, e.MarkPlaced("a\x00<b>&\x0bc\ufffe", None)))
    back = Eaf(str(write_eaf(tmp_path / "x.eaf", record)))
    assert [x[2] for x in back.get_annotation_data_for_tier(MARKS_TIER)] == ["a<b>&c"]


@pytest.mark.parametrize("shift", [0, -365])
def test_the_date_follows_the_shift(tmp_path: Path, shift: int) -> None:
    text = write_eaf(tmp_path / "x.eaf", made_of(), shift).read_text(encoding="utf-8")
    assert ('DATE="2001-09-09' in text) is (shift == 0)
