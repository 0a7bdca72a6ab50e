"""WebVTT: the study phases as chapters, the marks as cues. https://www.w3.org/TR/webvtt1/"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from telehealth_widget.review.phases import marks, study_phases
from telehealth_widget.review.record import SessionRecord

MARK_MS = 1_000
"""A cue must last; a mark does not, so it is shown that long."""

Cue = tuple[int, int, str]


def chapters(record: SessionRecord) -> list[Cue]:
    """Study phases; without any, the waiting room and the session. They do not overlap."""
    phases = [(x.from_ms, x.to_ms, x.name) for x in study_phases(record)]
    if not phases:
        started = record.final.started_t_ms
        live = record.end_ms if started is None else min(started, record.end_ms)
        phases = [(0, live, "Waiting room"), (live, record.end_ms, "Session")]
    return [cue for cue in phases if cue[1] > cue[0]]


def write_chapters(path: Path, record: SessionRecord) -> Path:
    """Write a track of kind `chapters`."""
    return _write(path, chapters(record))


def write_marks(path: Path, record: SessionRecord) -> Path:
    """Write every mark as a cue of `MARK_MS`."""
    return _write(path, ((x.t_ms, x.t_ms + MARK_MS, x.label) for x in marks(record)))


def timestamp(t_ms: int) -> str:
    """`HH:MM:SS.mmm`; hours may have more digits."""
    seconds, ms = divmod(t_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def _write(path: Path, cues: Iterable[Cue]) -> Path:
    blocks = ["WEBVTT"]
    blocks += [f"{timestamp(a)} --> {timestamp(b)}\n{_text(text)}" for a, b, text in cues]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return path


def _text(text: str) -> str:
    """Cue text in one line, without markup and without the arrow."""
    line = " ".join(text.split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
