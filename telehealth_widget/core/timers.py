"""What falls due by the passing of time. Pure; whoever keeps the clock calls at `next_due` and after changes."""

from __future__ import annotations

from collections.abc import Iterator

from telehealth_widget.core.state import Session
from telehealth_widget.protocol.commands import AnnounceEnd, Expire, RunOut
from telehealth_widget.protocol.kinds import PRESENT_PHASES, EndCause, SessionPhase

Due = Expire | AnnounceEnd | RunOut


def _falls_due(state: Session) -> Iterator[tuple[int, Due]]:
    """(session time in ms, command), in no order. A warning that a later one has overtaken is not among them."""
    if state.phase is SessionPhase.ENDED:
        return
    for p in state.people.values():
        if p.away_since_t_ms is not None and not p.connected and p.phase in PRESENT_PHASES:
            yield p.away_since_t_ms + state.hold_ms, Expire(person=p.id)
    if state.empty_since_t_ms is not None and state.end_when_empty_ms is not None:
        yield state.empty_since_t_ms + state.end_when_empty_ms, RunOut(cause=EndCause.EMPTY)
    if state.started_t_ms is not None and state.max_duration_ms is not None:
        end_t_ms = state.started_t_ms + state.max_duration_ms
        yield end_t_ms, RunOut(cause=EndCause.DURATION)
        for minutes in state.warn_min:
            if state.warned_min is None or minutes < state.warned_min:
                yield end_t_ms - minutes * 60_000, AnnounceEnd(minutes=minutes)


def due(state: Session, *, t_ms: int) -> list[Due]:
    """The commands that are due at `t_ms`, in the order of time; of missed warnings only the last.

    Whoever is due to leave leaves before the session runs out.
    """
    found = [(at, command) for at, command in _falls_due(state) if at <= t_ms]
    found.sort(key=lambda x: (x[0], isinstance(x[1], RunOut), getattr(x[1], "person", "")))
    commands = [command for _, command in found]
    over = any(isinstance(command, RunOut) for command in commands)
    warnings = [command for command in commands if isinstance(command, AnnounceEnd)]
    stale = warnings if over else warnings[:-1]
    return [command for command in commands if command not in stale]


def next_due(state: Session) -> int | None:
    """Session time in ms at which something falls due, or None."""
    return min((at for at, _ in _falls_due(state)), default=None)
