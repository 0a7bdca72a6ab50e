"""What reviewers read out of marks: study phases, labels of the session, and the marks themselves.

A mark whose label begins with `phase:` begins a study phase that lasts until the next such mark or the end of the
session; `study:`, `site:` and `condition:` label the session, and the last one counts (`core.labels`). They are marks
like any others, so they work with every session that can be marked: `session.mark("phase: exposure")`,
`session.mark("site: North")`.
"""

from __future__ import annotations

from msgspec import Struct

from telehealth_widget.core.labels import LABELS, is_structural, named
from telehealth_widget.protocol.events import MarkPlaced
from telehealth_widget.review.record import SessionRecord


class Mark(Struct, frozen=True):
    """An annotation at a moment."""

    t_ms: int
    label: str
    note: str | None
    """None: there is none, or texts were not asked for, or its key was destroyed."""
    actor: str
    """Id of the person who placed it."""

    @property
    def is_structural(self) -> bool:
        """Whether it begins a phase or labels the session, and so is no annotation of its moment."""
        return is_structural(self.label)


class StudyPhase(Struct, frozen=True):
    """A phase of the study protocol within one session."""

    name: str
    from_ms: int
    to_ms: int


def marks(record: SessionRecord) -> list[Mark]:
    """Every mark in order, also those that begin phases or label the session."""
    found = []
    for one, t_ms in zip(record.records, record.times, strict=True):
        if isinstance(one.body, MarkPlaced):
            note = one.body.note if isinstance(one.body.note, str) else None
            found.append(Mark(t_ms, one.body.label, note, one.actor))
    return found


def study_phases(record: SessionRecord) -> list[StudyPhase]:
    """The phases in order. They do not overlap; before the first one there is none."""
    begun = [(mark.t_ms, value) for mark in marks(record) if (value := named(mark.label, "phase"))]
    ends = [*(t_ms for t_ms, _ in begun[1:]), record.end_ms] if begun else []
    return [
        StudyPhase(name, t_ms, max(t_ms, end))
        for (t_ms, name), end in zip(begun, ends, strict=True)
    ]


def labels(record: SessionRecord) -> dict[str, str]:
    """`{"study": …, "site": …, "condition": …}`, those that were given."""
    found: dict[str, str] = {}
    for mark in marks(record):
        for key in LABELS:
            if value := named(mark.label, key):
                found[key] = value
    return found
