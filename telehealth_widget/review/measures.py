"""Measures of one record: a row a person, a row a session, for the whole, for each study phase, for each window. Pure.

Every column is defined in `definitions`. What was not measured is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from statistics import fmean, median
from typing import Any

from msgspec import Struct, structs

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import PRESENT_PHASES, Phase, Source
from telehealth_widget.review.coverage import Stretches, measured, meets, stays
from telehealth_widget.review.definitions import PERSON
from telehealth_widget.review.intervals import Interval, clipped, intervals
from telehealth_widget.review.phases import marks, study_phases
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.voice import SILENCE_MS, Floor, floor, overlap_ms, silences

MAX_WINDOWS = 10_000

Row = dict[str, Any]


class Part(Struct, frozen=True):
    """A stretch of a session that is measured for itself."""

    name: str
    from_ms: int
    to_ms: int
    with_end: bool = False
    """Whether what happens at `to_ms` counts too: in the last part of a session, which no other follows."""


def whole(record: SessionRecord) -> list[Part]:
    """The session as one part."""
    return _closed([Part("session", 0, record.end_ms)])


def by_phase(record: SessionRecord) -> list[Part]:
    """A part for each study phase (see `phases`); a phase that was begun twice is two parts."""
    return _closed([Part(one.name, one.from_ms, one.to_ms) for one in study_phases(record)])


def by_window(record: SessionRecord, every_s: float) -> list[Part]:
    """Parts of equal length from the beginning of the live session to its end; the last one may be shorter.

    Raises:
        TelehealthError: BAD_OPTION if that makes no windows, or more than `MAX_WINDOWS`.
    """
    step_ms = round(every_s * 1000)
    start = record.final.started_t_ms or 0
    if step_ms < 1 or (record.end_ms - start) / step_ms > MAX_WINDOWS:
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"A window is that long that at most {MAX_WINDOWS:,} fit in."
        )
    edges = range(start, max(record.end_ms, start + 1), step_ms)
    return _closed(
        [
            Part(
                f"{at / 1000:g}-{min(at + step_ms, record.end_ms) / 1000:g} s",
                at,
                min(at + step_ms, record.end_ms),
            )
            for at in edges
        ]
    )


class Measures:
    """What one record tells. Make one and ask it for several parts: what they share is worked out once."""

    def __init__(self, record: SessionRecord) -> None:
        self.record = record

    @cached_property
    def floor(self) -> Floor:
        """See `voice.floor`."""
        return floor(self.record.voice)

    @cached_property
    def _admitted(self) -> dict[str, Stretches]:
        """Person → when they were in the session."""
        return {person: stays(lanes) for person, lanes in self._of.items()}

    @cached_property
    def _measured(self) -> dict[str, Stretches]:
        """See `coverage.measured`."""
        return measured(self.record, self._admitted)

    def _is_measured(self, person: str, from_ms: int, to_ms: int) -> bool:
        return meets(self._measured.get(person, ()), from_ms, to_ms)

    def _all_measured(self, from_ms: int, to_ms: int) -> bool:
        """Whether anybody was in the session then, and the voices of all whom others could hear are known."""
        there = [who for who, stays in self._admitted.items() if meets(stays, from_ms, to_ms)]
        return bool(there) and all(
            self._is_measured(who, from_ms, to_ms) or not self._could_be_heard(who, from_ms, to_ms)
            for who in there
        )

    def _could_be_heard(self, person: str, from_ms: int, to_ms: int) -> bool:
        """Whether the person's microphone was on then: an observer without one is silent."""
        on = [
            (x.from_ms, x.to_ms)
            for x in self._of.get(person, ())
            if (x.kind, x.value) == ("microphone", "on")
        ]
        return meets(on, from_ms, to_ms)

    def persons(self, parts: Sequence[Part] | None = None) -> list[Row]:
        """A row for each part and person who ever came, in order of invitation. Columns: `definitions.PERSON`."""
        came = [
            p for p in self.record.final.people.values() if self._first(p.id, "phase") is not None
        ]
        return [
            self._person(part, person.id)
            for part in (whole(self.record) if parts is None else parts)
            for person in came
        ]

    def sessions(self, parts: Sequence[Part] | None = None) -> list[Row]:
        """A row for each part. Columns: `definitions.SESSION`."""
        return [self._session(part) for part in (whole(self.record) if parts is None else parts)]

    # -- persons ----------------------------------------------------------------------------------

    def _person(self, part: Part, person: str) -> Row:
        record = self.record
        lanes = self._within(part, person)
        admitted = [x for x in lanes if x.kind == "phase" and x.value == Phase.ADMITTED]
        in_session = _total(admitted)
        camera_on = _total(x for x in lanes if (x.kind, x.value) == ("camera", "on"))
        screen = [x for x in lanes if x.kind == "screen"]
        present = _total(x for x in lanes if x.kind == "phase" and x.value in PRESENT_PHASES)
        connected = _total(
            Interval(x.person, x.kind, max(x.from_ms, y.from_ms), min(x.to_ms, y.to_ms), x.value)
            for x in lanes
            if x.kind == "phase" and x.value in PRESENT_PHASES
            for y in lanes
            if y.kind == "connected" and y.from_ms < x.to_ms and y.to_ms > x.from_ms
        )
        row = {
            "session": record.session,
            "part": part.name,
            "from_ms": part.from_ms,
            "to_ms": part.to_ms,
            "person": record.codes[person],
            "role": record.roles[person].value,
            "simulated": "yes" if record.final.people[person].simulated else "no",
            "waiting_ms": _total(
                x for x in lanes if x.kind == "phase" and x.value == Phase.WAITING
            ),
            "first_wait_ms": self._first_wait(part, person),
            "in_session_ms": in_session,
            "paused_ms": _total(x for x in lanes if x.kind == "phase" and x.value == Phase.PAUSED),
            "away_ms": present - connected,
            **self._counts(part, person),
            "muted_ms": _total(x for x in lanes if (x.kind, x.value) == ("microphone", "muted")),
            "camera_on_ms": camera_on,
            "camera_off_ms": in_session - camera_on,
            "shares": sum(x.from_ms > part.from_ms or self._began(x) for x in screen),
            "share_ms": _total(screen),
            **self._speech(part, person),
            **self._quality(part, person),
        }
        return {column.name: row[column.name] for column in PERSON}

    def _within(self, part: Part, person: str) -> list[Interval]:
        return (
            list(clipped(self._of[person], part.from_ms, part.to_ms)) if person in self._of else []
        )

    @cached_property
    def _of(self) -> dict[str, list[Interval]]:
        """Person → their intervals, also those of no length: each begins with something that happened."""
        found: dict[str, list[Interval]] = {}
        for one in intervals(self.record, empty=True):
            found.setdefault(one.person, []).append(one)
        return found

    def _began(self, clip: Interval) -> bool:
        """Whether an interval that begins with its part really began there."""
        return any(x.kind == clip.kind and x.from_ms == clip.from_ms for x in self._of[clip.person])

    def _first(self, person: str, kind: str, value: str | None = None) -> int | None:
        """When the person first was that; `phase` without a value: anything but invited."""
        for one in self._of.get(person, ()):
            if one.kind == kind and (
                one.value == value or (value is None and one.value != Phase.INVITED)
            ):
                return one.from_ms
        return None

    def _first_wait(self, part: Part, person: str) -> int | None:
        ready = self._first(person, "phase", Phase.WAITING)
        entered = self._first(person, "phase", Phase.ADMITTED)
        if ready is None or entered is None or entered < ready or not _in(part, entered):
            return None
        return entered - ready

    def _counts(self, part: Part, person: str) -> Row:
        counts = dict.fromkeys(
            ("reconnections", "mutes", "mutes_by_others", "chats", "chat_characters"), 0
        )
        for record, t_ms in self._acts.get(person, ()):
            if not _in(part, t_ms):
                continue
            match record.body:
                case e.ConnectionRestored():
                    counts["reconnections"] += 1
                case e.MediaMuted():
                    counts["mutes"] += 1
                    counts["mutes_by_others"] += record.actor != person
                case e.ChatSent():
                    counts["chats"] += 1
                    counts["chat_characters"] += record.body.characters
        return counts

    @cached_property
    def _acts(self) -> dict[str, list[tuple[e.Record, int]]]:
        """Person → the records that are counted of them."""
        found: dict[str, list[tuple[e.Record, int]]] = {}
        lost: set[str] = set()
        for record, t_ms in zip(self.record.records, self.record.times, strict=True):
            body = record.body
            counted = False
            match body:
                case e.ConnectionLost():
                    lost.add(body.person)
                case e.ConnectionRestored():  # also of a provider's first connection
                    counted = body.person in lost
                    lost.discard(body.person)
                case e.MediaMuted(source=Source.MICROPHONE):
                    counted = self._was_on(body.person, t_ms)
                case e.ChatSent():
                    counted = True
            if counted:
                found.setdefault(body.person, []).append((record, t_ms))  # type: ignore[union-attr]
        return found

    def _was_on(self, person: str, t_ms: int) -> bool:
        return any(
            x.kind == "microphone" and x.value == "on" and x.to_ms == t_ms
            for x in self._of.get(person, ())
        )

    def _speech(self, part: Part, person: str) -> Row:
        own = ("talk_ms", "turns", "mean_turn_ms")
        between = ("talk_share", "floor_transfers", "response_latency_ms", "overlaps")
        row: Row = dict.fromkeys((*own, *between, "interruptions", "asides"))
        if not self._is_measured(person, part.from_ms, part.to_ms):
            return row
        talk = {who: _clip_ms(spans, part) for who, spans in self.record.voice.items()}
        turns = [x for x in self.floor.turns if x.person == person and _in(part, x.from_ms)]
        offsets = [x.offset_ms for x in turns if x.offset_ms is not None]
        everyone = sum(talk.values())
        row |= {
            "talk_ms": talk[person],
            "turns": len(turns),
            "mean_turn_ms": fmean(x.to_ms - x.from_ms for x in turns) if turns else None,
        }
        if not self._all_measured(part.from_ms, part.to_ms):
            return row
        return row | {
            "talk_share": talk[person] / everyone if everyone else None,
            "floor_transfers": len(offsets),
            "response_latency_ms": median(offsets) if offsets else None,
            "overlaps": sum(offset < 0 for offset in offsets),
            "interruptions": sum(x.is_interruption for x in turns),
            "asides": sum(x.person == person and _in(part, x.from_ms) for x in self.floor.asides),
        }

    def _quality(self, part: Part, person: str) -> Row:
        measured = [
            one
            for one in self.record.quality.get(person, ())
            if one.span.from_ms < part.to_ms and one.span.to_ms > part.from_ms
        ]
        rtts = [x.rtt_ms for x in measured if x.rtt_ms is not None]
        jitters = [x.jitter_ms for x in measured if x.jitter_ms is not None]
        losses = [(x.loss, x.span.to_ms - x.span.from_ms) for x in measured if x.loss is not None]
        weight = sum(length for _, length in losses)
        poor = (x for x in self._within(part, person) if (x.kind, x.value) == ("quality", "poor"))
        return {
            "rtt_ms": median(rtts) if rtts else None,
            "jitter_ms": median(jitters) if jitters else None,
            "loss": sum(x * length for x, length in losses) / weight if weight else None,
            "poor_ms": _total(poor) if measured else None,
        }

    # -- the session --------------------------------------------------------------------------------

    def _session(self, part: Part) -> Row:
        record = self.record
        started = record.final.started_t_ms
        begin = part.to_ms if started is None else min(max(part.from_ms, started), part.to_ms)
        known = self._all_measured(begin, part.to_ms)
        quiet = silences(record.voice, begin, part.to_ms) if known else []
        silence = sum(stop - start for start, stop in quiet)
        live = part.to_ms - begin
        offsets = [
            x.offset_ms
            for x in self.floor.turns
            if x.offset_ms is not None and _in(part, x.from_ms)
        ]
        return {
            "session": record.session,
            "part": part.name,
            "from_ms": part.from_ms,
            "to_ms": part.to_ms,
            "live_ms": live,
            "speech_ms": live - silence if known else None,
            "overlap_ms": overlap_ms(record.voice, begin, part.to_ms) if known else None,
            "silence_ms": silence if known else None,
            "silences": sum(b - a >= SILENCE_MS for a, b in quiet) if known else None,
            "floor_transfers": len(offsets) if known else None,
            "median_offset_ms": median(offsets) if known and offsets else None,
            "marks": sum(_in(part, x.t_ms) and not x.is_structural for x in marks(record)),
        }


def _closed(parts: list[Part]) -> list[Part]:
    """The parts of a whole session, the last one with its end."""
    return [*parts[:-1], *(structs.replace(part, with_end=True) for part in parts[-1:])]


def _in(part: Part, t_ms: int) -> bool:
    return part.from_ms <= t_ms < part.to_ms or (part.with_end and t_ms == part.to_ms)


def _total(found: Iterator[Interval] | Sequence[Interval]) -> int:
    return sum(one.length_ms for one in found)


def _clip_ms(spans: Sequence[tuple[int, int]], part: Part) -> int:
    return sum(max(0, min(stop, part.to_ms) - max(start, part.from_ms)) for start, stop in spans)
