"""What the journal holds is what the room is: after any commands, failures and recoveries."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from random import Random
from typing import Any

import pytest

from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.state import Session
from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import EndCause, Phase, Role, Source, Via

from .conftest import House, Probe

ABOUT = (
    c.Admit,
    c.Decline,
    c.LetWait,
    c.SendBack,
    c.Remove,
    c.Pause,
    c.Resume,
    c.Mute,
    c.StopVideo,
    c.StopShare,
    c.AskToUnmute,
    c.AskToStartVideo,
    c.VerifyIdentity,
)


def refold(house: House, session: str) -> Session:
    state = Session(id=session)
    for record in house.journal.read(session):
        state = evolve(state, record.body, t_ms=record.t_ms, at_ms=record.at_ms)
    return state


@pytest.mark.parametrize("seed", range(30))
async def test_the_fold_of_the_journal_is_the_room_after_failures_that_recovered(
    house: House, seed: int
) -> None:
    dice = Random(seed)
    session = await house.open(
        kind="group",
        chat="keep",
        end_when_empty_ms=120_000,
        max_duration_ms=dice.choice((None, 900_000)),
    )
    kernel = house.desk(session, Via.KERNEL)
    urls = {code: kernel.do(c.Invite(code=code)).url for code in ("P07", "P08", "P09")}
    guests: dict[str, Probe] = {}
    for _ in range(80):
        house.clock.now += dice.randint(1_000, 20_000)
        house.journal.fail_with(dice.random() < 0.25)
        code = dice.choice(list(urls))
        guest = guests.get(code)
        if guest is None or guest.closed is not None:
            try:
                guests[code] = await house.guest(urls[code])
            except TelehealthError:
                guests.pop(code, None)
            continue
        throw = dice.random()
        if throw < 0.15:
            guest.do(c.SetName(name=dice.choice(["Ana", "Bo"])))
            guest.do(c.GetReady())
        elif throw < 0.30:
            source = dice.choice(list(Source))
            guest.do(c.Publish(source=source))
            guest.do(c.SetMuted(source=source, muted=dice.random() < 0.5))
            guest.do(c.DeclineAsk(source=source))
        elif throw < 0.35:
            guest.do(c.Leave())
        elif throw < 0.42:
            guest.gone()
        elif throw < 0.50:
            kernel.do(dice.choice([c.AdmitAll, c.PauseAll, c.ResumeAll])())
        elif throw < 0.60:
            guest.do(c.SendChat(to="waiting", text="hi"))
            kernel.do(c.Mark(label="cue"))
            kernel.do(c.SayWhen(minutes=dice.choice([None, 5])))
        else:
            person = guest.connection.person  # type: ignore[union-attr]
            kernel.do(dice.choice(ABOUT)(person=person))
        house.rooms.room(session)._tick()
    house.journal.fail_with(False)
    house.clock.now += 60_000
    room = house.rooms.room(session)
    room.note(())  # also of a session that has ended by itself: no command is heard then
    assert room.recorded
    assert not room._backlog
    assert room.ledger.entries == []
    assert refold(house, session) == room.ledger.confirmed == room.state == room.ledger.decided
    assert house.journal.verify(session).ok
    numbers = [record.n for record in house.journal.read(session)]
    assert numbers == list(range(1, len(numbers) + 1))
    times = [record.t_ms for record in house.journal.read(session)]
    assert all(t >= 0 for t in times)


async def test_what_could_not_be_written_is_offered_again_without_a_command(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from telehealth_widget.rooms import room as module

    monkeypatch.setattr(module, "RETRY_MS", 1)
    session = await house.open()
    desk = house.desk(session)
    person = desk.do(c.Invite(code="P07")).person
    house.journal.fail_with(True)
    assert desk.do(c.Remove(person=person)) == m.Done(id=2, recorded=False)
    assert not desk.rows.session.recorded  # type: ignore[union-attr]
    house.journal.fail_with(False)
    room = house.rooms.room(session)
    async with asyncio.timeout(5):
        while not room.recorded:  # noqa: ASYNC110 - nothing tells of it but the view
            await asyncio.sleep(0)
    assert desk.rows.session.recorded  # type: ignore[union-attr]
    assert refold(house, session) == room.state


async def test_an_open_that_cannot_be_written_leaves_no_session(house: House) -> None:
    house.journal.fail_with(True)
    with pytest.raises(TelehealthError) as refused:
        await house.open()
    assert refused.value.code is ErrorCode.JOURNAL_UNAVAILABLE
    house.journal.fail_with(False)
    assert house.desk(await house.open()).rows.session is not None


# -- a journal that takes its time ------------------------------------------------------------------


class SlowJournal(MemoryJournal):
    """Answers in order, when the test says so."""

    held: bool = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.queue: list[tuple[Future[Any], tuple[Any, ...]]] = []

    def append(self, *args: Any) -> Future[Any]:
        if not self.held:
            return super().append(*args)
        future: Future[Any] = Future()
        self.queue.append((future, args))
        return future

    async def answer(self, ok: bool = True) -> None:
        future, args = self.queue.pop(0)
        if ok:
            future.set_result(super().append(*args).result())
        else:
            future.set_exception(TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE))
        await asyncio.sleep(0)
        await asyncio.sleep(0)


@pytest.fixture
def slow(house: House) -> SlowJournal:
    journal = SlowJournal(house.keyring)
    house.journal = journal
    house.rooms = house._new_rooms()
    return journal


async def in_call(house: House) -> tuple[Probe, Probe]:
    desk = house.desk(await house.open())
    client = await house.waiting(desk)
    desk.do(c.Admit(person=client.me.id))
    client.do(c.Publish(source=Source.MICROPHONE))
    return desk, client


def ask(probe: Probe, number: int, command: c.AnyCommand) -> None:
    probe.send(m.Do(id=number, command=command))


async def test_nobody_is_told_of_an_admission_before_it_is_durable(
    house: House, slow: SlowJournal
) -> None:
    desk = house.desk(await house.open())
    client = await house.waiting(desk)
    slow.held = True
    before = len(client.messages), len(desk.messages)
    ask(desk, 90, c.Admit(person=client.me.id))
    assert (len(client.messages), len(desk.messages)) == before
    await slow.answer()
    assert client.me.phase is Phase.ADMITTED
    assert desk.of(m.Done)[-1] == m.Done(id=90)


async def test_a_removal_holds_while_the_disk_stalls_and_overtakes_an_admission(
    house: House, slow: SlowJournal
) -> None:
    desk = house.desk(await house.open())
    client = await house.waiting(desk)
    slow.held = True
    ask(desk, 90, c.Admit(person=client.me.id))
    ask(desk, 91, c.Remove(person=client.me.id))
    assert client.closed == (m.CloseCode.REFUSED, "REMOVED")
    seen = len(client.messages)
    await slow.answer()
    await slow.answer()
    while slow.queue:
        await slow.answer()
    assert len(client.messages) == seen
    assert not client.of(m.Ice)
    assert desk.rows.people[client.me.id].phase is Phase.REMOVED


async def test_ones_own_mute_is_seen_at_once_and_unmuting_only_when_durable(
    house: House, slow: SlowJournal
) -> None:
    desk, client = await in_call(house)

    def seen() -> bool:
        return bool(desk.rows.people[client.me.id].publications[0].muted)

    slow.held = True
    ask(client, 90, c.SetMuted(source=Source.MICROPHONE, muted=True))
    assert seen()
    ask(client, 91, c.SetMuted(source=Source.MICROPHONE, muted=False))
    assert seen()
    await slow.answer()
    assert seen()
    await slow.answer()
    assert not seen()


async def test_a_failure_between_two_writes_under_way_keeps_their_order(
    house: House, slow: SlowJournal
) -> None:
    desk, client = await in_call(house)
    slow.held = True
    ask(desk, 90, c.Mute(person=client.me.id))
    ask(client, 91, c.SetMuted(source=Source.MICROPHONE, muted=False))
    await slow.answer(ok=False)
    await slow.answer(ok=True)
    slow.held = False
    desk.do(c.Mark(label="last"))
    assert desk.room is not None
    assert refold(house, desk.room.id) == desk.room.state


# -- two at once, while the disk is slow -------------------------------------------------------------


async def two_providers(house: House, **options: Any) -> tuple[Probe, Probe, Probe]:
    """The desk, a second provider in the session, and a client who waits."""
    desk = house.desk(await house.open(kind="group", **options))
    url = desk.do(c.Invite(code="T2", role=Role.PROVIDER)).url  # type: ignore[union-attr]
    other = await house.guest(str(url))
    other.do(c.SetName(name="Dr. Two"))
    other.do(c.GetReady())
    desk.do(c.Admit(person=other.me.id))
    return desk, other, await house.waiting(desk)


@pytest.mark.parametrize(
    ("first", "second", "code", "phase"),
    [
        (c.Admit, c.Decline, ErrorCode.WRONG_PHASE, Phase.ADMITTED),
        (c.Decline, c.Admit, ErrorCode.WRONG_PHASE, Phase.DECLINED),
        (c.Remove, c.Admit, ErrorCode.WRONG_PHASE, Phase.REMOVED),
        (c.End, c.Admit, ErrorCode.SESSION_ENDED, Phase.LEFT),
    ],
)
async def test_of_two_providers_who_act_at_once_the_second_is_told_and_both_see_the_same(
    house: House, slow: SlowJournal, first: Any, second: Any, code: ErrorCode, phase: Phase
) -> None:
    desk, other, client = await two_providers(house)
    person = client.me.id
    slow.held = True
    ask(desk, 90, c.End() if first is c.End else first(person=person))
    ask(other, 91, second(person=person))
    while slow.queue:
        await slow.answer()
    assert desk.of(m.Done)[-1] == m.Done(id=90)
    told = other.of(m.Refused)
    if other.closed is None:
        assert [(x.id, x.code) for x in told] == [(91, code)]
    else:
        assert other.of(m.Closed)[-1].code is code
    room = house.rooms.room(desk.connection.session)  # type: ignore[union-attr]
    assert room.state.people[person].phase is phase
    assert room.ledger.decided == room.ledger.visible == refold(house, room.id)


async def test_of_two_screens_offered_at_once_one_is_shared(
    house: House, slow: SlowJournal
) -> None:
    desk, _, one = await two_providers(house)
    two = await house.waiting(desk, "P08")
    desk.do(c.AdmitAll())
    slow.held = True
    ask(one, 90, c.Publish(source=Source.SCREEN))
    ask(two, 91, c.Publish(source=Source.SCREEN))
    assert two.of(m.Refused)[-1].code is ErrorCode.SHARE_TAKEN
    await slow.answer()
    assert one.of(m.Done)[-1] == m.Done(id=90)
    sharers = [r.id for r in desk.rows.people.values() if r.publications]
    assert sharers == [one.me.id]


async def test_a_caption_of_somebody_who_has_gone_meanwhile_is_not_shown(
    house: House, slow: SlowJournal
) -> None:
    desk, client = await in_call(house)
    slow.held = True
    ask(desk, 90, c.SendCaption(person=client.me.id, text="Since May."))
    ask(desk, 91, c.Remove(person=client.me.id))
    while slow.queue:
        await slow.answer()
    assert not desk.of(m.Caption)
    assert not client.of(m.Caption)


async def test_a_session_with_an_admission_under_way_does_not_end_for_want_of_people(
    house: House, slow: SlowJournal
) -> None:
    desk = house.desk(await house.open(end_when_empty_ms=60_000))
    client = await house.waiting(desk)
    desk.do(c.AdmitAll())
    client.do(c.Leave())
    room = house.rooms.room(desk.connection.session)  # type: ignore[union-attr]
    house.clock.now += 59_000
    slow.held = True
    provider = desk.connection.person  # type: ignore[union-attr]
    ask(desk, 90, c.Join())
    house.clock.now += 1_000
    room._tick()
    assert room._timer is None, "it would look at the clock without end"
    await slow.answer(ok=False)
    assert room.state.people[provider].phase is Phase.INVITED
    assert room._timer is not None, "nobody would look at the clock any more"
    slow.held = False
    room._tick()
    assert room.state.end_cause is EndCause.EMPTY
    for handle in (room._timer, room._retry):
        if handle is not None:
            handle.cancel()
