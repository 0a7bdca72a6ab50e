"""Every command: what it leads to, when it changes nothing, and each refusal with its words."""

from __future__ import annotations

import msgspec
import pytest

from telehealth_widget.core.decide import _DECIDERS, decide
from telehealth_widget.core.policy import Actor
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.connection import Cause, ConnectionReport, Verdict
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode
from telehealth_widget.protocol.kinds import EndCause, Phase, Role, SessionPhase, Source, Via

from .conftest import SERVER, START_MS, Play

CAMERA, MICROPHONE, SCREEN = Source.CAMERA, Source.MICROPHONE, Source.SCREEN


def test_every_command_has_a_decider() -> None:
    assert set(_DECIDERS) == {*c.AnyCommand.__args__, *c.SystemCommand.__args__}


def test_deciding_changes_nothing(play: Play) -> None:
    before = play.state
    args = {"at_ms": play.at_ms, "fresh_id": "x"}
    first = decide(before, play.desk, c.Invite(code="P07"), **args)  # type: ignore[arg-type]
    assert first == decide(before, play.desk, c.Invite(code="P07"), **args)  # type: ignore[arg-type]
    assert play.state is before


@pytest.mark.parametrize(
    "kind", [c.Revoke, c.Reissue, c.SendBack, c.Remove, c.Pause], ids=lambda k: k.__name__
)
def test_nothing_of_the_kind_befalls_the_notebooks_provider(
    play: Play, kind: type[c.Revoke]
) -> None:
    play.do(play.desk, c.Join())
    play.refused(
        play.desk,
        kind(person=play.state.provider),
        ErrorCode.NOT_PERMITTED,
        "The provider of this notebook has no link; the session is theirs.",
    )


@pytest.mark.parametrize(
    "command",
    [
        kind(person="p_nobody")
        for kind in (
            c.Revoke,
            c.Reissue,
            c.Admit,
            c.Decline,
            c.LetWait,
            c.SendBack,
            c.Remove,
            c.Pause,
            c.Resume,
            c.Mute,
            c.StopVideo,
            c.VerifyIdentity,
        )
    ],
    ids=lambda k: type(k).__name__,
)
def test_an_unknown_person_is_refused_with_the_codes(play: Play, command: c.Command) -> None:
    play.bring("P07", Phase.WAITING)
    refused = play.refused(play.desk, command, ErrorCode.UNKNOWN_PERSON)
    assert refused.candidates == ("T1", "P07")
    assert "p_nobody" not in str(refused)


# -- admission ------------------------------------------------------------------------------------


def test_the_first_client_admitted_starts_the_session(play: Play) -> None:
    one, two = play.bring("P07", Phase.WAITING), play.bring("P08", Phase.WAITING)
    assert play.do(play.desk, c.Admit(person=one)) == (e.SessionStarted(), e.PersonAdmitted(one))
    assert play.do(play.desk, c.Admit(person=two)) == (e.PersonAdmitted(two),)
    assert play.do(play.desk, c.Admit(person=two)) == ()


def test_a_supervisor_alone_does_not_start_the_session(play: Play) -> None:
    person = play.bring("S1", Phase.WAITING, role=Role.SUPERVISOR)
    assert play.do(play.desk, c.Admit(person=person)) == (e.PersonAdmitted(person),)
    assert play.state.phase is SessionPhase.OPEN


def test_a_declined_person_is_let_wait_before_anyone_admits_them(play: Play) -> None:
    person = play.bring("P07", Phase.DECLINED)
    play.refused(
        play.desk,
        c.Admit(person=person),
        ErrorCode.WRONG_PHASE,
        "P07 was declined. Let them wait again first, then admit them.",
    )
    play.do(play.desk, c.LetWait(person=person))
    assert play.do(play.desk, c.Admit(person=person)) == (
        e.SessionStarted(),
        e.PersonAdmitted(person),
    )


