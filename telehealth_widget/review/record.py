"""One session's record in memory, and what was true of it at any moment. Reads nothing from disk.

The state is folded by `core.evolve`, and shown by `core.outbox` as the provider's live view, so that a replay cannot
tell another story than the room did. Ephemera are not in a record: `PersonRow.link`, `You.seat` and `You.endpoint` are
empty, `SessionRow.recorded` is true, and everybody admitted counts as `in_call`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, islice, pairwise
from operator import le

from msgspec import Struct

from telehealth_widget.core import outbox
from telehealth_widget.core.evolve import FOLDED, evolve
from telehealth_widget.core.outbox import Seat, View, Viewer
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Agent, Phase, Role, Via
from telehealth_widget.protocol.measurements import QualityMeasured, VoiceMeasured
from telehealth_widget.protocol.messages import Change, Snapshot

SNAPSHOT_EVERY = 64
"""Folded records between two kept states: what a seek folds at most."""

KEYFRAME_EVERY = 200
"""Changes between two keyframes of a stream."""

_NO_WINDOW = "replay"
"""The connection of who looks at a replay; no seat was ever held by it."""


class Frame(Struct, frozen=True):
    """One step of the stream that a replay shows."""

    t_ms: int
    message: Snapshot | Change


class SessionRecord:
    """The records of one session in order.

    Times are ms since the session opened. A record whose `t_ms` lies before the one ahead of it (a broken clock)
    counts as having happened together with that one, and `clock_faults` tells how many did.
    """

    def __init__(
        self,
        session: str,
        records: Sequence[e.Record],
        *,
        problem: str | None = None,
        key: str | None = None,
    ) -> None:
        """Prefer `loading` and `Archive.load`.

        Args:
            problem: why these are not all the records there were, as a sentence; None if all is well.
            key: public key (hex) of the export they came from.
        """
        self.session = session
        self.records = records
        self.problem = problem
        self.key = key
        times = [record.t_ms for record in records]
        self.clock_faults = 0
        if times and (times[0] < 0 or not all(map(le, times, islice(times, 1, None)))):
            self.clock_faults = sum(b < a for a, b in pairwise((0, *times)))
            times = list(accumulate(times, max, initial=0))[1:]
        self.times: Sequence[int] = times
        """When each record happened, never going back."""
        folded = [i for i, record in enumerate(records) if type(record.body) in FOLDED]
        self._folded = folded
        self._folded_times = [times[i] for i in folded]
        self._snapshots = [Session(id=session)]
        state = self._snapshots[0]
        for number, i in enumerate(folded, 1):
            record = records[i]
            state = evolve(state, record.body, t_ms=times[i], at_ms=record.at_ms)
            if number % SNAPSHOT_EVERY == 0:
                self._snapshots.append(state)
        self.final: Session = state
        """What held after the last record."""

    def __len__(self) -> int:
        return len(self.records)

    def __eq__(self, other: object) -> bool:
        """Whether the other holds the same records (of the same session)."""
        if not isinstance(other, SessionRecord):
            return NotImplemented
        return self.session == other.session and list(self.records) == list(other.records)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<SessionRecord {self.session}: {len(self)} records, {self.end_ms / 1000:.0f} s>"

    # -- when -------------------------------------------------------------------------------------

    @property
    def end_ms(self) -> int:
        """When the session ended; of an unfinished one, when the last record was made that is no note of an export."""
        ended = self.final.ended_t_ms
        if ended is not None:
            return ended
        return 0 if self._last is None else self.times[self._last]

    @property
    def ended(self) -> bool:
        """Whether the record holds the end of the session."""
        return self.final.ended_t_ms is not None

    @property
    def over_at_ms(self) -> int | None:
        """UTC ms of that end, which an export years later does not move; None if nothing is recorded."""
        ended = self.final.ended_at_ms
        if ended is not None:
            return ended
        return None if self._last is None else self.records[self._last].at_ms

    @property
    def _last(self) -> int | None:
        """Where the last record of the session itself stands: exports are noted at any time after it."""
        for i in range(len(self.records) - 1, -1, -1):
            if not isinstance(self.records[i].body, e.RecordExported):
                return i
        return None

    @property
    def opened_at_ms(self) -> int | None:
        """UTC ms of the opening; None of an empty record."""
        return self.records[0].at_ms - self.times[0] if self.records else None

    def wall_ms(self, t_ms: int) -> int | None:
        """UTC ms at a moment: from the last record before it, so that a clock that was set is followed."""
        if not self.records:
            return None
        i = max(0, bisect_right(self.times, t_ms) - 1)
        return self.records[i].at_ms + t_ms - self.times[i]

    def until(self, t_ms: int) -> int:
        """How many records had been made by then."""
        return bisect_right(self.times, t_ms)

    # -- what was true ----------------------------------------------------------------------------

    def state_at(self, t_ms: int) -> Session:
        """What held once everything of that moment had happened."""
        count = bisect_right(self._folded_times, t_ms)
        block = count // SNAPSHOT_EVERY
        state = self._snapshots[block]
        for i in self._folded[block * SNAPSHOT_EVERY : count]:
            record = self.records[i]
            state = evolve(state, record.body, t_ms=self.times[i], at_ms=record.at_ms)
        return state

    def states(self) -> Iterator[tuple[e.Record, int, Session]]:
        """Each record that changes something: itself, its time, and what held after it."""
        state = self._snapshots[0]
        for i in self._folded:
            record = self.records[i]
            state = evolve(state, record.body, t_ms=self.times[i], at_ms=record.at_ms)
            yield record, self.times[i], state

    def views_at(self, t_ms: int) -> View:
        """The rows that the provider's live view held at that moment, less ephemera."""
        return provider_view(self.state_at(t_ms))

    def stream(self, keyframe_every: int = KEYFRAME_EVERY) -> list[Frame]:
        """The whole replay as the messages that a live view gets: a `Snapshot` first and then now and again, `Change`s
        between. `seq` counts from 1."""
        frames: list[Frame] = []
        told = provider_view(self._snapshots[0])
        since_keyframe = keyframe_every
        for record, t_ms, state in self.states():
            if not state.opened or (not frames and not isinstance(record.body, e.PersonInvited)):
                continue  # between the first two records of an opening there is no provider yet
            now = provider_view(state)
            seq = len(frames) + 1
            if since_keyframe >= keyframe_every:
                frames.append(Frame(t_ms, outbox.snapshot(now, epoch="replay", seq=seq)))
                since_keyframe = 0
            elif (change := outbox.change(told, now, seq=seq)) is not None:
                frames.append(Frame(t_ms, change))
                since_keyframe += 1
            told = now
        return frames

    # -- who ----------------------------------------------------------------------------------------

    @cached_property
    def codes(self) -> dict[str, str]:
        """Person id → code."""
        return {person.id: person.code for person in self.final.people.values()}

    @cached_property
    def roles(self) -> dict[str, Role]:
        """Person id → role."""
        return {person.id: person.role for person in self.final.people.values()}

    # -- measurements -------------------------------------------------------------------------------

    @cached_property
    def voice(self) -> dict[str, list[tuple[int, int]]]:
        """Person id → when they spoke, as (from, to) in ms: in order, merged where they touch, within the session.

        People without any voice measurement are not in it: for them nothing is known.
        """
        found: dict[str, list[tuple[int, int]]] = {}
        for record in self.records:
            body = record.body
            if type(body) is VoiceMeasured:
                spans = found.setdefault(body.person, [])
                spans += [(span.from_ms, span.to_ms) for span in body.spans]
        return {person: merged(spans, self.end_ms) for person, spans in found.items()}

    @cached_property
    def quality(self) -> dict[str, list[QualityMeasured]]:
        """Person id → the quality measurements of their connection, in order of their beginning."""
        found: dict[str, list[QualityMeasured]] = {}
        for record in self.records:
            body = record.body
            if type(body) is QualityMeasured:
                found.setdefault(body.person, []).append(body)
        for measured in found.values():
            measured.sort(key=lambda one: one.span.from_ms)
        return found

    def speaking_at(self, t_ms: int) -> frozenset[str]:
        """Ids of the people who were speaking at that moment."""
        return frozenset(
            person
            for person, starts in self._voice_starts.items()
            if (i := bisect_right(starts, t_ms)) and self.voice[person][i - 1][1] > t_ms
        )

    @cached_property
    def _voice_starts(self) -> dict[str, list[int]]:
        return {person: [start for start, _ in spans] for person, spans in self.voice.items()}

    def quality_at(self, t_ms: int) -> dict[str, QualityMeasured]:
        """Person id → the measurement whose span holds that moment, where there is one."""
        found = {}
        for person, measured in self.quality.items():
            i = bisect_right(measured, t_ms, key=lambda one: one.span.from_ms)
            if i and measured[i - 1].span.to_ms > t_ms:
                found[person] = measured[i - 1]
        return found


def provider_view(state: Session) -> View:
    """What the session's provider sees at the desk, as far as a record can tell."""
    seats = {
        person.id: Seat(connection="", endpoint="", agent=Agent.BROWSER, since_at_ms=0)
        for person in state.in_phase(Phase.ADMITTED)
        if person.id != state.provider
    }
    viewer = Viewer(state.provider, Role.PROVIDER, Via.WIDGET, _NO_WINDOW)
    return outbox.view(state, seats, viewer)


def merged(spans: Sequence[tuple[int, int]], end_ms: int) -> list[tuple[int, int]]:
    """The spans in order, cut to 0…`end_ms`, joined where they touch or overlap; empty and backward ones left out."""
    out: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        start, stop = max(0, start), min(stop, end_ms)
        if stop <= start:
            continue
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], stop))
        else:
            out.append((start, stop))
    return out
