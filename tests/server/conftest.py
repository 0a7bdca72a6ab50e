"""A guest site and a kernels' door on free ports, over rooms in memory; and a guest's socket to knock with."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.link.rows import Rows
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.rooms.clock import fresh_id
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.server import assets, guest
from telehealth_widget.server.door import KernelDoor
from telehealth_widget.server.guest import GuestSettings, GuestSite


class Knock:
    """One WebSocket as a page or a kernel has it."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.messages: list[Any] = []
        self.rows = Rows()
        self._over = False

    async def next(self) -> Any:
        """The next message; None once the socket is closed."""
        if self._over:
            return None
        raw = await asyncio.wait_for(self.socket.read_message(), 5)
        if raw is None:
            self._over = True
            return None
        message = codec.decode_downward(raw)
        self.messages.append(message)
        if isinstance(message, m.Snapshot | m.Change):
            assert self.rows.apply(message)
        return message

    async def until(self, fits: Callable[[Any], bool]) -> Any:
        while not fits(message := await self.next()):
            assert message is not None, self.messages
        return message

    async def of(self, kind: type[Any]) -> Any:
        return await self.until(lambda message: isinstance(message, kind))

    async def send(self, message: m.AnyUpward | str | bytes) -> None:
        raw = message if isinstance(message, str | bytes) else codec.encode(message)
        await self.socket.write_message(raw if isinstance(raw, str) else raw.decode())

    async def hello(self, **fields: Any) -> Any:
        """Say who this is; the answer."""
        await self.send(m.Hello(page=fields.pop("page", fresh_id()), **fields))
        answer = await self.next()
        if isinstance(answer, m.Welcome):
            await self.of(m.Snapshot)
        return answer

    async def do(self, command: c.AnyCommand) -> Any:
        number = len(self.messages) + 1
        await self.send(m.Do(id=number, command=command))
        return await self.until(lambda x: isinstance(x, m.Done | m.Refused) and x.id == number)

    async def raw(self) -> str | bytes | None:
        """The next message as it came."""
        return await asyncio.wait_for(self.socket.read_message(), 5)

    async def over(self) -> int | None:
        """Read to the end; the close code."""
        while await self.next() is not None:
            pass
        return self.socket.close_code


class Premises:
    """What the tests knock at."""

    def __init__(self, **settings: Any) -> None:
        keyring = Keyring.in_memory()
        self.journal = MemoryJournal(keyring)
        self.site = GuestSite(GuestSettings(port=0, **settings))
        self.rooms = Rooms(
            self.journal,
            keyring,
            link_of=self.site.link_of,
            ice_for=lambda person: m.Ice(servers=(), relay_only=False, expires_at_ms=0),
        )
        self.door: KernelDoor
        self._knocks: list[Knock] = []

    async def open(self) -> None:
        await self.rooms.start()
        self.site.start(self.rooms)
        self.door = KernelDoor(self.rooms)

    async def close(self) -> None:
        for knock in self._knocks:
            knock.socket.close()
        self.rooms.stop()
        await self.site.stop()
        await self.door.stop()
        for knock in self._knocks:
            await asyncio.wait_for(knock.over(), 5)

    async def get(self, path: str, method: str = "GET", **options: Any) -> HTTPResponse:
        """Any answer of the guest site."""
        options.setdefault("allow_nonstandard_methods", True)
        request = HTTPRequest(self.site.local_url + path, method=method, **options)
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def knock(self, origin: str | None = "", url: str | None = None, **headers: str) -> Knock:
        """A socket; `origin` "" is the site's own, None sends none."""
        url = url or self.site.local_url + "/socket"
        if origin is not None:
            headers["Origin"] = origin or self.site.origin
        request = HTTPRequest(url.replace("http", "ws", 1), headers=headers)
        knock = Knock(await websocket_connect(request))
        self._knocks.append(knock)
        return knock

    async def session(self, title: str = "Intake", kind: str = "individual") -> str:
        return await self.rooms.open_session(
            c.Open(title, kind, "all", 120_000, None, "T1", "Dr. Lee"), new=True
        )

    async def kernel(self, session: str) -> Knock:
        """A kernel's socket, let in."""
        knock = await self.knock(
            None,
            f"{self.door.url}/sessions/{session}/socket",
            Authorization=f"Bearer {self.door.token}",
        )
        assert isinstance(await knock.hello(), m.Welcome)
        return knock

    async def invite(self, session: str, code: str = "P07", **options: Any) -> str:
        """The token of a link."""
        return await self.token(await self.kernel(session), code, **options)

    async def token(self, kernel: Knock, code: str, **options: Any) -> str:
        """The token of a link that this kernel makes, or made before."""
        done = await kernel.do(c.Invite(code=code, **options))
        return str(done.url).split("#")[1]


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A front end that needs no build."""
    folder = tmp_path / "static"
    (folder / guest.WORDS).mkdir(parents=True)
    (folder / guest.WORDS / "es.js").write_text("built es")
    for name, _ in guest.ASSETS.values():
        (folder / name).write_text(f"built {name}")
    effect = folder / assets.FOLDER
    effect.mkdir()
    for name in assets.KINDS:
        body = f"built {name}".encode()
        packed = name.endswith(".wasm")
        (effect / (f"{name}.gz" if packed else name)).write_bytes(
            gzip.compress(body) if packed else body
        )
    monkeypatch.setattr(guest, "STATIC", folder)
    monkeypatch.setattr(assets, "STATIC", folder)
    assets.load.cache_clear()
    yield folder
    assets.load.cache_clear()


@pytest.fixture
async def premises(static: Path) -> AsyncIterator[Premises]:
    made = Premises()
    await made.open()
    yield made
    await made.close()


__all__ = ["Knock", "Premises", "Via"]