def test_admitting_a_paused_person_resumes_them(play: Play) -> None:
    person = play.bring("P07", Phase.PAUSED)
    assert play.do(play.desk, c.Admit(person=person)) == (e.PersonResumed(person),)


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.INVITED, "has not opened the link yet"),
        (Phase.PREPARING, "is still preparing and has not pressed I'm Ready"),
        (Phase.REMOVED, "was removed"),
        (Phase.LEFT, "has left"),
    ],
)
def test_who_does_not_wait_cannot_be_admitted(play: Play, phase: Phase, words: str) -> None:
    person = play.bring("P07", phase)
    play.refused(
        play.desk,
        c.Admit(person=person),
        ErrorCode.WRONG_PHASE,
        f"That is not possible now: P07 {words}.",
    )


def test_a_person_whose_link_was_withdrawn_is_neither_admitted_nor_let_wait(play: Play) -> None:
    declined = play.bring("P07", Phase.DECLINED)
    play.do(play.desk, c.Revoke(person=declined))
    sentence = "The link of P07 was withdrawn. Make a new one first."
    play.refused(play.desk, c.LetWait(person=declined), ErrorCode.LINK_REVOKED, sentence)
    waiting = play.bring("P08", Phase.WAITING)
    play.apply(e.InviteRevoked(waiting))
    sentence = "The link of P08 was withdrawn. Make a new one first."
    play.refused(play.desk, c.Admit(person=waiting), ErrorCode.LINK_REVOKED, sentence)


def test_admit_all_lets_in_everyone_who_waits_and_nobody_else(play: Play) -> None:
    one, two = play.bring("P07", Phase.WAITING), play.bring("P08", Phase.WAITING)
    for code, phase in (
        ("A", Phase.INVITED),
        ("B", Phase.PREPARING),
        ("C", Phase.DECLINED),
        ("D", Phase.LEFT),
    ):
        play.bring(code, phase)
    assert play.do(play.desk, c.AdmitAll()) == (
        e.SessionStarted(),
        e.PersonAdmitted(one),
        e.PersonAdmitted(two),
    )
    assert play.do(play.desk, c.AdmitAll()) == ()


def test_the_call_is_full_at_twenty_five_and_a_paused_person_keeps_a_place(play: Play) -> None:
    for n in range(limits.MAX_ADMITTED):
        play.bring(f"P{n}", Phase.ADMITTED)
    late = play.bring("late", Phase.WAITING)
    play.refused(play.desk, c.Admit(person=late), ErrorCode.ROOM_FULL)
    play.refused(play.desk, c.AdmitAll(), ErrorCode.ROOM_FULL)
    play.do(play.desk, c.PauseAll())
    play.refused(play.desk, c.Admit(person=late), ErrorCode.ROOM_FULL)
    assert len(play.do(play.desk, c.ResumeAll())) == limits.MAX_ADMITTED
    play.do(play.desk, c.Remove(person=play.id("P0")))
    assert play.do(play.desk, c.Admit(person=late)) == (e.PersonAdmitted(late),)


@pytest.mark.parametrize("phase", [Phase.PREPARING, Phase.WAITING])
def test_declining_carries_the_reason(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase)
    assert play.do(play.desk, c.Decline(person=person, reason=" Not today. ")) == (
        e.PersonDeclined(person, "Not today."),
    )
    assert play.of("P07").reason == "Not today."


def test_a_blank_reason_is_none_and_a_hidden_one_is_refused(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    play.refused(
        play.desk,
        c.Decline(person=person, reason="a\u202eb"),
        ErrorCode.BAD_TEXT,
        "A reason must not hold control or direction marks.",
    )
    assert play.do(play.desk, c.Decline(person=person, reason="  ")) == (
        e.PersonDeclined(person, None),
    )


@pytest.mark.parametrize("phase", [Phase.ADMITTED, Phase.PAUSED, Phase.INVITED, Phase.LEFT])
def test_only_who_waits_or_prepares_is_declined(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase)
    play.refused(play.desk, c.Decline(person=person), ErrorCode.WRONG_PHASE)


def test_let_wait_puts_a_declined_or_removed_person_back(play: Play) -> None:
    for code, phase in (("P07", Phase.DECLINED), ("P08", Phase.REMOVED)):
        person = play.bring(code, phase)
        assert play.do(play.desk, c.LetWait(person=person)) == (e.PersonLetWait(person),)
        assert play.do(play.desk, c.LetWait(person=person)) == ()
    admitted = play.bring("P09", Phase.ADMITTED)
    play.refused(play.desk, c.LetWait(person=admitted), ErrorCode.WRONG_PHASE)


def test_send_back_puts_a_person_into_the_queue_again(play: Play) -> None:
    for code, phase in (("P07", Phase.ADMITTED), ("P08", Phase.PAUSED)):
        person = play.bring(code, phase)
        assert play.do(play.desk, c.SendBack(person=person)) == (e.PersonSentBack(person),)
    play.refused(play.desk, c.SendBack(person=play.id("P07")), ErrorCode.WRONG_PHASE)


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.REMOVED])
def test_anyone_can_be_removed_from_any_phase_once(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase)
    assert play.do(play.desk, c.Remove(person=person, reason="Call us.")) == (
        e.PersonRemoved(person, "Call us."),
    )
    assert play.do(play.desk, c.Remove(person=person)) == ()


