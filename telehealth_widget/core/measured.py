"""What a page measured of its own person, on the session's time. Pure.

Whether that page may tell anything is `may_measure`'s to say; nobody tells of another person.
"""

from __future__ import annotations

from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol.kinds import Phase, SessionPhase
from telehealth_widget.protocol.measurements import (
    AnyMeasurement,
    Figures,
    QualityMeasured,
    Span,
    Stretch,
    VoiceMeasured,
)


def may_measure(state: Session, person: Person) -> bool:
    """Only of the time that counts: the session is live, and the person in it."""
    return state.phase is SessionPhase.LIVE and person.phase is Phase.ADMITTED


def voice_measured(
    person: str, told: tuple[Stretch, ...], *, now_ms: int, floor_ms: int
) -> VoiceMeasured:
    """Spans in order, without overlaps, none of them before `floor_ms` or after `now_ms` of the session.

    Args:
        floor_ms: until when this person's voice is on record already, or when they came in.
    """
    spans: list[Span] = []
    at_ms = floor_ms
    for one in sorted(told, key=lambda one: -one.from_back_ms):
        start = max(at_ms, now_ms - one.from_back_ms)
        stop = now_ms - one.to_back_ms
        if stop > start:
            spans.append(Span(start, stop))
            at_ms = stop
    return VoiceMeasured(person, tuple(spans))


def quality_measured(
    person: str, figures: Figures, *, now_ms: int, floor_ms: int
) -> QualityMeasured | None:
    """The figures with the stretch they are about; None if nothing of it is new, or there are none."""
    start = max(floor_ms, now_ms - figures.over_ms)
    known = (
        figures.rtt_ms,
        figures.jitter_ms,
        figures.loss,
        figures.kbps_in,
        figures.kbps_out,
    )
    if start >= now_ms or all(figure is None for figure in known):
        return None
    return QualityMeasured(person, Span(start, now_ms), *known)


def until_ms(body: AnyMeasurement) -> int | None:
    """Until when a measurement tells; None if it tells of no time."""
    if isinstance(body, QualityMeasured):
        return body.span.to_ms
    return body.spans[-1].to_ms if body.spans else None
