"""What each event makes true; and that any event on any state gives a state."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telehealth_widget.core.evolve import _CHANGES, FOLDED, evolve
from telehealth_widget.core.state import Publication, Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.connection import ConnectionReport, Verdict
from telehealth_widget.protocol.kinds import (
    EndCause,
    Names,
    Phase,
    Role,
    SessionPhase,
    Share,
    Source,
)
from telehealth_widget.protocol.measurements import QualityMeasured, Span, VoiceMeasured

from .conftest import Play

IDS = st.sampled_from(["p_1", "p_2", "p_3", ""])
TEXT = st.text(max_size=5) | st.builds(e.Sealed, row=st.just("r"), sha256=st.just("0"))


def events() -> st.SearchStrategy[e.AnyEvent]:
    """Any event, with few ids so that they meet, and with words of versions yet to come."""
    given: dict[str, st.SearchStrategy[Any]] = {
        "person": IDS,
        "provider": IDS,
        "name": TEXT | st.none(),
        "title": TEXT,
        "names": st.sampled_from(["all", "providers", "initials", "nobody"]),
        "reason": TEXT | st.none(),
        "note": TEXT | st.none(),
        "hold_ms": st.integers(0, 10**7),
        "serial": st.integers(0, 9),
        "expires_at_ms": st.integers(0, 10**13),
    }
    return st.one_of(
        st.builds(kind, **{k: v for k, v in given.items() if k in kind.__struct_fields__})
        for kind in e.event_types()
    )


def test_every_event_is_folded_or_known_to_change_nothing() -> None:
    elsewhere = {
        e.SessionOpened,
        e.SessionStarted,
        e.SessionEnded,
        e.PersonInvited,
        e.ArrivalAnnounced,
        e.EndAnnounced,
    }
    silent = {e.ChatSent, e.ChatKept, e.CaptionSent, e.MarkPlaced, e.RecordExported}
    assert set(_CHANGES) | elsewhere | silent == set(e.event_types())
    assert set(_CHANGES) | elsewhere == FOLDED


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(events(), st.integers(0, 10**6)), max_size=30))
def test_any_events_in_any_order_give_a_state(happened: list[tuple[e.AnyEvent, int]]) -> None:
    state = Session(id="s")
    for event, t_ms in happened:
        before = state
        state = evolve(state, event, t_ms=t_ms, at_ms=10**12 + t_ms)
        assert state.id == "s"
        assert list(before.people) == list(state.people)[: len(before.people)]
        for person in state.people.values():
            assert person.phase is Phase.ADMITTED or person.publications == ()
            assert person.phase is Phase.ADMITTED or person.asked == ()
            assert len(set(person.asked)) == len(person.asked)
            sources = [p.source for p in person.publications]
            assert sources == [s for s in Source if s in sources]
        assert state.duration_ms is None or state.duration_ms >= 0


@pytest.mark.parametrize(
    "event",
    [
        e.ChatSent("p_1", "c", "staff", 3),
        e.ChatKept("p_1", "c", "hm."),
        e.CaptionSent("p_1", 3),
        e.MarkPlaced("cue", None),
        e.RecordExported("csv", False),
        VoiceMeasured("p_1", (Span(0, 900),)),
        QualityMeasured("p_1", Span(0, 900), rtt_ms=40.0),
    ],
)
def test_facts_of_the_record_alone_change_nothing(play: Play, event: e.AnyBody) -> None:
    before = play.state
    play.apply(event)
    assert play.state is before


def test_an_event_about_an_unknown_person_changes_nothing(play: Play) -> None:
    before = play.state
    play.apply(e.PersonAdmitted("p_nobody"))
    assert play.state is before


def test_a_names_policy_of_another_version_counts_as_the_most_private(play: Play) -> None:
    opened = e.SessionOpened("t", play.state.kind, "emoji", 1_000, None, play.state.provider)
    play.apply(opened)
    assert play.state.names is Names.PROVIDERS


def test_whether_the_place_is_shown_is_what_the_session_was_opened_with(play: Play) -> None:
    for shown in (True, False):
        opened = e.SessionOpened("t", play.state.kind, "all", 1_000, None, "p_1", shown)
        play.apply(opened)
        assert play.state.show_place is shown


def test_who_may_share_by_a_word_of_another_version_is_the_fewest(play: Play) -> None:
    for word, share in (("all", Share.ALL), ("clients", Share.PROVIDERS)):
        play.apply(e.SessionOpened("t", play.state.kind, "all", 1_000, None, "p_1", share=word))
        assert play.state.share is share


def test_a_question_stands_until_it_is_answered_or_needless(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    microphone = Source.MICROPHONE
    for answer in (
        e.AskAnswered(person, microphone, False),
        e.MediaPublished(person, microphone, False),
        e.MediaUnmuted(person, microphone),
        e.PersonResumed(person),
        e.PersonPaused(person),
    ):
        play.apply(e.MediaAsked(person, microphone))
        play.apply(e.MediaAsked(person, microphone))
        play.apply(e.MediaMuted(person, microphone))
        assert play.of("P07").asked == (microphone,)
        play.apply(answer)
        assert play.of("P07").asked == ()
    play.apply(e.MediaAsked(person, microphone))
    assert play.of("P07").asked == ()


def test_since_when_all_are_gone_is_noted_only_where_the_session_ends_for_it() -> None:
    for wait_ms, noted in ((None, None), (60_000, 7_000)):
        play = Play().open(end_when_empty_ms=wait_ms)
        person = play.bring("P07", Phase.ADMITTED)
        assert play.state.empty_since_t_ms is None
        play.pass_ms(7_000)
        play.apply(e.PersonLeft(person, "left"))
        assert play.state.empty_since_t_ms == noted
        play.pass_ms(7_000)
        play.apply(e.ConnectionLost(person))
        assert play.state.empty_since_t_ms == noted
        play.apply(e.PersonArrived(person))
        assert play.state.empty_since_t_ms is None
        play.apply(e.SessionEnded())
        assert play.state.empty_since_t_ms is None


def test_the_last_warning_and_the_cause_of_the_end_are_kept(play: Play) -> None:
    for minutes in (10, 5):
        play.apply(e.EndAnnounced(minutes))
        assert play.state.warned_min == minutes
    assert play.state.end_cause is None
    play.apply(e.SessionEnded(EndCause.DURATION))
    assert play.state.end_cause is EndCause.DURATION


def test_the_duration_runs_from_the_first_admission_to_the_end(play: Play) -> None:
    play.pass_ms(60_000)
    play.apply(e.SessionStarted())
    assert (play.state.phase, play.state.duration_ms) == (SessionPhase.LIVE, None)
    assert play.state.started_at_ms == play.at_ms
    play.pass_ms(48_000)
    play.apply(e.SessionEnded())
    assert (play.state.phase, play.state.duration_ms) == (SessionPhase.ENDED, 48_000)


def test_a_session_that_never_started_lasted_no_time(play: Play) -> None:
    play.pass_ms(60_000)
    play.apply(e.SessionEnded())
    assert play.state.duration_ms == 0


def test_a_promise_counts_from_its_record_and_ends_by_the_next_one_or_the_end(play: Play) -> None:
    play.pass_ms(1_000)
    play.apply(e.ArrivalAnnounced(10))
    assert play.state.expected_at_ms == play.at_ms + 600_000
    play.apply(e.ArrivalAnnounced(None))
    assert play.state.expected_at_ms is None
    play.apply(e.ArrivalAnnounced(1))
    play.pass_ms(120_000)
    play.apply(e.SessionStarted())
    assert play.state.expected_at_ms == play.at_ms - 60_000
    play.apply(e.SessionEnded())
    assert play.state.expected_at_ms is None


def test_the_end_takes_everyone_present_out_and_keeps_other_phases(play: Play) -> None:
    for code, phase in (
        ("A", Phase.INVITED),
        ("B", Phase.WAITING),
        ("C", Phase.ADMITTED),
        ("D", Phase.DECLINED),
        ("E", Phase.REMOVED),
    ):
        play.bring(code, phase)
    play.apply(e.SessionEnded())
    left = [play.phase(code) for code in "ABCDE"]
    assert left == [Phase.INVITED, Phase.LEFT, Phase.LEFT, Phase.DECLINED, Phase.REMOVED]


def test_sources_stand_in_a_fixed_order_and_once(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    for source in (Source.SCREEN, Source.MICROPHONE, Source.CAMERA, Source.SCREEN):
        play.apply(e.MediaPublished(person, source, muted=False))
    play.apply(e.MediaMuted(person, Source.MICROPHONE))
    assert play.of("P07").publications == (
        Publication(Source.CAMERA, False),
        Publication(Source.MICROPHONE, True),
        Publication(Source.SCREEN, False),
    )
    play.apply(e.MediaUnpublished(person, Source.CAMERA))
    play.apply(e.MediaUnmuted(person, Source.CAMERA))
    assert play.of("P07").publication(Source.CAMERA) is None


@pytest.mark.parametrize(
    "event",
    [
        e.PersonPaused("p"),
        e.PersonSentBack("p"),
        e.PersonRemoved("p", None),
        e.PersonLeft("p", "left"),
        e.PersonDeclined("p", None),
    ],
    ids=lambda x: type(x).__name__,
)
def test_whoever_goes_out_of_the_call_publishes_nothing(play: Play, event: Any) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    play.apply(e.MediaPublished(person, Source.CAMERA, muted=False))
    play.apply(e.with_fields(event, person=person))
    assert play.of("P07").publications == ()
    play.apply(e.MediaPublished(person, Source.CAMERA, muted=False))
    assert play.of("P07").publications == ()


def test_each_way_into_the_call_is_a_new_stint(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    assert play.of("P07").stint == 1
    play.apply(e.PersonPaused(person))
    play.apply(e.PersonResumed(person))
    assert play.of("P07").stint == 2
    play.apply(e.StaffJoined(play.state.provider))
    assert play.state.people[play.state.provider].stint == 1


def test_a_reason_goes_with_the_phase_it_explains(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    play.apply(e.PersonDeclined(person, "Not today."))
    assert play.of("P07").reason == "Not today."
    play.apply(e.PersonLetWait(person))
    assert play.of("P07").reason is None


def test_since_when_counts_from_the_change_of_phase_only(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    since = play.of("P07").since_at_ms
    play.pass_ms(5_000)
    play.apply(e.ConnectionLost(person))
    play.apply(e.ConnectionRestored(person))
    play.apply(e.PersonNamed(person, "Bea"))
    assert play.of("P07").since_at_ms == since
    play.apply(e.PersonAdmitted(person))
    assert play.of("P07").since_at_ms == since + 5_000


def test_a_new_link_undoes_the_withdrawal(play: Play) -> None:
    person = play.bring("P07", Phase.INVITED)
    play.apply(e.InviteRevoked(person))
    assert play.of("P07").revoked
    play.apply(e.IdentityVerified(person))
    play.apply(e.InviteReissued(person, 2, 77))
    assert not play.of("P07").verified
    assert (play.of("P07").revoked, play.of("P07").serial) == (False, 2)
    play.apply(e.InviteExtended(person, 88))
    assert play.of("P07").expires_at_ms == 88


def test_a_verified_identity_outlasts_phases_and_names_until_it_is_taken_back(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    play.apply(e.IdentityVerified(person))
    for event in (
        e.PersonAdmitted(person),
        e.PersonNamed(person, "Bea"),
        e.PersonLeft(person, "left"),
        e.PersonArrived(person),
    ):
        play.apply(event)
        assert play.of("P07").verified
    play.apply(e.IdentityUnverified(person))
    assert not play.of("P07").verified


def test_a_sealed_name_is_not_shown(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    play.apply(e.PersonNamed(person, e.Sealed("r", "0")))
    assert play.of("P07").shown_name is None
    assert play.of("P07").role is Role.CLIENT


def test_a_connection_test_stays_through_phases_and_goes_with_the_link(play: Play) -> None:
    person = play.bring("P07", Phase.PREPARING)
    report = ConnectionReport(Verdict.GOOD)
    play.apply(e.ConnectionTested(person, report))
    play.do(play.as_guest("P07"), c.GetReady())
    play.do(play.desk, c.Admit(person=person))
    assert play.of("P07").connection == report
    # Whoever comes by a new link may be somewhere else.
    play.do(play.desk, c.Reissue(person=person))
    assert play.of("P07").connection is None
