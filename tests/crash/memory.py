"""Sessions opened, lived through and ended, one after the other: what the server still holds of them."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.kinds import Phase, Source
from tests.crash.people import Person, open_session
from tests.crash.server import RoomServer
from tests.soak.card import Line, line

WARM_UP = 150
"""Sessions before the first reading: caches, pools and the room of the last sessions fill up."""
SESSIONS_AN_HOUR = 20
"""A busy practice's server; the slope is extrapolated to it."""


async def live_one(server: RoomServer, number: int) -> None:
    session = await open_session(server, f"Session {number}")
    kernel = Person(server, session)
    await kernel.enter()
    people = []
    for code in ("P01", "P02"):
        done = await kernel.do(c.Invite(code=code))
        person = Person(server, url=done.url or "")
        await person.enter()
        await person.do(c.SetName(name=f"Client {code}"))
        await person.do(c.GetReady())
        await kernel.do(c.Admit(person=person.id))
        await person.until(lambda p=person: p.me and p.me.phase is Phase.ADMITTED, "admitted")
        await person.do(c.Publish(source=Source.CAMERA))
        await person.do(c.SendChat(to="everyone", text="Hello " * 20))
        people.append(person)
    await kernel.do(c.Mark(label="m", note="a note " * 20))
    await kernel.do(c.End())
    for person in people:
        assert (await person.closed()) is not None
    await kernel.close()


async def hold(count: int) -> tuple[int, int]:
    """Bytes held after the warm-up, and after `count` sessions more."""
    with tempfile.TemporaryDirectory() as folder:
        server = RoomServer(Path(folder))
        await server.start()
        try:
            for number in range(WARM_UP):
                await live_one(server, number)
            before = server.rss()
            for number in range(count):
                await live_one(server, WARM_UP + number)
            after = server.rss()
        finally:
            await server.kill()
        assert "Traceback" not in server.said(), server.said()
    return before, after


@line("sessions opened, joined by two clients and ended", ci=60, soak=500)
def sessions(count: int, seed: int) -> Line:
    before, after = asyncio.run(hold(count))
    each = (after - before) / count
    slope_mb = each * SESSIONS_AN_HOUR / 1e6
    return Line(
        count,
        f"{before / 1e6:.1f} MB before, {after / 1e6:.1f} MB after",
        f"{each:,.0f} bytes a session; {slope_mb:.2f} MB/h at {SESSIONS_AN_HOUR} sessions an hour",
        ok=slope_mb < 1,
    )
