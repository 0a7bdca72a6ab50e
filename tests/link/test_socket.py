"""A link against a server whose every step the test plays: loss, gaps, answers, final closes."""

# ruff: noqa: ASYNC110, PT018 - polls what cannot notify; narrows types in assertions

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest

from telehealth_widget.link.rows import Rows
from telehealth_widget.link.socket import Link, LinkState
from telehealth_widget.protocol.codec import encode
from telehealth_widget.protocol.commands import Admit
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.messages import (
    AnyDownward,
    Beat,
    Change,
    Chat,
    CloseCode,
    Closed,
    Do,
    Done,
    Hello,
    Refused,
    Signal,
    Snapshot,
    TakeSeat,
    Welcome,
)

from .stub_server import SESSION, TOKEN, Impatient, Server


class Running:
    """A link that runs in a task, with what it told its owner."""

    def __init__(self, server: Server, **options: Any) -> None:
        self.messages: list[AnyDownward] = []
        self.states: list[LinkState] = []
        self.on_message: Callable[[AnyDownward], None] = self.messages.append
        self.link = Link(
            lambda: HTTPRequest(f"ws://127.0.0.1:{server.port}/socket"),
            self._hello,
            on_message=lambda message: self.on_message(message),
            on_state=self.states.append,
            **{"random": Impatient(), **options},
        )
        self.task = asyncio.create_task(self.link.run())

    @staticmethod
    def _hello(resume: str | None, rows: Rows) -> Hello:
        return Hello(
            page="page",
            invite=None if resume else "invite-canary",
            resume=resume,
            epoch=rows.epoch,
            seq=rows.seq,
        )

    async def until(self, state: LinkState) -> None:
        async with asyncio.timeout(5):
            while self.link.state is not state:
                await asyncio.sleep(0.005)

    async def until_seq(self, seq: int) -> None:
        async with asyncio.timeout(5):
            while self.link.rows.seq != seq:
                await asyncio.sleep(0.005)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    yield server
    await server.stop()


@pytest.fixture(autouse=True)
async def nothing_leaks() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0.02)
    assert not [t for t in asyncio.all_tasks() - before if "Link" in repr(t.get_coro())]


@contextlib.asynccontextmanager
async def linked(server: Server, **options: Any) -> AsyncIterator[Running]:
    running = Running(server, **options)
    try:
        yield running
    finally:
        await running.link.close()
        await running.task


async def test_rows_are_applied_before_the_owner_sees_the_snapshot(server: Server) -> None:
    seen = []
    async with linked(server) as running:
        running.on_message = lambda message: seen.append((type(message), running.link.rows.session))
        await (await server.visit()).welcome()
        await running.until(LinkState.UP)
    assert seen[-1] == (Snapshot, SESSION)
    assert running.states == [LinkState.CONNECTING, LinkState.UP, LinkState.CLOSED]
    assert running.task.result() is None


async def test_a_lost_socket_is_resumed_and_the_token_rotates(server: Server) -> None:
    async with linked(server) as running:
        first = await server.visit()
        hello = await first.welcome(resume=TOKEN + "1", seq=7)
        assert (hello.invite, hello.resume) == ("invite-canary", None)
        await running.until(LinkState.UP)
        first.drop()
        second = await server.visit()
        hello = await second.welcome(resume=TOKEN + "2")
        assert (hello.invite, hello.resume) == (None, TOKEN + "1")
        assert (hello.epoch, hello.seq) == ("e1", 7)
        await running.until(LinkState.UP)
        second.drop()
        hello = await (await server.visit()).welcome(resume=TOKEN + "3")
        assert hello.resume == TOKEN + "2"


async def test_a_resumed_epoch_is_up_without_a_new_snapshot(server: Server) -> None:
    async with linked(server) as running:
        first = await server.visit()
        await first.welcome(seq=7)
        await running.until(LinkState.UP)
        first.drop()
        second = await server.visit()
        await second.next()
        await second.send(Welcome(epoch="e1", session="s1", connection="c", resume="r", now_ms=1))
        await second.send(Change(seq=8))
        await running.until(LinkState.UP)
        await running.until_seq(8)


async def test_a_gap_makes_it_reconnect_for_a_new_snapshot(server: Server) -> None:
    async with linked(server) as running:
        first = await server.visit()
        await first.welcome(seq=3)
        await first.send(Change(seq=4))
        await first.send(Change(seq=6))
        await (await server.visit()).welcome(seq=9)
        await running.until_seq(9)
        assert not any(isinstance(m, Change) and m.seq == 6 for m in running.messages)


