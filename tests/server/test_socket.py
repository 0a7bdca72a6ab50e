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
from telehealth_widget.rooms.room import Room
from telehealth_widget.server.socket import RoomSocket

from .conftest import Knock


class NotNow(RoomSocket):
    """Lets nobody in, for one reason."""

    def initialize(self, code: ErrorCode) -> None:
        self.code = code

    async def let_in(self, hello: m.Hello) -> tuple[Room, Connection]:
        raise TelehealthError(self.code)


@pytest.mark.parametrize(
    ("code", "close_code"),
    [
        (ErrorCode.SERVER_STOPPING, m.CloseCode.TRY_LATER),
        (ErrorCode.JOURNAL_UNAVAILABLE, m.CloseCode.REFUSED),
        (ErrorCode.LINK_UNKNOWN, m.CloseCode.REFUSED),
    ],
)
async def test_who_comes_while_the_server_starts_is_told_to_come_again(
    code: ErrorCode, close_code: int
) -> None:
    (listening,) = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([("/", NotNow, {"code": code})]))
    server.add_socket(listening)
    try:
        knock = Knock(await websocket_connect(f"ws://127.0.0.1:{listening.getsockname()[1]}/"))
        said = await knock.hello()
        assert isinstance(said, m.Closed)
        assert said.code is code
        assert await knock.over() == close_code
        knock.socket.close()
    finally:
        server.stop()
        await asyncio.wait_for(server.close_all_connections(), 5)
