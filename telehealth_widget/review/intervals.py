"""What lasted from when to when, person by person: the lanes of a timeline. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from telehealth_widget.core.state import Person
from telehealth_widget.protocol.kinds import Source
from telehealth_widget.protocol.measurements import QualityMeasured
from telehealth_widget.review.record import SessionRecord

KINDS = ("phase", "connected", "microphone", "camera", "screen", "speaking", "quality")

GOOD_RTT_MS, GOOD_LOSS = 200.0, 0.02
POOR_RTT_MS, POOR_LOSS = 400.0, 0.08
"""Beyond these a call is felt to be delayed or broken up; ITU-T G.114 gives 400 ms one way as the most that
planning may allow, and 150 ms as hardly noticed."""


class Interval(Struct, frozen=True, order=True):
    """One stretch on one lane. Ends where the session does if nothing else ends it."""

    person: str
    kind: str
    """One of `KINDS`."""
    from_ms: int
    to_ms: int
    value: str
    """`phase`: the phase; sources: `on` or `muted` while published; `quality`: `good`, `fair`, `poor`; else `yes`."""

    @property
    def length_ms(self) -> int:
        return self.to_ms - self.from_ms


def intervals(record: SessionRecord, *, empty: bool = False) -> list[Interval]:
    """Every interval, ordered by person, kind and time.

    `empty`: also those of no length, as what began with the last record of an unfinished session.
    """
    found = [*_of_states(record), *_of_voice(record), *_of_quality(record)]
    return sorted(one for one in found if one.length_ms >= (0 if empty else 1))


def clipped(found: Iterable[Interval], from_ms: int, to_ms: int) -> Iterator[Interval]:
    """What of the intervals lies within `from_ms`…`to_ms`."""
    for one in found:
        start, stop = max(one.from_ms, from_ms), min(one.to_ms, to_ms)
        if stop > start:
            yield Interval(one.person, one.kind, start, stop, one.value)


def quality_word(measured: QualityMeasured) -> str:
    """`good`, `fair` or `poor`, by the worst of round trip and loss."""
    rtt, loss = measured.rtt_ms or 0.0, measured.loss or 0.0
    if rtt > POOR_RTT_MS or loss > POOR_LOSS:
        return "poor"
    return "fair" if rtt > GOOD_RTT_MS or loss > GOOD_LOSS else "good"


def _of_states(record: SessionRecord) -> Iterator[Interval]:
    open_ones: dict[tuple[str, str], tuple[int, str]] = {}
    last: dict[str, Person] = {}
    for _, t_ms, state in record.states():
        if t_ms > record.end_ms:
            break
        for person in state.people.values():
            if last.get(person.id) is person:
                continue
            last[person.id] = person
            for kind, value in _lanes(person):
                key = person.id, kind
                began = open_ones.get(key)
                if began is not None and began[1] == value:
                    continue
                if began is not None:
                    yield Interval(person.id, kind, began[0], t_ms, began[1])
                    del open_ones[key]
                if value is not None:
                    open_ones[key] = t_ms, value
    for (person_id, kind), (began_ms, value) in open_ones.items():
        yield Interval(person_id, kind, began_ms, record.end_ms, value)


def _lanes(person: Person) -> Iterator[tuple[str, str | None]]:
    yield "phase", person.phase.value
    yield "connected", "yes" if person.connected else None
    for source in Source:
        published = person.publication(source)
        offered = published is not None and not published.awaited
        value = None
        if published is not None and offered:
            value = "muted" if published.muted else "on"
        yield source.value, value


def _of_voice(record: SessionRecord) -> Iterator[Interval]:
    for person, spans in record.voice.items():
        for start, stop in spans:
            yield Interval(person, "speaking", start, stop, "yes")


def _of_quality(record: SessionRecord) -> Iterator[Interval]:
    for person, measured in record.quality.items():
        for one in measured:
            start, stop = max(0, one.span.from_ms), min(one.span.to_ms, record.end_ms)
            yield Interval(person, "quality", start, stop, quality_word(one))
