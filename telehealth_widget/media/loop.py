"""One background thread with one asyncio loop for all media of this process.

Started with the first user, stopped with the last; ends cleanly before the interpreter does. What
runs on the loop is its users' business.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

log = logging.getLogger(__name__)

LEAVE_WITHIN_S: Final = 3.0
"""How long the interpreter waits at its exit for the users to finish."""

SWITCH_INTERVAL_S: Final = 0.0002
"""How long a busy thread keeps the interpreter while media wait for it.

Each packet asks for the interpreter several times, so that Python's 5 ms bring a call to a stop
beside a computing cell; with 0.2 ms it keeps its full rate (measured).
"""

_lock = threading.Lock()
_current: _Thread | None = None
_leases: set[Lease] = set()
_exit_is_watched = False
_interval_before_s: float | None = None


class Lease:
    """Leave to use the loop. Give it back with `release()`, from any thread, once all is done."""

    def __init__(self, thread: _Thread, at_exit: Callable[[], None]) -> None:
        self.loop = thread.loop
        self._thread = thread
        self._at_exit = at_exit

    def release(self) -> None:
        """Give the loop back; the last one to do so stops the thread. May be called twice."""
        global _current
        with _lock:
            if self not in _leases:
                return
            _leases.discard(self)
            self._thread.users -= 1
            if self._thread.users:
                return
            if _current is self._thread:
                _current = None
        self._thread.stop()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread to end, if nobody uses it any more. Not from the thread itself."""
        if not self._thread.users and threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)


class _Thread(threading.Thread):
    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__(name="telehealth-media", daemon=True)
        self.users = 0
        self._ready = threading.Event()
        self._stopping: asyncio.Event

    def begin(self) -> None:
        global _interval_before_s
        if sys.getswitchinterval() > SWITCH_INTERVAL_S:
            _interval_before_s = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH_INTERVAL_S)
        self.start()
        self._ready.wait()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._stopping.set)

    def run(self) -> None:
        with asyncio.Runner() as runner:
            self.loop = runner.get_loop()
            self.loop.set_exception_handler(_note)
            runner.run(self._until_stopped())
        with _lock:
            if _current is None and _interval_before_s is not None:  # nobody began anew
                sys.setswitchinterval(_interval_before_s)

    async def _until_stopped(self) -> None:
        self._stopping = asyncio.Event()
        self._ready.set()
        await self._stopping.wait()


def borrow(at_exit: Callable[[], None]) -> Lease:
    """A lease on the loop, which is started if need be.

    Args:
        at_exit: called from the main thread when the interpreter ends while the lease is held. Must
            make its user finish soon, and not wait for it.
    """
    global _current, _exit_is_watched
    with _lock:
        if _current is None:
            _current = _Thread()
            _current.begin()
        _current.users += 1
        lease = Lease(_current, at_exit)
        _leases.add(lease)
        if not _exit_is_watched:
            _exit_is_watched = True
            # atexit runs after the thread pools are closed, and aiortc encodes in one: too late.
            register: Callable[[Callable[[], None]], Any] = getattr(
                threading, "_register_atexit", atexit.register
            )
            register(_leave)
    return lease


def _leave() -> None:
    with _lock:
        leases = list(_leases)
        threads = {lease._thread for lease in leases}
    for lease in leases:
        with contextlib.suppress(Exception):
            lease._at_exit()
    for thread in threads:
        thread.join(LEAVE_WITHIN_S)


def _note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody awaited. Its text could quote an address, so only its kind is logged."""
    log.debug("unhandled on the media loop: %s", type(context.get("exception")).__name__)
