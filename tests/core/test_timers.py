"""What falls due by the passing of time."""

from __future__ import annotations

import pytest

from telehealth_widget.core import timers
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.kinds import Phase

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
