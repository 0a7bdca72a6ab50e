"""Whose voice is known in which time: nothing unmeasured is told as 0, or as silence."""

from __future__ import annotations

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Source
from telehealth_widget.protocol.measurements import Span, VoiceMeasured
from telehealth_widget.review.coverage import measured, meets
from telehealth_widget.review.measures import Measures, Part
from telehealth_widget.review.scene import scene

from .conftest import made_of

LIVE = (
    (1_000, e.StaffJoined("p_t")),
    (10_000, e.SessionStarted()),
    (10_000, e.PersonAdmitted("p_c")),
    (10_000, e.MediaPublished("p_t", Source.MICROPHONE, muted=False)),
    (10_000, e.MediaPublished("p_c", Source.MICROPHONE, muted=False)),
)
OF_BOTH = ("talk_share", "floor_transfers", "response_latency_ms", "overlaps", "interruptions")
OF_ALL = ("speech_ms", "overlap_ms", "silence_ms", "silences", "floor_transfers")


def test_a_stay_is_measured_from_its_first_report_on() -> None:
    record = made_of(
        (5_000, VoiceMeasured("p_c", ())),
        (20_000, VoiceMeasured("p_c", (Span(12_000, 14_000),))),
        (45_000, VoiceMeasured("p_c", ())),
    )
    stays = {"p_c": [(10_000, 30_000), (32_000, 40_000), (42_000, 60_000)], "p_t": [(0, 60_000)]}
    assert measured(record, stays) == {"p_c": [(12_000, 30_000), (45_000, 60_000)]}
    assert measured(record, {}) == {"p_c": []}


def test_stretches_that_only_touch_do_not_meet() -> None:
    assert meets([(10, 20)], 19, 30)
    assert not meets([(10, 20)], 20, 30)
    assert not meets([], 0, 100)


def test_while_one_voice_is_not_measured_nobody_tells_silence_or_shares() -> None:
    record = made_of(*LIVE, (20_000, VoiceMeasured("p_c", (Span(12_000, 18_000),))))
    measures = Measures(record)
    (session,) = measures.sessions()
    assert [session[x] for x in OF_ALL] == [None] * len(OF_ALL)
    provider, client = measures.persons()
    assert provider["talk_ms"] is provider["turns"] is None
    assert (client["talk_ms"], client["turns"]) == (6_000, 1)
    assert [client[x] for x in OF_BOTH] == [None] * len(OF_BOTH)
    talk = scene(record).talk
    assert talk is not None
    assert (talk.silence_ms, talk.people) == (None, {"p_c": 6_000})


def test_a_part_before_the_first_report_is_not_silent() -> None:
    record = made_of(
        *LIVE,
        (12_000, VoiceMeasured("p_t", ())),
        (42_000, VoiceMeasured("p_c", (Span(41_000, 42_000),))),
    )
    measures = Measures(record)
    early, late = Part("early", 10_000, 40_000), Part("late", 40_000, 60_000)
    assert [x["silence_ms"] for x in measures.sessions([early, late])] == [None, 19_000]
    assert [x["talk_ms"] for x in measures.persons([early, late])] == [0, None, 0, 1_000]
    assert [x["talk_share"] for x in measures.persons([early, late])] == [None, None, 0, 1]


def test_who_was_not_in_a_part_need_not_be_measured_in_it() -> None:
    record = made_of(
        *LIVE,
        (12_000, VoiceMeasured("p_t", (Span(10_000, 11_000),))),
        (20_000, e.PersonLeft("p_c", "left")),
    )
    (session,) = Measures(record).sessions([Part("alone", 20_000, 60_000)])
    assert (session["silence_ms"], session["silences"]) == (40_000, 1)


def test_who_had_no_microphone_on_was_silent_and_need_not_be_measured() -> None:
    record = made_of(
        *LIVE[:-1],
        (12_000, VoiceMeasured("p_t", (Span(10_000, 11_000),))),
        (30_000, e.MediaPublished("p_c", Source.MICROPHONE, muted=False)),
    )
    parts = [Part("unheard", 12_000, 30_000), Part("heard", 30_000, 60_000)]
    assert [x["silence_ms"] for x in Measures(record).sessions(parts)] == [18_000, None]
