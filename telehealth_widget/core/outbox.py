"""What each viewer may know, and what changed of it. Default deny: a row not granted here does not exist.

`view` filters the state by role; `change` is the difference between what a viewer was told and what holds now,
so no event can be forgotten on the way to a view. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import regex

from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.kinds import (
    PRESENT_PHASES,
    Agent,
    Names,
    Phase,
    Role,
    SessionKind,
    SessionPhase,
    Via,
)
from telehealth_widget.protocol.messages import Change, Snapshot
from telehealth_widget.protocol.views import LinkRow, PersonRow, PublicationRow, SessionRow, You

QUEUE_PHASES = frozenset({Phase.PREPARING, Phase.WAITING, Phase.PAUSED})
"""Where the audience of "waiting" stands."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The connection of a person that carries picture and sound."""

    connection: str
    endpoint: str
    """Address for signals; unguessable, new for every stint and page."""
    agent: Agent
    since_at_ms: int
    """When the person's present stint began, UTC ms: in the call, since when they are in it."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and through which connection."""

    person: str
    role: Role
    via: Via
    connection: str


@dataclass(frozen=True, slots=True)
class View:
    """Everything one viewer may know."""

    session: SessionRow
    you: You
    people: Mapping[str, PersonRow] = field(default_factory=dict)


def sees_everyone(state: Session, viewer: Viewer) -> bool:
    """Staff at the desk always; other staff once they are in the session."""
    if viewer.role is Role.CLIENT:
        return False
    if viewer.person == state.provider and viewer.via in (Via.KERNEL, Via.WIDGET):
        return True
    person = state.people.get(viewer.person)
    return person is not None and person.phase is Phase.ADMITTED


def view(
    state: Session, seats: Mapping[str, Seat], viewer: Viewer, *, recorded: bool = True
) -> View:
    """What `viewer` may know now.

    Args:
        seats: person id → the seat in the call, for admitted people who have one.
        recorded: whether the journal can be written; only staff are told.
    """
    return next(views(state, seats, (viewer,), recorded=recorded))


def views(
    state: Session, seats: Mapping[str, Seat], viewers: Iterable[Viewer], *, recorded: bool = True
) -> Iterator[View]:
    """The `view` of each of the viewers. What does not depend on who looks is made once: a thousand may wait."""
    for_staff = _session_row(state, True, recorded)
    for_waiting = _session_row(state, False, recorded, waits=True)
    for_inside = _session_row(state, False, recorded, inside=True)
    for_others = _session_row(state, False, recorded)
    ended = state.phase is SessionPhase.ENDED
    places = queue_places(state) if state.show_place else {}
    queue = _queue_rows(state) if state.kind is SessionKind.GROUP else {}
    for viewer in viewers:
        everyone = sees_everyone(state, viewer)
        own = _seat_in_call(state, seats, viewer)
        me = state.people.get(viewer.person)
        phase = None if me is None else me.phase
        session = for_others
        if everyone:
            session = for_staff
        elif phase is Phase.WAITING:
            session = for_waiting
        elif phase in (Phase.ADMITTED, Phase.PAUSED) or (ended and me is not None and me.stint):
            session = for_inside
        yield View(
            session,
            _you(state, seats, viewer, own),
            _people(state, seats, viewer, own, everyone, places, queue),
        )


def queue_places(state: Session) -> dict[str, int]:
    """Person id → place in the queue, from 1, of the clients who wait: who waits longest is next."""
    queue = [p for p in state.in_phase(Phase.WAITING) if p.role is Role.CLIENT]
    queue.sort(key=lambda p: (p.since_at_ms, p.id))
    return {person.id: place for place, person in enumerate(queue, 1)}


def _seat_in_call(state: Session, seats: Mapping[str, Seat], viewer: Viewer) -> Seat | None:
    """The viewer's seat, if this very connection holds it and the person is in the call."""
    me = state.people.get(viewer.person)
    seat = seats.get(viewer.person)
    in_call = me is not None and me.phase is Phase.ADMITTED
    return seat if in_call and seat and seat.connection == viewer.connection else None


