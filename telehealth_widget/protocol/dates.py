"""Moments of a record as people read them; None where a clock that went wild left what no calendar holds. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

DAY_MS = 86_400_000


def utc(at_ms: int) -> datetime | None:
    """The moment of these UTC ms since the epoch; None if no calendar holds it."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def iso(at_ms: int, shift_days: int = 0) -> str | None:
    """The same as ISO 8601 with milliseconds, moved by so many days."""
    moment = utc(at_ms + shift_days * DAY_MS)
    return None if moment is None else moment.isoformat(timespec="milliseconds")
