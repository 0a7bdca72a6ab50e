"""What a person may send and how often they may come, whatever connections they do it with."""

from __future__ import annotations

import pytest

from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase, Via
from telehealth_widget.rooms.directory import TryLater
from telehealth_widget.rooms.visits import Visits

from .conftest import HeldClock, House, Probe


async def client_of(house: House) -> tuple[Probe, str]:
    """A client, and the link they came by."""
    done = house.desk(await house.open()).do(c.Invite(code="P07"))
    assert isinstance(done, m.Done)
    return await house.guest(done.url or ""), str(done.url)


async def test_who_comes_back_may_not_send_more(house: House) -> None:
    client, url = await client_of(house)
    for _ in range(limits.COMMANDS_BURST):
        assert isinstance(client.do(c.SetName(name="Ana")), m.Done)
    back = await house.guest(url)
    assert back.do(c.SetName(name="Bea")).code is ErrorCode.TOO_MANY
    back.gone()
    back = await house.guest(resume=back.resume)
    assert back.do(c.SetName(name="Bea")).code is ErrorCode.TOO_MANY
    house.clock.now += 1_000
    assert isinstance(back.do(c.SetName(name="Bea")), m.Done)


@pytest.mark.parametrize("kind", ["signals", "beats", "tests", "measured"])
async def test_every_other_rate_is_the_persons_too(house: House, kind: str) -> None:
    client, url = await client_of(house)
    other = await house.waiting(house.desk(await house.open()), "P08")
    back = await house.guest(url)
    ours = getattr(back.connection.rates, kind)
    assert getattr(client.connection.rates, kind) is ours
    assert getattr(other.connection.rates, kind) is not ours


async def test_a_kernel_in_a_loop_does_not_silence_the_providers_page(house: House) -> None:
    session = await house.open()
    page, kernel = house.desk(session), house.desk(session, Via.KERNEL)
    for _ in range(limits.COMMANDS_BURST):
        kernel.do(c.AdmitAll())
    assert kernel.do(c.AdmitAll()).code is ErrorCode.TOO_MANY
    assert isinstance(page.do(c.AdmitAll()), m.Done)


async def test_who_comes_too_often_is_told_to_try_later_and_loses_nothing(house: House) -> None:
    client, url = await client_of(house)
    for _ in range(limits.HELLOS_BURST - 1):
        client = await house.guest(url)
    before = len(house.journal.read(client.room.id))
    for hello in ({"invite": url.split("#")[1]}, {"resume": client.resume}):
        with pytest.raises(TryLater) as caught:
            await house.guest(**hello)
        assert caught.value.code is ErrorCode.TOO_MANY
    assert client.closed is None
    assert len(house.journal.read(client.room.id)) == before
    client.gone()
    house.clock.now += 1_000
    back = await house.guest(resume=client.resume)
    assert back.me.phase is Phase.PREPARING


async def test_one_who_comes_too_often_keeps_nobody_else_out(house: House) -> None:
    client, url = await client_of(house)
    for _ in range(limits.HELLOS_BURST - 1):
        await house.guest(url)
    assert await house.waiting(house.desk(client.room.id), "P08")


def test_a_page_that_is_cut_off_again_and_again_is_let_in_for_a_minute() -> None:
    clock = HeldClock()
    visits = Visits(clock)
    for _ in range(60 * 3):  # its shortest pause is 200 ms, and a connection takes a moment
        assert visits.may_come("p")
        clock.now += 333


async def test_of_a_persons_connections_the_latest_lead_back(house: House) -> None:
    client, url = await client_of(house)
    came = [client]
    for _ in range(2 * limits.RESUMES_KEPT):
        came.append(await house.guest(url))
    assert isinstance(house.journal, MemoryJournal)
    kept = {x.connection for x in house.journal._resumes.values() if x.person == client.me.id}
    assert kept == {x.connection.id for x in came[-limits.RESUMES_KEPT :]}
    with pytest.raises(TelehealthError) as caught:
        await house.guest(resume=came[0].resume)
    assert caught.value.code is ErrorCode.RESUME_UNKNOWN
    earlier = await house.guest(resume=came[-3].resume, take=True)
    assert earlier.connection.id == came[-3].connection.id
    assert came[-1].closed == (m.CloseCode.SEAT_TAKEN, "SEAT_TAKEN")


async def test_a_reload_loop_leaves_one_entry_and_the_token_before_it(house: House) -> None:
    client, _ = await client_of(house)
    for _ in range(2 * limits.RESUMES_KEPT):
        client.gone()
        before, client = client, await house.guest(resume=client.resume)
    (kept,) = [x for x in house.journal._resumes.values() if x.person == client.me.id]
    with pytest.raises(TelehealthError) as caught:
        await house.guest(resume=before.resume)
    assert caught.value.code is ErrorCode.RESUME_REUSED
    assert kept.previous is not None


async def test_a_view_that_stays_open_leads_back_however_many_came_after_it(house: House) -> None:
    session = await house.open()
    first = house.desk(session, page="first")
    for _ in range(2 * limits.RESUMES_KEPT):
        house.desk(session).gone()
    first.gone()
    back = house.desk(session, page="first", resume=first.resume)
    assert back.connection.id == first.connection.id


def test_a_connection_in_use_is_kept_beside_the_latest() -> None:
    visits = Visits(HeldClock())
    for n in range(limits.RESUMES_KEPT):
        assert visits.came("p", f"c{n}", ()) == []
    assert visits.came("p", "new", {"c0"}) == []
    assert visits.came("p", "newer", {"c0"}) == ["c1"]
    assert visits.came("q", "c0", ()) == []
    assert visits.came("p", "newest", ()) == ["c0", "c2"]
