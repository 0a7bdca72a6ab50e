"""Answers of other threads reach the loop in order, all of them, and with few wake-ups."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Any
from unittest.mock import patch

import pytest

from telehealth_widget.rooms.answers import Answers


def waiting_for(futures: list[Future[int]]) -> tuple[list[int], asyncio.Event]:
    """What was heard of them so far, and an event for when that is all."""
    answers, heard, over = Answers(), list[int](), asyncio.Event()

    def act(done: Future[Any]) -> None:
        heard.append(done.result())
        if len(heard) == len(futures):
            over.set()

    for future in futures:
        answers.when_done(future, act)
    return heard, over


async def test_answers_given_together_arrive_in_order_by_one_wake_up() -> None:
    futures: list[Future[int]] = [Future() for _ in range(100)]
    heard, over = waiting_for(futures)
    loop = asyncio.get_running_loop()
    with patch.object(loop, "call_soon_threadsafe", wraps=loop.call_soon_threadsafe) as wake:

        def answer() -> None:
            for number, future in enumerate(futures):
                future.set_result(number)

        # The loop is held meanwhile, so all of them come together.
        thread = threading.Thread(target=answer)
        thread.start()
        thread.join()
        await asyncio.wait_for(over.wait(), 10)
        assert wake.call_count == 1
    assert heard == list(range(100))


async def test_no_answer_is_lost_between_two_threads_and_the_loop() -> None:
    futures: list[Future[int]] = [Future() for _ in range(4_000)]
    heard, over = waiting_for(futures)

    def answer(numbers: range) -> None:
        for number in numbers:
            futures[number].set_result(number)

    threads = [threading.Thread(target=answer, args=(range(k, 4_000, 2),)) for k in (0, 1)]
    for thread in threads:
        thread.start()
    await asyncio.wait_for(over.wait(), 30)
    for thread in threads:
        thread.join()
    assert sorted(heard) == list(range(4_000))
    assert [n for n in heard if n % 2 == 0] == list(range(0, 4_000, 2))


async def test_one_that_fails_is_reported_and_takes_no_other_with_it() -> None:
    answers = Answers()
    futures: list[Future[int]] = [Future() for _ in range(3)]
    heard: list[int] = []
    over = asyncio.Event()
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, told: reported.append(told))

    def act(done: Future[Any]) -> None:
        if done.result() == 0:
            raise LookupError("the first")
        heard.append(done.result())
        if len(heard) == 2:
            over.set()

    for number, future in enumerate(futures):
        answers.when_done(future, act)
        future.set_result(number)
    await asyncio.wait_for(over.wait(), 10)
    assert heard == [1, 2]
    assert [type(told["exception"]) for told in reported] == [LookupError]


def test_an_answer_after_the_loop_closed_is_let_go() -> None:
    answers = Answers()
    future: Future[int] = Future()
    heard: list[object] = []

    async def wait() -> None:
        answers.when_done(future, heard.append)

    asyncio.run(wait())
    future.set_result(1)
    assert heard == []


@pytest.mark.parametrize("at_once", [True, False])
async def test_an_answer_that_was_there_before_comes_too(at_once: bool) -> None:
    answers = Answers()
    future: Future[int] = Future()
    if at_once:
        future.set_result(7)
    heard: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    answers.when_done(future, lambda done: heard.set_result(done.result()))
    if not at_once:
        future.set_result(7)
    assert await asyncio.wait_for(heard, 10) == 7
