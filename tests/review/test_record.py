"""Any moment of a record is what the provider's live view held then."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest

from telehealth_widget.core import outbox
from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.outbox import Viewer
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import Phase, Role, Source, Via
from telehealth_widget.protocol.measurements import QualityMeasured, Span, VoiceMeasured
from telehealth_widget.review.record import SessionRecord, merged, provider_view

from ..rooms.conftest import House
from .conftest import made_of


def refolded(record: SessionRecord, t_ms: int) -> Session:
    state = Session(id=record.session)
    for one in record.records:
        if one.t_ms <= t_ms:
            state = evolve(state, one.body, t_ms=one.t_ms, at_ms=one.at_ms)
    return state


def test_a_seek_gives_what_folding_from_the_start_gives(
    studied: list[tuple[SessionRecord, Any]],
) -> None:
    dice = Random(1)
    for record, _ in studied:
        for _ in range(50):
            t_ms = dice.randint(-10, record.end_ms + 10)
            assert record.state_at(t_ms) == refolded(record, t_ms)
            assert record.views_at(t_ms) == provider_view(refolded(record, t_ms))


def test_a_record_longer_than_many_snapshots_seeks_right() -> None:
    toggles = [
        (100 + n, (e.MediaMuted if n % 2 else e.MediaUnmuted)("p_c", Source.MICROPHONE))
        for n in range(1_000)
    ]
    record = made_of(
        (1, e.PersonAdmitted("p_c")),
        (2, e.MediaPublished("p_c", Source.MICROPHONE, False)),
        *toggles,
    )
    for t_ms in (0, 99, 100, 163, 164, 165, 700, 1_099, 5_000):
        assert record.state_at(t_ms) == refolded(record, t_ms)


async def test_a_replay_is_the_providers_live_view_less_ephemera(house: House) -> None:
    """What the desk was told after each act, against the record at that moment."""
    session = await house.open(kind="group")
    desk = house.desk(session)
    told: list[tuple[int, Any, Any]] = []
    room = house.rooms.room(session)

    def look() -> None:
        state = room.state
        seats = room.seats.table(state)
        viewer = Viewer(state.provider, Role.PROVIDER, Via.WIDGET, desk.connection.id)
        view = outbox.view(state, seats, viewer)
        told.append((room.time.now()[0], view.session, dict(view.people)))
        house.clock.now += 1_000

    from telehealth_widget.protocol import commands as c

    url = desk.do(c.Invite(code="P07", name="Ana")).url
    look()
    guest = await house.guest(url)
    look()
    for act in (c.SetName(name="Ana B"), c.GetReady()):
        guest.do(act)
        look()
    person = guest.connection.person
    for act in (c.Admit(person=person), c.SayWhen(minutes=5), c.Mark(label="cue")):
        desk.do(act)
        look()
    guest.do(c.Publish(source=Source.MICROPHONE))
    look()
    for act in (c.Mute(person=person), c.Pause(person=person), c.Resume(person=person), c.End()):
        desk.do(act)
        look()
    record = SessionRecord(session, house.journal.read(session))
    for t_ms, session_row, people in told:
        view = record.views_at(t_ms)
        assert view.session == session_row
        assert {k: _less_ephemera(x) for k, x in view.people.items()} == {
            k: _less_ephemera(x) for k, x in people.items()
        }
    assert len(told) > 10


def _less_ephemera(row: Any) -> Any:
    return msgspec.structs.replace(row, link=None, in_call=False)


def test_a_stream_applied_like_a_page_does_ends_in_every_view(
    studied: list[tuple[SessionRecord, Any]],
) -> None:
    record, _ = studied[0]
    people: dict[str, Any] = {}
    session = None
    frames = record.stream(keyframe_every=5)
    assert isinstance(frames[0].message, m.Snapshot)
    assert [x.message.seq for x in frames] == list(range(1, len(frames) + 1))
    assert sum(isinstance(x.message, m.Snapshot) for x in frames) > 2
    for number, frame in enumerate(frames):
        message = frame.message
        if isinstance(message, m.Snapshot):
            people, session = {x.id: x for x in message.people}, message.session
        else:
            session = message.session or session
            people |= {x.id: x for x in message.people}
            for gone in message.gone:
                del people[gone]
        if number + 1 == len(frames) or frames[number + 1].t_ms > frame.t_ms:
            view = record.views_at(frame.t_ms)
            assert (session, people) == (view.session, dict(view.people))


def test_times_never_go_back_however_the_clock_went() -> None:
    body = e.MarkPlaced("cue", None)
    records = [
        e.Record("s", n, t_ms, at_ms, "p", Via.PAGE, body)
        for n, (t_ms, at_ms) in enumerate([(-5, 0), (900, 10**18), (100, -(10**18)), (950, 7)], 1)
    ]
    record = SessionRecord("s", records)
    assert list(record.times) == [0, 900, 900, 950]
    assert record.clock_faults == 2
    assert record.until(900) == 3
    assert record.wall_ms(950) == 7
    assert made_of().clock_faults == 0


def test_who_speaks_and_how_the_connection_is_at_a_moment() -> None:
    record = made_of(
        (9_000, VoiceMeasured("p_c", (Span(1_000, 2_000), Span(3_000, 4_000)))),
        (9_000, VoiceMeasured("p_t", (Span(1_500, 3_500),))),
        (9_000, QualityMeasured("p_c", Span(0, 5_000), rtt_ms=50)),
    )
    assert record.speaking_at(999) == frozenset()
    assert record.speaking_at(1_000) == {"p_c"}
    assert record.speaking_at(1_999) == {"p_c", "p_t"}
    assert record.speaking_at(2_000) == {"p_t"}
    assert record.quality_at(4_999)["p_c"].rtt_ms == 50
    assert record.quality_at(5_000) == {}


def test_spans_are_merged_cut_and_freed_of_nonsense() -> None:
    spans = [(5, 9), (-3, 2), (8, 12), (30, 20), (95, 200), (12, 13), (50, 50)]
    assert merged(spans, 100) == [(0, 2), (5, 13), (95, 100)]
    assert merged([], 100) == []


def test_without_texts_rows_carry_codes_and_nothing_else() -> None:
    view = made_of((1, e.PersonAdmitted("p_c"))).views_at(10)
    assert view.people["p_c"].code == "P07"
    assert view.people["p_c"].name is None
    assert view.people["p_c"].phase is Phase.ADMITTED


def test_an_export_does_not_lengthen_a_session_without_an_end() -> None:
    bodies = [(5_000, e.PersonArrived("p_c")), (9_000_000, e.RecordExported("csv", False))]
    record = made_of(*bodies, end_ms=None)
    assert (record.end_ms, record.over_at_ms) == (5_000, 10**12 + 5_000)
    assert made_of(*bodies).over_at_ms == 10**12 + 60_000
    noted = SessionRecord("s_1", record.records[-1:])
    assert (noted.end_ms, noted.over_at_ms) == (0, None)


def test_an_empty_record_is_no_error() -> None:
    record = SessionRecord("s", [])
    assert (len(record), record.end_ms, record.opened_at_ms, record.wall_ms(5)) == (
        0,
        0,
        None,
        None,
    )
    assert record.stream() == []
    assert record != SessionRecord("other", [])
    with pytest.raises(TypeError):
        hash(record)
