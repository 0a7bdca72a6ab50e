"""A kernel's link to a real room server: closed for good, lost for a while."""

from __future__ import annotations

import asyncio

import pytest

from telehealth_widget.kernel import same
from telehealth_widget.kernel.session import Session
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode

from .conftest import RoomServer, eventually, refused


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
