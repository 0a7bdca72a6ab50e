"""A room server in a process of its own that can be killed at any moment, and started again on the same folder.

Journal, rooms, guest site and kernels' door as the extension puts them together, without Jupyter. Processes come from
a fork server that has everything imported, so a start takes milliseconds.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.rooms.clock import Clock
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.server.door import KernelDoor
from telehealth_widget.server.guest import GuestSettings, GuestSite
from telehealth_widget.server.ice import minting, parse_ice_servers
from tests.bench.room_server import lift_rates
from tests.browser.lab import free_port

JOURNAL = "journal.sqlite3"
STARTS_WITHIN_S = 30
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


class RoomServer:
    """Start it, kill it, start it again: the guest site keeps its port, the kernels' door does not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = folder / JOURNAL
        self.port = free_port()
        self.site = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.door = ""
        self.token = ""
        self._process: Any = None

    async def start(self) -> None:
        """Returns once it serves."""
        ours, theirs = _FORKS.Pipe()
        self._process = _FORKS.Process(target=_main, args=(self.folder, self.port, theirs))
        await asyncio.to_thread(self._process.start)
        theirs.close()
        with ours:
            if not await asyncio.to_thread(ours.poll, STARTS_WITHIN_S):
                raise AssertionError(f"the room server did not start: {self.said()}")
            try:
                self.door, self.token = ours.recv()
            except EOFError:
                raise AssertionError(f"the room server ended: {self.said()}") from None

    async def kill(self) -> None:
        """Signal 9, now."""
        self._process.kill()
        await asyncio.to_thread(self._process.join, 10)
        self._process.close()
        self._process = None

    def said(self) -> str:
        """What it logged."""
        return self.log.read_text()[-3_000:] if self.log.exists() else ""

    def rss(self) -> int:
        """Bytes of memory it holds."""
        return int(psutil.Process(self._process.pid).memory_info().rss)


def _main(folder: Path, port: int, pipe: Connection) -> None:
    log = (folder / "server.log").open("a")
    sys.stderr = sys.stdout = log
    logging.basicConfig(stream=log, level=logging.WARNING)
    lift_rates()
    asyncio.run(_serve(folder, port, pipe))


async def _serve(folder: Path, port: int, pipe: Connection) -> None:
    site = GuestSite(GuestSettings(port=port))
    path = folder / JOURNAL
    journal = SqliteJournal.open(path)
    clock = Clock()
    rooms = Rooms(
        journal,
        Keyring.open(path.with_name(path.name + ".key"), create=False),
        link_of=site.link_of,
        ice_for=minting(parse_ice_servers([], "", False), clock.wall_ms),
        clock=clock,
    )
    await rooms.start()
    site.start(rooms)
    door = KernelDoor(rooms)
    pipe.send((door.url, door.token))
    pipe.close()
    await asyncio.Event().wait()
