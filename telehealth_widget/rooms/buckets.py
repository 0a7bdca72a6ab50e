"""Token buckets: how much somebody may send. Pure but for the time it is given."""

from __future__ import annotations


class Bucket:
    """Holds up to `burst` tokens, refilled at `per_s` a second."""

    __slots__ = ("_burst", "_last_ms", "_per_ms", "_tokens")

    def __init__(self, per_s: float, burst: int, now_ms: int) -> None:
        self._per_ms = per_s / 1000
        self._burst = float(burst)
        self._tokens = float(burst)
        self._last_ms = now_ms

    def take(self, now_ms: int) -> bool:
        """Take one token; False if there is none."""
        gained = (now_ms - self._last_ms) * self._per_ms
        self._tokens = min(self._burst, self._tokens + gained)
        self._last_ms = now_ms
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