@pytest.mark.parametrize("code", [CloseCode.SEAT_TAKEN, CloseCode.REFUSED, CloseCode.MALFORMED])
async def test_a_final_close_ends_the_run_with_the_reason(server: Server, code: int) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        await visit.farewell(ErrorCode.REMOVED, code)
        closed = await asyncio.wait_for(running.task, 5)
    assert closed == Closed(code=ErrorCode.REMOVED, message="in words")
    assert running.link.state is LinkState.CLOSED
    assert server.visits.empty()


async def test_after_a_final_close_every_command_is_refused_at_once_with_the_reason(
    server: Server,
) -> None:
    async with linked(server) as running:
        waiting = asyncio.create_task(running.link.command(Admit(person="p2"), timeout_s=60))
        visit = await server.visit()
        await visit.next()
        await visit.farewell(ErrorCode.TOO_MANY, CloseCode.REFUSED)
        for late in (waiting, running.link.command(Admit(person="p2"), timeout_s=60)):
            with pytest.raises(CommandRefused, match="in words") as caught:
                await asyncio.wait_for(late, 5)
            assert caught.value.code is ErrorCode.TOO_MANY
        assert running.link.closed == Closed(code=ErrorCode.TOO_MANY, message="in words")


async def test_a_link_closed_with_a_reason_tells_it_but_the_rooms_own_goes_first(
    server: Server,
) -> None:
    let_go = Closed(code=ErrorCode.WRONG_PHASE, message="let go")
    async with linked(server) as running:
        await running.link.close(let_go)
        with pytest.raises(CommandRefused, match="let go"):
            await running.link.command(Admit(person="p2"))
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        await visit.farewell(ErrorCode.REMOVED, CloseCode.REFUSED)
        await running.until(LinkState.CLOSED)
        await running.link.close(let_go)
        assert running.link.closed is not None
        assert running.link.closed.code is ErrorCode.REMOVED


async def test_a_final_close_code_alone_still_says_why(server: Server) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        visit.handler.close(CloseCode.SEAT_TAKEN)
        closed = await asyncio.wait_for(running.task, 5)
    assert closed is not None and closed.code is ErrorCode.SEAT_TAKEN


async def test_a_seat_taken_is_final_even_if_the_close_code_gets_lost(server: Server) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        await visit.send(Closed(code=ErrorCode.SEAT_TAKEN, message="moved"))
        await asyncio.sleep(0.05)
        visit.drop()
        closed = await asyncio.wait_for(running.task, 5)
    assert closed is not None and closed.code is ErrorCode.SEAT_TAKEN


async def test_a_slow_reader_that_was_dropped_comes_back(server: Server) -> None:
    async with linked(server):
        visit = await server.visit()
        await visit.welcome()
        await visit.farewell(ErrorCode.TOO_SLOW, CloseCode.TRY_LATER)
        hello = await (await server.visit()).welcome()
        assert hello.resume == TOKEN + "1"


async def test_an_unknown_resume_token_is_followed_by_the_front_door_once(server: Server) -> None:
    async with linked(server) as running:
        first = await server.visit()
        await first.welcome()
        await running.until(LinkState.UP)
        first.drop()
        second = await server.visit()
        hello = await second.next()
        assert isinstance(hello, Hello) and hello.resume
        await second.farewell(ErrorCode.RESUME_UNKNOWN, CloseCode.REFUSED)
        third = await server.visit()
        hello = await third.next()
        assert isinstance(hello, Hello) and hello.invite and not hello.resume
        await third.farewell(ErrorCode.RESUME_UNKNOWN, CloseCode.REFUSED)
        closed = await asyncio.wait_for(running.task, 5)
    assert closed is not None and closed.code is ErrorCode.RESUME_UNKNOWN
    assert server.visits.empty()


async def test_a_token_spent_on_a_hello_without_answer_does_not_lock_it_out(
    server: Server,
) -> None:
    async with linked(server) as running:
        first = await server.visit()
        await first.welcome()
        await running.until(LinkState.UP)
        first.drop()
        second = await server.visit()
        await second.next()
        second.drop()
        third = await server.visit()
        hello = await third.next()
        assert isinstance(hello, Hello) and hello.resume == TOKEN + "1"
        await third.farewell(ErrorCode.RESUME_REUSED, CloseCode.REFUSED)
        hello = await (await server.visit()).welcome()
        assert hello.invite and not hello.resume


async def test_a_token_that_another_window_used_is_final(server: Server) -> None:
    async with linked(server) as running:
        first = await server.visit()
        await first.welcome()
        await running.until(LinkState.UP)
        first.drop()
        second = await server.visit()
        await second.next()
        await second.farewell(ErrorCode.RESUME_REUSED, CloseCode.REFUSED)
        closed = await asyncio.wait_for(running.task, 5)
    assert closed is not None and closed.code is ErrorCode.RESUME_REUSED


