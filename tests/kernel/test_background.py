"""The one background loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from telehealth_widget.kernel import background
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError


@pytest.fixture(autouse=True)
def _stopped() -> object:
    yield
    background.stop()


async def where() -> str:
    return threading.current_thread().name


def test_work_runs_on_one_daemon_thread() -> None:
    assert background.wait(where(), 5) == "telehealth_widget link"
    assert background.loop() is background.loop()


def test_waiting_too_long_cancels_the_work() -> None:
    cancelled = threading.Event()

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(TelehealthError) as late:
        background.wait(long(), 0.01)
    assert late.value.code is ErrorCode.TIMED_OUT
    assert cancelled.wait(5)


def test_stopping_cancels_what_runs_and_a_new_loop_starts_when_asked() -> None:
    first = background.loop()
    running = background.submit(asyncio.Event().wait())
    background.stop()
    assert running.cancelled()
    assert first.is_closed()
    background.stop()
    assert background.wait(where(), 5) == "telehealth_widget link"
    assert background.loop() is not first
