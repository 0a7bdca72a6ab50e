"""Session time goes on over restarts and never back."""

from __future__ import annotations

import re

from telehealth_widget.rooms.clock import Clock, SessionTime, fresh_id

from .conftest import HeldClock


def test_session_time_counts_from_zero() -> None:
    clock = HeldClock()
    time = SessionTime(clock)
    clock.now += 5
    assert time.now() == (5, clock.now)


def test_after_a_restart_the_time_off_counts() -> None:
    clock = HeldClock()
    assert SessionTime(clock, 1_000, clock.now - 500).now() == (1_500, clock.now)


def test_a_clock_set_back_takes_nothing_away() -> None:
    clock = HeldClock()
    assert SessionTime(clock, 1_000, clock.now + 60_000).now()[0] == 1_000


def test_a_wall_clock_that_jumps_does_not_move_session_time() -> None:
    clock = HeldClock()
    time = SessionTime(clock)
    wall = clock.now + 3_600_000
    clock.wall_ms = lambda: wall  # type: ignore[method-assign]
    assert time.now() == (0, wall)


def test_the_real_clock_never_goes_back_and_is_in_ms() -> None:
    clock = Clock()
    one, two = clock.monotonic_ms(), clock.monotonic_ms()
    assert two >= one
    assert 1_700_000_000_000 < clock.wall_ms() < 10_000_000_000_000


def test_a_fresh_id_is_random_and_plain() -> None:
    made = {fresh_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(re.fullmatch(r"[a-z2-7]{16}", x) for x in made)
