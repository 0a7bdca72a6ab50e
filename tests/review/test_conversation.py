"""Made-up conversations keep the promises that make their truth countable."""

from __future__ import annotations

from random import Random

import pytest

from telehealth_widget.review.conversation import converse
from telehealth_widget.review.record import merged


@pytest.mark.parametrize("seed", range(20))
def test_nobody_overlaps_themselves_and_all_stays_within_the_time(seed: int) -> None:
    made = converse(Random(seed), "a", "b", 10_000, 400_000)
    for side in made.sides.values():
        assert merged(side.spans, 400_000) == sorted(side.spans)
        assert all(10_000 <= a < b < 400_000 for a, b in side.spans)
        assert sum(b - a for a, b in side.spans) == side.talk_ms
    assert sum(side.turns for side in made.sides.values()) > 5


def test_the_same_seed_says_the_same() -> None:
    one, two = (converse(Random(3), "a", "b", 0, 300_000) for _ in range(2))
    assert one == two


def test_too_short_a_time_holds_no_turn() -> None:
    made = converse(Random(1), "a", "b", 0, 1_000)
    assert all(not side.spans for side in made.sides.values())
