"""Moments as dates, and those that are none."""

from __future__ import annotations

import pytest

from telehealth_widget.protocol.dates import iso, utc


def test_a_moment_is_utc_with_milliseconds_and_can_be_moved() -> None:
    assert iso(1_500) == "1970-01-01T00:00:01.500+00:00"
    assert iso(0, shift_days=-1) == "1969-12-31T00:00:00.000+00:00"


@pytest.mark.parametrize("at_ms", [10**15, -(10**15), 10**18, 10**40, -(10**400)])
def test_what_no_calendar_holds_is_none(at_ms: int) -> None:
    assert utc(at_ms) is iso(at_ms) is None
