"""A replay's document: the same rows as the record, nothing personal unless asked for, small."""

from __future__ import annotations

import msgspec

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Phase, Source
from telehealth_widget.protocol.measurements import QualityMeasured, Span, VoiceMeasured
from telehealth_widget.protocol.messages import Change, Snapshot
from telehealth_widget.protocol.replay import ReplayCheck, ReplayComment, ReplayData, ReplayTalk
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.intervals import intervals
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.scene import scene
from telehealth_widget.review.synthetic import Truth

from .conftest import made_of

NAMES = ("Synthetic client", "Synthetic provider", "Synthetic session", "A synthetic note")


def encoded(data: ReplayData) -> str:
    return msgspec.json.encode(data).decode()


def unfolded(spans: tuple[int, ...]) -> list[tuple[int, int]]:
    at, bounds = 0, []
    for step in spans:
        at += step
        bounds.append(at)
    return list(zip(bounds[::2], bounds[1::2], strict=True))


def test_frames_are_the_stream_less_personal_fields(
    studied: list[tuple[SessionRecord, Truth]],
) -> None:
    for record, _ in studied:
        made = scene(record)
        stream = record.stream()
        assert [x.t_ms for x in made.frames] == [x.t_ms for x in stream]
        assert isinstance(made.frames[0].message, Snapshot)
        for ours, live in zip(made.frames, stream, strict=True):
            bare = [
                msgspec.structs.replace(row, name=None, reason=None) for row in live.message.people
            ]
            assert list(ours.message.people) == bare
            if isinstance(live.message, Change):
                assert ours.message.gone == live.message.gone


def test_lanes_are_the_intervals(studied: list[tuple[SessionRecord, Truth]]) -> None:
    record, _ = studied[0]
    told = {
        (lane.person, lane.kind, start, stop, lane.value)
        for lane in scene(record).lanes
        for start, stop in unfolded(lane.spans)
    }
    quality = [x for x in intervals(record) if x.kind != "quality"]
    assert {x for x in told if x[1] != "quality"} == {
        (x.person, x.kind, x.from_ms, x.to_ms, x.value) for x in quality
    }


def test_spans_that_touch_are_one() -> None:
    poor = [
        (at, QualityMeasured("p_c", Span(at - 10_000, at), rtt_ms=900.0))
        for at in (10_000, 20_000, 40_000)
    ]
    (lane,) = (x for x in scene(made_of(*poor)).lanes if x.kind == "quality")
    assert (lane.value, lane.spans) == ("poor", (0, 20_000, 10_000, 10_000))


def test_without_being_asked_no_name_and_no_text_is_in_it(archive: Archive) -> None:
    for entry in archive.sessions():
        plain = archive.load_noted(entry.session, texts=True)
        assert not any(name in encoded(scene(plain)) for name in NAMES)
        assert "Synthetic client" in encoded(scene(plain, names=True))
        assert "Synthetic session" in encoded(scene(plain, names=True))


def test_a_personal_field_of_any_event_stays_out() -> None:
    personal = [x for x in e.event_types() if x.personal_fields]
    assert personal
    record = made_of(
        (1, e.PersonNamed("p_c", "canary")),
        (2, e.PersonDeclined("p_c", "canary")),
        (3, e.MarkPlaced("rupture", "canary")),
    )
    assert "canary" not in encoded(scene(record))
    assert encoded(scene(record, names=True)).count("canary") >= 3


def test_an_event_tells_who_what_and_by_whom() -> None:
    record = made_of(
        (5_000, e.MediaMuted("p_c", Source.MICROPHONE)),
        (6_000, e.ChatSent("p_c", "m1", "everyone", 42)),
        (7_000, VoiceMeasured("p_c", (Span(1, 2),))),
    )
    told = scene(record).events
    muted, chat = told[3], told[4]
    assert (muted.event, muted.person, muted.t_ms, muted.n) == ("MediaMuted", "p_c", 5_000, 4)
    assert muted.details == {"source": "microphone"}
    assert chat.details == {"to": "everyone", "characters": 42}
    assert [x.event for x in told][-1] == "SessionEnded"
    assert told[1].details == {"code": "T1", "role": "provider", "simulated": False}


def test_the_clock_is_told_again_only_when_it_was_set() -> None:
    record = made_of((5_000, e.PersonArrived("p_c")), (9_000, e.PersonReady("p_c", True, True)))
    assert scene(record).clock == (0, 10**12)
    moved = [
        msgspec.structs.replace(x, at_ms=x.at_ms + (3_600_000 if x.t_ms >= 9_000 else 0))
        for x in record.records
    ]
    again = SessionRecord(record.session, moved)
    assert scene(again).clock == (0, 10**12, 9_000, 10**12 + 9_000 + 3_600_000)


def test_talk_is_told_only_where_it_was_measured() -> None:
    live = [(1_000, e.SessionStarted()), (1_000, e.PersonAdmitted("p_c"))]
    assert scene(made_of(*live)).talk is None
    voice = (50_000, VoiceMeasured("p_c", (Span(1_000, 31_000),)))
    talk = scene(made_of(*live, voice)).talk
    assert talk == ReplayTalk(live_ms=59_000, silence_ms=29_000, people={"p_c": 30_000})


def test_phases_labels_check_and_comments_go_with_it() -> None:
    record = made_of(
        (1_000, e.MarkPlaced("site: North", None)), (2_000, e.MarkPlaced("phase: talk", None))
    )
    comment = ReplayComment(t_ms=3_000, text="Look here", at_ms=1)
    made = scene(record, check=ReplayCheck(ok=True, rows=6), comments=[comment])
    assert [(x.name, x.from_ms, x.to_ms) for x in made.phases] == [("talk", 2_000, 60_000)]
    assert (made.labels, made.check, made.comments) == (
        {"site": "North"},
        ReplayCheck(ok=True, rows=6),
        (comment,),
    )


def test_an_empty_record_and_one_without_an_end_can_be_shown() -> None:
    assert scene(SessionRecord("s_0", [])).frames == ()
    unfinished = scene(made_of((5_000, e.PersonArrived("p_c")), end_ms=None))
    assert (unfinished.ended, unfinished.end_ms) == (False, 5_000)
    last = unfinished.frames[-1].message.people[-1]
    assert last.phase is Phase.PREPARING


def test_the_same_record_gives_the_same_document(
    studied: list[tuple[SessionRecord, Truth]],
) -> None:
    record, _ = studied[1]
    assert encoded(scene(record)) == encoded(scene(SessionRecord(record.session, record.records)))
