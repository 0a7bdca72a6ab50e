"""What falls due by the passing of time. Pure; whoever keeps the clock calls at `next_due` and after changes."""

from __future__ import annotations

from telehealth_widget.core.state import Session
from telehealth_widget.protocol.commands import Expire
from telehealth_widget.protocol.kinds import PRESENT_PHASES, SessionPhase


def _holds(state: Session) -> list[tuple[int, str]]:
    if state.phase is SessionPhase.ENDED:
        return []
    return [
        (p.away_since_t_ms + state.hold_ms, p.id)
        for p in state.people.values()
        if p.away_since_t_ms is not None and not p.connected and p.phase in PRESENT_PHASES
    ]


def due(state: Session, *, t_ms: int) -> list[Expire]:
    """The commands that are due at `t_ms`."""
    return [Expire(person=person) for at, person in sorted(_holds(state)) if at <= t_ms]


def next_due(state: Session) -> int | None:
    """Session time in ms at which something falls due, or None."""
    return min((at for at, _ in _holds(state)), default=None)