def test_pause_and_resume_one_person(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    assert play.do(play.desk, c.Resume(person=person)) == ()
    assert play.do(play.desk, c.Pause(person=person)) == (e.PersonPaused(person),)
    assert play.do(play.desk, c.Pause(person=person)) == ()
    assert play.do(play.desk, c.Resume(person=person)) == (e.PersonResumed(person),)
    waiting = play.bring("P08", Phase.WAITING)
    play.refused(play.desk, c.Pause(person=waiting), ErrorCode.WRONG_PHASE)
    play.refused(play.desk, c.Resume(person=waiting), ErrorCode.WRONG_PHASE)


def test_pause_all_pauses_clients_and_leaves_staff_alone(play: Play) -> None:
    one, two = play.bring("P07", Phase.ADMITTED), play.bring("P08", Phase.ADMITTED)
    play.bring("S1", Phase.ADMITTED, role=Role.SUPERVISOR)
    play.do(play.desk, c.Join())
    assert play.do(play.desk, c.PauseAll()) == (e.PersonPaused(one), e.PersonPaused(two))
    assert play.do(play.desk, c.PauseAll()) == ()
    assert play.do(play.desk, c.ResumeAll()) == (e.PersonResumed(one), e.PersonResumed(two))
    assert play.do(play.desk, c.ResumeAll()) == ()


@pytest.mark.parametrize("phase", Phase)
def test_a_clients_identity_is_verified_and_unverified_once_in_any_phase(
    play: Play, phase: Phase
) -> None:
    person = play.bring("P07", phase)
    assert not play.of("P07").verified
    assert play.do(play.desk, c.VerifyIdentity(person=person, verified=False)) == ()
    assert play.do(play.kernel, c.VerifyIdentity(person=person)) == (e.IdentityVerified(person),)
    assert play.do(play.desk, c.VerifyIdentity(person=person)) == ()
    assert play.of("P07").verified
    undo = c.VerifyIdentity(person=person, verified=False)
    assert play.do(play.desk, undo) == (e.IdentityUnverified(person),)
    assert not play.of("P07").verified


def test_the_identity_of_staff_is_not_verified(play: Play) -> None:
    person = play.bring("S1", Phase.ADMITTED, role=Role.SUPERVISOR)
    for who, words in ((person, "S1 is a supervisor"), (play.state.provider, "T1 is a provider")):
        play.refused(
            play.desk,
            c.VerifyIdentity(person=who),
            ErrorCode.NOT_PERMITTED,
            f"Only a client's identity is verified; {words}.",
        )


def test_a_new_link_has_to_be_verified_anew(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    play.do(play.desk, c.VerifyIdentity(person=person))
    play.do(play.desk, c.Reissue(person=person))
    assert not play.of("P07").verified
    play.do(play.desk, c.VerifyIdentity(person=person))
    play.do(play.desk, c.Revoke(person=person))
    play.do(play.desk, c.Invite(code="P07"))
    assert not play.of("P07").verified


def test_a_client_verifies_nobody_and_least_of_all_themselves(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    me = play.as_guest("P07")
    play.refused(me, c.VerifyIdentity(person=person), ErrorCode.NOT_PROVIDER)


def test_a_promise_to_be_there_is_kept_in_minutes_and_taken_back_once(play: Play) -> None:
    for actor in (play.desk, play.kernel):
        for minutes in (1, 120):
            said = play.do(actor, c.SayWhen(minutes=minutes))
            assert said == (e.ArrivalAnnounced(minutes),)
    assert play.do(play.desk, c.SayWhen(minutes=None)) == (e.ArrivalAnnounced(None),)
    assert play.do(play.desk, c.SayWhen(minutes=None)) == ()


def test_the_same_promise_again_counts_from_now(play: Play) -> None:
    play.do(play.desk, c.SayWhen(minutes=5))
    play.pass_ms(60_000)
    assert play.do(play.desk, c.SayWhen(minutes=5)) == (e.ArrivalAnnounced(5),)
    assert play.state.expected_at_ms == START_MS + 6 * 60_000


@pytest.mark.parametrize("minutes", [0, -1, 121, 500, 2**70])
def test_a_promise_is_from_one_to_a_hundred_and_twenty_minutes(play: Play, minutes: int) -> None:
    play.do(play.desk, c.SayWhen(minutes=5))
    play.refused(
        play.desk,
        c.SayWhen(minutes=minutes),
        ErrorCode.BAD_OPTION,
        "Promise a whole number of minutes from 1 to 120, or none to take the promise back.",
    )


def test_another_provider_in_the_session_may_promise_and_a_client_may_not(play: Play) -> None:
    play.bring("T2", Phase.ADMITTED, role=Role.PROVIDER)
    play.bring("P07", Phase.ADMITTED)
    assert play.do(play.as_guest("T2"), c.SayWhen(minutes=5))
    play.refused(play.as_guest("P07"), c.SayWhen(minutes=5), ErrorCode.NOT_PROVIDER)
    play.do(play.desk, c.End())
    play.refused(play.desk, c.SayWhen(minutes=5), ErrorCode.SESSION_ENDED)


# -- in the session ---------------------------------------------------------------------------------


def test_a_mark_keeps_its_label_and_note(play: Play) -> None:
    assert play.do(play.kernel, c.Mark(label=" rupture ", note=" He went quiet. ")) == (
        e.MarkPlaced("rupture", "He went quiet."),
    )
    assert play.do(play.kernel, c.Mark(label="cue")) == (e.MarkPlaced("cue", None),)
    play.refused(play.kernel, c.Mark(label="=1"), ErrorCode.BAD_TEXT)
    play.refused(
        play.kernel,
        c.Mark(label="x", note=" "),
        ErrorCode.BAD_TEXT,
        "A note has 1 to 4,000 characters.",
    )


def test_the_end_is_the_end(play: Play) -> None:
    play.bring("P07", Phase.ADMITTED)
    assert play.do(play.desk, c.End()) == (e.SessionEnded(),)
    play.refused(play.desk, c.End(), ErrorCode.SESSION_ENDED)
    play.refused(play.desk, c.Invite(code="P09"), ErrorCode.SESSION_ENDED)
    play.refused(play.as_guest("P07"), c.Leave(), ErrorCode.SESSION_ENDED)


# -- about oneself --------------------------------------------------------------------------------


def test_getting_ready_takes_a_name_and_says_what_is_at_hand(play: Play) -> None:
    play.do(play.desk, c.Invite(code="P07"))
    person = play.id("P07")
    play.do(SERVER, c.Connect(person=person))
    me = play.as_guest("P07")
    play.refused(me, c.GetReady(), ErrorCode.NAME_MISSING, "Type your name first.")
    play.do(me, c.SetName(name="Ana"))
    assert play.do(me, c.GetReady(camera=False)) == (e.PersonReady(person, False, True),)
    play.refused(me, c.GetReady(), ErrorCode.WRONG_PHASE)


def test_the_waiting_room_is_full_at_its_limit(play: Play) -> None:
    play.bring("P07", Phase.PREPARING)
    for n in range(limits.MAX_WAITING):
        play.apply(e.PersonInvited(f"p{n}", f"C{n}", Role.CLIENT, "x", None, 0, False))
        play.apply(e.PersonReady(f"p{n}", True, True))
    play.refused(play.as_guest("P07"), c.GetReady(), ErrorCode.ROOM_FULL)


def test_the_provider_at_the_desk_joins_and_never_queues(play: Play) -> None:
    provider = play.state.provider
    play.refused(play.desk, c.GetReady(), ErrorCode.WRONG_PHASE)
    assert play.do(play.desk, c.Join()) == (e.StaffJoined(provider),)
    assert play.do(play.desk, c.Join()) == ()
    play.refused(play.desk, c.GetReady(), ErrorCode.WRONG_PHASE)
    play.do(play.desk, c.Leave())
    assert play.do(play.desk, c.Join()) == (e.StaffJoined(provider),)
    assert play.state.phase is SessionPhase.OPEN


def test_leaving_is_possible_from_wherever_one_is(play: Play) -> None:
    for code, phase in (
        ("A", Phase.PREPARING),
        ("B", Phase.WAITING),
        ("C", Phase.ADMITTED),
        ("D", Phase.PAUSED),
    ):
        person = play.bring(code, phase)
        assert play.do(play.as_guest(code), c.Leave()) == (e.PersonLeft(person, "left"),)
    assert play.do(play.desk, c.Leave()) == ()


# -- the server itself --------------------------------------------------------------------------------


def test_a_connection_arrives_or_comes_back(play: Play) -> None:
    person = play.bring("P07", Phase.INVITED)
    assert play.do(SERVER, c.Connect(person=person)) == (e.PersonArrived(person),)
    assert play.do(SERVER, c.Connect(person=person)) == ()
    assert play.do(SERVER, c.Disconnect(person=person)) == (e.ConnectionLost(person),)
    assert play.do(SERVER, c.Disconnect(person=person)) == ()
    assert play.do(SERVER, c.Connect(person=person)) == (e.ConnectionRestored(person),)
    play.do(play.as_guest("P07"), c.Leave())
    assert play.do(SERVER, c.Connect(person=person)) == (e.PersonArrived(person),)


@pytest.mark.parametrize("phase", [Phase.DECLINED, Phase.REMOVED])
def test_a_declined_or_removed_person_does_not_arrive_again(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase)
    play.do(SERVER, c.Disconnect(person=person))
    assert play.do(SERVER, c.Connect(person=person)) == (e.ConnectionRestored(person),)
    assert play.phase("P07") is phase


def test_the_provider_of_the_notebook_never_prepares(play: Play) -> None:
    provider = play.state.provider
    assert play.do(SERVER, c.Connect(person=provider)) == (e.ConnectionRestored(provider),)
    assert play.state.people[provider].phase is Phase.INVITED


def test_who_does_not_come_back_in_time_has_left(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    assert play.do(SERVER, c.Expire(person=person)) == ()
    play.do(SERVER, c.Disconnect(person=person))
    assert play.do(SERVER, c.Expire(person=person)) == (e.PersonLeft(person, "connection"),)
    assert play.do(SERVER, c.Expire(person=person)) == ()
    assert play.do(SERVER, c.Expire(person="p_nobody")) == ()
    assert play.do(SERVER, c.Disconnect(person="p_nobody")) == ()


def test_a_warning_is_given_once_and_never_an_earlier_one_after_it() -> None:
    play = Play().open(max_duration_ms=50 * 60_000)
    assert play.do(SERVER, c.AnnounceEnd(minutes=5)) == ()
    play.bring("P07", Phase.ADMITTED)
    assert play.do(SERVER, c.AnnounceEnd(minutes=5)) == (e.EndAnnounced(5),)
    assert play.do(SERVER, c.AnnounceEnd(minutes=5)) == ()
    assert play.do(SERVER, c.AnnounceEnd(minutes=10)) == ()
    assert play.do(SERVER, c.AnnounceEnd(minutes=1)) == (e.EndAnnounced(1),)
    play.do(play.desk, c.End())
    assert play.do(SERVER, c.AnnounceEnd(minutes=1)) == ()


def test_a_session_without_a_maximum_warns_of_nothing_and_does_not_run_out(play: Play) -> None:
    play.bring("P07", Phase.ADMITTED)
    assert play.do(SERVER, c.AnnounceEnd(minutes=5)) == ()
    assert play.do(SERVER, c.RunOut(cause=EndCause.DURATION)) == ()
    assert play.do(SERVER, c.RunOut(cause=EndCause.EMPTY)) == ()


def test_running_out_ends_the_session_once_and_says_why() -> None:
    play = Play().open(end_when_empty_ms=60_000, max_duration_ms=50 * 60_000)
    assert play.do(SERVER, c.RunOut(cause=EndCause.DURATION)) == ()
    play.bring("P07", Phase.ADMITTED)
    assert play.do(SERVER, c.RunOut(cause=EndCause.EMPTY)) == ()
    play.do(play.as_guest("P07"), c.Leave())
    assert play.do(SERVER, c.RunOut(cause=EndCause.EMPTY)) == (e.SessionEnded(EndCause.EMPTY),)
    assert play.do(SERVER, c.RunOut(cause=EndCause.DURATION)) == ()


# -- two providers at once ----------------------------------------------------------------------------


def two_providers(play: Play) -> tuple[str, Actor]:
    """A waiting client, and a second provider in the session."""
    play.bring("T2", Phase.ADMITTED, role=Role.PROVIDER)
    return play.bring("P07", Phase.WAITING), play.as_guest("T2")


def test_of_admit_and_decline_the_first_counts_and_the_second_is_told(play: Play) -> None:
    person, other = two_providers(play)
    play.do(play.desk, c.Admit(person=person))
    sentence = "That is not possible now: P07 is in the session."
    play.refused(other, c.Decline(person=person), ErrorCode.WRONG_PHASE, sentence)
    play.do(play.desk, c.SendBack(person=person))
    play.do(other, c.Decline(person=person))
    sentence = "P07 was declined. Let them wait again first, then admit them."
    play.refused(play.desk, c.Admit(person=person), ErrorCode.WRONG_PHASE, sentence)


@pytest.mark.parametrize("kind", [c.Admit, c.Pause, c.Resume, c.Mute, c.Remove, c.StopShare])
def test_after_the_end_of_one_the_act_of_the_other_is_refused(
    play: Play, kind: type[c.Admit]
) -> None:
    person, other = two_providers(play)
    play.do(play.desk, c.End())
    ended = ErrorCode.SESSION_ENDED
    play.refused(other, kind(person=person), ended, SENTENCES[ended])


@pytest.mark.parametrize(
    ("kind", "phase"),
    [
        (c.Admit, Phase.WAITING),
        (c.Pause, Phase.ADMITTED),
        (c.Resume, Phase.PAUSED),
        (c.Remove, Phase.ADMITTED),
        (c.LetWait, Phase.DECLINED),
    ],
)
def test_the_same_act_of_both_happens_once(play: Play, kind: type[c.Admit], phase: Phase) -> None:
    _, other = two_providers(play)
    person = play.bring("P08", phase)
    assert play.do(play.desk, kind(person=person))
    assert play.do(other, kind(person=person)) == ()


def test_a_session_that_was_never_opened_knows_nobody() -> None:
    play = Play()
    play.refused(SERVER, c.Connect(person="p_1"), ErrorCode.UNKNOWN_PERSON)
    assert play.state == Session(id="s_1")
    assert play.desk.via is Via.WIDGET


def test_an_export_is_a_fact_of_the_record_before_and_after_the_end(play: Play) -> None:
    exported = e.RecordExported("folder", False)
    assert play.do(SERVER, c.NoteExport(form="folder", texts=False)) == (exported,)
    play.do(play.desk, c.End())
    before = play.state
    assert play.do(SERVER, c.NoteExport(form="folder", texts=False)) == (exported,)
    assert play.state is before
    play.refused(SERVER, c.NoteExport(form="=x", texts=True), ErrorCode.BAD_TEXT)
    play.refused(play.desk, c.NoteExport(form="csv", texts=False), ErrorCode.NOT_PERMITTED)


def test_a_connection_test_is_recorded_for_oneself_and_once(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    report = ConnectionReport(Verdict.POOR, (Cause.SLOW_UP,), up_kbps=300)
    command = c.ReportConnection(report)
    assert play.do(play.as_guest("P07"), command) == (e.ConnectionTested(person, report),)
    assert play.do(play.as_guest("P07"), command) == ()
    heard = msgspec.structs.replace(report, speaker_heard=True)
    assert play.do(play.as_guest("P07"), c.ReportConnection(heard)) == (
        e.ConnectionTested(person, heard),
    )
    assert play.do(play.desk, command) == (e.ConnectionTested(play.state.provider, report),)
