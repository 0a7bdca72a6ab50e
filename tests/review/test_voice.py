"""Turns, overlaps and silences, by hand and under any spans."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telehealth_widget.review.record import merged
from telehealth_widget.review.voice import Aside, Turn, at_once, floor, overlap_ms, silences


def test_a_gap_an_overlap_and_an_interruption() -> None:
    found = floor({"a": [(0, 1_000), (3_000, 5_000)], "b": [(1_200, 3_100), (4_500, 6_000)]})
    assert found.turns == [
        Turn("a", 0, 1_000, None, None),
        Turn("b", 1_200, 3_100, 200, "a"),
        Turn("a", 3_000, 5_000, -100, "b"),
        Turn("b", 4_500, 6_000, -500, "a"),
    ]
    assert [x.is_interruption for x in found.turns] == [False, False, False, True]
    assert found.asides == []


def test_pauses_belong_to_a_turn_that_nobody_took() -> None:
    found = floor({"a": [(0, 1_000), (9_000, 10_000)], "b": []})
    assert found.turns == [Turn("a", 0, 10_000, None, None)]


def test_a_word_within_anothers_turn_is_an_aside() -> None:
    found = floor({"a": [(0, 5_000)], "b": [(2_000, 2_300)]})
    assert found.asides == [Aside("b", 2_000, 2_300)]
    assert len(found.turns) == 1


def test_silences_and_overlaps_fill_the_window() -> None:
    spans = {"a": [(1_000, 4_000)], "b": [(3_000, 5_000)]}
    assert at_once(spans, 0, 10_000) == [
        (0, 1_000, 0),
        (1_000, 3_000, 1),
        (3_000, 4_000, 2),
        (4_000, 5_000, 1),
        (5_000, 10_000, 0),
    ]
    assert overlap_ms(spans, 0, 10_000) == 1_000
    assert overlap_ms(spans, 3_500, 10_000) == 500
    assert silences(spans, 0, 10_000) == [(0, 1_000), (5_000, 10_000)]
    assert silences({}, 0, 10) == [(0, 10)]


SPANS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
@given(st.dictionaries(st.sampled_from("abc"), SPANS, max_size=3))
def test_any_spans_give_turns_in_order_and_times_that_add_up(
    raw: dict[str, list[tuple[int, int]]],
) -> None:
    spans = {person: merged(theirs, 500) for person, theirs in raw.items()}
    found = floor(spans)
    assert [x.from_ms for x in found.turns] == sorted(x.from_ms for x in found.turns)
    assert all(a.person != b.person for a, b in zip(found.turns, found.turns[1:], strict=False))
    for turn in found.turns:
        assert turn.from_ms < turn.to_ms
    cut = at_once(spans, 0, 500)
    assert sum(b - a for a, b, _ in cut) == 500
    talk = sum(b - a for theirs in spans.values() for a, b in theirs)
    assert sum((b - a) * n for a, b, n in cut) == talk
