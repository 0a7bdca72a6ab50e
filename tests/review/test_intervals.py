"""Lanes: what lasted from when to when."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Source
from telehealth_widget.protocol.measurements import QualityMeasured, Span
from telehealth_widget.review.intervals import KINDS, Interval, clipped, intervals, quality_word
from telehealth_widget.review.record import SessionRecord

from .conftest import made_of


def of(record: SessionRecord, kind: str, person: str = "p_c") -> list[tuple[int, int, str]]:
    return [
        (x.from_ms, x.to_ms, x.value)
        for x in intervals(record)
        if (x.person, x.kind) == (person, kind)
    ]


def test_phases_follow_each_other_without_gaps(studied: list[tuple[SessionRecord, Any]]) -> None:
    for record, _ in studied:
        for person in record.codes:
            lane = of(record, "phase", person)
            assert lane[0][0] == 0
            assert lane[-1][1] == record.end_ms
            assert all(a[1] == b[0] for a, b in pairwise(lane))


def test_at_every_moment_the_lanes_agree_with_the_view(
    studied: list[tuple[SessionRecord, Any]],
) -> None:
    record, _ = studied[1]
    found = intervals(record)
    assert {x.kind for x in found} <= set(KINDS)
    for t_ms in range(0, record.end_ms, 1_777):
        for row in record.views_at(t_ms).people.values():
            here = {
                x.kind: x.value for x in found if x.person == row.id and x.from_ms <= t_ms < x.to_ms
            }
            assert here["phase"] == row.phase.value
            assert ("connected" in here) is row.connected
            shown = {x.source.value: "muted" if x.muted else "on" for x in row.publications}
            assert shown == {k: here[k] for k in ("camera", "microphone", "screen") if k in here}


def test_a_source_is_on_or_muted_only_while_it_is_offered() -> None:
    record = made_of(
        (1_000, e.PersonAdmitted("p_c")),
        (2_000, e.MediaPublished("p_c", Source.CAMERA, True)),
        (3_000, e.MediaUnmuted("p_c", Source.CAMERA)),
        (4_000, e.PersonPaused("p_c")),
        (5_000, e.PersonResumed("p_c")),
        (6_000, e.MediaMuted("p_c", Source.MICROPHONE)),
    )
    assert of(record, "camera") == [(2_000, 3_000, "muted"), (3_000, 4_000, "on")]
    assert of(record, "microphone") == []


def test_quality_is_as_bad_as_its_worst_part() -> None:
    words = {
        quality_word(QualityMeasured("p", Span(0, 1), rtt_ms=rtt, loss=loss)): (rtt, loss)
        for rtt, loss in ((20, 0.0), (300, 0.0), (20, 0.09))
    }
    assert list(words) == ["good", "fair", "poor"]
    assert quality_word(QualityMeasured("p", Span(0, 1))) == "good"


def test_clipping_keeps_what_lies_within() -> None:
    lanes = [Interval("p", "phase", 0, 10, "x"), Interval("p", "phase", 10, 20, "y")]
    assert [(x.from_ms, x.to_ms) for x in clipped(lanes, 5, 10)] == [(5, 10)]
