"""A record as the document that a replay's page shows (`protocol.replay`). Pure: the same record, the same document.

Nothing is told here that the fold did not: frames are `SessionRecord.stream`, lanes are `intervals`. Names and texts
are taken out unless they are asked for, whatever the record was loaded with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.messages import Change, Snapshot
from telehealth_widget.protocol.replay import (
    VERSION,
    ReplayCheck,
    ReplayComment,
    ReplayData,
    ReplayEvent,
    ReplayFrame,
    ReplayLane,
    ReplayPhase,
    ReplayTalk,
)
from telehealth_widget.protocol.views import PersonRow, SessionRow
from telehealth_widget.review.intervals import intervals
from telehealth_widget.review.measures import Measures
from telehealth_widget.review.phases import labels, study_phases
from telehealth_widget.review.record import SessionRecord

CLOCK_STEP_MS = 500
"""A wall clock that moved by less beside the session's own is taken for steady."""

_LEFT_OUT = frozenset({"person", "notebook", "message", "language"})
"""Fields that a replay has no use for: opaque ids and digests, or shown otherwise."""


def scene(
    record: SessionRecord,
    *,
    names: bool = False,
    check: ReplayCheck | None = None,
    comments: Sequence[ReplayComment] = (),
) -> ReplayData:
    """Everything that a replay of the record shows.

    Args:
        names: keep the names and texts that the record was loaded with. Whoever asks must have it recorded first.
    """
    return ReplayData(
        version=VERSION,
        session=record.session,
        end_ms=record.end_ms,
        ended=record.ended,
        names=names,
        clock=tuple(_clock(record)),
        frames=tuple(_frames(record, names)),
        lanes=tuple(_lanes(record)),
        events=tuple(_events(record, names)),
        phases=tuple(ReplayPhase(x.name, x.from_ms, x.to_ms) for x in study_phases(record)),
        labels=labels(record),
        talk=_talk(record),
        check=check,
        comments=tuple(comments),
    )


def _clock(record: SessionRecord) -> Iterator[int]:
    ahead: int | None = None
    for one, t_ms in zip(record.records, record.times, strict=True):
        now = one.at_ms - t_ms
        if ahead is None or abs(now - ahead) >= CLOCK_STEP_MS:
            ahead = now
            yield from (t_ms, one.at_ms)


def _frames(record: SessionRecord, names: bool) -> Iterator[ReplayFrame]:
    for frame in record.stream():
        yield ReplayFrame(frame.t_ms, frame.message if names else _bare(frame.message))


def _bare(message: Snapshot | Change) -> Snapshot | Change:
    """The message without names, titles and reasons."""
    return msgspec.structs.replace(
        message,
        session=_bare_session(message.session),
        people=tuple(_bare_person(row) for row in message.people),
    )


def _bare_session(row: SessionRow | None) -> SessionRow | None:
    if row is None:
        return None
    return msgspec.structs.replace(row, title=None, provider_name=None)


def _bare_person(row: PersonRow) -> PersonRow:
    return msgspec.structs.replace(row, name=None, reason=None)


def _lanes(record: SessionRecord) -> Iterator[ReplayLane]:
    found: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for one in intervals(record):
        spans = found.setdefault((one.person, one.kind, one.value), [])
        if spans and one.from_ms <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], one.to_ms)
        else:
            spans.append((one.from_ms, one.to_ms))
    for (person, kind, value), spans in found.items():
        yield ReplayLane(person, kind, value, tuple(_steps(spans)))


def _steps(spans: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Gap and length of each span in turn: short numbers instead of long ones."""
    end = 0
    for start, stop in spans:
        yield from (start - end, stop - start)
        end = stop


def _events(record: SessionRecord, names: bool) -> Iterator[ReplayEvent]:
    for one, t_ms in zip(record.records, record.times, strict=True):
        body = one.body
        # What was exported after the end belongs to no moment of the session.
        if not isinstance(body, e.Event) or t_ms > record.end_ms:
            continue
        person = getattr(body, "person", None)
        yield ReplayEvent(
            n=one.n,
            t_ms=t_ms,
            event=type(body).__name__,
            person=person,
            actor=one.actor if one.actor != person else None,
            details=dict(_details(body, names)),
        )


def _details(body: e.Event, names: bool) -> Iterator[tuple[str, str | int | bool]]:
    for name in body.__struct_fields__:
        value = getattr(body, name)
        hidden = name in _LEFT_OUT or name.endswith("_at_ms")
        if hidden or (name in body.personal_fields and not names):
            continue
        if isinstance(value, str | int | bool):
            yield name, value


def _talk(record: SessionRecord) -> ReplayTalk | None:
    if not record.voice:
        return None
    (row,) = Measures(record).sessions()
    spoken = {
        person: sum(stop - start for start, stop in spans) for person, spans in record.voice.items()
    }
    return ReplayTalk(live_ms=row["live_ms"], silence_ms=row["silence_ms"], people=spoken)
