"""Finding rooms and letting connections in: what a token is worth, and when no more."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future

import pytest

from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Record, RecordExported
from telehealth_widget.protocol.kinds import Phase, SessionPhase, Via
from telehealth_widget.rooms import directory
from telehealth_widget.rooms.directory import SessionOver

from .conftest import House


async def refused(house: House, url: str = "", **hello: object) -> ErrorCode:
    with pytest.raises(TelehealthError) as caught:
        await house.guest(url, **hello)
    return caught.value.code


async def test_two_cells_at_once_open_one_session(house: House) -> None:
    one, two, other = await asyncio.gather(house.open(), house.open(), house.open("Other"))
    assert one == two != other


async def test_the_place_in_the_queue_outlasts_a_reload_a_lost_link_and_a_restart(
    house: House,
) -> None:
    session = await house.open(show_place=True, kind="group")
    desk = house.desk(session)
    one = await house.waiting(desk, "P07")
    house.clock.now += 1_000
    two = await house.waiting(desk, "P08")
    assert (one.me.place, two.me.place) == (1, 2)
    one.gone()
    house.clock.now += 5_000
    one = await house.guest(resume=one.resume)
    assert (one.me.place, two.me.place) == (1, 2)
    await house.restart()
    one, two = await house.guest(resume=one.resume), await house.guest(resume=two.resume)
    assert (one.me.place, two.me.place) == (1, 2)
    house.desk(session).do(c.Remove(person=one.me.id))
    assert two.me.place == 1
    assert set(two.rows.people) == {two.me.id}


async def test_a_title_is_the_same_however_its_accents_are_typed(house: House) -> None:
    assert await house.open("Cafe\u0301") == await house.open(" Café ")


async def test_an_expired_link_leads_nobody_back_in_by_its_resume_token_either(
    house: House,
) -> None:
    desk = house.desk(await house.open())
    done = desk.do(c.Invite(code="P07", name="Ana", valid_ms=60_000))
    guest = await house.guest(done.url)
    house.clock.now += 61_000
    guest.gone()
    back = await house.guest(resume=guest.resume)
    assert back.me.phase is Phase.PREPARING
    back.do(c.Leave())
    back.gone()
    assert await refused(house, resume=back.resume) is ErrorCode.LINK_EXPIRED
    assert await refused(house, done.url) is ErrorCode.LINK_EXPIRED
    assert desk.rows.people[back.me.id].phase is Phase.LEFT


async def test_a_resume_token_dies_with_the_link_it_came_through(house: House) -> None:
    desk = house.desk(await house.open())
    done = desk.do(c.Invite(code="P07", name="Ana"))
    guest = await house.guest(done.url)
    renewed = desk.do(c.Reissue(person=done.person))
    assert guest.closed == (m.CloseCode.REFUSED, "LINK_REVOKED")
    assert await refused(house, resume=guest.resume) is ErrorCode.LINK_REVOKED
    assert await refused(house, resume=guest.resume, take=True) is ErrorCode.LINK_REVOKED
    assert (await house.guest(renewed.url)).me.phase is Phase.PREPARING


async def test_revoked_stays_revoked_and_removed_stays_removed_over_a_restart(house: House) -> None:
    session = await house.open()
    desk = house.desk(session)
    urls = {code: desk.do(c.Invite(code=code)).url for code in ("P07", "P08")}
    one, two = await house.guest(urls["P07"]), await house.guest(urls["P08"])
    desk.do(c.Revoke(person=one.me.id))
    desk.do(c.Remove(person=two.me.id))
    await house.restart()
    assert await refused(house, urls["P07"]) is ErrorCode.LINK_REVOKED
    assert await refused(house, resume=one.resume) is ErrorCode.LINK_REVOKED
    assert await refused(house, urls["P08"]) is ErrorCode.REMOVED
    assert await refused(house, resume=two.resume, take=True) is ErrorCode.REMOVED


async def test_the_holder_of_a_genuine_token_learns_how_long_it_was(house: House) -> None:
    desk = house.desk(await house.open())
    client = await house.waiting(desk)
    url = desk.do(c.Invite(code="P07")).url
    desk.do(c.Admit(person=client.me.id))
    house.clock.now += 60_000
    desk.do(c.End())
    with pytest.raises(SessionOver) as over:
        await house.guest(url)
    assert over.value.duration_ms == 60_000


async def test_a_kernels_resume_token_is_no_ones(house: House) -> None:
    session = await house.open()
    kernel = house.desk(session, Via.KERNEL)
    assert await refused(house, resume=kernel.resume) is ErrorCode.RESUME_UNKNOWN


async def test_a_guests_resume_token_opens_no_desk(house: House) -> None:
    session = await house.open()
    client = await house.waiting(house.desk(session))
    probe = house.desk(session, resume=client.resume)
    assert probe.connection is not None
    assert client.connection is not None
    assert probe.connection.person == house.rooms.room(session).state.provider
    assert probe.connection.id != client.connection.id
    with pytest.raises(TelehealthError) as caught:
        house.desk(session, invite="x")
    assert caught.value.code is ErrorCode.MALFORMED


async def test_one_session_that_cannot_be_read_leaves_the_others_be(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = await house.open(), await house.open("Damaged")
    read = MemoryJournal.read

    def fails(journal: MemoryJournal, session: str) -> list[Record]:
        if session == bad:
            raise TelehealthError(ErrorCode.JOURNAL_DAMAGED)
        return read(journal, session)

    monkeypatch.setattr(MemoryJournal, "read", fails)
    caplog.set_level(logging.ERROR)
    await house.restart()
    assert house.rooms.room(good).id == good
    with pytest.raises(TelehealthError) as caught:
        house.rooms.room(bad)
    assert caught.value.code is ErrorCode.JOURNAL_DAMAGED
    assert caplog.messages == [f"session {bad} is left out: its record is damaged"]


async def test_an_unknown_session_is_refused(house: House) -> None:
    with pytest.raises(CommandRefused) as caught:
        house.rooms.room("s_nothing")
    assert caught.value.code is ErrorCode.UNKNOWN_SESSION


async def test_a_person_has_at_most_twelve_connections(house: House) -> None:
    session = await house.open()
    for _ in range(limits.MAX_CONNECTIONS_PER_PERSON):
        house.desk(session)
    with pytest.raises(TelehealthError) as caught:
        house.desk(session)
    assert caught.value.code is ErrorCode.TOO_MANY


async def test_unfinished_sessions_are_limited_and_ended_ones_do_not_count(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_LIVE_SESSIONS", 2)
    one, _ = await house.open("1"), await house.open("2")
    with pytest.raises(CommandRefused) as caught:
        await house.open("3")
    assert caught.value.message == "Too many unfinished sessions. End some with session.end()."
    house.desk(one).do(c.End())
    assert await house.open("3")


async def test_what_cannot_be_recorded_does_not_leave(house: House) -> None:
    session = await house.open()
    house.journal.fail_with(True)
    with pytest.raises(CommandRefused) as refused_:
        await house.rooms.note_export(session, "csv", texts=False)
    assert refused_.value.code is ErrorCode.JOURNAL_UNAVAILABLE
    house.journal.fail_with(False)
    await house.rooms.note_export(session, "csv", texts=True)
    assert house.journal.read(session)[-1].body == RecordExported("csv", True)
    with pytest.raises(CommandRefused):
        await house.rooms.note_export("s_nothing", "csv", texts=False)


async def test_an_export_is_recorded_after_the_end_too_and_changes_nothing(house: House) -> None:
    session = await house.open()
    house.desk(session).do(c.End())
    before = house.rooms.room(session).state
    await house.rooms.note_export(session, "folder", texts=False)
    assert house.rooms.room(session).state == before
    *_, head = house.rooms.exported(session)
    assert head.startswith(b'{"head":')


async def test_a_name_is_forgotten_in_memory_too(house: House) -> None:
    session = await house.open()
    desk = house.desk(session)
    desk.do(c.Invite(code="P07", name="Ana"))
    person = next(p.id for p in house.rooms.room(session).state.people.values() if p.code == "P07")
    with pytest.raises(TelehealthError) as caught:
        await house.rooms.forget(session, person)
    assert caught.value.code is ErrorCode.WRONG_PHASE
    desk.do(c.End())
    await house.rooms.forget(session, person)
    assert desk.closed is not None
    assert house.rooms.room(session).state.people[person].shown_name is None
    assert house.journal.verify(session).ok


async def test_who_comes_back_before_a_name_is_forgotten_does_not_keep_it_in_memory(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await house.open()
    desk = house.desk(session)
    done = desk.do(c.Invite(code="P07", name="Ana"))
    desk.do(c.End())
    written: Future[None] = Future()
    forget = house.journal.forget

    def slowly(session: str, owner: str) -> Future[None]:
        written.add_done_callback(lambda _: forget(session, owner))
        return written

    monkeypatch.setattr(house.journal, "forget", slowly)
    forgetting = asyncio.create_task(house.rooms.forget(session, done.person))
    await asyncio.sleep(0)
    back = house.desk(session)
    written.set_result(None)
    await forgetting
    assert back.closed == (m.CloseCode.TRY_LATER, "SERVER_STOPPING")
    assert house.rooms.room(session).state.people[done.person].shown_name is None


async def test_a_name_that_could_not_be_forgotten_says_so_and_can_be_tried_again(
    house: House,
) -> None:
    session = await house.open()
    desk = house.desk(session)
    done = desk.do(c.Invite(code="P07", name="Ana"))
    desk.do(c.End())
    house.journal.fail_with(True)
    with pytest.raises(TelehealthError) as caught:
        await house.rooms.forget(session, done.person)
    assert caught.value.code is ErrorCode.JOURNAL_UNAVAILABLE
    house.journal.fail_with(False)
    await house.rooms.forget(session, done.person)
    assert house.rooms.room(session).state.people[done.person].shown_name is None


async def test_ended_sessions_of_a_kernel_that_goes_on_are_let_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "ENDED_KEPT", 2)
    kernels = []
    for n in range(4):
        session = await house.open(f"Intake {n}")
        kernels.append(house.desk(session, Via.KERNEL))
        kernels[-1].do(c.End())
    live = house.desk(await house.open("Now"), Via.KERNEL)
    assert [x.room.id in house.rooms._rooms for x in kernels] == [False, False, True, True]
    for kernel in kernels[:2]:
        assert kernel.of(m.Closed)[-1].code is ErrorCode.SESSION_ENDED
        assert kernel.closed == (m.CloseCode.REFUSED, "SESSION_ENDED")
    assert [x.closed for x in (*kernels[2:], live)] == [None, None, None]
    assert house.rooms.room(kernels[0].room.id).state.phase is SessionPhase.ENDED


async def test_an_ended_session_that_a_provider_looks_at_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "ENDED_KEPT", 0)
    session = await house.open()
    view = house.desk(session)
    view.do(c.End())
    await house.open("Now")
    assert session in house.rooms._rooms
    view.gone()
    await house.open("Then")
    assert session not in house.rooms._rooms
