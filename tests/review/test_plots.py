"""Plots draw what there is, and nothing of what there is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.plots import offsets, talk_over_time, timeline

from .conftest import made_of


def test_the_timeline_has_a_lane_a_person_and_names_its_phases(
    archive: Archive, tmp_path: Path
) -> None:
    record = archive.load("syn7_001")
    figure = timeline(record)
    (axes,) = figure.axes
    assert [x.get_text() for x in axes.get_yticklabels()] == ["T1", "P01"]
    assert [x.get_text().strip() for x in axes.texts] == ["check-in", "exercise", "wrap-up"]
    figure.savefig(tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 5_000


def test_a_mark_with_a_colon_is_drawn_and_a_label_is_not() -> None:
    record = made_of(
        (5, e.MarkPlaced("alliance: rupture", None)), (6, e.MarkPlaced("site : North", None))
    )
    (axes,) = timeline(record).axes
    assert [x.get_marker() for x in axes.lines] == ["v"]


def test_talk_over_time_has_a_line_a_person(archive: Archive) -> None:
    (axes,) = talk_over_time(archive.load("syn7_001"), every_s=30).axes
    assert [x.get_label() for x in axes.lines] == ["T1", "P01"]


def test_offsets_count_every_floor_transfer(archive: Archive) -> None:
    (axes,) = offsets(list(archive.records())).axes
    assert sum(bar.get_height() for bar in axes.patches) > 20


def test_a_session_without_anything_still_draws() -> None:
    for figure in (timeline(made_of()), talk_over_time(made_of()), offsets([made_of()])):
        figure.canvas.draw()


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(TelehealthError, match="matplotlib is not installed"):
        timeline(made_of())
