"""The measured server: SQLite journal, rooms, guest site and kernels' door, as the extension puts them together.

`python -m tests.bench.room_server FOLDER [ICE]`, ICE being JSON with `servers`, `secret` and `relay_only`. The one
difference to the product: the rates a connection may send at are lifted (in this process only), since a load generator
sends more than any page does. The buckets still run.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from pathlib import Path
from typing import Any

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import limits
from telehealth_widget.rooms.clock import Clock
from telehealth_widget.rooms.connection_tests import ConnectionTests
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.server.door import KernelDoor
from telehealth_widget.server.echo import EchoProcess
from telehealth_widget.server.guest import GuestSettings, GuestSite
from telehealth_widget.server.ice import minting, minting_for_tests, parse_ice_servers
from tests.bench.processes import said_and_serve_until_stdin_closes

UNTHROTTLED = 1_000_000_000
LIFTED = ("SIGNALS_PER_S", "SIGNALS_BURST", "COMMANDS_PER_S", "COMMANDS_BURST")


def lift_rates() -> None:
    limited: Any = limits
    for name in LIFTED:
        setattr(limited, name, UNTHROTTLED)


async def serve(folder: Path, ice: dict[str, Any]) -> None:
    site = GuestSite(GuestSettings(port=0))
    path = folder / "journal.sqlite3"
    journal = SqliteJournal.open(path)
    clock = Clock()
    settings = parse_ice_servers(
        ice.get("servers", []), ice.get("secret", ""), ice.get("relay_only", False)
    )
    echo = EchoProcess()
    rooms = Rooms(
        journal,
        Keyring.open(path.with_name(path.name + ".key"), create=False),
        link_of=site.link_of,
        ice_for=minting(settings, clock.wall_ms),
        clock=clock,
        tests=ConnectionTests(echo, minting_for_tests(settings, clock.wall_ms), clock),
    )
    await rooms.start()
    site.start(rooms)
    door = KernelDoor(rooms)
    facts = {"site": site.local_url, "door": door.url, "token": door.token}
    try:
        await said_and_serve_until_stdin_closes(facts)
    finally:
        rooms.stop()
        await door.stop()
        await site.stop()
        await echo.stop()
        journal.close()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    lift_rates()
    asyncio.run(serve(Path(sys.argv[1]), json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}))
