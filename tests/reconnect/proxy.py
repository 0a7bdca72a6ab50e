"""A proxy in front of the guest site: cuts, silences, delays, doubles and reorders what goes through it.

It runs on a loop of its own in a thread, so that synchronous browser tests can steer it. WebSocket frames from the
server are told apart only when they are to be delayed, doubled or reordered.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from enum import StrEnum
from random import Random

from tests.browser.lab import free_port


class Mode(StrEnum):
    """What happens to connections."""

    OPEN = "open"
    REFUSING = "refusing"
    """Every connection is cut, and new ones at once."""
    SILENT = "silent"
    """Connections stay, and nothing comes through: a phone in a tunnel."""


Mangle = Callable[[bytes, Random], list[bytes]]
"""Server's frame → the frames that arrive instead."""


class Proxy:
    """Forwards 127.0.0.1:`port` to 127.0.0.1:`target`."""

    def __init__(self, target: int, seed: int = 1) -> None:
        self.target = target
        self.port = free_port()
        self.mode = Mode.OPEN
        self.url = f"http://127.0.0.1:{self.port}"
        self.random = Random(seed)
        self.mangler: Callable[[], Mangle] | None = None
        """Makes each connection its own mangler: a frame must never cross over to somebody else."""
        self.longest_delay_s = 0.0
        self.mangled = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._speaks = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._started = threading.Event()

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(10)

    def stop(self) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def open(self) -> None:
        """Everything comes through again; what was held back too."""
        self.mode = Mode.OPEN
        self._loop.call_soon_threadsafe(self._speaks.set)

    def refuse(self) -> None:
        """Cut what is open, refuse what comes."""
        self.mode = Mode.REFUSING
        self._call(self._cut)

    def silence(self) -> None:
        """Nothing comes through, and nobody is told."""
        self.mode = Mode.SILENT
        self._call(self._speaks.clear)

    def cut(self) -> None:
        """Cut what is open; new connections are welcome."""
        self._call(self._cut)

    def _call(self, act: Callable[[], None]) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (act(), done.set()))
        assert done.wait(10)

    def _cut(self) -> None:
        self._speaks.set()
        for writer in list(self._writers):
            writer.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)

        async def serve() -> asyncio.Server:
            self._speaks.set()
            return await asyncio.start_server(self._forward, "127.0.0.1", self.port)

        server = self._loop.run_until_complete(serve())
        self._started.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode is Mode.REFUSING:
            writer.transport.abort()
            return
        self._writers.add(writer)
        up = None
        try:
            from_up, up = await asyncio.open_connection("127.0.0.1", self.target)
            self._writers.add(up)
            downward = self._pump_frames(from_up, writer)
            pumps = [
                asyncio.ensure_future(self._pump(reader, up)),
                asyncio.ensure_future(downward),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        except OSError:
            pass
        finally:
            for one in (writer, up):
                if one is not None:
                    self._writers.discard(one)
                    one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                await self._write(writer, data)

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        await self._speaks.wait()
        if self.longest_delay_s:
            await asyncio.sleep(self.random.uniform(0, self.longest_delay_s))
        writer.write(data)
        await writer.drain()

    async def _pump_frames(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """The head of the answer as it is; if it is a WebSocket's, then frame by frame."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            await self._write(writer, head)
            if not head.startswith(b"HTTP/1.1 101"):
                await self._pump(reader, writer)
                return
            made: tuple[Callable[[], Mangle], Mangle] | None = None
            while True:
                frame = await _frame(reader)
                out = [frame]
                if self.mangler is not None and frame[0] & 0x0F == 1:
                    if made is None or made[0] is not self.mangler:
                        made = self.mangler, self.mangler()
                    out = made[1](frame, self.random)
                    self.mangled += out != [frame]
                for one in out:
                    await self._write(writer, one)


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """One unmasked frame, head and all (RFC 6455, 5.2)."""
    head = await reader.readexactly(2)
    size = head[1] & 0x7F
    if size >= 126:
        more = await reader.readexactly(2 if size == 126 else 8)
        head += more
        size = int.from_bytes(more, "big")
    return head + await reader.readexactly(size)


class Doubling:
    """Some `change` frames arrive twice."""

    def __call__(self, frame: bytes, random: Random) -> list[bytes]:
        return (
            [frame, frame] if b'"t":"change"' in frame[:20] and random.random() < 0.5 else [frame]
        )


class Reordering:
    """Some `change` frames arrive after the frame that follows them."""

    def __init__(self) -> None:
        self._held: bytes | None = None

    def __call__(self, frame: bytes, random: Random) -> list[bytes]:
        if self._held is not None:
            held, self._held = self._held, None
            return [frame, held]
        if b'"t":"change"' in frame[:20] and random.random() < 0.5:
            self._held = frame
            return []
        return [frame]
