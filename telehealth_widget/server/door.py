"""The kernels' door: a loopback listener that lets in whoever shows the host token of the runtime file.

It stands apart from the Jupyter server because a kernel holds no Jupyter login (on a server with a password
there is no token to give it). Browsers are turned away: whatever carries an Origin is refused.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from telehealth_widget.core.opening import other_options
from telehealth_widget.protocol import codec, limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.commands import Open
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.rooms.connection import Connection
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.rooms.room import Room
from telehealth_widget.rooms.tokens import new_token, same, token_hash
from telehealth_widget.server.socket import RoomSocket

T = TypeVar("T", bound=msgspec.Struct)

SESSION = r"([A-Za-z0-9_-]{1,40})"


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /sessions`."""

    open: Open
    new: bool = False


class DoorHandler(RequestHandler):
    """Base: the host token, and errors as JSON."""

    door: KernelDoor

    def initialize(self, door: KernelDoor) -> None:
        self.door = door

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def prepare(self) -> None:
        words = self.request.headers.get("Authorization", "").split(" ", 1)
        shown = words[1] if len(words) == 2 and words[0] == "Bearer" else ""
        if self.request.headers.get("Origin") is not None or not self.door.is_host(shown):
            raise HTTPError(403)

    def decode(self, kind: type[T]) -> T:
        """The body of the request.

        Raises:
            TelehealthError: MALFORMED, naming the field that is not of the right type.
        """
        try:
            return msgspec.json.decode(self.request.body, type=kind)
        except msgspec.ValidationError as error:
            # It names the place and the types, never the value.
            raise TelehealthError(
                ErrorCode.MALFORMED,
                f"The Jupyter server does not take that: {error}. Check the type of what was passed, and that "
                "kernel and server have the same version of telehealth_widget.",
            ) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise TelehealthError(ErrorCode.MALFORMED) from None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, TelehealthError):
            self.set_status(409)
            self.finish({"code": error.code.value, "message": error.message})
        else:
            self.finish({"code": "NOT_PERMITTED", "message": f"Refused ({status_code})."})

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, TelehealthError):
            super().log_exception(typ, value, tb)


class Exporting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /sessions/…/exports`."""

    form: str
    texts: bool


class Forgetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /sessions/…/forget`."""

    owner: str
    """Id of a person, or `session` for the texts that belong to no single person."""


class SessionsHandler(DoorHandler):
    """Open or find a session."""

    async def post(self) -> None:
        asked = self.decode(Opening)
        session = await self.door.rooms.open_session(asked.open, new=asked.new)
        kept = other_options(self.door.rooms.room(session).state, asked.open)
        self.finish({"session": session, "kept": kept})


class SessionHandler(DoorHandler):
    """Whether a session is there."""

    def get(self, session: str) -> None:
        state = self.door.rooms.room(session).state
        self.finish({"session": session, "phase": state.phase.value})


class RecordHandler(DoorHandler):
    """Base of what reads a record: also one that is damaged."""

    def require(self, session: str) -> None:
        """Refuse an unknown session."""
        try:
            self.door.rooms.room(session)
        except TelehealthError as error:
            if error.code is not ErrorCode.JOURNAL_DAMAGED:
                raise


class RecordsHandler(RecordHandler):
    """The stored records of a session, one JSON line each, personal texts sealed; then the signed end."""

    async def get(self, session: str) -> None:
        self.require(session)
        loop = asyncio.get_running_loop()
        lines = await loop.run_in_executor(None, lambda: list(self.door.rooms.exported(session)))
        self.set_header("Content-Type", "application/x-ndjson")
        for at in range(0, len(lines), 1_000):
            self.write(b"".join(lines[at : at + 1_000]))
            await self.flush()
        self.finish()


class VerifyHandler(RecordHandler):
    """Whether the record of a session is what was written."""

    async def get(self, session: str) -> None:
        self.require(session)
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(None, self.door.rooms.journal.verify, session)
        self.set_header("Content-Type", "application/json")
        self.finish(codec.encode(result))


class ExportsHandler(RecordHandler):
    """Record that a copy of the record is about to leave the journal."""

    async def post(self, session: str) -> None:
        asked = self.decode(Exporting)
        self.require(session)
        await self.door.rooms.note_export(session, asked.form, texts=asked.texts)
        self.finish({})


class ForgetHandler(RecordHandler):
    """Destroy the key of a person's texts in a session that is over."""

    async def post(self, session: str) -> None:
        asked = self.decode(Forgetting)
        self.require(session)
        await self.door.rooms.forget(session, asked.owner)
        self.finish({})


class KernelSocket(DoorHandler, RoomSocket):
    """A kernel's socket to one session."""

    _session = ""

    def check_origin(self, origin: str) -> bool:
        return False

    async def get(self, *args: Any, **kwargs: Any) -> None:
        self._session = str(args[0])
        await super().get(*args, **kwargs)

    async def let_in(self, hello: m.Hello) -> tuple[Room, Connection]:
        return self.door.rooms.let_desk_in(self._session, hello, Via.KERNEL, self.transport)


class KernelDoor:
    """The listener. `token` is in memory and in the runtime file, nowhere else."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.token = new_token()
        self._hash = token_hash("host", self.token)
        self._sockets = bind_sockets(0, "127.0.0.1")
        self.url = f"http://127.0.0.1:{self._sockets[0].getsockname()[1]}"
        application = Application(
            [
                (r"/sessions", SessionsHandler, {"door": self}),
                (rf"/sessions/{SESSION}", SessionHandler, {"door": self}),
                (rf"/sessions/{SESSION}/records", RecordsHandler, {"door": self}),
                (rf"/sessions/{SESSION}/verify", VerifyHandler, {"door": self}),
                (rf"/sessions/{SESSION}/exports", ExportsHandler, {"door": self}),
                (rf"/sessions/{SESSION}/forget", ForgetHandler, {"door": self}),
                (rf"/sessions/{SESSION}/socket", KernelSocket, {"door": self}),
            ],
            default_handler_class=DoorHandler,
            default_handler_args={"door": self},
            websocket_max_message_size=2 * limits.MAX_MESSAGE_BYTES,
            websocket_ping_interval=limits.PING_INTERVAL_MS / 1000,
            websocket_ping_timeout=limits.PING_INTERVAL_MS / 1000,
            log_function=lambda handler: None,
        )
        self._server = HTTPServer(application, max_body_size=limits.MAX_MESSAGE_BYTES)
        self._server.add_sockets(self._sockets)

    def is_host(self, token: str) -> bool:
        """Whether this is the host token, compared in constant time."""
        return same(token_hash("host", token), self._hash)

    async def stop(self) -> None:
        """Close the port and every connection."""
        self._server.stop()
        await self._server.close_all_connections()
