"""A room server in memory, with sockets that only remember what they were sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.link.rows import Rows
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import Agent, Via
from telehealth_widget.rooms.clock import Clock, fresh_id
from telehealth_widget.rooms.connection import Connection
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.rooms.room import Room

ORIGIN = "http://127.0.0.1:8870"


class HeldClock(Clock):
    """Time that moves when the test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def wall_ms(self) -> int:
        return self.now

    def monotonic_ms(self) -> int:
        return self.now


class Probe:
    """A transport that keeps everything, and the view that a page would have."""

    def __init__(self, *, answers_ping: bool = True) -> None:
        self.connection: Connection | None = None
        self.room: Room | None = None
        self.messages: list[Any] = []
        self.rows = Rows()
        self.closed: tuple[int, str] | None = None
        self.answers_ping = answers_ping
        self._number = 0

    def wake(self) -> None:
        if self.connection is None:
            return
        while (raw := self.connection.outlet.take()) is not None:
            message = codec.decode_downward(raw)
            self.messages.append(message)
            if isinstance(message, m.Snapshot | m.Change):
                assert self.rows.apply(message), "a gap in seq"

    def close(self, code: int, reason: str) -> None:
        self.wake()
        if self.closed is None:
            self.closed = (code, reason)
            if self.room is not None and self.connection is not None:
                self.room.detach(self.connection)

    async def alive(self, within_ms: int) -> bool:
        return self.answers_ping and self.closed is None

    def bind(self, room: Room, connection: Connection) -> Probe:
        self.room, self.connection = room, connection
        self.wake()
        return self

    def gone(self) -> None:
        """The network or the page went away."""
        assert self.room is not None
        assert self.connection is not None
        self.closed = (1006, "")
        self.room.detach(self.connection)

    def send(self, message: m.AnyUpward) -> None:
        assert self.room is not None
        assert self.connection is not None
        self.room.inbox.receive(self.connection, message)

    def do(self, command: c.AnyCommand) -> m.Done | m.Refused:
        """Send a command; the answer (the memory journal answers at once)."""
        self._number += 1
        self.send(m.Do(id=self._number, command=command))
        return next(
            x
            for x in reversed(self.messages)
            if isinstance(x, m.Done | m.Refused) and x.id == self._number
        )

    def of(self, kind: type[Any]) -> list[Any]:
        return [x for x in self.messages if isinstance(x, kind)]

    @property
    def me(self) -> Any:
        return self.rows.me

    @property
    def resume(self) -> str:
        return str(self.of(m.Welcome)[-1].resume)


class House:
    """A room server and the people at its doors."""

    def __init__(self) -> None:
        self.clock = HeldClock()
        self.keyring = Keyring.in_memory()
        self.journal = MemoryJournal(self.keyring)
        self.rooms = self._new_rooms()

    def _new_rooms(self) -> Rooms:
        return Rooms(
            self.journal,
            self.keyring,
            link_of=lambda token, _language: f"{ORIGIN}/join#{token}",
            ice_for=lambda person: m.Ice(servers=(), relay_only=False, expires_at_ms=0),
            clock=self.clock,
        )

    async def restart(self) -> None:
        """The server process is gone; a new one opens the same journal."""
        for room in self.rooms._rooms.values():
            for handle in (room._timer, room._retry):
                if handle is not None:
                    handle.cancel()
        if self.rooms._renewal is not None:
            self.rooms._renewal.cancel()
        self.rooms = self._new_rooms()
        await self.rooms.start()

    async def open(self, title: str = "Intake", **options: Any) -> str:
        opening = {
            "kind": "individual",
            "names": "all",
            "hold_ms": 120_000,
            "notebook": "a.ipynb",
            "provider_code": "T1",
            "provider_name": "Dr. Lee",
        } | options
        new = opening.pop("new", False)
        return await self.rooms.open_session(c.Open(title=title, **opening), new=new)

    def desk(
        self, session: str, via: Via = Via.WIDGET, page: str | None = None, **hello: Any
    ) -> Probe:
        probe = Probe()
        room, connection = self.rooms.let_desk_in(
            session, m.Hello(page=page or fresh_id(), **hello), via, probe
        )
        return probe.bind(room, connection)

    async def guest(self, url: str = "", page: str | None = None, **hello: Any) -> Probe:
        probe = Probe()
        if url:
            hello["invite"] = url.split("#")[1]
        room, connection = await self.rooms.let_guest_in(
            m.Hello(page=page or fresh_id(), **hello), probe
        )
        return probe.bind(room, connection)

    async def waiting(self, desk: Probe, code: str = "P07", agent: Agent = Agent.BROWSER) -> Probe:
        """A client who opened the link, gave a name and pressed ready."""
        done = desk.do(c.Invite(code=code))
        assert isinstance(done, m.Done)
        guest = await self.guest(done.url or "", agent=agent)
        assert isinstance(guest.do(c.SetName(name=f"Client {code}")), m.Done)
        assert isinstance(guest.do(c.GetReady()), m.Done)
        return guest


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.rooms.start()
    yield made
    made.rooms.stop()
    await asyncio.sleep(0)
