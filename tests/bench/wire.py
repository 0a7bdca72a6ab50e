"""The load generator's WebSocket: as thin as can be, so that it measures the server and not itself.

Text frames both ways, no fragments, no compression. Masks with zeros, which a real client must not.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from urllib.parse import urlsplit

ANSWERS_WITHIN_S = 30


class Wire(asyncio.Protocol):
    """Set `on_text` and call `send`."""

    def __init__(self) -> None:
        self.on_text: Callable[[bytes], None] = _nothing
        self.on_lost: Callable[[], None] | None = None
        self._transport: asyncio.Transport
        self._buffer = b""
        self._up: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def connect(cls, url: str, **headers: str) -> Wire:
        """`url` starts with http. `headers` with `_` for `-`.

        Raises:
            ConnectionError: refused, with the status line.
        """
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(cls, parts.hostname, parts.port)
        lines = [
            f"GET {parts.path} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        wire._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await asyncio.wait_for(wire._up, ANSWERS_WITHIN_S)
        return wire

    def send(self, text: bytes) -> None:
        """One text message."""
        self._transport.write(frame(text))

    def send_frame(self, made: bytes) -> None:
        """What `frame` made before."""
        self._transport.write(made)

    def close(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._up.done():
            self._up.set_exception(ConnectionError("lost before it was up"))
        if self.on_lost is not None:
            self.on_lost()

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        at = 0
        if not self._up.done():
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                status = data.split(b"\r\n", 1)[0].decode()
                self._up.set_exception(ConnectionError(status))
                self._transport.abort()
                return
            self._up.set_result(None)
            at = end + 4
        size = len(data)
        while size - at >= 2:
            length = data[at + 1]
            start = at + 2
            if length == 126:
                start += 2
                if size < start:
                    break
                length = int.from_bytes(data[at + 2 : start], "big")
            elif length == 127:
                start += 8
                if size < start:
                    break
                length = int.from_bytes(data[at + 2 : start], "big")
            if size - start < length:
                break
            kind = data[at] & 0x0F
            text = data[start : start + length]
            at = start + length
            if kind == 1:
                self.on_text(text)
            elif kind == 9:
                self._transport.write(frame(text, 0x8A))
            elif kind == 8:
                self._transport.close()
        self._buffer = data[at:]


def frame(text: bytes, head: int = 0x81) -> bytes:
    """A masked frame of a client."""
    if len(text) < 126:
        return struct.pack("!BBI", head, 0x80 | len(text), 0) + text
    if len(text) < 65536:
        return struct.pack("!BBHI", head, 0x80 | 126, len(text), 0) + text
    return struct.pack("!BBQI", head, 0x80 | 127, len(text), 0) + text


def _nothing(text: bytes) -> None:
    pass
