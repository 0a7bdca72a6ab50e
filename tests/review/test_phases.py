"""Marks, and what is read out of them."""

from __future__ import annotations

from telehealth_widget.protocol import events as e
from telehealth_widget.review.phases import StudyPhase, labels, marks, study_phases

from .conftest import made_of


def test_phases_last_until_the_next_one_or_the_end() -> None:
    record = made_of(
        (1_000, e.MarkPlaced("phase: baseline", None)),
        (5_000, e.MarkPlaced("rupture", "a note")),
        (9_000, e.MarkPlaced("Phase:exposure", None)),
    )
    assert study_phases(record) == [
        StudyPhase("baseline", 1_000, 9_000),
        StudyPhase("exposure", 9_000, 60_000),
    ]
    assert [(x.t_ms, x.label, x.note) for x in marks(record)][1] == (5_000, "rupture", "a note")


def test_without_marks_there_are_none_and_no_labels() -> None:
    assert study_phases(made_of()) == marks(made_of()) == []
    assert labels(made_of()) == {}


def test_the_last_label_counts_and_a_bare_prefix_is_none() -> None:
    record = made_of(
        (1, e.MarkPlaced("site: North", None)),
        (2, e.MarkPlaced("site: South", None)),
        (3, e.MarkPlaced("condition:", None)),
        (4, e.MarkPlaced("sites: East", None)),
    )
    assert labels(record) == {"site": "South"}


def test_a_sealed_note_is_no_note() -> None:
    record = made_of((1, e.MarkPlaced("cue", e.Sealed("r", "0" * 64))))
    assert marks(record)[0].note is None


def test_a_phase_begun_after_the_end_has_no_length() -> None:
    record = made_of((70_000, e.MarkPlaced("phase: late", None)))
    assert study_phases(record)[0].to_ms == study_phases(record)[0].from_ms
