"""A guest site in miniature, for tests of simulated clients: real sockets and codec, no rules."""

# ruff: noqa: ASYNC110, PT018 - polls what cannot notify; narrows types in assertions

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field

import msgspec
import tornado.httpserver
import tornado.testing
import tornado.web
import tornado.websocket

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.codec import decode_upward, encode
from telehealth_widget.protocol.errors import ErrorCode
from telehealth_widget.protocol.kinds import Agent, Phase, Role, SessionKind, SessionPhase, Source
from telehealth_widget.protocol.messages import (
    AnyDownward,
    Beat,
    Beaten,
    Change,
    CloseCode,
    Closed,
    Do,
    Done,
    Hello,
    Ice,
    Measured,
    Refused,
    Signal,
    Signaled,
    Snapshot,
    TakeSeat,
    Welcome,
)
from telehealth_widget.protocol.views import LinkRow, PersonRow, PublicationRow, SessionRow, You

ICE = Ice(servers=(), relay_only=False, expires_at_ms=1)


@dataclass
class Person:
    """One person of the room and their socket, if any."""

    row: PersonRow
    endpoint: str
    seat: str = "none"
    socket: tornado.websocket.WebSocketHandler | None = None
    seq: int = 0
    hellos: list[Hello] = field(default_factory=list)
    commands: list[c.AnyCommand] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    origins: list[str | None] = field(default_factory=list)

    def send(self, message: AnyDownward) -> None:
        if self.socket is not None:
            self.socket.write_message(encode(message))


