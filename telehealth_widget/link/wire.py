"""One WebSocket connection of tornado's, with an end that is certain: bounded, and nothing left
open.

No message is understood here, and nothing reconnects: see `socket`.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

MAX_DOWNWARD_BYTES: Final = 8 * 1024 * 1024
"""A snapshot of the largest room (2,000 people) fits several times."""
CONNECT_TIMEOUT_S: Final = 4.0
SHUT_WITHIN_S: Final = 1.0


class CannotConnect(Exception):
    """No connection came about; the text says why in a few words, without the address."""


class Wire:
    """An open WebSocket. Whoever got it must call `shut`."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self._connection = connection
        # tornado forgets the protocol at close(), but its stream must not outlive us.
        self._protocol = connection.protocol
        self._over = False

    @classmethod
    async def connect(cls, request: HTTPRequest, *, until: asyncio.Event) -> Wire | None:
        """Open a connection within 4 s. None if `until` was set meanwhile.

        Raises:
            CannotConnect: refused, unreachable, timed out, or not a WebSocket.
        """
        request.connect_timeout = request.connect_timeout or CONNECT_TIMEOUT_S
        request.request_timeout = request.request_timeout or CONNECT_TIMEOUT_S
        # No compression: secrets beside texts of others would show in the length (CRIME).
        opening = asyncio.ensure_future(
            websocket_connect(request, max_message_size=MAX_DOWNWARD_BYTES)
        )
        try:
            connection = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unused)
            raise
        except HTTPClientError as error:
            raise CannotConnect(f"HTTP {error.code}") from None
        except Exception as error:  # OSError, StreamClosedError, WebSocketError, TLS, bad headers
            raise CannotConnect(type(error).__name__) from None
        wire = cls(connection)
        if until.is_set():
            wire.close()
            await wire.shut()
            return None
        return wire

    def send(self, data: bytes) -> None:
        """Send one text message of UTF-8 bytes. Silently dropped once the connection is closing."""
        with contextlib.suppress(WebSocketClosedError):
            self._connection.write_message(data).add_done_callback(_seen)

    async def read(self) -> str | bytes | None:
        """The next message; None once the connection is over."""
        if self._over:
            return None
        message = await self._connection.read_message()
        self._over = message is None
        return message

    def close(self) -> None:
        """Begin to close; `read` returns None in the end."""
        self._connection.close(1000)

    def cut(self) -> None:
        """Drop the connection at once, without a farewell."""
        stream = self._protocol.stream if self._protocol is not None else None
        if stream is not None:
            stream.close()

    async def shut(self) -> int | None:
        """Close, drain what still comes, and after 1 s drop the connection. Returns the close
        code.
        """
        self.close()
        try:
            async with asyncio.timeout(SHUT_WITHIN_S):
                while await self.read() is not None:
                    pass
        except TimeoutError:
            pass
        finally:
            self.cut()
        return self._connection.close_code


def _seen(sent: asyncio.Future[None]) -> None:
    if not sent.cancelled():
        sent.exception()  # a write that failed shows as the end of reading


def _close_unused(opening: asyncio.Future[WebSocketClientConnection]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
