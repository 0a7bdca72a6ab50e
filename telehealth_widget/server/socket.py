"""A tornado WebSocket as a room's transport: drains the outlet, closes, answers whether it is alive."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from telehealth_widget.protocol import codec, limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.rooms.directory import SessionOver, TryLater

if TYPE_CHECKING:
    from telehealth_widget.rooms.connection import Connection
    from telehealth_widget.rooms.outlet import Outlet
    from telehealth_widget.rooms.room import Room

CLOSE_TOO_BIG = 1009
WRITE_BYTES = 64 * 1024
"""About how much one write hands over: what a slow reader has not taken stays in the bounded queue."""
WRITE_AT_ONCE_MESSAGES = 64
"""So many are not kept for the end of the turn."""
CUT_AFTER_MS = 1_000
"""How long somebody who was removed or revoked, and reads slowly, may keep the socket."""


class SocketTransport:
    """Writes what a connection queues, one write under way at a time.

    Frames go to the socket's stream directly: tornado's `write_message` makes a task for each, and what one
    turn of the loop queues should leave in few writes. The sockets never compress.
    """

    def __init__(self, handler: WebSocketHandler) -> None:
        self._handler = handler
        self._loop = asyncio.get_running_loop()
        self.connection: Connection | None = None
        self._wrote_this_turn = False
        self._under_way = False
        self._closing: tuple[int, str] | None = None
        self._pong: asyncio.Future[bool] | None = None

    def wake(self) -> None:
        """Write the first message of a turn of the loop at once, and the rest together at its end.

        Much is not kept until then: the queue's bounds are for slow readers, not for bursts of ours.
        """
        if self._under_way or self.connection is None:
            return
        outlet = self.connection.outlet
        if not self._wrote_this_turn:
            self._wrote_this_turn = True
            self._write()
            self._loop.call_soon(self._end_turn)
        elif len(outlet) >= WRITE_AT_ONCE_MESSAGES or outlet.size >= WRITE_BYTES:
            self._write()

    def _end_turn(self) -> None:
        self._wrote_this_turn = False
        if self.connection is not None and len(self.connection.outlet):
            self._write()

    def _write(self) -> None:
        """Until the queue is empty or the socket is full."""
        if self._under_way or self.connection is None:
            return
        outlet = self.connection.outlet
        while frames := _frames(outlet):
            written = self._send(frames)
            if written is None:
                return
            if not written.done():
                self._under_way = True
                written.add_done_callback(self._go_on)
                return
        if self._closing is not None:
            self._handler.close(*self._closing)

    def _send(self, frames: bytes) -> asyncio.Future[None] | None:
        """Hand over to the stream; None if the socket is closed."""
        ws = self._handler.ws_connection
        if ws is None or ws.is_closing() or ws.stream is None:
            return None
        try:
            return ws.stream.write(frames)
        except StreamClosedError:
            return None

    def _go_on(self, written: asyncio.Future[None]) -> None:
        self._under_way = False
        if not written.cancelled() and written.exception() is None:
            self._write()

    def close(self, code: int, reason: str) -> None:
        """Close once the queue is written; a reader that does not take it is cut off within 1 s."""
        self._closing = (code, reason)
        stream = getattr(self._handler.ws_connection, "stream", None)
        if code == m.CloseCode.TRY_LATER and self._under_way:
            self._handler.close(code, reason)
        else:
            self._write()
        if self._under_way and stream is not None:
            self._loop.call_later(CUT_AFTER_MS / 1000, stream.close)

    async def alive(self, within_ms: int) -> bool:
        """Ping, and see whether the other end answers in time."""
        if self._handler.ws_connection is None:
            return False
        self._pong = asyncio.get_running_loop().create_future()
        try:
            self._handler.ping(b"alive")
            return await asyncio.wait_for(self._pong, within_ms / 1000)
        except (TimeoutError, WebSocketClosedError):
            return False

    def on_pong(self, data: bytes) -> None:
        """The handler heard a pong."""
        if data == b"alive" and self._pong is not None and not self._pong.done():
            self._pong.set_result(True)


def _frames(outlet: Outlet) -> bytes:
    """The next messages of the queue as frames, up to `WRITE_BYTES` and one message more."""
    made = bytearray()
    while len(made) < WRITE_BYTES and (message := outlet.take()) is not None:
        made += _text_head(len(message))
        made += message
    return bytes(made)


def _text_head(size: int) -> bytes:
    """The head of an unmasked text frame (RFC 6455, 5.2)."""
    if size < 126:
        return struct.pack("!BB", 0x81, size)
    if size < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, size)
    return struct.pack("!BBQ", 0x81, 127, size)


def _ignore_closed(written: asyncio.Future[Any]) -> None:
    if not written.cancelled():
        written.exception()


class RoomSocket(WebSocketHandler):
    """What the guests', the views' and the kernels' sockets have in common. Subclasses say who is let in."""

    transport: SocketTransport
    room: Room | None = None
    connection: Connection | None = None
    _authenticating = False
    _deadline: asyncio.TimerHandle | None = None

    async def let_in(self, hello: m.Hello) -> tuple[Room, Connection]:
        """Check the first message and attach; raises `TelehealthError`."""
        raise NotImplementedError

    def open(self, *args: str, **kwargs: str) -> None:
        """Wait for the first message, not longer than allowed."""
        self.set_nodelay(True)
        self.transport = SocketTransport(self)
        self._deadline = asyncio.get_running_loop().call_later(
            limits.AUTHENTICATE_WITHIN_MS / 1000, self._too_late
        )

    def _too_late(self) -> None:
        if self.connection is None:
            self._say_closed(TelehealthError(ErrorCode.LATE), m.CloseCode.LATE)

    def authenticated(self) -> None:
        """Called once, when the connection is let in or refused."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def get_compression_options(self) -> dict[str, Any] | None:
        """None: secrets beside texts of others would show in the length (CRIME); see also `SocketTransport`."""
        return None

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        """One frame. Anything that is not a message of ours ends the connection.

        Only the first has something to await: a task for each would cost more than acting on it.
        """
        if self.ws_connection is None:
            return None  # we closed it; what was on its way counts no more
        try:
            decoded = codec.decode_upward(message)
        except CommandRefused as refused:
            code = CLOSE_TOO_BIG if refused.code is ErrorCode.TOO_LARGE else m.CloseCode.MALFORMED
            self._end(refused, code)
            return None
        if self.connection is not None and self.room is not None:
            self.room.inbox.receive(self.connection, decoded)
        elif self._authenticating or not isinstance(decoded, m.Hello):
            self._end(TelehealthError(ErrorCode.MALFORMED), m.CloseCode.MALFORMED)
        else:
            return self._authenticate(decoded)
        return None

    async def _authenticate(self, hello: m.Hello) -> None:
        self._authenticating = True
        try:
            self.room, connection = await self.let_in(hello)
        except TelehealthError as error:
            # A page that comes while the server starts or stops, or too often, is not refused: it comes again.
            passing = isinstance(error, TryLater) or error.code is ErrorCode.SERVER_STOPPING
            self._say_closed(error, m.CloseCode.TRY_LATER if passing else m.CloseCode.REFUSED)
            return
        finally:
            self.authenticated()
        self.connection = connection
        self.transport.connection = connection
        if self.ws_connection is None:
            self.on_close()
            return
        self.transport.wake()

    def _end(self, error: TelehealthError, close_code: int) -> None:
        if self.connection is not None:
            self.connection.close(error.code, close_code)
        else:
            self._say_closed(error, close_code)

    def _say_closed(self, error: TelehealthError, close_code: int) -> None:
        duration_ms = error.duration_ms if isinstance(error, SessionOver) else None
        message = m.Closed(code=error.code, message=error.message, duration_ms=duration_ms)
        try:
            self.write_message(codec.encode(message)).add_done_callback(_ignore_closed)
        except WebSocketClosedError:
            return
        self.close(close_code, error.code)

    def on_pong(self, data: bytes) -> None:
        """Someone answered a ping."""
        super().on_pong(data)
        self.transport.on_pong(data)

    def on_close(self) -> None:
        """The socket is gone."""
        self.authenticated()
        if self.connection is not None and self.room is not None:
            room, connection = self.room, self.connection
            self.room = self.connection = None
            room.detach(connection)