async def test_a_command_returns_what_the_room_answered(server: Server) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        waiting = asyncio.create_task(running.link.command(Admit(person="p2")))
        do = await visit.next()
        assert isinstance(do, Do) and do.command == Admit(person="p2")
        await visit.send(Done(id=do.id, recorded=False))
        assert await waiting == Done(id=do.id, recorded=False)
        assert not any(isinstance(m, Done) for m in running.messages)


async def test_answers_find_their_commands_in_any_order(server: Server) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        asked = [asyncio.create_task(running.link.ask(lambda n: TakeSeat(id=n))) for _ in range(3)]
        got = [await visit.next() for _ in range(3)]
        for message in reversed(got):
            assert isinstance(message, TakeSeat)
            await visit.send(Done(id=message.id, person=f"p{message.id}"))
        for task, message in zip(asked, got, strict=True):
            assert isinstance(message, TakeSeat)
            assert (await task).person == f"p{message.id}"


async def test_a_refusal_carries_code_words_and_candidates(server: Server) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        waiting = asyncio.create_task(running.link.command(Admit(person="p2")))
        do = await visit.next()
        assert isinstance(do, Do)
        await visit.send(
            Refused(do.id, ErrorCode.AMBIGUOUS_PERSON, "Several people.", ("P1", "P2"))
        )
        with pytest.raises(CommandRefused, match="Several people") as caught:
            await waiting
    assert caught.value.code is ErrorCode.AMBIGUOUS_PERSON
    assert caught.value.candidates == ("P1", "P2")


async def test_what_came_too_fast_is_said_again_until_the_room_takes_it(server: Server) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        waiting = asyncio.create_task(running.link.command(Admit(person="p2")))
        numbers = []
        for _ in range(3):
            do = await visit.next()
            assert isinstance(do, Do)
            numbers.append(do.id)
            await visit.send(Refused(do.id, ErrorCode.TOO_MANY, "Too many."))
        do = await visit.next()
        assert isinstance(do, Do)
        await visit.send(Done(id=do.id))
        assert (await waiting).id == do.id
        assert len({*numbers, do.id}) == 4

        hurried = asyncio.create_task(running.link.command(Admit(person="p2"), timeout_s=0.01))
        do = await visit.next()
        assert isinstance(do, Do)
        await visit.send(Refused(do.id, ErrorCode.TOO_MANY, "Too many."))
        with pytest.raises(TelehealthError):
            await hurried


async def test_a_command_without_answer_times_out_and_says_it_may_have_worked(
    server: Server,
) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        await running.until(LinkState.UP)
        with pytest.raises(TelehealthError, match="may have taken effect") as caught:
            await running.link.command(Admit(person="p2"), timeout_s=0.05)
        assert caught.value.code is ErrorCode.TIMED_OUT
        do = await visit.next()
        assert isinstance(do, Do)
        await visit.send(Done(id=do.id))  # too late, and harmless
        await asyncio.sleep(0.05)


async def test_a_command_whose_socket_died_fails_at_once(server: Server) -> None:
    async with linked(server) as running:
        visit = await server.visit()
        await visit.welcome()
        waiting = asyncio.create_task(running.link.command(Admit(person="p2"), timeout_s=60))
        await visit.next()
        visit.drop()
        with pytest.raises(TelehealthError, match="may have taken effect"):
            await asyncio.wait_for(waiting, 5)


async def test_answered_returns_once_no_command_is_without_its_answer(server: Server) -> None:
    async with linked(server) as running:
        await running.link.answered()
        visit = await server.visit()
        await visit.welcome()
        command = asyncio.create_task(running.link.command(Admit(person="p2")))
        do = await visit.next()
        assert isinstance(do, Do)
        answered = asyncio.create_task(running.link.answered())
        await asyncio.sleep(0)
        assert not answered.done()
        await visit.send(Done(id=do.id))
        await asyncio.wait_for(answered, 5)
        await command


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ("x" * 41, ErrorCode.MALFORMED),
        ("\ud800", ErrorCode.MALFORMED),
        (object(), ErrorCode.MALFORMED),
        ("x" * 65_536, ErrorCode.TOO_LARGE),
    ],
)
async def test_what_would_end_the_link_is_refused_before_it_is_sent(
    server: Server, person: Any, code: ErrorCode
) -> None:
    async with linked(server) as running:
        await (await server.visit()).welcome()
        with pytest.raises(CommandRefused, match="cannot be sent") as caught:
            await running.link.command(Admit(person=person))
        assert caught.value.code is code
        assert running.link.state is LinkState.UP


