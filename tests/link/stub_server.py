"""A small real WebSocket server whose every step the test plays."""

from __future__ import annotations

import asyncio
import random

import tornado.httpserver
import tornado.testing
import tornado.web
import tornado.websocket

from telehealth_widget.protocol.codec import decode_upward, encode
from telehealth_widget.protocol.errors import ErrorCode
from telehealth_widget.protocol.kinds import SessionKind, SessionPhase
from telehealth_widget.protocol.messages import (
    AnyDownward,
    AnyUpward,
    Beat,
    Beaten,
    Closed,
    Hello,
    Snapshot,
    Welcome,
)
from telehealth_widget.protocol.views import SessionRow, You

SESSION = SessionRow(id="s1", kind=SessionKind.INDIVIDUAL, phase=SessionPhase.OPEN)
TOKEN = "resume-canary-"


class Impatient(random.Random):
    """No jitter to wait for."""

    def uniform(self, a: float, b: float) -> float:
        return min(0.01, b)


class Visit:
    """One connection as the server sees it."""

    def __init__(self, handler: tornado.websocket.WebSocketHandler) -> None:
        self.handler = handler
        self.received: asyncio.Queue[AnyUpward | None] = asyncio.Queue()

    async def next(self) -> AnyUpward | None:
        while True:
            message = await asyncio.wait_for(self.received.get(), 5)
            if not isinstance(message, Beat):
                return message

    async def send(self, message: AnyDownward) -> None:
        await self.handler.write_message(encode(message))

    async def welcome(self, resume: str = TOKEN + "1", epoch: str = "e1", seq: int = 0) -> Hello:
        hello = await self.next()
        assert isinstance(hello, Hello)
        await self.send(Welcome(epoch=epoch, session="s1", connection="c", resume=resume, now_ms=1))
        await self.send(
            Snapshot(epoch=epoch, seq=seq, session=SESSION, people=(), you=You("p1", "none"))
        )
        return hello

    async def farewell(self, code: ErrorCode, close_code: int) -> None:
        await self.send(Closed(code=code, message="in words"))
        self.handler.close(close_code)

    def drop(self) -> None:
        stream = self.handler.ws_connection.stream  # type: ignore[union-attr]
        stream.close()  # type: ignore[union-attr]


class Server:
    """Accepts sockets and hands each to the test as a `Visit`."""

    def __init__(self) -> None:
        self.visits: asyncio.Queue[Visit] = asyncio.Queue()
        self.answers_beats = True
        self.refuses_with: int | None = None
        server = self

        class Handler(tornado.websocket.WebSocketHandler):
            def prepare(self) -> None:
                if server.refuses_with:
                    raise tornado.web.HTTPError(server.refuses_with)

            def open(self, *args: str, **kwargs: str) -> None:
                self.visit = Visit(self)
                server.visits.put_nowait(self.visit)

            async def on_message(self, message: str | bytes) -> None:
                decoded = decode_upward(message)
                if isinstance(decoded, Beat) and server.answers_beats:
                    await self.write_message(encode(Beaten(n=decoded.n, now_ms=1)))
                self.visit.received.put_nowait(decoded)

            def on_close(self) -> None:
                self.visit.received.put_nowait(None)

        socket, self.port = tornado.testing.bind_unused_port()
        self.http = tornado.httpserver.HTTPServer(tornado.web.Application([("/socket", Handler)]))
        self.http.add_socket(socket)

    async def visit(self) -> Visit:
        return await asyncio.wait_for(self.visits.get(), 5)

    async def stop(self) -> None:
        self.http.stop()
        await self.http.close_all_connections()
