"""Callbacks on a thread of their own, and awaitables."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from telehealth_widget.kernel.callbacks import Callback, Callbacks
from telehealth_widget.kernel.cells import Run
from telehealth_widget.kernel.people import Participant
from telehealth_widget.kernel.session_event import SessionEvent
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.messages import Closed

from .conftest import eventually

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
    made.close(OVER)
    for thread in made._threads:
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


def cell(source: str, **names: Any) -> None:
    """What stands at the top of a notebook's cell."""
    exec(compile(source, "<cell>", "exec"), {"__name__": "__main__", **names})


def test_a_named_function_replaces_the_one_of_its_name_and_event(callbacks: Callbacks) -> None:
    heard: list[str] = []
    source = """
def greet(event):
    heard.append(word)
for name in names:
    add(name, greet)
"""
    cell(source, add=callbacks.add, heard=heard, word="first", names=["ready", "left"])
    cell(source, add=callbacks.add, heard=heard, word="second", names=["ready"])
    callbacks.tell(event("ready"))
    callbacks.tell(event("left"))
    drained(callbacks)
    assert heard == ["second", "first"]


class Desk:
    def __init__(self, heard: list[str], name: str) -> None:
        self.heard, self.name = heard, name

    def note(self, event: SessionEvent) -> None:
        self.heard.append(self.name)


def test_lambdas_closures_and_methods_are_all_kept_but_the_same_one_is_once(
    callbacks: Callbacks,
) -> None:
    heard: list[str] = []

    def made(word: str) -> Callback:
        def note(event: SessionEvent) -> None:
            heard.append(word)

        return note

    callbacks.add("ready", lambda x: heard.append("lambda 1"))
    callbacks.add("ready", lambda x: heard.append("lambda 2"))
    for word in ("closure 1", "closure 2"):
        callbacks.add("ready", made(word))
    for desk in (Desk(heard, "desk 1"), Desk(heard, "desk 2")):
        callbacks.add("ready", desk.note)
        callbacks.add("ready", desk.note)
    callbacks.tell(event("ready"))
    drained(callbacks)
    assert heard == ["lambda 1", "lambda 2", "closure 1", "closure 2", "desk 1", "desk 2"]


def test_a_cell_that_runs_again_replaces_whatever_it_registered(callbacks: Callbacks) -> None:
    heard: list[str] = []

    def run(cell: str, request: str) -> None:
        for n in (1, 2):
            word = f"{cell} {request} {n}"
            callbacks.add("ready", lambda x, word=word: heard.append(word), Run(cell, request))

    for request in ("first", "again"):
        run("cell", request)
    run("other", "only")
    callbacks.tell(event("ready"))
    drained(callbacks)
    assert heard == ["cell again 1", "cell again 2", "other only 1", "other only 2"]


def test_in_one_run_of_a_cell_functions_of_one_name_are_all_kept(callbacks: Callbacks) -> None:
    heard: list[int] = []
    source = """
for n in (1, 2):
    def note(event, n=n):
        heard.append(n)
    add("ready", note, run)
"""
    for request in ("first", "again"):
        cell(source, add=callbacks.add, heard=heard, run=Run("cell", request))
    callbacks.tell(event("ready"))
    drained(callbacks)
    assert heard == [1, 2]


def test_coroutine_functions_run_in_order_and_hold_up_nobody_else(callbacks: Callbacks) -> None:
    names = ("ready", "left", "admitted")
    gates = {name: asyncio.Event() for name in names}
    heard: dict[str, list[str]] = {"slow": [], "quick": [], "plain": []}
    loops: list[asyncio.AbstractEventLoop] = []

    async def slow(x: SessionEvent) -> None:
        loops.append(asyncio.get_running_loop())
        heard["slow"].append(f"{x.name} begins")
        await gates[x.name].wait()
        heard["slow"].append(f"{x.name} ends")

    async def quick(x: SessionEvent) -> None:
        heard["quick"].append(x.name)

    def plain(x: SessionEvent) -> None:
        heard["plain"].append(x.name)

    for callback in (slow, quick, plain):
        callbacks.add("any", callback)
    for name in names:
        callbacks.tell(event(name))
    eventually(lambda: heard["quick"] == heard["plain"] == list(names))
    assert heard["slow"] == ["ready begins"]
    for name in reversed(names):
        loops[0].call_soon_threadsafe(gates[name].set)
    eventually(lambda: len(heard["slow"]) == 6)
    assert heard["slow"] == [f"{name} {what}" for name in names for what in ("begins", "ends")]


def test_what_a_coroutine_function_raises_is_shown_and_what_runs_at_the_end_is_finished(
    callbacks: Callbacks, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[str] = []

    async def fails(x: SessionEvent) -> None:
        await asyncio.sleep(0)
        raise ValueError("my mistake")

    async def last(x: SessionEvent) -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        heard.append(x.name)

    callbacks.add("ready", fails)
    callbacks.add("any", last)
    for name in ("ready", "ended"):
        callbacks.tell(event(name))
    callbacks.close(OVER)
    for thread in callbacks._threads:
        thread.join(5)
    assert heard == ["ready", "ended"]
    assert "ValueError: my mistake" in capsys.readouterr().err


async def test_a_coroutine_function_may_wait_for_the_next_event() -> None:
    callbacks = Callbacks()
    heard: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def chain(x: SessionEvent) -> None:
        following = callbacks.expect("admitted", None)
        loop.call_soon_threadsafe(heard.put_nowait, "waits")
        loop.call_soon_threadsafe(heard.put_nowait, (await following).name)

    callbacks.add("ready", chain)
    callbacks.tell(event("ready"))
    assert await asyncio.wait_for(heard.get(), 5) == "waits"
    callbacks.tell(event("admitted"))
    assert await asyncio.wait_for(heard.get(), 5) == "admitted"
    callbacks.close(OVER)


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


def test_a_plain_callback_may_run_a_loop_of_its_own(callbacks: Callbacks) -> None:
    heard: list[str] = []

    def work(x: SessionEvent) -> None:
        async def slowly() -> str:
            await asyncio.sleep(0)
            return x.name

        heard.append(asyncio.run(slowly()))

    callbacks.add("any", work)
    callbacks.tell(event("ready"))
    drained(callbacks)
    assert heard[0] == "ready"


def test_without_callbacks_there_is_no_thread_and_nothing_piles_up(callbacks: Callbacks) -> None:
    callbacks.tell(event("ready"))
    assert not callbacks._threads
    assert callbacks._loop is None


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
    for thread in callbacks._threads:
        thread.join(5)
        assert not thread.is_alive()
    callbacks.forget(callbacks.expect("ready", None))  # never awaited, and no word about it
