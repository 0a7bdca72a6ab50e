"""A shared track is read once, while someone listens."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import pytest
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame
from av.frame import Frame

from telehealth_widget.media.sharing import Shared


class Counter(MediaStreamTrack):
    """Numbers its frames, one each 5 ms."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.read = 0

    async def recv(self) -> Frame:
        await asyncio.sleep(0.005)
        if self.readyState != "live":
            raise MediaStreamError
        frame = AudioFrame(format="s16", layout="mono", samples=160)
        frame.pts, frame.time_base = self.read, Fraction(1, 48_000)
        self.read += 1
        return frame


async def exhaust(track: MediaStreamTrack) -> None:
    while True:
        await track.recv()


async def test_every_copy_gets_every_frame() -> None:
    shared = Shared(Counter())
    one, other = shared.copy(), shared.copy()
    first, second = await asyncio.gather(one.recv(), other.recv())
    assert first is second
    await shared.close()


async def test_nothing_is_read_before_the_first_and_after_the_last_listener() -> None:
    source = Counter()
    shared = Shared(source)
    copy = shared.copy()
    await asyncio.sleep(0.05)
    assert source.read == 0
    await copy.recv()
    copy.stop()
    await asyncio.sleep(0.02)
    read = source.read
    await asyncio.sleep(0.05)
    assert source.read == read
    again = shared.copy()
    assert (await again.recv()).pts >= read
    await shared.close()


async def test_a_slow_reader_gets_what_is_new() -> None:
    shared = Shared(Counter())
    copy = shared.copy()
    await copy.recv()
    await asyncio.sleep(0.3)
    assert ((await copy.recv()).pts or 0) > 20
    await shared.close()


async def test_closing_ends_readers_and_source() -> None:
    source = Counter()
    shared = Shared(source)
    copy = shared.copy()
    await copy.recv()
    waiting = asyncio.create_task(copy.recv())
    await asyncio.sleep(0)
    await shared.close()
    await asyncio.wait({waiting}, timeout=1)
    assert waiting.done()
    waiting.exception()  # a frame that was on its way, or the end
    assert source.readyState == "ended"
    with pytest.raises(MediaStreamError):
        await copy.recv()


async def test_an_ended_source_ends_its_copies() -> None:
    source = Counter()
    shared = Shared(source)
    copy = shared.copy()
    await copy.recv()
    source.stop()
    with pytest.raises(MediaStreamError):
        await asyncio.wait_for(exhaust(copy), 1)
    await shared.close()
