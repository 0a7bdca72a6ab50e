"""The sockets' own code over no network: frames go in through `on_message`, bytes come out, exceptions escape."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.websocket import WebSocketClosedError

from telehealth_widget.link.rows import Rows
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.rooms.connection import Connection
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.rooms.room import Room
from telehealth_widget.server.socket import RoomSocket, SocketTransport

Door = Callable[[m.Hello, Any], Awaitable[tuple[Room, Connection]]]


def guests_door(rooms: Rooms) -> Door:
    return rooms.let_guest_in


def desks_door(rooms: Rooms, session: str, via: Via) -> Door:
    async def let_in(hello: m.Hello, transport: Any) -> tuple[Room, Connection]:
        return rooms.let_desk_in(session, hello, via, transport)

    return let_in


class _Pipe:
    """Stands for tornado's end of the connection and for its stream."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.stream = self

    def is_closing(self) -> bool:
        return self._wire.closed is not None

    def write(self, frames: bytes) -> asyncio.Future[None]:
        self._wire.take(frames)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


class Wire(RoomSocket):
    """A `RoomSocket` without a request. What it received is in `raw`, with the rows that a page would have."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.ws_connection: Any = _Pipe(self)
        self.transport = SocketTransport(self)
        self.raw: list[bytes] = []
        self.rows = Rows()
        self.closed: tuple[int | None, str | None] | None = None

    async def let_in(self, hello: m.Hello) -> tuple[Room, Connection]:
        return await self._door(hello, self.transport)

    def take(self, frames: bytes) -> None:
        at = 0
        while at < len(frames):
            size = frames[at + 1]
            at += 2
            if size >= 126:
                width = 2 if size == 126 else 8
                size = int.from_bytes(frames[at : at + width], "big")
                at += width
            self.hear(frames[at : at + size])
            at += size

    def hear(self, raw: bytes) -> None:
        self.raw.append(raw)
        message = codec.decode_downward(raw)
        if isinstance(message, m.Snapshot | m.Change):
            assert self.rows.apply(message), "a gap in seq"

    def write_message(self, message: Any, binary: bool = False) -> asyncio.Future[None]:
        if self.closed is not None:
            raise WebSocketClosedError
        self.hear(message)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        if self.closed is None:
            self.closed = (code, reason)
            self.ws_connection = None
            self.on_close()

    async def feed(self, frame: str | bytes) -> list[bytes]:
        """One frame; what came back."""
        before = len(self.raw)
        waiting = self.on_message(frame)
        if waiting is not None:
            await waiting
        for _ in range(2):
            await asyncio.sleep(0)
        return self.raw[before:]