async def test_a_command_waits_for_the_link_to_come_up(server: Server) -> None:
    async with linked(server) as running:
        waiting = asyncio.create_task(running.link.command(Admit(person="p2")))
        visit = await server.visit()
        await asyncio.sleep(0.05)
        await visit.welcome()
        do = await visit.next()
        assert isinstance(do, Do)
        await visit.send(Done(id=do.id))
        await waiting


async def test_a_command_without_a_server_times_out_in_time(server: Server) -> None:
    await server.stop()
    async with linked(server) as running:
        with pytest.raises(TelehealthError) as caught:
            await running.link.command(Admit(person="p2"), timeout_s=0.2)
        assert caught.value.code is ErrorCode.TIMED_OUT
        assert "may have" not in str(caught.value)
        assert running.link.last_failure


async def test_waiting_commands_fail_when_the_link_is_closed(server: Server) -> None:
    async with linked(server) as running:
        waiting = asyncio.create_task(running.link.command(Admit(person="p2"), timeout_s=60))
        await asyncio.sleep(0.02)
        await running.link.close()
        with pytest.raises(TelehealthError):
            await asyncio.wait_for(waiting, 5)


async def test_a_socket_that_stays_silent_is_replaced(server: Server) -> None:
    server.answers_beats = False
    async with linked(server, beat_interval_ms=300) as running:
        first = await server.visit()
        await first.welcome()
        await running.until(LinkState.UP)
        second = await server.visit()
        server.answers_beats = True
        await second.welcome()
        await asyncio.sleep(1.2)
        assert server.visits.empty()
        assert running.link.state is LinkState.UP


async def test_messages_sent_while_down_are_dropped(server: Server) -> None:
    async with linked(server) as running:
        running.link.send(Signal(to="x"))
        visit = await server.visit()
        await visit.welcome()
        await running.until(LinkState.UP)
        running.link.send(Signal(to="y"))
        message = await visit.next()
        assert isinstance(message, Signal) and message.to == "y"


async def test_a_first_message_goes_ahead_of_hello(server: Server) -> None:
    async with linked(server, first_message=lambda: encode(Beat(n=99))):
        visit = await server.visit()
        assert await visit.received.get() == Beat(n=99)
        assert isinstance(await visit.received.get(), Hello)


async def test_a_refused_upgrade_is_tried_again(server: Server) -> None:
    server.refuses_with = 403
    async with linked(server) as running:
        async with asyncio.timeout(5):
            while running.link.last_failure != "HTTP 403":
                await asyncio.sleep(0.005)
        server.refuses_with = None
        await (await server.visit()).welcome()
        await running.until(LinkState.UP)
        assert running.link.last_failure is None


async def test_a_message_of_another_version_makes_it_reconnect(server: Server) -> None:
    async with linked(server) as running:
        first = await server.visit()
        await first.welcome()
        await first.handler.write_message('{"t":"novelty"}')
        await (await server.visit()).welcome()
        await running.until(LinkState.UP)


async def test_a_failing_owner_does_not_stop_the_link(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(message: AnyDownward) -> None:
        raise ValueError("a text that quotes secrets")

    async with linked(server) as running:
        running.on_message = fail
        visit = await server.visit()
        await visit.welcome()
        await running.until(LinkState.UP)
    assert "ValueError" in caplog.text
    assert "secrets" not in caplog.text


async def test_nothing_secret_is_logged_at_any_level(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with linked(server) as running:
        first = await server.visit()
        await first.welcome()
        await first.send(Chat("m1", "p1", "everyone", "chat-canary", 1, name="name-canary"))
        await running.until(LinkState.UP)
        first.drop()
        await (await server.visit()).welcome()
    assert "canary" not in caplog.text


async def test_backoff_grows_with_full_jitter_up_to_its_limit(server: Server) -> None:
    asked: list[float] = []

    class Recorder(random.Random):
        def uniform(self, a: float, b: float) -> float:
            assert a == 0
            asked.append(b)
            return 0.0

    await server.stop()
    async with linked(server, random=Recorder()):
        async with asyncio.timeout(5):
            while len(asked) < 8:
                await asyncio.sleep(0.005)
    assert asked[:8] == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


async def test_closing_while_connecting_returns_soon_and_leaves_nothing(server: Server) -> None:
    running = Running(server)
    await asyncio.sleep(0)
    await asyncio.wait_for(running.link.close(), 5)
    assert await running.task is None
    assert running.link.state is LinkState.CLOSED


async def test_cancelling_the_run_closes_the_socket(server: Server) -> None:
    running = Running(server)
    visit = await server.visit()
    await visit.welcome()
    await running.until(LinkState.UP)
    running.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running.task
    assert await visit.next() is None
