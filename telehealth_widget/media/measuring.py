"""When a simulated client speaks, told to the room as a page tells it of its person.

Only its voice: how its connections are, aiortc does not measure well enough to be part of a record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from telehealth_widget.media.voice import BLOCK, RATE
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.measurements import Stretch
from telehealth_widget.protocol.messages import Measured

TELL_EVERY_S: Final = 5.0
BLOCK_MS: Final = 1000 * BLOCK / RATE
LOUD: Final = 0.1
"""Loudness (0…1) from which a block is speech: the voice makes nothing between phrases."""
PAUSE_MS: Final = 200
"""A shorter silence belongs to what is being said, as on the pages."""
LONGEST_MS: Final = 15_000


class Utterances:
    """Loudness, block by block → when somebody spoke. Times are ms of one clock that only goes on."""

    def __init__(self) -> None:
        self._from_ms: float | None = None
        self._last_ms = 0.0
        self._done: list[tuple[float, float]] = []

    def hear(self, loudness: float, now_ms: float) -> None:
        """Call it with each block, when it is over."""
        if loudness >= LOUD:
            if self._from_ms is None:
                self._from_ms = now_ms - BLOCK_MS
            self._last_ms = now_ms
        if self._from_ms is None:
            return
        if now_ms - self._last_ms >= PAUSE_MS:
            self._end()
        elif now_ms - self._from_ms >= LONGEST_MS:
            self._end()
            self._from_ms = now_ms

    def _end(self) -> None:
        if self._from_ms is not None:
            self._done.append((self._from_ms, self._last_ms))
        self._from_ms = None

    def take(self, now_ms: float) -> tuple[Stretch, ...]:
        """What ended since it was last taken, counted back from now."""
        done, self._done = self._done, []
        furthest = limits.MAX_MEASURED_BACK_MS
        return tuple(
            Stretch(min(furthest, round(now_ms - start)), min(furthest, round(now_ms - stop)))
            for start, stop in done[-limits.MAX_SPANS :]
            if now_ms - stop < furthest
        )


async def tell(utterances: Utterances, send: Callable[[Measured], None]) -> None:
    """Every few seconds, until it is cancelled. The first message says that somebody listens."""
    now_s = asyncio.get_running_loop().time
    first = True
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        voice = utterances.take(now_s() * 1000)
        if voice or first:
            send(Measured(voice=voice))
            first = False
