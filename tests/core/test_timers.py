"""What falls due by the passing of time."""

from __future__ import annotations

import pytest

from telehealth_widget.core import timers
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.kinds import EndCause, Phase, SessionPhase

from .conftest import SERVER, Play


@pytest.mark.parametrize("phase", [Phase.PREPARING, Phase.WAITING, Phase.ADMITTED, Phase.PAUSED])
def test_a_dropped_connection_holds_its_phase_for_the_sessions_hold(phase: Phase) -> None:
    play = Play().open(hold_ms=30_000)
    person = play.bring("P07", phase)
    assert timers.next_due(play.state) is None
    play.pass_ms(5_000)
    play.do(SERVER, c.Disconnect(person=person))
    assert timers.next_due(play.state) == 35_000
    assert timers.due(play.state, t_ms=34_999) == []
    assert timers.due(play.state, t_ms=35_000) == [c.Expire(person=person)]
    play.do(SERVER, c.Connect(person=person))
    assert timers.next_due(play.state) is None


@pytest.mark.parametrize("phase", [Phase.INVITED, Phase.DECLINED, Phase.REMOVED, Phase.LEFT])
def test_an_absent_person_holds_nothing(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase)
    play.do(SERVER, c.Disconnect(person=person))
    assert timers.next_due(play.state) is None
    assert timers.due(play.state, t_ms=10**9) == []


def test_what_is_due_comes_in_the_order_of_time(play: Play) -> None:
    one, two = play.bring("P07", Phase.WAITING), play.bring("P08", Phase.WAITING)
    play.do(SERVER, c.Disconnect(person=two))
    play.pass_ms(1)
    play.do(SERVER, c.Disconnect(person=one))
    assert timers.next_due(play.state) == 120_000
    assert timers.due(play.state, t_ms=200_000) == [c.Expire(person=two), c.Expire(person=one)]


def test_a_removed_person_let_back_has_the_whole_hold_to_return(play: Play) -> None:
    person = play.bring("P07", Phase.REMOVED)
    play.do(SERVER, c.Disconnect(person=person))
    play.pass_ms(3_600_000)
    play.do(play.desk, c.LetWait(person=person))
    assert timers.next_due(play.state) == 3_720_000


def test_after_the_end_nothing_is_due(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    play.do(SERVER, c.Disconnect(person=person))
    play.do(play.desk, c.End())
    assert timers.next_due(play.state) is None


# -- a session that ends by itself ------------------------------------------------------------------

EMPTY, DURATION = c.RunOut(cause=EndCause.EMPTY), c.RunOut(cause=EndCause.DURATION)
MINUTE_MS = 60_000


def test_a_session_that_everyone_left_ends_after_its_wait() -> None:
    play = Play().open(end_when_empty_ms=60_000)
    play.bring("P07", Phase.ADMITTED)
    play.bring("P08", Phase.WAITING)
    play.do(play.as_guest("P07"), c.Leave())
    assert timers.next_due(play.state) is None
    play.pass_ms(5_000)
    play.do(play.as_guest("P08"), c.Leave())
    assert timers.next_due(play.state) == 65_000
    assert timers.due(play.state, t_ms=64_999) == []
    assert timers.due(play.state, t_ms=65_000) == [EMPTY]
    play.do(SERVER, c.Connect(person=play.id("P07")))
    assert timers.next_due(play.state) is None
    play.pass_ms(10_000)
    play.do(play.as_guest("P07"), c.Leave())
    assert timers.next_due(play.state) == 75_000


def test_nobody_is_waited_for_before_the_first_client_was_admitted() -> None:
    play = Play().open(end_when_empty_ms=60_000)
    play.bring("P07", Phase.WAITING)
    play.do(play.as_guest("P07"), c.Leave())
    assert timers.next_due(play.state) is None


def test_a_provider_who_stays_in_the_session_keeps_it() -> None:
    play = Play().open(end_when_empty_ms=60_000)
    play.do(play.desk, c.Join())
    play.bring("P07", Phase.ADMITTED)
    play.do(play.as_guest("P07"), c.Leave())
    assert timers.next_due(play.state) is None
    play.do(play.desk, c.Leave())
    assert timers.next_due(play.state) == 60_000


def test_a_lost_connection_is_held_first_and_then_waited_for() -> None:
    play = Play().open(hold_ms=10_000, end_when_empty_ms=60_000)
    person = play.bring("P07", Phase.ADMITTED)
    play.do(SERVER, c.Disconnect(person=person))
    play.pass_ms(10_000)
    (expire,) = timers.due(play.state, t_ms=play.t_ms)
    play.do(SERVER, expire)
    assert timers.next_due(play.state) == 70_000


def long_play(minutes: int = 50) -> Play:
    """A session of so many minutes; its first client comes in after 1 s."""
    play = Play().open(max_duration_ms=minutes * MINUTE_MS)
    play.pass_ms(1_000)
    play.bring("P07", Phase.ADMITTED)
    return play


def test_the_maximum_duration_counts_from_the_start_with_its_warnings_before() -> None:
    play = Play().open(max_duration_ms=50 * MINUTE_MS)
    assert timers.next_due(play.state) is None
    play = long_play()
    heard = []
    while (at_ms := timers.next_due(play.state)) is not None:
        play.t_ms = at_ms
        for command in timers.due(play.state, t_ms=at_ms):
            heard.append(((at_ms - 1_000) / MINUTE_MS, command))
            play.do(SERVER, command)
    assert heard == [
        (40, c.AnnounceEnd(minutes=10)),
        (45, c.AnnounceEnd(minutes=5)),
        (49, c.AnnounceEnd(minutes=1)),
        (50, DURATION),
    ]
    assert play.state.phase is SessionPhase.ENDED
    assert play.state.end_cause is EndCause.DURATION


def test_of_warnings_missed_while_the_server_was_down_the_last_is_given() -> None:
    play = long_play()
    play.pass_ms(46 * MINUTE_MS)
    assert timers.due(play.state, t_ms=play.t_ms) == [c.AnnounceEnd(minutes=5)]
    play.do(SERVER, c.AnnounceEnd(minutes=5))
    assert timers.due(play.state, t_ms=play.t_ms) == []
    assert timers.next_due(play.state) == 1_000 + 49 * MINUTE_MS


def test_a_session_whose_time_ran_out_while_the_server_was_down_just_ends() -> None:
    play = long_play()
    play.pass_ms(90 * MINUTE_MS)
    assert timers.due(play.state, t_ms=play.t_ms) == [DURATION]


def test_who_is_due_to_leave_leaves_before_the_session_runs_out() -> None:
    play = Play().open(hold_ms=60_000, max_duration_ms=MINUTE_MS)
    person = play.bring("P07", Phase.ADMITTED)
    play.do(SERVER, c.Disconnect(person=person))
    play.pass_ms(60_000)
    assert timers.due(play.state, t_ms=play.t_ms) == [c.Expire(person=person), DURATION]
