"""What each event makes true. Total and lenient: any event on any state gives a state, never an error.

Whether an event *should* have happened is `decide`'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from telehealth_widget.core.state import Person, Publication, Session
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import (
    PRESENT_PHASES,
    Names,
    Phase,
    SessionPhase,
    Share,
    Source,
)


def evolve(state: Session, event: e.AnyBody, *, t_ms: int, at_ms: int) -> Session:
    """The state after `event`, which happened at `t_ms` of the session and `at_ms` UTC.

    Measurements change nothing, like the events that are facts of the record alone.
    """
    return _watch_empty(_apply(state, event, t_ms, at_ms), t_ms)


def _watch_empty(state: Session, t_ms: int) -> Session:
    """Notes since when nobody is present, where the session is to end for it."""
    if state.end_when_empty_ms is None:
        return state
    empty = state.phase is SessionPhase.LIVE and not any(state.in_phase(*PRESENT_PHASES))
    if empty == (state.empty_since_t_ms is not None):
        return state
    return replace(state, empty_since_t_ms=t_ms if empty else None)


def _apply(state: Session, event: e.AnyBody, t_ms: int, at_ms: int) -> Session:
    if isinstance(event, e.SessionOpened):
        return replace(
            state,
            opened=True,
            title=event.title,
            kind=event.kind,
            names=_names(event.names),
            hold_ms=event.hold_ms,
            notebook=event.notebook,
            show_place=event.show_place,
            share=_share(event.share),
            keep_chat=event.keep_chat,
            end_when_empty_ms=event.end_when_empty_ms,
            max_duration_ms=event.max_duration_ms,
            warn_min=event.warn_min,
            provider=event.provider,
        )
    if isinstance(event, e.SessionStarted):
        return replace(state, phase=SessionPhase.LIVE, started_at_ms=at_ms, started_t_ms=t_ms)
    if isinstance(event, e.SessionEnded):
        people = {
            key: _enter(p, Phase.LEFT, at_ms) if p.phase in PRESENT_PHASES else p
            for key, p in state.people.items()
        }
        return replace(
            state,
            phase=SessionPhase.ENDED,
            expected_at_ms=None,
            ended_at_ms=at_ms,
            ended_t_ms=t_ms,
            end_cause=event.cause,
            people=people,
        )
    if isinstance(event, e.ArrivalAnnounced):
        expected = None if event.minutes is None else at_ms + event.minutes * 60_000
        return replace(state, expected_at_ms=expected)
    if isinstance(event, e.EndAnnounced):
        return replace(state, warned_min=event.minutes)
    if isinstance(event, e.PersonInvited):
        person = Person(
            id=event.person,
            code=event.code,
            role=event.role,
            phase=Phase.INVITED,
            name=event.name,
            language=event.language,
            simulated=event.simulated,
            expires_at_ms=event.expires_at_ms,
            since_at_ms=at_ms,
        )
        return replace(state, people={**state.people, person.id: person})
    change = _CHANGES.get(type(event))
    if change is None:
        return state
    known = state.people.get(getattr(event, "person", ""))
    if known is None:
        return state
    return replace(state, people={**state.people, known.id: change(known, event, t_ms, at_ms)})


def _names(word: str) -> Names:
    """A word of another version counts as the most private one."""
    return Names(word) if word in set(Names) else Names.PROVIDERS


def _share(word: str) -> Share:
    """A word of another version counts as the narrower one."""
    return Share(word) if word in set(Share) else Share.PROVIDERS


def _enter(person: Person, phase: Phase, at_ms: int, **more: Any) -> Person:
    """The person in another phase. Outside of `admitted` nothing is published, and no question stands; what was on
    is on again when they come back."""
    if phase is not Phase.ADMITTED:
        if person.publications:
            more["camera"] = person.is_on(Source.CAMERA)
            more["microphone"] = person.is_on(Source.MICROPHONE)
        more["publications"] = ()
        more["asked"] = ()
    return replace(person, phase=phase, since_at_ms=at_ms, **more)


_Change = Callable[[Person, Any, int, int], Person]


def _into(phase: Phase) -> _Change:
    return lambda p, event, t, at: _enter(p, phase, at, reason=getattr(event, "reason", None))


def _into_call(p: Person, event: Any, t: int, at: int) -> Person:
    return _enter(p, Phase.ADMITTED, at, stint=p.stint + 1, reason=None, asked=())


def _arrived(p: Person, event: Any, t: int, at: int) -> Person:
    return _enter(p, Phase.PREPARING, at, connected=True, away_since_t_ms=None, reason=None)


def _let_wait(p: Person, event: Any, t: int, at: int) -> Person:
    """Whoever is away has the whole hold to come back: a removed person's socket was closed."""
    away = None if p.connected else t
    return _enter(p, Phase.WAITING, at, reason=None, away_since_t_ms=away)


