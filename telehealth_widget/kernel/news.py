"""Which records a notebook is told of: each once, in order, also those of a time without a link.

Pure: no link, no I/O. What a record means to a notebook is in `session_event`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from telehealth_widget.protocol.codec import decode_record, encode
from telehealth_widget.protocol.events import Record, with_fields
from telehealth_widget.protocol.messages import Recorded


class News:
    """Call `begin` at the first welcome; at every later snapshot `hold`, and `caught_up` once the record is read."""

    def __init__(self) -> None:
        self.last: int | None = None
        """Number of the last record that was told."""
        self._since_ms = 0
        self._held: list[Recorded] | None = None
        self._unrecorded: Counter[tuple[int, str, bytes]] = Counter()
        """Acts that were told before they were recorded; told once is enough."""

    def begin(self, now_ms: int) -> None:
        """What was recorded up to now (wall clock of the server, UTC ms) is no news."""
        self._since_ms = now_ms

    def hold(self) -> None:
        """Something may have been missed: keep back what comes until `caught_up`."""
        self._held = self._held or []

    def take(self, message: Recorded) -> list[Recorded]:
        """A record came over the link. Returns what to tell now, in order."""
        if self._held is not None:
            self._held.append(message)
            return []
        return [message] if self._is_news(message) else []

    def caught_up(self, missed: Iterable[Record]) -> list[Recorded]:
        """The record was read from `last` on. Returns what to tell now: what was missed, then what was kept back."""
        if self.last is None:
            missed = [record for record in missed if record.at_ms > self._since_ms]
        kept, self._held = self._held or [], None
        read = [Recorded(record) for record in missed]
        # An act that was told before it was recorded, and that is recorded now.
        known = {_mark(x.record) for x in read} if any(not x.recorded for x in kept) else set()
        kept = [x for x in kept if x.recorded or _mark(x.record) not in known]
        return [x for x in (*read, *kept) if self._is_news(x)]

    def _is_news(self, message: Recorded) -> bool:
        record = message.record
        if not message.recorded:
            self._unrecorded[_mark(record)] += 1
            return True
        if self.last is not None and record.n <= self.last:
            return False
        self.last = record.n
        if self._unrecorded and self._unrecorded[mark := _mark(record)]:
            self._unrecorded[mark] -= 1
            return False
        return True


def _mark(record: Record) -> tuple[int, str, bytes]:
    """The same for an act whether its personal text is plain (told) or sealed (read from the record)."""
    personal = getattr(record.body, "personal_fields", {})
    blank = with_fields(record.body, **dict.fromkeys(personal, ""))
    return record.t_ms, record.actor, encode(blank)


class _Line(msgspec.Struct):
    record: msgspec.Raw = msgspec.Raw()
    """Empty in the signed end."""


def records_after(export: bytes, last: int) -> list[Record]:
    """The records of a JSONL export that are numbered after `last`, in order.

    Their personal text is sealed. What another version wrote and this one cannot read is left out.
    """
    found = []
    for line in export.splitlines()[last:]:
        try:
            if stored := bytes(msgspec.json.decode(line, type=_Line).record):
                found.append(decode_record(stored))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    return found
