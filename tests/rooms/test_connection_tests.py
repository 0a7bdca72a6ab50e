"""Whose turn a connection test is: a few at a time, the others queued, every one with an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import StepAt, Via
from telehealth_widget.rooms.connection_tests import ConnectionTests
from telehealth_widget.rooms.directory import Rooms

from .conftest import ORIGIN, House, Probe
from .fake_echo import FakeEcho

ICE = m.Ice(servers=(), relay_only=False, expires_at_ms=60_000)
OFFER = m.Description("offer", "v=0")
CANDIDATE = m.Candidate("candidate:1 1 udp 1 192.0.2.1 9 typ host")


class Premises(House):
    """A house whose rooms test connections, with a fake in place of the echo."""

    def _new_rooms(self) -> Rooms:
        self.echo = FakeEcho()
        self.ice: m.Ice | None = ICE
        self.tests = ConnectionTests(self.echo, lambda: self.ice, self.clock)
        return Rooms(
            self.journal,
            self.keyring,
            link_of=lambda token, _language: f"{ORIGIN}/join#{token}",
            ice_for=lambda person: m.Ice(servers=(), relay_only=False, expires_at_ms=0),
            clock=self.clock,
            tests=self.tests,
        )

    async def clients(self, count: int) -> tuple[Probe, list[Probe]]:
        desk = self.desk(await self.open())
        people = []
        for n in range(count):
            self.clock.now += 1_000
            people.append(await self.waiting(desk, f"P{n:02d}"))
        return desk, people


@pytest.fixture
async def house() -> AsyncIterator[Premises]:
    made = Premises()
    await made.rooms.start()
    yield made
    made.rooms.stop()


def steps(probe: Probe) -> list[tuple[str, int | None]]:
    return [(step.at.value, step.place) for step in probe.of(m.TestStep)]


def last(probe: Probe) -> str:
    return steps(probe)[-1][0]


async def test_a_turn_brings_ice_of_the_test_s_own_and_an_offer_its_answer(
    house: Premises,
) -> None:
    _, (ana,) = await house.clients(1)
    ana.send(m.BeginTest())
    (ready,) = ana.of(m.TestStep)
    assert (ready.at, ready.ice) == (StepAt.READY, ICE)
    assert house.echo.warmed == 1
    assert not ana.of(m.Ice)
    ana.send(m.SignalTest(description=OFFER))
    ana.send(m.SignalTest(candidates=(CANDIDATE,)))
    (test,) = house.echo.begun
    assert house.echo.candidates == [CANDIDATE]
    house.echo.answer(test)
    assert ana.of(m.TestStep)[-1].description == m.Description("answer", "v=0")
    ana.send(m.EndTest())
    assert house.echo.ended == [test]
    assert house.tests.running == 0


async def test_three_run_and_the_others_are_told_their_places(house: Premises) -> None:
    _, people = await house.clients(6)
    for person in people:
        person.send(m.BeginTest())
    assert [last(p) for p in people] == ["ready"] * 3 + ["queued"] * 3
    assert [steps(p)[-1][1] for p in people[3:]] == [1, 2, 3]
    people[1].send(m.EndTest())
    assert steps(people[3])[-1] == ("ready", None)
    assert [steps(p)[-1][1] for p in people[4:]] == [1, 2]
    people[4].gone()
    assert steps(people[5])[-1] == ("queued", 1)


async def test_a_hundred_at_once_are_bounded_and_the_rest_refused_with_a_word(
    house: Premises,
) -> None:
    _, people = await house.clients(100)
    for person in people:
        person.send(m.BeginTest())
    assert house.tests.running == limits.TESTS_AT_ONCE
    assert house.tests.queued == limits.TESTS_QUEUED
    said = [last(p) for p in people]
    assert said.count("busy") == 100 - limits.TESTS_AT_ONCE - limits.TESTS_QUEUED
    for person in people:
        person.send(m.EndTest())
    assert (house.tests.running, house.tests.queued) == (0, 0)


async def test_a_person_has_one_test_and_a_few_a_minute(house: Premises) -> None:
    _, (ana,) = await house.clients(1)
    for _ in range(limits.TESTS_BURST):
        ana.send(m.BeginTest())
        assert last(ana) == "ready"
        assert house.tests.running == 1
    ana.send(m.BeginTest())
    assert last(ana) == "busy"
    assert house.tests.running == 0
    house.clock.now += 61_000
    ana.send(m.BeginTest())
    assert last(ana) == "ready"


async def test_only_the_first_offer_counts_and_candidates_have_a_bound(house: Premises) -> None:
    _, (ana,) = await house.clients(1)
    ana.send(m.SignalTest(description=OFFER))
    ana.send(m.BeginTest())
    ana.send(m.SignalTest(candidates=(CANDIDATE,)))
    assert (house.echo.begun, house.echo.candidates) == ([], [])
    for _ in range(4):
        ana.send(m.SignalTest(description=OFFER, candidates=(CANDIDATE,) * 16))
    assert len(house.echo.begun) == 1
    assert len(house.echo.candidates) == limits.MAX_TEST_CANDIDATES


async def test_a_test_that_was_asked_for_begins_only_for_who_may_still_test(
    house: Premises,
) -> None:
    desk, people = await house.clients(4)
    for person in people:
        person.send(m.BeginTest())
    desk.do(c.Decline(person=people[3].me.id))
    people[0].send(m.EndTest())
    assert last(people[3]) == "unavailable"
    people[3].send(m.BeginTest())
    assert last(people[3]) == "unavailable"
    assert house.tests.running == 2


async def test_a_removed_person_s_test_ends_with_the_socket(house: Premises) -> None:
    desk, (ana,) = await house.clients(1)
    ana.send(m.BeginTest())
    ana.send(m.SignalTest(description=OFFER))
    desk.do(c.Remove(person=ana.me.id))
    assert house.echo.ended == house.echo.begun
    assert house.tests.running == 0


async def test_staff_test_at_the_desk_and_a_kernel_does_not(house: Premises) -> None:
    session = await house.open()
    desk, kernel = house.desk(session), house.desk(session, Via.KERNEL)
    desk.send(m.BeginTest())
    kernel.send(m.BeginTest())
    assert (last(desk), last(kernel)) == ("ready", "unavailable")


async def test_settings_that_allow_no_test_say_so(house: Premises) -> None:
    house.ice = None
    _, (ana,) = await house.clients(1)
    ana.send(m.BeginTest())
    assert last(ana) == "unavailable"
    assert house.tests.running == 0


async def test_without_an_echo_a_test_is_not_offered() -> None:
    made = House()
    await made.rooms.start()
    desk = made.desk(await made.open())
    desk.send(m.BeginTest())
    desk.send(m.SignalTest(description=OFFER))
    desk.send(m.EndTest())
    assert steps(desk) == [("unavailable", None)]
    made.rooms.stop()


async def test_the_echo_s_end_is_told_and_the_next_one_begins(house: Premises) -> None:
    _, people = await house.clients(4)
    for person in people:
        person.send(m.BeginTest())
    people[0].send(m.SignalTest(description=OFFER))
    house.echo.over(house.echo.begun[0])
    assert last(people[0]) == "over"
    assert last(people[3]) == "ready"
    assert house.echo.ended == []
    house.echo.over("t_unknown")


async def test_a_test_whose_time_is_up_ends(
    house: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEST_WITHIN_MS", 0)
    monkeypatch.setattr(limits, "TEST_QUEUE_WITHIN_MS", 0)
    desk, people = await house.clients(5)
    for person in people:
        person.send(m.BeginTest())
    people[0].send(m.SignalTest(description=OFFER))
    while house.tests.running or house.tests.queued:  # noqa: ASYNC110 - timers of no length
        await asyncio.sleep(0)
    assert house.echo.ended == house.echo.begun
    assert {last(p) for p in people} <= {"over", "busy"}


async def test_another_page_of_the_person_takes_the_test_over(house: Premises) -> None:
    desk = house.desk(await house.open())
    done = desk.do(c.Invite(code="P07"))
    first = await house.guest(done.url or "")
    first.send(m.BeginTest())
    second = await house.guest(done.url or "")
    second.send(m.BeginTest())
    assert last(second) == "ready"
    assert house.tests.running == 1
