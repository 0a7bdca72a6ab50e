"""Callbacks on a thread of their own, and awaitables."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from telehealth_widget.kernel.callbacks import (
    EVENT_NAMES,
    Callbacks,
    SessionEvent,
    check_name,
    event_of,
)
from telehealth_widget.kernel.people import Participant
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.protocol.messages import Closed

NOW = datetime(2027, 1, 1, tzinfo=UTC)
OVER = Closed(code=ErrorCode.SESSION_ENDED, message="It is over.")


def person(id: str) -> Participant:
    return Participant(id, "P07", "client", "waiting", "Zebra", True, False, None, None, None)


def event(name: str, of: str = "p_1") -> SessionEvent:
    return SessionEvent(name, person(of), NOW)


@pytest.fixture
def callbacks() -> Iterator[Callbacks]:
    made = Callbacks()
    yield made
    thread = made._thread
    made.close(OVER)
    if thread is not None:
        thread.join(5)
        assert not thread.is_alive()


def drained(callbacks: Callbacks) -> None:
    """Everything told so far has been called."""
    done = threading.Event()

    def last(event: SessionEvent) -> None:
        done.set()

    callbacks.add("ended", last)
    callbacks.tell(event("ended"))
    assert done.wait(5)


def test_a_callback_hears_its_event_and_any_hears_all(callbacks: Callbacks) -> None:
    heard: list[str] = []
    callbacks.add("ready", lambda x: heard.append(f"ready {x.participant and x.participant.code}"))

    def everything(x: SessionEvent) -> None:
        heard.append(f"any {x.name}")

    callbacks.add("any", everything)
    callbacks.tell(event("ready"))
    callbacks.tell(event("left"))
    drained(callbacks)
    assert heard == ["ready P07", "any ready", "any left", "any ended"]


def test_a_rerun_cell_replaces_its_callback(callbacks: Callbacks) -> None:
    heard: list[int] = []

    def cell(n: int) -> None:
        def greet(x: SessionEvent) -> None:
            heard.append(n)

        callbacks.add("ready", greet)

    for n in (1, 2, 3):
        cell(n)
    callbacks.tell(event("ready"))
    drained(callbacks)
    assert heard == [3]


def test_a_callback_that_raises_is_shown_and_stops_nothing(
    callbacks: Callbacks, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[str] = []

    def fails(x: SessionEvent) -> None:
        raise ValueError("my mistake")

    callbacks.add("ready", fails)
    callbacks.add("any", lambda x: heard.append(x.name))
    callbacks.tell(event("ready"))
    callbacks.tell(event("left"))
    drained(callbacks)
    assert heard == ["ready", "left", "ended"]
    assert "ValueError: my mistake" in capsys.readouterr().err


def test_callbacks_run_one_after_another_on_one_daemon_thread(callbacks: Callbacks) -> None:
    threads: list[threading.Thread] = []
    callbacks.add("any", lambda x: threads.append(threading.current_thread()))
    for _ in range(5):
        callbacks.tell(event("ready"))
    drained(callbacks)
    assert len(set(threads)) == 1
    assert threads[0].daemon
    assert threads[0] is not threading.main_thread()


def test_without_callbacks_there_is_no_thread_and_nothing_piles_up(callbacks: Callbacks) -> None:
    callbacks.tell(event("ready"))
    assert callbacks._thread is None
    assert callbacks._queue.empty()


async def test_a_waiter_gets_the_next_event_that_fits_from_another_thread() -> None:
    callbacks = Callbacks()
    anyone, someone = callbacks.expect("ready", None), callbacks.expect("ready", "p_2")
    told = threading.Thread(
        target=lambda: [callbacks.tell(event("ready", x)) for x in ("p_1", "p_2")]
    )
    told.start()
    assert (await asyncio.wait_for(anyone, 5)).participant == person("p_1")
    assert (await asyncio.wait_for(someone, 5)).participant == person("p_2")
    told.join()
    assert callbacks._waiters == []


async def test_a_waiter_that_gave_up_is_forgotten() -> None:
    callbacks = Callbacks()
    future = callbacks.expect("any", None)
    callbacks.forget(future)
    callbacks.tell(event("ready"))
    await asyncio.sleep(0)
    assert not future.done()


async def test_once_it_is_over_nobody_waits_on_and_nothing_is_taken_any_more() -> None:
    callbacks = Callbacks()
    callbacks.add("any", lambda x: None)
    thread = callbacks._thread
    waiting = callbacks.expect("ready", None)
    callbacks.close(OVER)
    callbacks.close(Closed(code=ErrorCode.TIMED_OUT, message="Later."))
    for future in (waiting, callbacks.expect("ready", None)):
        with pytest.raises(CommandRefused) as refused:
            await asyncio.wait_for(future, 5)
        assert (refused.value.code, refused.value.message) == (OVER.code, OVER.message)
    with pytest.raises(CommandRefused) as refused:
        callbacks.add("any", lambda x: None)
    assert refused.value.code is OVER.code
    assert thread is not None
    thread.join(5)
    assert not thread.is_alive()
    callbacks.forget(callbacks.expect("ready", None))  # never awaited, and no word about it


def test_a_record_becomes_an_event_with_codes() -> None:
    record = e.Record("s", 3, 1_500, 1_000, "p_9", Via.KERNEL, e.PersonAdmitted("p_1"))
    made = event_of(record, True, lambda x: person(x) if x == "p_1" else None)
    assert made is not None
    assert (made.name, made.t_ms, made.actor, made.recorded) == ("admitted", 1_500, "p_9", True)
    assert made.participant == person("p_1")
    assert "Zebra" not in repr(made)
    silent = e.Record("s", 4, 0, 0, "p_9", Via.KERNEL, e.InviteRevoked("p_1"))
    assert event_of(silent, True, person) is None


def test_every_name_is_known_and_an_unknown_one_lists_them() -> None:
    for name in (*EVENT_NAMES.values(), "any"):
        assert check_name(name) == name
    with pytest.raises(TelehealthError) as refused:
        check_name("redy")
    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.message.endswith("sent_back, started, unmuted, unpublished.")
    assert "redy" not in refused.value.message