class FakeRoom:
    """Everyone with the token of a known person comes in; the test plays the provider."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.session = SessionRow("s1", SessionKind.GROUP, SessionPhase.OPEN)
        self.refuses: dict[type, ErrorCode] = {}
        self.accepts = True
        self.sends_ice = True
        self.signals = 0
        """How many were handed on."""
        self._numbers = itertools.count(1)
        socket, self.port = tornado.testing.bind_unused_port()
        application = tornado.web.Application([("/base/socket", _Handler, {"room": self})])
        self.http = tornado.httpserver.HTTPServer(application)
        self.http.add_socket(socket)

    def url(self, token: str, name: str | None = None) -> str:
        """Makes a person whose link this is."""
        row = PersonRow(f"p-{token}", Role.CLIENT, Phase.INVITED, name=name)
        self.people[token] = Person(row, f"e{next(self._numbers)}")
        return f"http://127.0.0.1:{self.port}/base/join#{token}"

    async def stop(self) -> None:
        self.http.stop()
        await self.http.close_all_connections()

    # -- what the test does ------------------------------------------------------------------------

    def admit(self, *tokens: str) -> None:
        for token in tokens:
            person = self.people[token]
            person.seat = "here"
            person.row = msgspec.structs.replace(person.row, phase=Phase.ADMITTED, in_call=True)
            if self.sends_ice:
                person.send(ICE)
        self.tell()

    def pause(self, token: str) -> None:
        self.put(token, phase=Phase.PAUSED, publications=(), in_call=False)

    def mute(self, token: str, source: Source, muted: bool = True) -> None:
        publications = tuple(
            PublicationRow(p.source, muted if p.source is source else p.muted)
            for p in self.people[token].row.publications
        )
        self.put(token, publications=publications)

    def put(self, token: str, **fields: object) -> None:
        person = self.people[token]
        person.row = msgspec.structs.replace(person.row, **fields)
        self.tell()

    def end(self) -> None:
        self.session = msgspec.structs.replace(self.session, phase=SessionPhase.ENDED)
        self.tell()

    def close(self, token: str, code: ErrorCode, close_code: int = CloseCode.REFUSED) -> None:
        person = self.people[token]
        person.send(Closed(code=code, message="in words"))
        if person.socket is not None:
            person.socket.close(close_code)

    def drop(self, token: str) -> None:
        socket = self.people[token].socket
        assert socket is not None and socket.ws_connection is not None
        socket.ws_connection.stream.close()  # type: ignore[union-attr]

    def move(self, token: str) -> None:
        """The person's seat is new: others reach it at another endpoint."""
        self.people[token].endpoint = f"e{next(self._numbers)}"
        self.tell()

    def tell(self) -> None:
        """Everyone's rows, to everyone."""
        for person in self.people.values():
            person.seq += 1
            rows = self._rows(person)
            person.send(
                Change(person.seq, session=self.session, people=rows, you=self._you(person))
            )

    # -- what the room does ------------------------------------------------------------------------

    def _you(self, viewer: Person) -> You:
        return You(viewer.row.id, viewer.seat, viewer.endpoint if viewer.seat == "here" else None)

    def _rows(self, viewer: Person) -> tuple[PersonRow, ...]:
        rows = []
        for person in self.people.values():
            if person is viewer:
                rows.append(msgspec.structs.replace(person.row, you=True))
                continue
            both_in = viewer.row.in_call and person.row.in_call
            offers = viewer.row.id < person.row.id
            link = LinkRow(person.endpoint, False, offers, Agent.PYTHON) if both_in else None
            rows.append(msgspec.structs.replace(person.row, link=link))
        return tuple(rows)

    def came(self, socket: tornado.websocket.WebSocketHandler, hello: Hello) -> Person | None:
        token = hello.invite or (hello.resume or "").removeprefix("resume-")
        person = self.people.get(token)
        if person is None:
            socket.write_message(encode(Closed(ErrorCode.LINK_UNKNOWN, "No such link.")))
            socket.close(CloseCode.REFUSED)
            return None
        person.socket = socket
        person.hellos.append(hello)
        person.origins.append(socket.request.headers.get("Origin"))
        if person.row.phase in (Phase.INVITED, Phase.LEFT):
            person.row = msgspec.structs.replace(person.row, phase=Phase.PREPARING, connected=True)
        person.send(Welcome("epoch", "s1", "c1", f"resume-{token}", 1))
        person.seq = 0
        person.send(Snapshot("epoch", 0, self.session, self._rows(person), self._you(person)))
        return person

    def did(self, person: Person, number: int, command: c.AnyCommand) -> None:
        person.commands.append(command)
        refusal = self.refuses.pop(type(command), None)
        if refusal is not None:
            person.send(Refused(number, refusal, "Refused in words."))
            return
        row = person.row
        if isinstance(command, c.SetName):
            row = msgspec.structs.replace(row, name=command.name)
        elif isinstance(command, c.GetReady):
            row = msgspec.structs.replace(row, phase=Phase.WAITING)
        elif isinstance(command, c.Publish):
            more = PublicationRow(command.source, command.muted)
            row = msgspec.structs.replace(row, publications=(*row.publications, more))
        elif isinstance(command, c.Leave):
            row = msgspec.structs.replace(row, phase=Phase.LEFT, in_call=False, publications=())
            person.seat = "none"
        person.row = row
        person.send(Done(number))
        self.tell()

    def signaled(self, sender: Person, signal: Signal) -> None:
        self.signals += 1
        for person in self.people.values():
            if person.endpoint == signal.to:
                person.send(Signaled(sender.endpoint, signal.description, signal.candidates))


class _Handler(tornado.websocket.WebSocketHandler):
    def initialize(self, room: FakeRoom) -> None:
        self.room = room
        self.person: Person | None = None

    def prepare(self) -> None:
        if not self.room.accepts:
            raise tornado.web.HTTPError(503)

    def check_origin(self, origin: str) -> bool:
        return origin == f"http://127.0.0.1:{self.room.port}"

    def on_message(self, message: str | bytes) -> None:
        decoded = decode_upward(message)
        if isinstance(decoded, Hello):
            self.person = self.room.came(self, decoded)
        elif self.person is None:
            return
        elif isinstance(decoded, Beat):
            self.person.send(Beaten(decoded.n, 1))
        elif isinstance(decoded, Signal):
            self.room.signaled(self.person, decoded)
        elif isinstance(decoded, Do):
            self.room.did(self.person, decoded.id, decoded.command)
        elif isinstance(decoded, Measured):
            self.person.measured.append(decoded)
        elif isinstance(decoded, TakeSeat):
            self.person.seat = "here"
            self.person.send(Done(decoded.id))
            self.room.tell()

    def on_close(self) -> None:
        if self.person is not None and self.person.socket is self:
            self.person.socket = None


async def until(condition: object, within_s: float = 40) -> None:
    """Wait until `condition()` holds."""
    assert callable(condition)
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)
