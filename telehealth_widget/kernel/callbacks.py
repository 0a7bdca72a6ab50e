"""The notebook's own functions, called at events on a thread of their own; and awaitables of events."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from queue import SimpleQueue
from types import FunctionType
from typing import Any

from telehealth_widget.kernel.cells import Run
from telehealth_widget.kernel.session_event import SessionEvent
from telehealth_widget.protocol.errors import CommandRefused
from telehealth_widget.protocol.messages import Closed

Callback = Callable[[SessionEvent], object]
"""A plain function, or a coroutine function."""


@dataclass(eq=False)
class _Registered:
    name: str
    callback: Callback
    run: Run | None
    """The run of the cell that registered it."""
    last: asyncio.Task[None] | None = None
    """Of a coroutine function: the latest event's task."""

    def gives_way_to(self, newer: _Registered) -> bool:
        """Whether `newer` is the same once more: from a later run of its cell, or the same function."""
        if self.run is not None and newer.run is not None and self.run.cell == newer.run.cell:
            if self.run.request != newer.run.request:
                return True
            return self.name == newer.name and self.callback == newer.callback
        same = self.callback == newer.callback or (
            _named(self.callback) is not None and _named(self.callback) == _named(newer.callback)
        )
        return self.name == newer.name and same


def _named(callback: Callback) -> tuple[str, str] | None:
    """Module and name of a function that stands at the top of its cell or module.

    None: a lambda, an inner function, a method, an object. Several of these go by one name.
    """
    if not isinstance(callback, FunctionType) or "<" in callback.__qualname__:
        return None
    return callback.__module__, callback.__qualname__


class Callbacks:
    """Calls functions on one daemon thread, also while a cell is busy.

    Plain functions are called one after another, in the order of the events, on a thread without a loop: they may
    call `asyncio.run`. Coroutine functions run beside them on a loop of their own: each takes its events one after
    another, and while one awaits the others go on.
    """

    def __init__(self) -> None:
        self._registered: list[_Registered] = []
        self._waiters: list[tuple[str, str | None, asyncio.Future[SessionEvent]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        """Where coroutine functions run; None until there is a callback, and once nothing will come any more."""
        self._threads: list[threading.Thread] = []
        self._closing = asyncio.Event()
        self._events: SimpleQueue[SessionEvent | None] = SimpleQueue()
        """None: nothing will come any more."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        self._over: Closed | None = None

    def add(self, name: str, callback: Callback, run: Run | None = None) -> None:
        """Call `callback` at each event.

        What an earlier run of the same cell registered gives way to it, and so does the same function for the
        same event: the very same one, or one of the same name at the top of another cell or module.

        Raises:
            CommandRefused: nothing will come any more; with the reason.
        """
        newer = _Registered(name, callback, run)
        with self._lock:
            if self._over is not None:
                raise _refusal(self._over)
            kept = [one for one in self._registered if not one.gives_way_to(newer)]
            self._registered = [*kept, newer]
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                for work, what in ((self._call_all, "callbacks"), (self._run, "coroutines")):
                    thread = threading.Thread(
                        target=work,
                        args=(self._loop,),
                        name=f"telehealth_widget {what}",
                        daemon=True,
                    )
                    self._threads.append(thread)
                    thread.start()

    def tell(self, event: SessionEvent) -> None:
        """An event came (on the link's thread)."""
        with self._lock:
            loop = self._loop
            due = [w for w in self._waiters if self._fits(w, event)]
            self._waiters = [w for w in self._waiters if not self._fits(w, event)]
        for _, _, future in due:
            _hand_over(future.get_loop(), _resolve, future, event)
        if loop is not None:
            self._events.put(event)

    @staticmethod
    def _fits(
        waiter: tuple[str, str | None, asyncio.Future[SessionEvent]], event: SessionEvent
    ) -> bool:
        name, person, _ = waiter
        same_person = person is None or (
            event.participant is not None and event.participant.id == person
        )
        return name in ("any", event.name) and same_person

    def expect(self, name: str, person: str | None) -> asyncio.Future[SessionEvent]:
        """A future of the running loop that resolves at the next such event.

        It fails with `CommandRefused` once nothing will come any more. Call `forget` with it in the end.
        """
        future: asyncio.Future[SessionEvent] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._over is None:
                self._waiters.append((name, person, future))
            else:
                future.set_exception(_refusal(self._over))
        return future

    def forget(self, future: asyncio.Future[SessionEvent]) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            self._waiters = [w for w in self._waiters if w[2] is not future]
        if future.done() and not future.cancelled():
            future.exception()  # seen, also where nobody awaited it

    def close(self, why: Closed) -> None:
        """Nothing will come any more: end the thread after what is queued and runs, and let nobody wait on.

        May be called twice; the first reason counts.
        """
        with self._lock:
            self._over = self._over or why
            loop, self._loop = self._loop, None
            waiters, self._waiters = self._waiters, []
        for _, _, future in waiters:
            _hand_over(future.get_loop(), _fail, future, _refusal(self._over))
        if loop is not None:
            self._events.put(None)

    # -- on the threads -------------------------------------------------------------------------------

    def _call_all(self, loop: asyncio.AbstractEventLoop) -> None:
        while (event := self._events.get()) is not None:
            with self._lock:
                due = [one for one in self._registered if one.name in ("any", event.name)]
            for one in due:
                try:
                    made = one.callback(event)
                except Exception:  # a callback is the user's code: show what it raised, and go on
                    traceback.print_exc(file=sys.stderr)
                    continue
                if inspect.isawaitable(made):
                    _hand_over(loop, self._begin, one, made)
        _hand_over(loop, self._closing.set)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        await self._closing.wait()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self, one: _Registered, work: Awaitable[object]) -> None:
        one.last = asyncio.ensure_future(_after(one.last, work))
        self._tasks.add(one.last)
        one.last.add_done_callback(self._tasks.discard)


async def _after(previous: asyncio.Task[None] | None, work: Awaitable[object]) -> None:
    if previous is not None:
        await asyncio.wait({previous})
    try:
        await work
    except Exception:
        traceback.print_exc(file=sys.stderr)


def _refusal(why: Closed) -> CommandRefused:
    return CommandRefused(why.code, why.message)


def _hand_over(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: Any) -> None:
    """Call on another thread's loop, which may have ended meanwhile."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *args)


def _resolve(future: asyncio.Future[SessionEvent], event: SessionEvent) -> None:
    if not future.done():
        future.set_result(event)


def _fail(future: asyncio.Future[SessionEvent], refusal: CommandRefused) -> None:
    if not future.done():
        future.set_exception(refusal)
