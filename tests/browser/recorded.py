"""A group session in a simulated room, steered by dice, with what the provider's page was shown of it on the way."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.protocol.kinds import Role, Source
from telehealth_widget.protocol.views import PersonRow
from telehealth_widget.review.record import SessionRecord

from ..rooms.conftest import House, Probe

Told = list[tuple[int, dict[str, PersonRow]]]
"""(moment in ms, the rows that the provider's page held then)."""

_ABOUT = (
    *(c.Admit, c.Admit, c.Admit, c.LetWait, c.LetWait, c.LetWait),
    *(c.Pause, c.Resume, c.Resume, c.Mute, c.StopVideo, c.SendBack),
    *(c.Decline, c.Remove),
)


def recorded(seed: int, moments: int) -> tuple[SessionRecord, Told]:
    """The record of the session, and the provider's live view at so many random moments."""
    # In a thread of its own: the browser's driver keeps a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _recorded(seed, moments)).result()


async def _recorded(seed: int, moments: int) -> tuple[SessionRecord, Told]:
    dice = Random(seed)
    house = House()
    await house.rooms.start()
    try:
        session = await house.open(kind="group")
        desk = house.desk(session)
        room = house.rooms.room(session)
        desk.do(c.SetName(name="Dr. Lee"))
        desk.do(c.Join())
        urls = {code: str(desk.do(c.Invite(code=code)).url) for code in ("P07", "P08", "P09")}
        guests: dict[str, Probe] = {}
        told: Told = []
        for _ in range(moments):
            house.clock.now += dice.randint(1, 20_000)
            room._tick()
            await _act(dice, house, desk, guests, urls)
            house.clock.now += dice.randint(0, 3_000)
            room._tick()
            told.append((room.time.now()[0], dict(desk.rows.people)))
        return SessionRecord(session, house.journal.read(session)), told
    finally:
        house.rooms.stop()
        await asyncio.sleep(0)


async def _act(
    dice: Random, house: House, desk: Probe, guests: dict[str, Probe], urls: dict[str, str]
) -> None:
    code = dice.choice(list(urls))
    guest = guests.get(code)
    throw = dice.random()
    if throw < 0.3:
        about: Any = dice.choice(_ABOUT)
        clients = [x.id for x in desk.rows.people.values() if x.role is Role.CLIENT]
        desk.do(about(person=dice.choice(clients)))
    elif throw < 0.4:
        desk.do(dice.choice([c.AdmitAll, c.AdmitAll, c.PauseAll, c.ResumeAll])())
    elif guest is None or guest.closed is not None:
        try:
            guests[code] = await house.guest(urls[code])
        except TelehealthError:
            guests.pop(code, None)
    elif throw < 0.6:
        guest.do(c.SetName(name=dice.choice(["Ana", "Bo", "Cy"])))
        guest.do(c.GetReady())
    elif throw < 0.95:
        source = dice.choice([Source.CAMERA, Source.MICROPHONE])
        guest.do(c.Publish(source=source))
        guest.do(c.SetMuted(source=source, muted=dice.random() < 0.4))
    else:
        guest.gone()
