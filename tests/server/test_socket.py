"""What a room's socket says to those whom it does not let in."""

from __future__ import annotations

import asyncio

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import websocket_connect

from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.rooms.connection import Connection
from telehealth_widget.rooms.directory import TryLater
from telehealth_widget.rooms.room import Room
from telehealth_widget.server.socket import RoomSocket

from .conftest import Knock


class NotNow(RoomSocket):
    """Lets nobody in, for one reason."""

    def initialize(self, error: TelehealthError) -> None:
        self.error = error

    async def let_in(self, hello: m.Hello) -> tuple[Room, Connection]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "close_code"),
    [
        (TelehealthError(ErrorCode.SERVER_STOPPING), m.CloseCode.TRY_LATER),
        (TryLater(ErrorCode.TOO_MANY), m.CloseCode.TRY_LATER),
        (TelehealthError(ErrorCode.TOO_MANY), m.CloseCode.REFUSED),
        (TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE), m.CloseCode.REFUSED),
        (TelehealthError(ErrorCode.LINK_UNKNOWN), m.CloseCode.REFUSED),
    ],
)
async def test_who_comes_while_the_server_starts_or_too_often_is_told_to_come_again(
    error: TelehealthError, close_code: int
) -> None:
    (listening,) = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([("/", NotNow, {"error": error})]))
    server.add_socket(listening)
    try:
        knock = Knock(await websocket_connect(f"ws://127.0.0.1:{listening.getsockname()[1]}/"))
        said = await knock.hello()
        assert isinstance(said, m.Closed)
        assert said.code is error.code
        assert await knock.over() == close_code
        knock.socket.close()
    finally:
        server.stop()
        await asyncio.wait_for(server.close_all_connections(), 5)
