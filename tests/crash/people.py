"""Kernels and clients over the product's own reconnecting `Link`, and what they were told."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from random import Random
from typing import Any

from tornado.httpclient import HTTPRequest

from telehealth_widget.link.rows import Rows
from telehealth_widget.link.socket import Link, LinkState
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import Agent
from telehealth_widget.rooms.clock import fresh_id
from tests.crash.server import RoomServer


class Eager(Random):
    """Jitter that makes a link come back at once: what is tried here is not the waiting."""

    def uniform(self, a: float, b: float) -> float:
        return min(b, 0.03)


class Person:
    """One end of a link that comes back by itself."""

    def __init__(self, server: RoomServer, session: str | None = None, url: str = "") -> None:
        """A kernel of `session`, or the client whose link is `url`."""
        self.server = server
        self.page = fresh_id()
        self.url = url
        self.last: m.Closed | None = None
        self.welcomes = 0
        self.forgotten = 0
        """How often the resume token did not lead back."""
        self._session = session
        self._run: asyncio.Task[Any] | None = None
        self._changed = asyncio.Event()
        self.link = Link(
            self._request,
            self._hello,
            on_message=self._heard,
            on_state=lambda state: self._changed.set(),
            random=Eager(),
        )

    def _request(self) -> HTTPRequest:
        if self._session is None:
            url = f"{self.server.site.replace('http', 'ws')}/socket"
            return HTTPRequest(url, headers={"Origin": self.server.site})
        url = f"{self.server.door.replace('http', 'ws')}/sessions/{self._session}/socket"
        return HTTPRequest(url, headers={"Authorization": f"Bearer {self.server.token}"})

    def _hello(self, resume: str | None, rows: Rows) -> m.Hello:
        if self._session is not None:
            return m.Hello(page=self.page, agent=Agent.PYTHON)
        if resume is not None:
            return m.Hello(page=self.page, resume=resume, agent=Agent.PYTHON)
        self.forgotten += self.welcomes > 0
        return m.Hello(page=self.page, invite=self.url.split("#")[1], agent=Agent.PYTHON)

    def _heard(self, message: m.AnyDownward) -> None:
        self.welcomes += isinstance(message, m.Welcome)
        self._changed.set()

    def begin(self) -> None:
        self._run = asyncio.create_task(self.link.run())

    async def enter(self) -> None:
        """Begin, and wait until it is in."""
        self.begin()
        await self.until(self.is_up, "in")

    def is_up(self) -> bool:
        return self.link.state is LinkState.UP

    def is_off(self) -> bool:
        return self.link.state is not LinkState.UP

    async def until(self, fits: Any, what: str, within_s: float = 30) -> None:
        """Wait until something holds that a message or a change of state brings about."""
        async with asyncio.timeout(within_s):
            while not fits():
                over = self._run is not None and self._run.done()
                assert not over, f"closed for good ({self.link.last_failure}) before: {what}"
                self._changed.clear()
                await self._changed.wait()

    async def closed(self) -> m.Closed | None:
        """Begin if need be, and wait for the room's last word."""
        if self._run is None:
            self.begin()
        assert self._run is not None
        last: m.Closed | None = await asyncio.wait_for(self._run, 30)
        return last

    async def do(self, command: c.AnyCommand) -> m.Done:
        return await self.link.command(command)

    async def close(self) -> None:
        await self.link.close()
        if self._run is not None:
            await self._run

    @property
    def me(self) -> Any:
        return self.link.rows.me

    @property
    def id(self) -> str:
        assert self.link.rows.you is not None
        return self.link.rows.you.person


async def open_session(server: RoomServer, title: str) -> str:
    """A new session, as a kernel's first cell asks for one."""
    opening = c.Open(title, "group", "all", 120_000, None, "T1", "Dr. Lee")
    request = urllib.request.Request(
        f"{server.door}/sessions",
        b'{"open":%b,"new":true}' % codec.encode(opening),
        {"Authorization": f"Bearer {server.token}"},
    )

    def ask() -> bytes:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())

    return str(json.loads(await asyncio.to_thread(ask))["session"])
