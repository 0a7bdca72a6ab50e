"""Of which time a record can say who spoke: each person's measured time. Pure.

A device says so when it begins to listen, and then tells of speech alone, so that its silence is known from its first
report on. What came before it is not known, nor is a stay without any report: there the person may have spoken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from telehealth_widget.protocol.kinds import Phase
from telehealth_widget.protocol.measurements import VoiceMeasured
from telehealth_widget.review.intervals import Interval
from telehealth_widget.review.record import SessionRecord

Stretches = Sequence[tuple[int, int]]
"""(from, to) in ms, in order."""


def stays(lanes: Sequence[Interval]) -> Stretches:
    """When somebody was admitted, of their intervals in order."""
    return [
        (x.from_ms, x.to_ms) for x in lanes if (x.kind, x.value) == ("phase", Phase.ADMITTED.value)
    ]


def measured(record: SessionRecord, admitted: Mapping[str, Stretches]) -> dict[str, Stretches]:
    """Person → their measured time: of each stay what follows its first report, the speech told in that included."""
    reports: dict[str, list[tuple[int, int]]] = {}
    for one, t_ms in zip(record.records, record.times, strict=True):
        body = one.body
        if isinstance(body, VoiceMeasured):
            begin = min([t_ms, *(span.from_ms for span in body.spans)])
            reports.setdefault(body.person, []).append((begin, t_ms))
    return {
        person: [
            (max(start, min(about)), stop)
            for start, stop in admitted.get(person, ())
            if (about := [begin for begin, told in theirs if begin < stop and told >= start])
        ]
        for person, theirs in reports.items()
    }


def meets(stretches: Stretches, from_ms: int, to_ms: int) -> bool:
    """Whether any of them has a part in `from_ms`…`to_ms`."""
    return any(start < to_ms and stop > from_ms for start, stop in stretches)
