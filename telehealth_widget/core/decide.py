"""From a command to the events that follow, or a refusal. Pure: reads the state, changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from telehealth_widget.core import links, media, names, opening, words
from telehealth_widget.core.checks import Events, not_the_desk, require, target
from telehealth_widget.core.policy import Actor, authorise
from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import (
    PRESENT_PHASES,
    EndCause,
    Phase,
    Role,
    SessionPhase,
    Source,
)
from telehealth_widget.protocol.text import clean_label, clean_text


def decide(
    state: Session, actor: Actor, command: c.Command, *, at_ms: int, fresh_id: str
) -> Events:
    """The events that `command` of `actor` leads to; none if everything is already so.

    Args:
        at_ms: now, UTC ms.
        fresh_id: an unused random id, for whatever the command makes.

    Raises:
        CommandRefused: with the code and, where it helps, what would have fitted.
    """
    authorise(state, actor, command)
    decider: Callable[..., Events] = _DECIDERS[type(command)]
    return decider(state, actor, command, at_ms, fresh_id)


def _require_link(person: Person) -> None:
    if person.revoked:
        raise CommandRefused(
            ErrorCode.LINK_REVOKED,
            f"The link of {person.label} was withdrawn. Make a new one first.",
        )


def _reason(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    return clean_text(text, limits.MAX_REASON_CHARACTERS, "A reason")


# -- admission ----------------------------------------------------------------------------------


def _let_in(state: Session, people: list[Person]) -> Events:
    # Who is paused keeps a place, so that "Resume" never fails for want of one.
    taken = sum(1 for _ in state.in_phase(Phase.ADMITTED, Phase.PAUSED))
    room = limits.MAX_ADMITTED - taken
    if len(people) > room:
        raise CommandRefused(ErrorCode.ROOM_FULL)
    events: list[e.AnyEvent] = []
    if state.phase is SessionPhase.OPEN and any(p.role is Role.CLIENT for p in people):
        events.append(e.SessionStarted())
    return (*events, *(e.PersonAdmitted(person=person.id) for person in people))


def _admit(state: Session, actor: Actor, cmd: c.Admit, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    if person.phase is Phase.ADMITTED:
        return ()
    if person.phase is Phase.PAUSED:
        return (e.PersonResumed(person=person.id),)
    if person.phase is Phase.DECLINED:
        # Two providers at once: who declined must not be overruled by a press that came a moment later.
        raise CommandRefused(
            ErrorCode.WRONG_PHASE,
            f"{person.label} was declined. Let them wait again first, then admit them.",
        )
    require(person, Phase.WAITING)
    _require_link(person)
    return _let_in(state, [person])


def _admit_all(state: Session, actor: Actor, cmd: c.AdmitAll, at_ms: int, fresh_id: str) -> Events:
    waiting = [p for p in state.in_phase(Phase.WAITING) if not p.revoked]
    return _let_in(state, waiting) if waiting else ()


def _decline(state: Session, actor: Actor, cmd: c.Decline, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    require(person, Phase.WAITING, Phase.PREPARING)
    return (e.PersonDeclined(person=person.id, reason=_reason(cmd.reason)),)


def _let_wait(state: Session, actor: Actor, cmd: c.LetWait, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    if person.phase is Phase.WAITING:
        return ()
    require(person, Phase.DECLINED, Phase.REMOVED)
    _require_link(person)
    return (e.PersonLetWait(person=person.id),)


def _send_back(state: Session, actor: Actor, cmd: c.SendBack, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    not_the_desk(state, person)
    require(person, Phase.ADMITTED, Phase.PAUSED)
    return (e.PersonSentBack(person=person.id),)


def _remove(state: Session, actor: Actor, cmd: c.Remove, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    not_the_desk(state, person)
    if person.phase is Phase.REMOVED:
        return ()
    return (e.PersonRemoved(person=person.id, reason=_reason(cmd.reason)),)


def _pause(state: Session, actor: Actor, cmd: c.Pause, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    not_the_desk(state, person)
    if person.phase is Phase.PAUSED:
        return ()
    require(person, Phase.ADMITTED)
    return (e.PersonPaused(person=person.id),)


def _pause_all(state: Session, actor: Actor, cmd: c.PauseAll, at_ms: int, fresh_id: str) -> Events:
    return tuple(
        e.PersonPaused(person=p.id) for p in state.in_phase(Phase.ADMITTED) if p.role is Role.CLIENT
    )


def _resume(state: Session, actor: Actor, cmd: c.Resume, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    if person.phase is Phase.ADMITTED:
        return ()
    require(person, Phase.PAUSED)
    return (e.PersonResumed(person=person.id),)


def _resume_all(
    state: Session, actor: Actor, cmd: c.ResumeAll, at_ms: int, fresh_id: str
) -> Events:
    return tuple(e.PersonResumed(person=p.id) for p in state.in_phase(Phase.PAUSED))


def _verify_identity(
    state: Session, actor: Actor, cmd: c.VerifyIdentity, at_ms: int, fresh_id: str
) -> Events:
    person = target(state, cmd.person)
    if person.role is not Role.CLIENT:
        raise CommandRefused(
            ErrorCode.NOT_PERMITTED,
            f"Only a client's identity is verified; {person.label} is a {person.role.value}.",
        )
    if person.verified is cmd.verified:
        return ()
    if cmd.verified:
        return (e.IdentityVerified(person=person.id),)
    return (e.IdentityUnverified(person=person.id),)


def _say_when(state: Session, actor: Actor, cmd: c.SayWhen, at_ms: int, fresh_id: str) -> Events:
    if cmd.minutes is None:
        return () if state.expected_at_ms is None else (e.ArrivalAnnounced(minutes=None),)
    if not 1 <= cmd.minutes <= limits.MAX_ARRIVAL_MINUTES:
        raise CommandRefused(
            ErrorCode.BAD_OPTION,
            f"Promise a whole number of minutes from 1 to {limits.MAX_ARRIVAL_MINUTES}, "
            "or none to take the promise back.",
        )
    return (e.ArrivalAnnounced(minutes=cmd.minutes),)


# -- in the session -----------------------------------------------------------------------------


def _mark(state: Session, actor: Actor, cmd: c.Mark, at_ms: int, fresh_id: str) -> Events:
    note = None
    if cmd.note is not None:
        note = clean_text(cmd.note, limits.MAX_NOTE_CHARACTERS, "A note")
    return (e.MarkPlaced(label=clean_label(cmd.label), note=note),)


def _end(state: Session, actor: Actor, cmd: c.End, at_ms: int, fresh_id: str) -> Events:
    return (e.SessionEnded(),)


# -- about oneself --------------------------------------------------------------------------------


def _get_ready(state: Session, actor: Actor, cmd: c.GetReady, at_ms: int, fresh_id: str) -> Events:
    person = target(state, actor.person)
    require(person, Phase.PREPARING)
    if person.name is None:
        raise CommandRefused(ErrorCode.NAME_MISSING)
    if sum(1 for _ in state.in_phase(Phase.WAITING)) >= limits.MAX_WAITING:
        raise CommandRefused(ErrorCode.ROOM_FULL)
    return (e.PersonReady(person=person.id, camera=cmd.camera, microphone=cmd.microphone),)


def _join(state: Session, actor: Actor, cmd: c.Join, at_ms: int, fresh_id: str) -> Events:
    person = target(state, actor.person)
    if person.phase is Phase.ADMITTED:
        return ()
    require(person, Phase.INVITED, Phase.LEFT)
    return (e.StaffJoined(person=person.id),)


def _leave(state: Session, actor: Actor, cmd: c.Leave, at_ms: int, fresh_id: str) -> Events:
    person = target(state, actor.person)
    if person.phase not in PRESENT_PHASES:
        return ()
    return (e.PersonLeft(person=person.id, cause="left"),)


def _report_connection(
    state: Session, actor: Actor, cmd: c.ReportConnection, at_ms: int, fresh_id: str
) -> Events:
    person = target(state, actor.person)
    if person.connection == cmd.report:
        return ()
    return (e.ConnectionTested(person=person.id, report=cmd.report),)


# -- the server itself ------------------------------------------------------------------------------


def _connect(state: Session, actor: Actor, cmd: c.Connect, at_ms: int, fresh_id: str) -> Events:
    person = target(state, cmd.person)
    if state.phase is SessionPhase.ENDED:
        return ()
    if person.id != state.provider and person.phase in (Phase.INVITED, Phase.LEFT):
        return (e.PersonArrived(person=person.id),)
    return () if person.connected else (e.ConnectionRestored(person=person.id),)


def _disconnect(
    state: Session, actor: Actor, cmd: c.Disconnect, at_ms: int, fresh_id: str
) -> Events:
    person = state.people.get(cmd.person)
    if person is None or not person.connected or state.phase is SessionPhase.ENDED:
        return ()
    return (e.ConnectionLost(person=person.id),)


def _expire(state: Session, actor: Actor, cmd: c.Expire, at_ms: int, fresh_id: str) -> Events:
    person = state.people.get(cmd.person)
    if person is None or person.connected or person.phase not in PRESENT_PHASES:
        return ()
    return (e.PersonLeft(person=person.id, cause="connection"),)


def _announce_end(
    state: Session, actor: Actor, cmd: c.AnnounceEnd, at_ms: int, fresh_id: str
) -> Events:
    given = state.warned_min is not None and state.warned_min <= cmd.minutes
    if state.phase is not SessionPhase.LIVE or state.ends_at_ms is None or given:
        return ()
    return (e.EndAnnounced(minutes=cmd.minutes),)


def _run_out(state: Session, actor: Actor, cmd: c.RunOut, at_ms: int, fresh_id: str) -> Events:
    empty = state.empty_since_t_ms is not None and cmd.cause is EndCause.EMPTY
    over = state.ends_at_ms is not None and cmd.cause is EndCause.DURATION
    if state.phase is not SessionPhase.LIVE or not (empty or over):
        return ()
    return (e.SessionEnded(cause=cmd.cause),)


def _note_export(
    state: Session, actor: Actor, cmd: c.NoteExport, at_ms: int, fresh_id: str
) -> Events:
    return (e.RecordExported(form=clean_label(cmd.form), texts=cmd.texts),)


_DECIDERS: dict[type[c.Command], Callable[..., Events]] = {
    c.Invite: links.invite,
    c.Revoke: links.revoke,
    c.Reissue: links.reissue,
    c.Admit: _admit,
    c.AdmitAll: _admit_all,
    c.Decline: _decline,
    c.LetWait: _let_wait,
    c.SendBack: _send_back,
    c.Remove: _remove,
    c.Pause: _pause,
    c.PauseAll: _pause_all,
    c.Resume: _resume,
    c.ResumeAll: _resume_all,
    c.Mute: media.silence(Source.MICROPHONE),
    c.StopVideo: media.silence(Source.CAMERA),
    c.StopShare: media.stop_share,
    c.AskToUnmute: media.ask_for(Source.MICROPHONE),
    c.AskToStartVideo: media.ask_for(Source.CAMERA),
    c.VerifyIdentity: _verify_identity,
    c.SayWhen: _say_when,
    c.Mark: _mark,
    c.End: _end,
    c.SetName: names.set_name,
    c.GetReady: _get_ready,
    c.Join: _join,
    c.Leave: _leave,
    c.Publish: media.publish,
    c.Unpublish: media.unpublish,
    c.SetMuted: media.set_muted,
    c.DeclineAsk: media.decline_ask,
    c.SendChat: words.send_chat,
    c.SendCaption: words.send_caption,
    c.ReportConnection: _report_connection,
    c.Open: opening.open_session,
    c.Connect: _connect,
    c.Disconnect: _disconnect,
    c.Expire: _expire,
    c.AnnounceEnd: _announce_end,
    c.RunOut: _run_out,
    c.NoteExport: _note_export,
}
