"""WebVTT that webvtt-py reads back."""

from __future__ import annotations

from pathlib import Path

import webvtt

from telehealth_widget.protocol import events as e
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.exports.webvtt import (
    chapters,
    timestamp,
    write_chapters,
    write_marks,
)
from telehealth_widget.review.phases import marks, study_phases

from ..conftest import made_of


def test_chapters_read_back_as_the_study_phases(archive: Archive, tmp_path: Path) -> None:
    record = archive.load("syn7_001")
    cues = webvtt.read(str(write_chapters(tmp_path / "x.vtt", record)))
    assert [(c.start, c.end, c.text) for c in cues] == [
        (timestamp(x.from_ms), timestamp(x.to_ms), x.name) for x in study_phases(record)
    ]
    assert len(cues) == 3


def test_marks_read_back_in_order(archive: Archive, tmp_path: Path) -> None:
    record = archive.load("syn7_001")
    cues = webvtt.read(str(write_marks(tmp_path / "x.vtt", record)))
    assert [(c.start, c.text) for c in cues] == [
        (timestamp(x.t_ms), x.label) for x in marks(record)
    ]


def test_without_study_phases_the_waiting_room_and_the_session_are_chapters() -> None:
    record = made_of((20_000, e.SessionStarted()))
    assert chapters(record) == [(0, 20_000, "Waiting room"), (20_000, 60_000, "Session")]
    assert chapters(made_of()) == [(0, 60_000, "Waiting room")]


def test_markup_and_arrows_stay_text(tmp_path: Path) -> None:
    record = made_of((5, e.MarkPlaced("a --> <b>&\n\nNOTE", None)))
    (cue,) = webvtt.read(str(write_marks(tmp_path / "x.vtt", record)))
    assert cue.raw_text == "a --&gt; &lt;b&gt;&amp; NOTE"


def test_hours_may_be_many() -> None:
    assert timestamp(0) == "00:00:00.000"
    assert timestamp(400_000_000) == "111:06:40.000"
