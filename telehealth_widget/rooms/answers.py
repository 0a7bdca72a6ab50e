"""What the journal's thread answers, handed to the loop of the rooms: answers that come together share one wake-up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

Act = Callable[[Future[Any]], None]


class Answers:
    """One of a loop. `when_done` is called on the loop; what it waits for may be answered by any thread.

    Waking a loop costs a system call, and hands the interpreter's lock back and forth with the thread that
    answers: once for a group that shares a commit instead of once for each of its appends.
    """

    def __init__(self) -> None:
        self._ready: deque[tuple[Act, Future[Any]]] = deque()
        self._woken = False

    def when_done(self, future: Future[Any], act: Act) -> None:
        """Call `act(future)` on this loop, in the order of the answers; not at all if the loop is closed by then."""
        loop = asyncio.get_running_loop()

        def hand_over(done: Future[Any]) -> None:
            self._ready.append((act, done))
            if not self._woken and not loop.is_closed():
                self._woken = True
                loop.call_soon_threadsafe(self._act, loop)

        future.add_done_callback(hand_over)

    def _act(self, loop: asyncio.AbstractEventLoop) -> None:
        self._woken = False  # before the look: whoever answers from here on wakes anew
        try:
            while self._ready:
                act, done = self._ready.popleft()
                act(done)
        finally:
            if self._ready:  # one act failed: the loop reports it, and the others go on
                loop.call_soon(self._act, loop)