def _ready(p: Person, event: e.PersonReady, t: int, at: int) -> Person:
    return _enter(p, Phase.WAITING, at, camera=event.camera, microphone=event.microphone)


def _lost(p: Person, event: Any, t: int, at: int) -> Person:
    return replace(p, connected=False, away_since_t_ms=t)


def _restored(p: Person, event: Any, t: int, at: int) -> Person:
    return replace(p, connected=True, away_since_t_ms=None)


def _revoked(p: Person, event: Any, t: int, at: int) -> Person:
    return replace(p, revoked=True)


def _reissued(p: Person, event: e.InviteReissued, t: int, at: int) -> Person:
    """Whoever comes by the new link may be somebody else."""
    return replace(
        p,
        revoked=False,
        serial=event.serial,
        expires_at_ms=event.expires_at_ms,
        verified=False,
        connection=None,
    )


def _with_source(p: Person, source: Source, muted: bool | None, *, awaited: bool = False) -> Person:
    """`muted` None withdraws the source. Sources keep the order of `Source`."""
    kept = [x for x in p.publications if x.source is not source]
    if muted is not None:
        kept.append(Publication(source, muted, awaited))
    order = list(Source)
    return replace(p, publications=tuple(sorted(kept, key=lambda x: order.index(x.source))))


def _muted(p: Person, event: e.MediaMuted, t: int, at: int) -> Person:
    if p.phase is not Phase.ADMITTED:
        return p
    held = p.publication(event.source)
    awaited = held is None or held.awaited
    return _with_source(p, event.source, True, awaited=awaited)


def _unmuted(p: Person, event: e.MediaUnmuted, t: int, at: int) -> Person:
    return _on(p, event.source) if p.publication(event.source) else p


def _on(p: Person, source: Source) -> Person:
    """Whoever has switched a source on has no question about it left."""
    return replace(_with_source(p, source, False), asked=_without(p.asked, source))


def _without(asked: tuple[Source, ...], source: Source) -> tuple[Source, ...]:
    return tuple(x for x in asked if x is not source)


def _published(p: Person, event: e.MediaPublished, t: int, at: int) -> Person:
    if p.phase is not Phase.ADMITTED:
        return p
    return _with_source(p, event.source, True) if event.muted else _on(p, event.source)


def _asked(p: Person, event: e.MediaAsked, t: int, at: int) -> Person:
    if p.phase is not Phase.ADMITTED or event.source in p.asked:
        return p
    return replace(p, asked=(*p.asked, event.source))


def _answered(p: Person, event: e.AskAnswered, t: int, at: int) -> Person:
    return replace(p, asked=_without(p.asked, event.source))


_CHANGES: dict[type[Any], _Change] = {
    e.InviteExtended: lambda p, event, t, at: replace(p, expires_at_ms=event.expires_at_ms),
    e.InviteRevoked: _revoked,
    e.InviteReissued: _reissued,
    e.PersonNamed: lambda p, event, t, at: replace(p, name=event.name),
    e.PersonUnnamed: lambda p, event, t, at: replace(p, name=None),
    e.LanguageChanged: lambda p, event, t, at: replace(p, language=event.language),
    e.PersonArrived: _arrived,
    e.ConnectionLost: _lost,
    e.ConnectionRestored: _restored,
    e.PersonReady: _ready,
    e.PersonAdmitted: _into_call,
    e.PersonResumed: _into_call,
    e.StaffJoined: _into_call,
    e.PersonDeclined: _into(Phase.DECLINED),
    e.PersonLetWait: _let_wait,
    e.PersonSentBack: _into(Phase.WAITING),
    e.PersonRemoved: _into(Phase.REMOVED),
    e.PersonPaused: _into(Phase.PAUSED),
    e.PersonLeft: _into(Phase.LEFT),
    e.IdentityVerified: lambda p, event, t, at: replace(p, verified=True),
    e.IdentityUnverified: lambda p, event, t, at: replace(p, verified=False),
    e.ConnectionTested: lambda p, event, t, at: replace(p, connection=event.report),
    e.MediaPublished: _published,
    e.MediaUnpublished: lambda p, event, t, at: _with_source(p, event.source, None),
    e.MediaMuted: _muted,
    e.MediaUnmuted: _unmuted,
    e.MediaAsked: _asked,
    e.AskAnswered: _answered,
}
"""ChatSent, ChatKept, CaptionSent, MarkPlaced and RecordExported change nothing; they are facts of the record alone."""

FOLDED: frozenset[type[Any]] = frozenset(_CHANGES) | {
    e.SessionOpened,
    e.SessionStarted,
    e.SessionEnded,
    e.ArrivalAnnounced,
    e.EndAnnounced,
    e.PersonInvited,
}
"""The kinds of record that change the state; whoever folds a long record may leave out the rest."""
