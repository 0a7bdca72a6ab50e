"""Which connection carries a person's picture and sound."""

from __future__ import annotations

import itertools

import pytest

from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.outbox import Seat
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Agent, Role
from telehealth_widget.rooms.seats import PENDING_SIGNALS, Seats

BROWSER = Agent.BROWSER


def fold(*events: e.AnyEvent) -> Session:
    state = Session(id="s")
    for event in (e.PersonInvited("p", "P07", Role.CLIENT, None, None, 0, False), *events):
        state = evolve(state, event, t_ms=0, at_ms=0)
    return state


IN = fold(e.PersonAdmitted("p"))


@pytest.fixture
def seats() -> Seats:
    return Seats("s", b"key")


def test_the_newest_connection_takes_the_seat_and_the_loser_is_returned(seats: Seats) -> None:
    assert seats.take("p", "c1", "g1", BROWSER) is None
    assert seats.take("p", "c1", "g1", BROWSER) is None
    lost = seats.take("p", "c2", "g2", BROWSER)
    assert lost is not None
    assert lost.connection == "c1"
    assert seats.table(IN)["p"].connection == "c2"


def test_a_reload_keeps_the_seat_and_changes_the_address(seats: Seats) -> None:
    seats.take("p", "c1", "g1", BROWSER)
    before = seats.table(IN)["p"].endpoint
    assert seats.take("p", "c1", "g2", BROWSER) is None
    assert seats.table(IN)["p"].endpoint != before


def test_an_address_leads_to_its_person_only_while_they_are_in(seats: Seats) -> None:
    seats.take("p", "c1", "g1", BROWSER)
    table = seats.table(IN)
    assert table == {"p": Seat("c1", table["p"].endpoint, BROWSER, since_at_ms=0)}
    assert seats.person_at(table["p"].endpoint) == "p"
    seats.table(fold(e.PersonAdmitted("p"), e.PersonPaused("p")))
    assert seats.person_at(table["p"].endpoint) is None
    again = seats.table(fold(e.PersonAdmitted("p"), e.PersonPaused("p"), e.PersonResumed("p")))
    assert again["p"].endpoint != table["p"].endpoint
    assert seats.person_at(table["p"].endpoint) is None


def test_a_seat_knows_since_when_its_person_is_in_the_call(seats: Seats) -> None:
    at = itertools.count(1_000, 1_000)
    state = fold()

    def after(event: e.AnyEvent) -> Seat:
        nonlocal state
        state = evolve(state, event, t_ms=0, at_ms=next(at))
        return seats.table(state)["p"]

    seats.take("p", "c1", "g1", BROWSER)
    waits = after(e.PersonReady("p", True, True))
    assert waits.since_at_ms == 1_000
    assert after(e.PersonAdmitted("p")).since_at_ms == 2_000
    assert after(e.PersonPaused("p")).since_at_ms == 2_000
    assert after(e.PersonResumed("p")).since_at_ms == 4_000
    seats.take("p", "c1", "g2", BROWSER)
    assert seats.table(state)["p"].since_at_ms == 4_000
    # A server that starts anew finds the same.
    again = Seats("s", b"key")
    again.take("p", "c1", "g2", BROWSER)
    assert again.table(state) == seats.table(state)


def test_a_seat_is_dropped_or_put_back(seats: Seats) -> None:
    seats.take("p", "c1", "g1", BROWSER)
    before = seats.holder("p")
    seats.take("p", "c2", "g2", BROWSER)
    seats.put_back("p", before)
    assert seats.table(IN)["p"].connection == "c1"
    seats.put_back("p", None)
    assert seats.table(IN) == {}
    seats.drop("p")


def test_a_seat_of_nobody_is_not_in_the_table(seats: Seats) -> None:
    seats.take("p_nobody", "c1", "g1", BROWSER)
    assert seats.table(IN) == {}


def test_signals_for_a_page_that_is_away_are_bounded(seats: Seats) -> None:
    seats.take("p", "c1", "g1", BROWSER)
    holder = seats.holder("p")
    assert holder is not None
    for n in range(PENDING_SIGNALS + 5):
        holder.pending.append(str(n).encode())
    assert len(holder.pending) == PENDING_SIGNALS
    assert holder.pending[-1] == str(PENDING_SIGNALS + 4).encode()
