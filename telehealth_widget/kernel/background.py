"""One background thread with an event loop for all links of this kernel, so that a busy cell stops nothing."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None


def loop() -> asyncio.AbstractEventLoop:
    """The loop of the thread, started when first asked for."""
    global _loop, _thread
    with _lock:
        if _loop is None or _thread is None or not _thread.is_alive():
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(
                target=_loop.run_forever, name="telehealth_widget link", daemon=True
            )
            _thread.start()
        return _loop


def submit(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Run a coroutine on the background loop."""
    return asyncio.run_coroutine_threadsafe(work, loop())


def wait(work: Coroutine[Any, Any, T], timeout_s: float) -> T:
    """Run a coroutine on the background loop and wait for it.

    Raises:
        TelehealthError: TIMED_OUT.
    """
    future = submit(work)
    try:
        return future.result(timeout_s)
    except FutureTimeout:
        future.cancel()
        raise TelehealthError(ErrorCode.TIMED_OUT) from None


def stop() -> None:
    """Cancel what runs, and end the thread."""
    global _loop, _thread
    with _lock:
        running, thread, _loop, _thread = _loop, _thread, None, None
    if running is None or thread is None or not thread.is_alive():
        return
    asyncio.run_coroutine_threadsafe(_cancel_all(), running).result(5)
    running.call_soon_threadsafe(running.stop)
    thread.join(5)
    running.close()


async def _cancel_all() -> None:
    me = asyncio.current_task()
    tasks = [t for t in asyncio.all_tasks() if t is not me]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


atexit.register(stop)
