"""What pages measure becomes part of the record: of their own person, in the call, once."""

from __future__ import annotations

from typing import Any

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.protocol.measurements import (
    Figures,
    QualityMeasured,
    Span,
    Stretch,
    VoiceMeasured,
)

from .conftest import House, Probe

SPOKE = m.Measured(voice=(Stretch(3_000, 1_000),))


def measured(house: House, session: str) -> list[Any]:
    records = house.journal.read(session)
    return [r for r in records if isinstance(r.body, VoiceMeasured | QualityMeasured)]


async def in_call(house: House) -> tuple[str, Probe, Probe]:
    session = await house.open()
    desk = house.desk(session)
    ana = await house.waiting(desk)
    assert isinstance(desk.do(c.Admit(person=ana.connection.person)), m.Done)  # type: ignore[union-attr]
    return session, desk, ana


async def test_a_page_in_the_call_tells_of_its_own_person(house: House) -> None:
    session, desk, ana = await in_call(house)
    kernel = house.desk(session, Via.KERNEL)
    house.clock.now += 60_000
    before = len(desk.messages), ana.rows
    ana.send(m.Measured(voice=SPOKE.voice, quality=Figures(10_000, rtt_ms=21.5, loss=0.0)))
    voice, quality = measured(house, session)
    now = voice.t_ms
    person = ana.connection.person  # type: ignore[union-attr]
    assert voice.body == VoiceMeasured(person, (Span(now - 3_000, now - 1_000),))
    assert quality.body == QualityMeasured(person, Span(now - 10_000, now), rtt_ms=21.5, loss=0.0)
    assert (voice.actor, voice.via) == (person, Via.PAGE)
    assert [x.record.body for x in kernel.of(m.Recorded)[-2:]] == [voice.body, quality.body]
    assert (len(desk.messages), ana.rows) == before, "no view changes"


async def test_nobody_tells_before_the_call_or_from_another_connection(house: House) -> None:
    session = await house.open()
    desk = house.desk(session)
    ana = await house.waiting(desk)
    ana.send(SPOKE)
    desk.send(SPOKE)
    desk.do(c.Admit(person=ana.connection.person))  # type: ignore[union-attr]
    house.clock.now += 5_000
    desk.send(SPOKE)  # has not joined: holds no seat
    house.desk(session, Via.KERNEL).send(SPOKE)
    desk.do(c.Pause(person=ana.connection.person))  # type: ignore[union-attr]
    ana.send(SPOKE)
    assert measured(house, session) == []
    desk.do(c.Resume(person=ana.connection.person))  # type: ignore[union-attr]
    desk.do(c.Join())
    house.clock.now += 5_000
    ana.send(SPOKE)
    desk.send(SPOKE)
    other = house.desk(session)
    other.send(SPOKE)
    assert len(measured(house, session)) == 2


async def test_no_time_is_told_twice_nor_from_before_the_admission(house: House) -> None:
    session, _, ana = await in_call(house)
    start = house.rooms.room(session).time.now()[0]
    house.clock.now += 2_000
    ana.send(m.Measured(voice=(Stretch(60_000, 500),), quality=Figures(60_000, rtt_ms=9.0)))
    house.clock.now += 2_000
    ana.send(m.Measured(voice=(Stretch(4_000, 0),), quality=Figures(4_000, rtt_ms=8.0)))
    voice = [r.body.spans for r in measured(house, session) if isinstance(r.body, VoiceMeasured)]
    assert voice == [(Span(start, start + 1_500),), (Span(start + 1_500, start + 4_000),)]
    quality = [r.body.span for r in measured(house, session) if isinstance(r.body, QualityMeasured)]
    assert quality == [Span(start, start + 2_000), Span(start + 2_000, start + 4_000)]


async def test_a_flood_of_measurements_is_cut_off(house: House) -> None:
    session, _, ana = await in_call(house)
    for _ in range(500):
        house.clock.now += 10
        ana.send(m.Measured(voice=(Stretch(9, 0),)))
    allowed = limits.MEASURED_BURST + 5 * limits.MEASURED_PER_S
    assert 1 <= len(measured(house, session)) <= allowed
    assert ana.closed is None
