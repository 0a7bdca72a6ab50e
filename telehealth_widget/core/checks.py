"""What several deciders ask of a command's target. Refuses or returns; makes no events."""

from __future__ import annotations

from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Phase

Events = tuple[e.AnyEvent, ...]

_PHASE_WORDS = {
    Phase.INVITED: "has not opened the link yet",
    Phase.PREPARING: "is still preparing and has not pressed I'm Ready",
    Phase.WAITING: "is in the waiting room",
    Phase.ADMITTED: "is in the session",
    Phase.PAUSED: "is paused",
    Phase.DECLINED: "was declined",
    Phase.REMOVED: "was removed",
    Phase.LEFT: "has left",
}


def target(state: Session, person: str) -> Person:
    """The person a command is about.

    Raises:
        CommandRefused: UNKNOWN_PERSON, with the codes of those who are known.
    """
    found = state.people.get(person)
    if found is None:
        raise CommandRefused(
            ErrorCode.UNKNOWN_PERSON, candidates=[p.code for p in state.people.values()]
        )
    return found


def require(person: Person, *phases: Phase) -> None:
    """Let the person be in one of these phases.

    Raises:
        CommandRefused: WRONG_PHASE, saying where the person stands.
    """
    if person.phase not in phases:
        raise CommandRefused(
            ErrorCode.WRONG_PHASE,
            f"That is not possible now: {person.label} {_PHASE_WORDS[person.phase]}.",
        )


def not_the_desk(state: Session, person: Person) -> None:
    """Let the person be anyone but the notebook's own provider.

    Raises:
        CommandRefused: NOT_PERMITTED.
    """
    if person.id == state.provider:
        raise CommandRefused(
            ErrorCode.NOT_PERMITTED,
            "The provider of this notebook has no link; the session is theirs.",
        )
