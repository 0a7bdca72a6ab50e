"""What was decided, what may be shown, and what is left when the journal answers in its own time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.policy import Recording
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Phase, Role, Via
from telehealth_widget.rooms.ledger import Ledger

FIRST, TRIED, AFTER = Recording.FIRST, Recording.TRIED, Recording.AFTER
INVITED = e.PersonInvited("p", "P07", Role.CLIENT, "Ana", None, 0, False)


def drafts(*events: Any) -> tuple[e.Draft, ...]:
    return tuple(e.Draft(1, 1, "p", Via.PAGE, event) for event in events)


def waiting() -> Session:
    state = Session(id="s")
    for event in (INVITED, e.PersonArrived("p"), e.PersonReady("p", True, True)):
        state = evolve(state, event, t_ms=1, at_ms=1)
    return state


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(waiting())


def phases(ledger: Ledger) -> tuple[Phase, Phase, Phase]:
    """(confirmed, visible, decided)"""
    return (
        ledger.confirmed.people["p"].phase,
        ledger.visible.people["p"].phase,
        ledger.decided.people["p"].phase,
    )


def test_what_admits_is_seen_only_once_it_is_durable(ledger: Ledger) -> None:
    entry = ledger.submit(drafts(e.PersonAdmitted("p")), FIRST)
    assert phases(ledger) == (Phase.WAITING, Phase.WAITING, Phase.ADMITTED)
    ledger.settle(entry, recorded=True)
    assert phases(ledger) == (Phase.ADMITTED,) * 3
    assert (entry.settled, entry.recorded, entry.dropped) == (True, True, False)
    assert ledger.entries == []


def test_what_admits_and_is_not_recorded_never_was(ledger: Ledger) -> None:
    entry = ledger.submit(drafts(e.PersonAdmitted("p")), FIRST)
    ledger.settle(entry, recorded=False)
    assert phases(ledger) == (Phase.WAITING,) * 3
    assert (entry.recorded, entry.dropped) == (False, True)


def test_a_protective_act_is_seen_at_once_and_holds_unrecorded(ledger: Ledger) -> None:
    entry = ledger.submit(drafts(e.PersonRemoved("p", None)), AFTER)
    assert phases(ledger) == (Phase.WAITING, Phase.REMOVED, Phase.REMOVED)
    ledger.settle(entry, recorded=False)
    assert phases(ledger) == (Phase.REMOVED,) * 3
    assert (entry.recorded, entry.dropped) == (False, False)


def test_what_is_tried_waits_and_then_holds_either_way(ledger: Ledger) -> None:
    entry = ledger.submit(drafts(e.PersonDeclined("p", None)), TRIED)
    assert phases(ledger) == (Phase.WAITING, Phase.WAITING, Phase.DECLINED)
    ledger.settle(entry, recorded=False)
    assert phases(ledger) == (Phase.DECLINED,) * 3


def test_protection_overtakes_an_admission_that_is_still_being_written(ledger: Ledger) -> None:
    admit = ledger.submit(drafts(e.PersonAdmitted("p")), FIRST)
    remove = ledger.submit(drafts(e.PersonRemoved("p", None)), AFTER)
    assert phases(ledger) == (Phase.WAITING, Phase.REMOVED, Phase.REMOVED)
    ledger.settle(admit, recorded=True)
    assert phases(ledger) == (Phase.ADMITTED, Phase.REMOVED, Phase.REMOVED)
    ledger.settle(remove, recorded=True)
    assert phases(ledger) == (Phase.REMOVED,) * 3


def test_a_dropped_entry_behind_an_open_one_leaves_no_trace(ledger: Ledger) -> None:
    first = ledger.submit(drafts(e.PersonNamed("p", "Bo")), TRIED)
    admit = ledger.submit(drafts(e.PersonAdmitted("p")), FIRST)
    ledger.settle(admit, recorded=False)
    assert phases(ledger) == (Phase.WAITING,) * 3
    assert ledger.decided.people["p"].name == "Bo"
    ledger.settle(first, recorded=True)
    assert ledger.confirmed.people["p"].name == "Bo"
    assert ledger.entries == []


EVENTS = st.sampled_from(
    [
        e.PersonAdmitted("p"),
        e.PersonRemoved("p", None),
        e.PersonLetWait("p"),
        e.PersonDeclined("p", None),
        e.PersonNamed("p", "Bo"),
        e.PersonNamed("p", "Cy"),
        e.PersonPaused("p"),
    ]
)
STEP = st.tuples(EVENTS, st.sampled_from(Recording), st.booleans())


@given(st.lists(STEP, max_size=12), st.randoms(use_true_random=False))
def test_settled_in_any_order_it_is_the_fold_of_what_was_not_dropped(
    steps: list[tuple[Any, Recording, bool]], dice: Any
) -> None:
    ledger = Ledger(waiting())
    entries = [ledger.submit(drafts(event), recording) for event, recording, _ in steps]
    order = list(range(len(steps)))
    dice.shuffle(order)
    for n in order:
        ledger.settle(entries[n], recorded=steps[n][2])
    wanted = waiting()
    for event, recording, recorded in steps:
        if recorded or recording is not FIRST:
            wanted = evolve(wanted, event, t_ms=1, at_ms=1)
    assert ledger.confirmed == ledger.visible == ledger.decided == wanted
    assert ledger.entries == []


@given(st.lists(STEP, max_size=12))
def test_nothing_that_admits_is_visible_before_it_is_settled(
    steps: list[tuple[Any, Recording, bool]],
) -> None:
    ledger = Ledger(waiting())
    for event, recording, _ in steps:
        ledger.submit(drafts(event), recording)
    wanted = waiting()
    for event, recording, _ in steps:
        if recording is AFTER:
            wanted = evolve(wanted, event, t_ms=1, at_ms=1)
    assert ledger.visible == wanted
    assert ledger.confirmed == waiting()
