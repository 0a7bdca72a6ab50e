"""When a simulated voice spoke, from how loud its blocks are."""

from __future__ import annotations

from itertools import pairwise

from telehealth_widget.media.measuring import BLOCK_MS, Utterances
from telehealth_widget.media.voice import Voice


def heard(*loud: tuple[int, int], until_ms: int) -> Utterances:
    utterances = Utterances()
    for n in range(1, round(until_ms / BLOCK_MS) + 1):
        now_ms = n * BLOCK_MS
        level = 0.5 if any(start < now_ms <= stop for start, stop in loud) else 0.0
        utterances.hear(level, now_ms)
    return utterances


def spans(utterances: Utterances, now_ms: int) -> list[tuple[int, int]]:
    return [(now_ms - x.from_back_ms, now_ms - x.to_back_ms) for x in utterances.take(now_ms)]


def test_an_utterance_has_its_beginning_and_end_and_is_taken_once() -> None:
    utterances = heard((1_000, 2_000), (5_000, 6_500), until_ms=10_000)
    assert spans(utterances, 10_000) == [(1_000, 2_000), (5_000, 6_500)]
    assert spans(utterances, 10_000) == []


def test_a_breath_does_not_end_it_a_pause_does() -> None:
    assert spans(heard((0, 1_000), (1_150, 2_000), until_ms=3_000), 3_000) == [(0, 2_000)]
    assert len(spans(heard((0, 1_000), (1_250, 2_000), until_ms=3_000), 3_000)) == 2


def test_who_goes_on_is_told_of_in_parts_that_touch() -> None:
    parts = spans(heard((0, 40_000), until_ms=41_000), 41_000)
    assert (parts[0][0], parts[-1][1]) == (0, 40_000)
    assert len(parts) == 3
    assert all(a[1] == b[0] for a, b in pairwise(parts))


def test_what_is_older_than_a_message_may_tell_is_left_out() -> None:
    utterances = heard((0, 1_000), (50_000, 51_000), until_ms=90_000)
    assert spans(utterances, 90_000) == [(50_000, 51_000)]


def test_the_synthetic_voice_speaks_in_phrases_of_one_to_five_seconds() -> None:
    voice, utterances = Voice("P08"), Utterances()
    for n in range(1, 3_001):
        voice.block()
        utterances.hear(voice.loudness, n * BLOCK_MS)
    found = spans(utterances, 60_000)
    lengths = [stop - start for start, stop in found]
    assert 10 < len(found) < 35
    assert all(500 < length < 5_500 for length in lengths), lengths
    assert 0.4 < sum(lengths) / 60_000 < 0.95
