"""Kernels and clients over the real doors of the measured server, without a page. For setting a scene, and for
what a scene then measures on their wires."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable
from typing import Any

from telehealth_widget.link.rows import Rows
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import Phase
from telehealth_widget.rooms.clock import fresh_id
from tests.bench.processes import Serving
from tests.bench.wire import ANSWERS_WITHIN_S, Wire


class Person:
    """One socket that was let in, and what it knows."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.rows = Rows()
        self._numbers = 0
        self._waiting: list[tuple[Callable[[Any], bool], asyncio.Future[Any]]] = []
        wire.on_text = self.hear

    def hear(self, text: bytes) -> None:
        """Take one message in."""
        message = codec.decode_downward(text)
        if isinstance(message, m.Snapshot | m.Change):
            assert self.rows.apply(message), "a gap in seq"
        for entry in [*self._waiting]:
            fits, future = entry
            if not future.done() and fits(message):
                future.set_result(message)
                self._waiting.remove(entry)

    async def until(self, fits: Callable[[Any], bool]) -> Any:
        """The next message that fits."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((fits, future))
        return await asyncio.wait_for(future, ANSWERS_WITHIN_S)

    async def until_rows(self, fits: Callable[[Rows], bool]) -> None:
        """Until the rows fit."""
        if not fits(self.rows):
            await self.until(lambda message: fits(self.rows))

    async def hello(self, **fields: Any) -> None:
        """Say who this is, and wait for the snapshot."""
        self.wire.send(codec.encode(m.Hello(page=fresh_id(), **fields)))
        await self.until(lambda x: isinstance(x, m.Snapshot))

    def numbered(self, command: c.AnyCommand) -> tuple[int, bytes]:
        """The next command's number, and its message."""
        self._numbers += 1
        return self._numbers, codec.encode(m.Do(id=self._numbers, command=command))

    async def do(self, command: c.AnyCommand) -> m.Done:
        """Give a command; its answer."""
        number, text = self.numbered(command)
        self.wire.send(text)
        answer = await self.until(lambda x: isinstance(x, m.Done | m.Refused) and x.id == number)
        assert isinstance(answer, m.Done), answer
        return answer

    @property
    def id(self) -> str:
        assert self.rows.you is not None
        return self.rows.you.person


class Premises:
    """The measured server, as seen by those who knock."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        self.site: str = serving.facts["site"]
        self._door: str = serving.facts["door"]
        self._token: str = serving.facts["token"]

    async def open(self, title: str) -> Person:
        """The kernel of a new session."""
        opening = c.Open(title, "individual", "all", 120_000, None, "T1", "Dr. Lee")
        body = b'{"open":%b,"new":true}' % codec.encode(opening)
        request = urllib.request.Request(
            f"{self._door}/sessions", body, {"Authorization": f"Bearer {self._token}"}
        )
        answer = await asyncio.to_thread(lambda: urllib.request.urlopen(request).read())
        session = json.loads(answer)["session"]
        kernel = Person(
            await Wire.connect(
                f"{self._door}/sessions/{session}/socket", Authorization=f"Bearer {self._token}"
            )
        )
        await kernel.hello()
        return kernel

    async def knock(self, url: str) -> Person:
        """A client who opened the link."""
        client = Person(await Wire.connect(f"{self.site}/socket", Origin=self.site))
        await client.hello(invite=url.split("#")[1])
        return client

    async def waiting(self, kernel: Person, code: str) -> Person:
        """A client who gave a name and pressed ready."""
        done = await kernel.do(c.Invite(code=code))
        client = await self.knock(done.url or "")
        await client.do(c.SetName(name=f"Client {code}"))
        await client.do(c.GetReady())
        return client

    async def admitted(self, kernel: Person, code: str) -> Person:
        """A client in the session, who offers camera and microphone as a page does."""
        client = await self.waiting(kernel, code)
        await kernel.do(c.Admit(person=client.id))
        await client.until_rows(
            lambda rows: rows.me is not None and rows.me.phase is Phase.ADMITTED
        )
        return client
