"""A connection's queue of outgoing messages, bounded: a slow reader is cut off, never waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from telehealth_widget.protocol import limits


class Outlet:
    """Messages that wait to be written.

    Whoever owns the transport sets `on_ready` and drains with `take`; when `put` returns False the
    queue is over its bound and the owner must close with 1013.
    """

    __slots__ = ("_bytes", "_queue", "on_ready")

    def __init__(self, on_ready: Callable[[], None]) -> None:
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self.on_ready = on_ready

    def put(self, message: bytes) -> bool:
        """Queue a message; False if that would pass 256 messages or 1 MiB."""
        full = (
            len(self._queue) >= limits.OUTLET_MESSAGES
            or self._bytes + len(message) > limits.OUTLET_BYTES
        )
        if full:
            return False
        self._queue.append(message)
        self._bytes += len(message)
        self.on_ready()
        return True

    def take(self) -> bytes | None:
        """The next message, or None."""
        if not self._queue:
            return None
        message = self._queue.popleft()
        self._bytes -= len(message)
        return message

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._queue)
