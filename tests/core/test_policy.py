"""The authorisation table against a second one, written by hand from the product's description."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import fields

from telehealth_widget.core.policy import (
    CHAT_TO,
    SYSTEM_COMMANDS,
    TABLE,
    Actor,
    Recording,
    authorise,
    may_test,
    recording_of,
)
from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.connection import ConnectionReport, Verdict
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import EndCause, Phase, Role, SessionPhase, Source, Via

LETTERS = {
    "i": Phase.INVITED,
    "p": Phase.PREPARING,
    "w": Phase.WAITING,
    "a": Phase.ADMITTED,
    "z": Phase.PAUSED,
    "d": Phase.DECLINED,
    "r": Phase.REMOVED,
    "l": Phase.LEFT,
}

# By link: who may ask in which own phase. "-": the role never may; P: only the notebook's provider
# (or, with phases for the provider, only providers) may. Deliberately not derived from the code.
BY_LINK = """
command      only  provider  supervisor  client
Invite       P     -         -           -
Revoke       P     -         -           -
Reissue      P     -         -           -
Admit        P     a         -           -
AdmitAll     P     a         -           -
Decline      P     a         -           -
LetWait      P     a         -           -
SendBack     P     a         -           -
Remove       P     a         -           -
Pause        P     a         -           -
Resume       P     a         -           -
PauseAll     P     a         -           -
ResumeAll    P     a         -           -
Mute         P     a         -           -
StopVideo    P     a         -           -
StopShare    P     a         -           -
AskToUnmute  P     a         -           -
AskToStartVideo P  a         -           -
VerifyIdentity P   a         -           -
SayWhen      P     a         -           -
Mark         P     a         -           -
End          P     a         -           -
SetName      .     pwaz      pwz         pwz
GetReady     .     p         p           p
Join         P     -         -           -
Leave        .     pwaz      pwaz        pwaz
Publish      .     a         a           a
Unpublish    .     a         a           a
SetMuted     .     a         a           a
DeclineAsk   .     a         a           a
SendChat     .     a         a           pwaz
SendCaption  .     a         a           -
ReportConnection . pwaz      pwaz        pwaz
"""

RECORDED_FIRST = {
    "Invite",
    "Reissue",
    "Admit",
    "AdmitAll",
    "LetWait",
    "Resume",
    "ResumeAll",
    "VerifyIdentity",
    "SayWhen",
    "Mark",
    "Join",
}
PROTECTIVE = {
    "Revoke",
    "SendBack",
    "Remove",
    "Pause",
    "PauseAll",
    "Mute",
    "StopVideo",
    "StopShare",
    "End",
    "Leave",
    "Unpublish",
}


def expected() -> dict[tuple[str, Role, Phase], ErrorCode | None]:
    """(command, role, phase) → the refusal, or None if allowed."""
    answers: dict[tuple[str, Role, Phase], ErrorCode | None] = {}
    for line in BY_LINK.strip().splitlines()[1:]:
        command, only, *columns = line.split()
        never = ErrorCode.NOT_PROVIDER if only == "P" else ErrorCode.NOT_PERMITTED
        for role, column in zip(
            (Role.PROVIDER, Role.SUPERVISOR, Role.CLIENT), columns, strict=True
        ):
            for letter, phase in LETTERS.items():
                answer = None if letter in column else ErrorCode.WRONG_PHASE
                if column == "-":
                    answer = never
                answers[command, role, phase] = answer
    return answers


def example(kind: type[c.Command]) -> c.Command:
    given = {
        "person": "p_other",
        "source": Source.CAMERA,
        "muted": False,
        "report": ConnectionReport(Verdict.GOOD),
    }
    return kind(**{f.name: given.get(f.name, "x") for f in fields(kind) if f.required})


def session(role: Role, phase: Phase, session_phase: SessionPhase = SessionPhase.OPEN) -> Session:
    me = Person("p_me", "P07", role, phase, "Ana", None, False, 0, 0)
    desk = Person("p_desk", "T1", Role.PROVIDER, Phase.INVITED, "Dr. Lee", None, False, 0, 0)
    people = {"p_desk": desk, "p_me": me}
    return Session(id="s", phase=session_phase, opened=True, provider="p_desk", people=people)


def answer(state: Session, actor: Actor, command: c.Command) -> ErrorCode | None:
    try:
        authorise(state, actor, command)
    except CommandRefused as refused:
        return refused.code
    return None


def test_the_second_table_covers_every_command_role_and_phase() -> None:
    assert {name for name, _, _ in expected()} == {k.__name__ for k in c.AnyCommand.__args__}
    assert len(expected()) == 33 * 3 * 8 >= 300


@pytest.mark.parametrize("kind", c.AnyCommand.__args__, ids=lambda k: k.__name__)
@pytest.mark.parametrize("role", Role)
def test_by_link_a_command_is_allowed_where_the_second_table_says_so(
    kind: type[c.Command], role: Role
) -> None:
    for phase in Phase:
        for session_phase in (SessionPhase.OPEN, SessionPhase.LIVE):
            state = session(role, phase, session_phase)
            got = answer(state, Actor("p_me", role, Via.PAGE), example(kind))
            assert got == expected()[kind.__name__, role, phase], phase


@pytest.mark.parametrize("kind", c.AnyCommand.__args__, ids=lambda k: k.__name__)
def test_after_the_end_nobody_may_do_anything(kind: type[c.Command]) -> None:
    for role, phase, via in itertools.product(Role, Phase, (Via.PAGE, Via.WIDGET, Via.KERNEL)):
        state = session(role, phase, SessionPhase.ENDED)
        assert answer(state, Actor("p_me", role, via), example(kind)) is ErrorCode.SESSION_ENDED
    desk = Actor("p_desk", Role.PROVIDER, Via.WIDGET)
    state = session(Role.CLIENT, Phase.LEFT, SessionPhase.ENDED)
    assert answer(state, desk, example(kind)) is ErrorCode.SESSION_ENDED


@pytest.mark.parametrize("kind", c.AnyCommand.__args__, ids=lambda k: k.__name__)
@pytest.mark.parametrize("via", [Via.WIDGET, Via.KERNEL])
def test_at_the_desk_the_notebooks_provider_may_ask_for_anything(
    kind: type[c.Command], via: Via
) -> None:
    state = session(Role.CLIENT, Phase.WAITING)
    assert answer(state, Actor("p_desk", Role.PROVIDER, via), example(kind)) is None


@pytest.mark.parametrize("kind", c.AnyCommand.__args__, ids=lambda k: k.__name__)
def test_another_provider_has_no_desk_whatever_the_door(kind: type[c.Command]) -> None:
    for phase, via in itertools.product(Phase, Via):
        state = session(Role.PROVIDER, phase)
        got = answer(state, Actor("p_me", Role.PROVIDER, via), example(kind))
        assert got == expected()[kind.__name__, Role.PROVIDER, phase]


@pytest.mark.parametrize("kind", c.AnyCommand.__args__, ids=lambda k: k.__name__)
def test_a_role_that_the_person_does_not_have_is_refused(kind: type[c.Command]) -> None:
    state = session(Role.CLIENT, Phase.ADMITTED)
    for role in (Role.PROVIDER, Role.SUPERVISOR):
        got = answer(state, Actor("p_me", role, Via.PAGE), example(kind))
        assert got in (ErrorCode.NOT_PERMITTED, ErrorCode.NOT_PROVIDER)
        unknown = answer(state, Actor("p_nobody", role, Via.PAGE), example(kind))
        assert unknown in (ErrorCode.NOT_PERMITTED, ErrorCode.NOT_PROVIDER)


def test_a_command_without_a_row_is_refused() -> None:
    class Unheard(c.Command, frozen=True):
        """Not in the table."""

    state = session(Role.PROVIDER, Phase.ADMITTED)
    for actor in (
        Actor("p_me", Role.PROVIDER, Via.PAGE),
        Actor("p_desk", Role.PROVIDER, Via.WIDGET),
        Actor("system", None, Via.SYSTEM),
    ):
        assert answer(state, actor, Unheard()) is ErrorCode.NOT_PERMITTED


@pytest.mark.parametrize("kind", c.SystemCommand.__args__, ids=lambda k: k.__name__)
def test_only_the_server_itself_gives_its_commands(kind: type[c.Command]) -> None:
    given = {"hold_ms": 1_000, "minutes": 5, "cause": EndCause.EMPTY, "texts": False}
    command = kind(**{f.name: given.get(f.name, "x") for f in fields(kind)})
    state = session(Role.PROVIDER, Phase.ADMITTED)
    assert answer(state, Actor("system", None, Via.SYSTEM), command) is None
    for person, via in (("p_me", Via.PAGE), ("p_desk", Via.WIDGET), ("p_desk", Via.KERNEL)):
        refused = answer(state, Actor(person, Role.PROVIDER, via), command)
        assert refused is ErrorCode.NOT_PERMITTED


@pytest.mark.parametrize("kind", c.AnyCommand.__args__, ids=lambda k: k.__name__)
def test_the_server_itself_gives_no_command_of_a_person(kind: type[c.Command]) -> None:
    state = session(Role.PROVIDER, Phase.ADMITTED)
    assert (
        answer(state, Actor("system", None, Via.SYSTEM), example(kind)) is ErrorCode.NOT_PERMITTED
    )


@pytest.mark.parametrize("kind", c.AnyCommand.__args__, ids=lambda k: k.__name__)
def test_what_admits_opens_or_grants_waits_for_the_journal_and_protection_does_not(
    kind: type[c.Command],
) -> None:
    name = kind.__name__
    wanted = Recording.TRIED
    if name in RECORDED_FIRST:
        wanted = Recording.FIRST
    if name in PROTECTIVE:
        wanted = Recording.AFTER
    assert recording_of(example(kind)) is wanted


def test_ones_own_muting_never_waits_and_unmuting_does() -> None:
    def recording(muted: bool) -> Recording:
        return recording_of(c.SetMuted(source=Source.MICROPHONE, muted=muted))

    assert recording(True) is Recording.AFTER
    assert recording(False) is Recording.TRIED


def test_every_command_has_exactly_one_table() -> None:
    assert set(TABLE) == set(c.AnyCommand.__args__)
    assert set(SYSTEM_COMMANDS) == set(c.SystemCommand.__args__)
    assert recording_of(c.Expire(person="p")) is Recording.AFTER


def test_to_whom_each_role_may_write() -> None:
    queue = {Phase.PREPARING, Phase.WAITING, Phase.PAUSED}
    here = {Phase.ADMITTED}
    assert {
        Role.CLIENT: {"everyone": here, "waiting": queue},
        Role.SUPERVISOR: {"staff": here},
        Role.PROVIDER: {"everyone": here, "waiting": here, "staff": here, "person": here},
    } == CHAT_TO


def test_whoever_is_present_may_test_the_connection_and_nobody_else() -> None:
    present = {Phase.PREPARING, Phase.WAITING, Phase.ADMITTED, Phase.PAUSED}
    for role, phase, session_phase in itertools.product(Role, Phase, SessionPhase):
        state = session(role, phase, session_phase)
        allowed = phase in present and session_phase is not SessionPhase.ENDED
        assert may_test(state, Actor("p_me", role, Via.PAGE)) is allowed, (role, phase)


def test_at_the_desk_a_page_may_test_in_any_phase_and_a_kernel_never() -> None:
    state = session(Role.CLIENT, Phase.WAITING)
    assert may_test(state, Actor("p_desk", Role.PROVIDER, Via.WIDGET))
    assert not may_test(state, Actor("p_desk", Role.PROVIDER, Via.KERNEL))
    assert not may_test(state, Actor("p_me", Role.CLIENT, Via.KERNEL))
    ended = session(Role.CLIENT, Phase.WAITING, SessionPhase.ENDED)
    assert not may_test(ended, Actor("p_desk", Role.PROVIDER, Via.WIDGET))


def test_nobody_tests_in_a_role_or_a_session_that_is_not_theirs() -> None:
    state = session(Role.CLIENT, Phase.WAITING)
    assert not may_test(state, Actor("p_me", Role.PROVIDER, Via.PAGE))
    assert not may_test(state, Actor("p_nobody", Role.CLIENT, Via.PAGE))
    assert not may_test(state, Actor("system", None, Via.SYSTEM))
