"""Time and randomness of live rooms, in one place so that tests can hold them still."""

from __future__ import annotations

import base64
import secrets
import time


class Clock:
    """Wall and monotonic time, both in whole ms."""

    def wall_ms(self) -> int:
        """UTC ms since the epoch."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """Ms of a clock that never goes back; its zero means nothing."""
        return time.monotonic_ns() // 1_000_000


class SessionTime:
    """`t_ms` of one session: monotonic, and going on over restarts of the server."""

    def __init__(self, clock: Clock, last_t_ms: int = 0, last_at_ms: int | None = None) -> None:
        """Go on from the last record of a loaded session; the time off counts, a clock set back does not."""
        away = 0 if last_at_ms is None else max(0, clock.wall_ms() - last_at_ms)
        self._clock = clock
        self._base_ms = last_t_ms + away
        self._zero_ms = clock.monotonic_ms()

    def now(self) -> tuple[int, int]:
        """(t_ms of the session, UTC ms)."""
        return (
            self._base_ms + self._clock.monotonic_ms() - self._zero_ms,
            self._clock.wall_ms(),
        )


def fresh_id(n_bytes: int = 10) -> str:
    """A random id of lower-case letters and digits (80 bits unless told)."""
    return base64.b32encode(secrets.token_bytes(n_bytes)).decode().rstrip("=").lower()