def _you(state: Session, seats: Mapping[str, Seat], viewer: Viewer, own: Seat | None) -> You:
    me = state.people.get(viewer.person)
    seat = seats.get(viewer.person)
    where = "none"
    if seat is not None:
        where = "here" if seat.connection == viewer.connection else "elsewhere"
    return You(
        person=viewer.person,
        seat=where,
        endpoint=own.endpoint if own else None,
        language=me.language if me else None,
    )


def _people(
    state: Session,
    seats: Mapping[str, Seat],
    viewer: Viewer,
    own: Seat | None,
    everyone: bool,
    places: Mapping[str, int],
    queue: Mapping[str, PersonRow],
) -> dict[str, PersonRow]:
    me = state.people.get(viewer.person)
    in_call = me is not None and me.phase is Phase.ADMITTED
    if not everyone and not in_call:
        return {} if me is None else {me.id: _own_row(me, False, places.get(me.id))}
    rows: dict[str, PersonRow] = {}
    for person in state.people.values():
        if person.id == viewer.person:
            rows[person.id] = _own_row(person, everyone)
        elif everyone:
            rows[person.id] = _staff_row(person, seats, own)
        elif person.phase is Phase.ADMITTED:
            rows[person.id] = _client_row(state, person, seats, own)
    if not everyone:
        rows.update(queue)
    return rows


def _queue_rows(state: Session) -> dict[str, PersonRow]:
    """Who waits, as clients in a group see them: that they do, and their name by the policy."""
    queue = sorted(state.in_phase(Phase.WAITING), key=lambda p: (p.since_at_ms, p.id))
    return {
        p.id: PersonRow(
            id=p.id,
            role=p.role,
            phase=p.phase,
            name=name_for_client(state, p),
            connected=p.connected,
        )
        for p in queue[: limits.MAX_WAITING_SHOWN]
    }


def _session_row(
    state: Session, everyone: bool, recorded: bool, *, waits: bool = False, inside: bool = False
) -> SessionRow:
    """`waits`: as whoever waits may see it; `inside`: as whoever is in the session or paused may, and whoever was
    in it once it has ended.

    That others were let in, and when, is nobody's business who is not inside: to them it is open until it has ended.
    """
    within = everyone or inside
    ended = state.phase is SessionPhase.ENDED
    timed = within and not ended
    provider = state.people.get(state.provider)
    return SessionRow(
        id=state.id,
        kind=state.kind,
        phase=state.phase if within or ended else SessionPhase.OPEN,
        title=state.title if everyone and isinstance(state.title, str) else None,
        started_at_ms=state.started_at_ms if within else None,
        ended_at_ms=state.ended_at_ms,
        duration_ms=state.duration_ms if within else None,
        recorded=recorded if everyone else True,
        provider_name=provider.shown_name if provider else None,
        provider_present=any(
            p.connected and p.role is Role.PROVIDER for p in state.people.values()
        ),
        expected_at_ms=state.expected_at_ms if everyone or waits else None,
        share=state.share,
        chat_kept=state.keep_chat,
        ends_at_ms=state.ends_at_ms if timed else None,
        warned_min=state.warned_min if timed else None,
        end_cause=state.end_cause,
    )


def _publications(person: Person) -> tuple[PublicationRow, ...]:
    if not person.publications:
        return ()
    return tuple([PublicationRow(source=p.source, muted=p.muted) for p in person.publications])


def _own_row(person: Person, staff: bool, place: int | None = None) -> PersonRow:
    return PersonRow(
        id=person.id,
        role=person.role,
        phase=person.phase,
        you=True,
        name=person.shown_name,
        code=person.code if staff else None,
        connected=person.connected,
        since_ms=person.since_at_ms,
        camera=person.camera,
        microphone=person.microphone,
        reason=person.reason if isinstance(person.reason, str) else None,
        place=place,
        connection=person.connection,
        publications=_publications(person),
        asked=person.asked,
        in_call=person.phase is Phase.ADMITTED,
    )


def _staff_row(person: Person, seats: Mapping[str, Seat], own: Seat | None) -> PersonRow:
    return PersonRow(
        id=person.id,
        role=person.role,
        phase=person.phase,
        name=person.shown_name,
        code=person.code,
        connected=person.connected,
        since_ms=person.since_at_ms,
        camera=person.camera,
        microphone=person.microphone,
        simulated=person.simulated,
        revoked=person.revoked,
        verified=person.verified,
        connection=person.connection,
        reason=person.reason if isinstance(person.reason, str) else None,
        publications=_publications(person),
        asked=person.asked,
        in_call=person.phase is Phase.ADMITTED and person.id in seats,
        link=_link(person, seats, own),
    )


