"""One track for several peers: the source is read once, and only while someone listens.

Unlike aiortc's `MediaRelay` it ends when told to, drops what a slow reader misses, and stops
reading a source that nobody hears. No track of our own and no peer belongs here.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, cast

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.frame import Frame

_KEPT: Final = {"audio": 10, "video": 1}
"""Frames that wait for a slow reader: 200 ms of sound, the latest picture."""


class Shared:
    """A source track, and copies of it that come and go. Call `close` on the loop that reads it."""

    def __init__(self, source: MediaStreamTrack) -> None:
        self.source = source
        self._copies: set[_Copy] = set()
        self._reader: asyncio.Task[None] | None = None

    @property
    def kind(self) -> str:
        """`audio` or `video`."""
        return self.source.kind

    def copy(self) -> MediaStreamTrack:
        """A track that delivers what the source delivers from the first `recv` on."""
        return _Copy(self)

    async def close(self) -> None:
        """Stop the source and every copy."""
        self.source.stop()
        for copy in list(self._copies):
            copy.stop()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    def _join(self, copy: _Copy) -> None:
        self._copies.add(copy)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())

    def _leave(self, copy: _Copy) -> None:
        self._copies.discard(copy)

    async def _read(self) -> None:
        with contextlib.suppress(MediaStreamError):
            while self._copies:
                frame = cast(Frame, await self.source.recv())
                for copy in self._copies:
                    copy.put(frame)
            return
        for copy in list(self._copies):
            copy.stop()


class _Copy(MediaStreamTrack):
    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self.kind = shared.kind
        self._shared = shared
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue(_KEPT[self.kind])

    def put(self, frame: Frame | None) -> None:
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(frame)

    async def recv(self) -> Frame:
        if self.readyState != "live":
            raise MediaStreamError
        self._shared._join(self)
        frame = await self._frames.get()
        if frame is None:
            raise MediaStreamError
        return frame

    def stop(self) -> None:
        super().stop()
        self._shared._leave(self)
        self.put(None)  # wakes a reader
