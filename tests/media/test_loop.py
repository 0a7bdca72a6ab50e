"""The shared media loop starts with its first user and ends with its last."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading

import pytest

from telehealth_widget.media.loop import SWITCH_INTERVAL_S, borrow


def nothing() -> None:
    """Nothing to do at the exit."""


def media_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "telehealth-media"]


async def thread_name() -> str:
    return threading.current_thread().name


def test_users_share_one_daemon_thread_that_ends_with_the_last() -> None:
    first, second = borrow(nothing), borrow(nothing)
    assert first.loop is second.loop
    (thread,) = media_threads()
    assert thread.daemon
    first.release()
    first.release()
    ran = asyncio.run_coroutine_threadsafe(thread_name(), second.loop)
    assert ran.result(5) == "telehealth-media"
    second.release()
    second.join(5)
    assert media_threads() == []
    assert second.loop.is_closed()


def test_a_user_who_comes_after_the_last_gets_a_new_loop() -> None:
    first = borrow(nothing)
    first.release()
    second = borrow(nothing)
    assert second.loop is not first.loop
    second.release()
    first.join(5)
    second.join(5)


def test_the_interpreter_switches_faster_only_while_the_loop_runs() -> None:
    before = sys.getswitchinterval()
    for _ in range(3):
        lease = borrow(nothing)
        assert sys.getswitchinterval() == pytest.approx(SWITCH_INTERVAL_S)
        lease.release()
        lease.join(5)
        assert sys.getswitchinterval() == before


def test_joining_while_others_use_the_loop_does_not_wait() -> None:
    first, second = borrow(nothing), borrow(nothing)
    first.release()
    first.join(60)
    assert media_threads()
    second.release()
    second.join(5)


def test_a_failure_that_nobody_awaits_is_noted_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    lease = borrow(nothing)

    def fail() -> None:
        raise ValueError("canary")

    lease.loop.call_soon_threadsafe(fail)
    lease.release()
    lease.join(5)
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text
