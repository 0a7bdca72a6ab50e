"""What a page measured, on the session's time."""

from __future__ import annotations

from telehealth_widget.core.measured import (
    may_measure,
    quality_measured,
    until_ms,
    voice_measured,
)
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.kinds import Phase
from telehealth_widget.protocol.measurements import (
    Figures,
    QualityMeasured,
    Span,
    Stretch,
    VoiceMeasured,
)

from .conftest import Play


def test_only_who_is_in_a_live_session_may_tell(play: Play) -> None:
    play.bring("P07", Phase.ADMITTED)
    for code, phase in (("P08", Phase.WAITING), ("P09", Phase.PAUSED), ("P10", Phase.REMOVED)):
        play.bring(code, phase)
        assert not may_measure(play.state, play.of(code))
    assert may_measure(play.state, play.of("P07"))
    before = play.of("P07")
    play.do(play.desk, c.End())
    assert not may_measure(play.state, before)


def spoken(*told: tuple[int, int], floor_ms: int = 0) -> list[tuple[int, int]]:
    stretches = tuple(Stretch(*one) for one in told)
    body = voice_measured("p1", stretches, now_ms=100_000, floor_ms=floor_ms)
    assert body.person == "p1"
    return [(span.from_ms, span.to_ms) for span in body.spans]


def test_spans_count_back_from_now() -> None:
    assert spoken((9_000, 7_500), (4_000, 0)) == [(91_000, 92_500), (96_000, 100_000)]


def test_spans_are_put_in_order_and_never_overlap() -> None:
    assert spoken((3_000, 1_000), (9_000, 2_000)) == [(91_000, 98_000), (98_000, 99_000)]
    assert spoken((5_000, 1_000), (4_000, 2_000)) == [(95_000, 99_000)]


def test_what_is_on_record_already_or_was_before_the_person_came_is_cut_away() -> None:
    assert spoken((9_000, 7_000), (4_000, 1_000), floor_ms=97_500) == [(97_500, 99_000)]


def test_a_backward_or_empty_span_is_nothing() -> None:
    assert spoken((1_000, 2_000), (500, 500)) == []


def test_quality_is_about_the_stretch_that_is_new() -> None:
    figures = Figures(over_ms=10_000, rtt_ms=21.5, loss=0.01)
    body = quality_measured("p1", figures, now_ms=100_000, floor_ms=95_000)
    assert body == QualityMeasured("p1", Span(95_000, 100_000), rtt_ms=21.5, loss=0.01)
    assert quality_measured("p1", figures, now_ms=100_000, floor_ms=100_000) is None
    nothing = Figures(over_ms=10_000)
    assert quality_measured("p1", nothing, now_ms=100_000, floor_ms=0) is None


def test_a_measurement_says_until_when_it_tells() -> None:
    assert until_ms(VoiceMeasured("p1", (Span(1, 2), Span(5, 9)))) == 9
    assert until_ms(VoiceMeasured("p1", ())) is None
    assert until_ms(QualityMeasured("p1", Span(3, 8), rtt_ms=1.0)) == 8
