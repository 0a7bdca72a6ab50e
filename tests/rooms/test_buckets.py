"""How much one connection may send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telehealth_widget.rooms.buckets import Bucket


def test_a_burst_fits_and_then_tokens_come_back_with_time() -> None:
    bucket = Bucket(20, 60, 0)
    assert [bucket.take(0) for _ in range(61)] == [True] * 60 + [False]
    assert not bucket.take(49)
    assert bucket.take(50)
    assert not bucket.take(50)


def test_rest_never_saves_more_than_a_burst() -> None:
    bucket = Bucket(20, 60, 0)
    assert sum(bucket.take(10**9) for _ in range(1_000)) == 60


@given(st.lists(st.integers(0, 200), max_size=300))
def test_over_any_time_no_more_than_burst_and_rate_gets_through(pauses: list[int]) -> None:
    bucket, now_ms, taken = Bucket(20, 60, 0), 0, 0
    for pause in pauses:
        now_ms += pause
        taken += bucket.take(now_ms)
    assert taken <= 60 + now_ms * 20 / 1000 + 1e-6