def _client_row(
    state: Session, person: Person, seats: Mapping[str, Seat], own: Seat | None
) -> PersonRow:
    return PersonRow(
        id=person.id,
        role=person.role,
        phase=person.phase,
        name=name_for_client(state, person),
        connected=person.connected,
        publications=_publications(person),
        in_call=person.id in seats,
        link=_link(person, seats, own),
    )


def name_for_client(state: Session, person: Person) -> str | None:
    """A person's name as clients may see it. Providers and supervisors are always named."""
    name = person.shown_name
    if name is None or person.role.is_staff or state.names is Names.ALL:
        return name
    return initials(name) if state.names is Names.INITIALS else None


def name_for(state: Session, viewer: Viewer, person_id: str) -> str | None:
    """A person's name as this viewer may see it."""
    person = state.people.get(person_id)
    if person is None:
        return None
    if person.id == viewer.person or sees_everyone(state, viewer):
        return person.shown_name
    return name_for_client(state, person)


def initials(name: str) -> str:
    """`"Ana María Ruiz"` → `"A. M. R."`, by graphemes."""
    words = [regex.findall(r"\X", word)[0] for word in name.split()]
    return " ".join(f"{first.upper()}." for first in words)


def _link(person: Person, seats: Mapping[str, Seat], own: Seat | None) -> LinkRow | None:
    """How the viewer's seat negotiates with that person's.

    Of two browsers the one whose person was there first offers: an offer is more work than an answer, and whoever
    comes in has all the others to connect to at once. Python peers never roll back (aiortc#975), so they are never the
    polite side: a browser always offers to one, and between two of them only the offerer renegotiates.
    """
    other = seats.get(person.id)
    if own is None or other is None or person.phase is not Phase.ADMITTED:
        return None
    mine, theirs = own.agent is Agent.BROWSER, other.agent is Agent.BROWSER
    first = (own.since_at_ms, own.endpoint) < (other.since_at_ms, other.endpoint)
    polite = mine and (first or not theirs)
    offers = first if mine == theirs else mine
    return LinkRow(endpoint=other.endpoint, polite=polite, offers=offers, agent=other.agent)


def audience(state: Session, sender: Person, to: str) -> frozenset[str]:
    """Ids of the people who may read a message of `sender` sent now to `to`; the sender is among them.

    In an individual session what a client writes in the waiting room is private between that client
    and staff; in a group it is one room. What staff write to `waiting` goes to everyone there.
    """
    staff = {
        p.id
        for p in state.people.values()
        if p.role.is_staff and (p.id == state.provider or p.phase is Phase.ADMITTED)
    }
    readers = {sender.id}
    if to == "everyone":
        readers |= {p.id for p in state.in_phase(Phase.ADMITTED)} | staff
    elif to == "staff":
        readers |= staff
    elif to == "waiting":
        readers |= staff
        if sender.role.is_staff or state.kind is SessionKind.GROUP:
            readers |= {p.id for p in state.people.values() if p.phase in QUEUE_PHASES}
    elif to in state.people and state.people[to].phase in PRESENT_PHASES:
        readers |= {to} | staff
    return frozenset(readers)


def snapshot(now: View, *, epoch: str, seq: int) -> Snapshot:
    """The whole view as a message."""
    return Snapshot(
        epoch=epoch, seq=seq, session=now.session, people=tuple(now.people.values()), you=now.you
    )


def change(before: View, now: View, *, seq: int) -> Change | None:
    """What to tell a viewer who knows `before`; None if nothing changed for them."""
    people = tuple(row for key, row in now.people.items() if before.people.get(key) != row)
    gone = tuple(key for key in before.people if key not in now.people)
    session = now.session if now.session != before.session else None
    you = now.you if now.you != before.you else None
    if not people and not gone and session is None and you is None:
        return None
    return Change(seq=seq, session=session, people=people, gone=gone, you=you)
