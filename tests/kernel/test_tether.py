"""A kernel's link to a real room server: closed for good, lost for a while."""

from __future__ import annotations

import asyncio
import threading

import pytest

from telehealth_widget.kernel import same, tether
from telehealth_widget.kernel.session import Session
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import SessionPhase

from .conftest import Guest, RoomServer, eventually, refused


def test_why_the_room_does_not_let_a_kernel_in_is_said(
    server: RoomServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_CONNECTIONS_PER_PERSON", 0)
    error = refused(ErrorCode.TOO_MANY, Session, "Intake")
    assert error.message == SENTENCES[ErrorCode.TOO_MANY]
    assert not same.sessions
    monkeypatch.undo()


async def test_a_link_closed_for_good_says_why_and_the_cell_makes_a_new_one(
    server: RoomServer,
) -> None:
    loop = asyncio.get_running_loop()
    intake = await loop.run_in_executor(None, Session, "Intake")
    waiting = asyncio.ensure_future(intake.wait_for("ready"))
    await asyncio.sleep(0)
    await loop.run_in_executor(None, server.close_links, intake, ErrorCode.NOT_PERMITTED)
    with pytest.raises(CommandRefused) as said:
        await waiting
    assert said.value.code is ErrorCode.NOT_PERMITTED
    await loop.run_in_executor(None, eventually, lambda: intake._tether.is_over)
    for work in (intake.admit_all, lambda: intake.invite("P07")):
        error = await loop.run_in_executor(None, refused, ErrorCode.NOT_PERMITTED, work)
        assert error.message == SENTENCES[ErrorCode.NOT_PERMITTED]
    again = await loop.run_in_executor(None, Session, "Intake")
    assert again is not intake
    assert again.session_id == intake.session_id
    await loop.run_in_executor(None, again.invite, "P07")


async def test_what_happens_while_the_link_is_down_is_told_once_it_is_back(
    server: RoomServer,
) -> None:
    loop = asyncio.get_running_loop()
    heard: list[str] = []

    def before() -> tuple[Session, Guest]:
        intake = Session("Intake")
        intake.on("any")(lambda event: heard.append(event.name))
        return intake, server.guest(intake.invite("P07").url)

    def ready_while_down() -> None:
        with server.out_of_reach(intake):
            guest.wait()

    intake, guest = await loop.run_in_executor(None, before)
    ready = asyncio.ensure_future(intake.wait_for("ready", who="P07"))
    await asyncio.sleep(0)
    await loop.run_in_executor(None, ready_while_down)
    event = await asyncio.wait_for(ready, 20)
    assert (event.name, event.participant.code, event.recorded) == ("ready", "P07", True)
    await loop.run_in_executor(None, intake.mark, "after")
    came = ["invited", "arrived", "named", "ready", "mark"]
    await loop.run_in_executor(None, eventually, lambda: heard == came)


def test_a_kernel_that_had_heard_nothing_is_told_only_of_what_it_missed(
    server: RoomServer, intake: Session
) -> None:
    link = intake.invite("P07")
    intake.disconnect()
    again = Session.attach(intake.session_id)
    heard: list[str] = []
    again.on("any")(lambda event: heard.append(event.name))
    with server.out_of_reach(again):
        server.guest(link.url).wait()
    eventually(lambda: heard == ["arrived", "named", "ready"])


def test_what_was_missed_is_read_again_until_it_can_be(
    server: RoomServer, intake: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    intake.on("any")(lambda event: heard.append(event.name))
    guest = server.guest(intake.invite("P07").url)
    monkeypatch.setattr(tether, "READ_AGAIN_AFTER_S", (0.0, 0.0))
    answers = [False, False, True]
    ask_door = tether.ask_door

    async def asked(path: str, **options: float) -> bytes:
        if not answers.pop(0):
            raise TelehealthError(ErrorCode.SERVER_MISSING)
        return await ask_door(path, **options)

    monkeypatch.setattr(tether, "ask_door", asked)
    with server.out_of_reach(intake):
        guest.wait()
    eventually(lambda: heard == ["invited", "arrived", "named", "ready"])
    assert not answers


def test_where_it_cannot_be_read_at_all_what_comes_is_still_told(
    server: RoomServer, intake: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    intake.on("any")(lambda event: heard.append(event.name))

    async def unreadable(path: str, **options: float) -> bytes:
        raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE)

    monkeypatch.setattr(tether, "READ_AGAIN_AFTER_S", ())
    monkeypatch.setattr(tether, "ask_door", unreadable)
    with server.out_of_reach(intake):
        pass
    intake.mark("after")
    eventually(lambda: heard == ["mark"])


def callback_threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name.endswith((" callbacks", " coroutines"))]


def others() -> int:
    """Threads but for those that a loop keeps for looking up addresses."""
    return sum(not t.name.startswith("asyncio_") for t in threading.enumerate())


def test_ended_sessions_leave_no_thread_and_no_link(server: RoomServer) -> None:
    heard: list[int] = []

    def links() -> int:
        return sum(len(room.connections) for room in list(server.rooms._rooms.values()))

    Session("Warm up").end()
    before = others()
    for n in range(50):
        run = Session(f"Run {n}")
        run.on("ended")(lambda event, n=n: heard.append(n))
        run.invite("P07")
        run.end()
    eventually(lambda: not links() and not callback_threads())
    assert sorted(heard) == list(range(50))
    eventually(lambda: others() <= before)
    assert not same.sessions


def test_an_ended_session_keeps_its_rows_and_refuses_commands(
    server: RoomServer, intake: Session
) -> None:
    guest = server.guest(intake.invite("P07").url).wait()
    eventually(lambda: intake.waiting)
    intake.admit("P07")
    intake.end()
    eventually(lambda: intake._tether.is_over)
    assert guest
    assert (intake.state, intake.participants.codes) == ("ended", ["T1", "P07"])
    assert intake.duration_s is not None
    assert intake.events.rows()[-1]["event"] == "SessionEnded"
    intake.forget("P07")
    assert [person.name for person in intake.participants] == ["Dr. Lee", None]
    for work in (intake.admit_all, lambda: intake.invite("P08"), lambda: intake.on("left")(print)):
        assert isinstance(refused(ErrorCode.SESSION_ENDED, work), CommandRefused)
    intake.end()
    intake.disconnect()
    refused(ErrorCode.SESSION_ENDED, intake.admit_all)


def test_attaching_to_an_ended_session_shows_its_rows_and_holds_no_link(
    server: RoomServer, intake: Session
) -> None:
    intake.invite("P07")
    intake.end()
    over = Session.attach(intake.session_id)
    eventually(lambda: over._tether.is_over)
    assert (over.state, over.participants.codes) == ("ended", ["T1", "P07"])
    assert not same.sessions


async def test_an_end_while_the_link_is_down_is_told_and_nobody_waits_on(
    server: RoomServer,
) -> None:
    loop = asyncio.get_running_loop()
    heard: list[str] = []

    def begin() -> Session:
        short = Session("Short", max_duration_min=0.08)
        short.on("ended")(lambda event: heard.append(event.name))
        server.guest(short.invite("P07").url).wait()
        eventually(lambda: short.waiting)
        return short

    def end_while_down() -> None:
        with server.out_of_reach(short):
            room = server.rooms.room(short.session_id)
            eventually(lambda: room.state.phase is SessionPhase.ENDED)

    short = await loop.run_in_executor(None, begin)
    waiting = asyncio.ensure_future(short.wait_for("left"))
    ended = asyncio.ensure_future(short.wait_for("ended"))
    await loop.run_in_executor(None, short.admit, "P07")
    await loop.run_in_executor(None, end_while_down)
    assert (await asyncio.wait_for(ended, 20)).name == "ended"
    with pytest.raises(CommandRefused) as said:
        await asyncio.wait_for(waiting, 20)
    assert said.value.code is ErrorCode.SESSION_ENDED
    await loop.run_in_executor(None, eventually, lambda: short._tether.is_over)
    assert heard == ["ended"]
