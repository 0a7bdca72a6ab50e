"""Measures against the truth of made-up sessions, and against small cases worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Source
from telehealth_widget.protocol.measurements import QualityMeasured, Span, VoiceMeasured
from telehealth_widget.review.definitions import PERSON, SESSION
from telehealth_widget.review.measures import Measures, Part, by_phase, by_window, whole
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.synthetic import Study

from .conftest import made_of


@pytest.mark.parametrize("seed", range(1, 4))
def test_measures_of_a_synthetic_study_are_its_truth(seed: int) -> None:
    journal = MemoryJournal()
    compared = 0
    for truth in Study(seed=seed, sessions=40, minutes=6).write(journal):
        record = SessionRecord(truth.session, journal.read(truth.session))
        measures = Measures(record)
        (session,) = measures.sessions()
        assert session["overlap_ms"] == truth.overlap_ms
        assert session["marks"] == truth.marks
        assert record.end_ms == truth.end_ms
        rows = {row["person"]: row for row in measures.persons()}
        assert set(rows) == set(truth.persons)
        for code, known in truth.persons.items():
            found = {name: rows[code][name] for name in known}
            assert found == pytest.approx(known), (truth.session, code)
            compared += len(known)
    assert compared > 1_000


def test_every_column_is_defined_and_every_definition_is_a_column(
    studied: list[tuple[SessionRecord, Any]],
) -> None:
    measures = Measures(studied[0][0])
    assert list(measures.persons()[0]) == [x.name for x in PERSON]
    assert list(measures.sessions()[0]) == [x.name for x in SESSION]


def test_durations_of_phases_and_of_windows_add_up_to_the_session(
    studied: list[tuple[SessionRecord, Any]],
) -> None:
    for record, truth in studied:
        measures = Measures(record)
        parts = by_phase(record)
        assert [(x.name, x.from_ms, x.to_ms) for x in parts] == truth.phases
        for split in (parts, by_window(record, 30)):
            (total,) = measures.sessions([Part("live", split[0].from_ms, record.end_ms)])
            for name in ("live_ms", "speech_ms", "overlap_ms", "silence_ms", "floor_transfers"):
                assert sum(row[name] for row in measures.sessions(split)) == total[name]
            live = measures.persons([Part("live", split[0].from_ms, record.end_ms)])
            for name in (
                "talk_ms",
                "in_session_ms",
                "turns",
                "muted_ms",
                "share_ms",
                "chats",
                "shares",
            ):
                assert sum(row[name] for row in measures.persons(split)) == sum(
                    row[name] for row in live
                ), name


def test_without_voice_and_quality_nothing_is_claimed() -> None:
    record = made_of((5_000, e.PersonArrived("p_c")), (10_000, e.PersonLeft("p_c", "left")))
    (row,) = Measures(record).persons()
    assert row["talk_ms"] is row["turns"] is row["rtt_ms"] is row["poor_ms"] is None
    (session,) = Measures(record).sessions()
    assert session["speech_ms"] is session["silence_ms"] is session["median_offset_ms"] is None
    assert session["live_ms"] == 0


def test_waiting_times_mutes_and_shares_by_hand() -> None:
    record = made_of(
        (1_000, e.PersonArrived("p_c")),
        (2_000, e.PersonReady("p_c", True, True)),
        (12_000, e.SessionStarted()),
        (12_000, e.PersonAdmitted("p_c")),
        (12_000, e.MediaPublished("p_c", Source.MICROPHONE, False)),
        (20_000, e.MediaMuted("p_c", Source.MICROPHONE)),
        (25_000, e.MediaMuted("p_c", Source.MICROPHONE)),
        (30_000, e.MediaUnmuted("p_c", Source.MICROPHONE)),
        (40_000, e.MediaPublished("p_c", Source.SCREEN, False)),
        (45_000, e.MediaUnpublished("p_c", Source.SCREEN)),
        (50_000, e.ConnectionLost("p_c")),
        (53_000, e.ConnectionRestored("p_c")),
    )
    (row,) = Measures(record).persons()
    assert (row["waiting_ms"], row["first_wait_ms"], row["in_session_ms"]) == (
        10_000,
        10_000,
        48_000,
    )
    assert (row["mutes"], row["mutes_by_others"], row["muted_ms"]) == (1, 0, 10_000)
    assert (row["shares"], row["share_ms"], row["camera_on_ms"]) == (1, 5_000, 0)
    assert (row["reconnections"], row["away_ms"], row["camera_off_ms"]) == (1, 3_000, 48_000)


def test_a_first_connection_is_no_reconnection() -> None:
    record = made_of(
        (1_000, e.ConnectionRestored("p_t")),
        (2_000, e.StaffJoined("p_t")),
        (3_000, e.ConnectionLost("p_t")),
        (4_000, e.ConnectionLost("p_c")),
        (5_000, e.ConnectionRestored("p_t")),
        (6_000, e.ConnectionRestored("p_t")),
    )
    (row,) = Measures(record).persons()
    assert (row["person"], row["reconnections"]) == ("T1", 1)


def test_quality_is_weighted_by_time() -> None:
    record = made_of(
        (1_000, e.PersonArrived("p_c")),
        (20_000, QualityMeasured("p_c", Span(0, 10_000), rtt_ms=50, loss=0.0)),
        (50_000, QualityMeasured("p_c", Span(10_000, 40_000), rtt_ms=70, loss=0.1)),
    )
    (row,) = Measures(record).persons()
    assert (row["rtt_ms"], row["loss"], row["poor_ms"]) == (60, pytest.approx(0.075), 30_000)
    assert row["jitter_ms"] is None


def test_a_session_without_an_end_is_measured_up_to_its_last_record() -> None:
    record = made_of(
        (1_000, e.PersonArrived("p_c")),
        (1_500, e.PersonAdmitted("p_c")),
        (9_000, VoiceMeasured("p_c", (Span(2_000, 4_000), Span(8_000, 99_000)))),
        end_ms=None,
    )
    assert not record.ended
    assert whole(record) == [Part("session", 0, 9_000, with_end=True)]
    (row,) = Measures(record).persons()
    assert row["talk_ms"] == 3_000


def test_the_very_last_record_of_an_unfinished_session_counts_in_its_last_part() -> None:
    record = made_of(
        (1_000, e.PersonReady("p_c", True, True)),
        (1_000, e.MarkPlaced("phase: talk", None)),
        (9_000, e.SessionStarted()),
        (9_000, e.PersonAdmitted("p_c")),
        (9_000, e.ChatSent("p_c", "m", "everyone", 5)),
        (9_000, e.MarkPlaced("rupture", None)),
        end_ms=None,
    )
    measures = Measures(record)
    for parts in (whole(record), by_phase(record), by_window(record, 60)):
        (row,) = measures.persons(parts)
        assert (row["chats"], row["first_wait_ms"]) == (1, 8_000)
        assert measures.sessions(parts)[0]["marks"] == 1
    halves = [Part("a", 0, 9_000), Part("b", 9_000, 9_000, with_end=True)]
    assert [row["chats"] for row in measures.persons(halves)] == [0, 1]


def test_marks_are_told_from_labels_by_their_word_and_not_by_a_colon() -> None:
    placed = ("alliance: rupture", "phase : talk", "study: X", "Site:North", "cue")
    record = made_of(*((n, e.MarkPlaced(x, None)) for n, x in enumerate(placed, 1)))
    assert Measures(record).sessions()[0]["marks"] == 2


@pytest.mark.parametrize("every_s", [0, -1, 0.00001])
def test_absurd_windows_are_refused(every_s: float) -> None:
    with pytest.raises(TelehealthError) as refused:
        by_window(made_of(), every_s)
    assert refused.value.code is ErrorCode.BAD_OPTION
