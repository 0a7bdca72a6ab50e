"""A room server in a thread, with a journal on disk, that a kernel's `Session` finds by its runtime file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.kernel import background, same
from telehealth_widget.kernel.session import Session
from telehealth_widget.link import runtime_file
from telehealth_widget.link.runtime_file import RuntimeFile
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.server import guest
from telehealth_widget.server.door import KernelDoor
from telehealth_widget.server.guest import GuestSettings, GuestSite

from ..server.conftest import Knock

T = TypeVar("T")


class RoomServer:
    """What the extension composes, without Jupyter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="room server")
        self._thread.start()
        self._port = 0
        self.rooms: Rooms
        self._guests: list[Guest] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)

    def start(self) -> None:
        self.run(self._start())

    async def _start(self) -> None:
        self._journal = SqliteJournal.open(self._folder / "journal.sqlite3")
        self.site = GuestSite(GuestSettings(port=self._port))
        self._port = int(self.site.local_url.rsplit(":", 1)[1])
        self.rooms = Rooms(
            self._journal,
            Keyring.open(self._folder / "journal.sqlite3.key", create=False),
            link_of=self.site.link_of,
            ice_for=lambda person: m.Ice(servers=(), relay_only=False, expires_at_ms=0),
        )
        await self.rooms.start()
        self.site.start(self.rooms)
        self.door = KernelDoor(self.rooms)
        self._told = RuntimeFile(
            os.getpid(),
            self.door.url,
            self.door.token,
            self.site.origin,
            journal=str(self._journal.path),
        )
        runtime_file.write(self._told)

    def close_links(self, session: Session, error: ErrorCode) -> None:
        """Close the kernels' links to a session for good."""

        async def close() -> None:
            for connection in list(self.rooms.room(session.session_id).connections.values()):
                connection.close(error)

        self.run(close())

    @contextlib.contextmanager
    def out_of_reach(self, session: Session) -> Iterator[None]:
        """Inside, the kernel's link is down: its socket was cut, and the server is not to be found. Guests go on."""

        async def cut() -> None:
            for connection in self.rooms.room(session.session_id).connections.values():
                if connection.via is Via.KERNEL:
                    connection.transport._handler.ws_connection.stream.close()  # type: ignore[attr-defined]

        runtime_file.remove(os.getpid())
        self.run(cut())
        eventually(lambda: session._tether.link.last_failure == "SERVER_MISSING")
        yield
        runtime_file.write(self._told)

    def stop(self) -> None:
        """Like the extension: sockets are told, the runtime file goes."""
        self.run(self._stop())

    async def _stop(self) -> None:
        runtime_file.remove(os.getpid())
        self.rooms.stop()
        for known in self._guests:
            known.knock.socket.close()
            await known.knock.over()
        self._guests.clear()
        await self.door.stop()
        await self.site.stop()
        self._journal.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        assert not self._thread.is_alive()
        self._loop.close()

    def guest(self, url: str) -> Guest:
        self._guests.append(Guest(self, url))
        return self._guests[-1]


class Guest:
    """A client's page, driven from the test's thread."""

    def __init__(self, server: RoomServer, url: str) -> None:
        self._server = server
        self.welcome = server.run(self._come(url))

    async def _come(self, url: str) -> Any:
        origin, token = url.split("/join#")
        request = HTTPRequest(
            origin.replace("http", "ws", 1) + "/socket", headers={"Origin": origin}
        )
        self.knock = Knock(await websocket_connect(request))
        return await self.knock.hello(invite=token)

    def do(self, command: c.AnyCommand) -> Any:
        return self._server.run(self.knock.do(command))

    def until(self, fits: Callable[[Any], bool]) -> Any:
        return self._server.run(self.knock.until(fits))

    def wait(self, name: str = "Zebra Client") -> Guest:
        """Give a name and press ready."""
        assert isinstance(self.do(c.SetName(name=name)), m.Done)
        assert isinstance(self.do(c.GetReady()), m.Done)
        return self


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RoomServer]:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    for name, _ in guest.ASSETS.values():
        (static / name).write_text("built")
    monkeypatch.setattr(guest, "STATIC", static)
    before = set(threading.enumerate())
    running = RoomServer(tmp_path)
    running.start()
    yield running
    for known in list(same.sessions.values()):
        known.disconnect()
        known.close()
    background.stop()
    running.stop()
    running.close()
    left = {t for t in threading.enumerate() if t.is_alive() and not t.daemon} - before
    assert not {t for t in left if not t.name.startswith(("ThreadPoolExecutor", "asyncio"))}


@pytest.fixture
def intake(server: RoomServer) -> Session:
    return Session("Intake", provider="Dr. Lee")


def eventually(holds: Callable[[], Any], within_s: float = 10) -> Any:
    """Wait for what another thread brings about."""
    done = threading.Event()
    for _ in range(int(within_s / 0.01)):
        if found := holds():
            return found
        done.wait(0.01)
    raise AssertionError("it did not come about")


def refused(code: ErrorCode, work: Any, *args: Any, **options: Any) -> TelehealthError:
    with pytest.raises(TelehealthError) as caught:
        work(*args, **options)
    assert caught.value.code is code
    return caught.value
