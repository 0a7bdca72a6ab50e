"""Replay and live view are one stream: at every moment of a random session both hold the same rows."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest

from telehealth_widget.core import outbox
from telehealth_widget.core.outbox import Viewer
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.protocol.kinds import Role, Source, Via
from telehealth_widget.review.record import SessionRecord

from ..rooms.conftest import House, Probe

ACTS = 60
ABOUT = (
    c.Admit,
    c.Decline,
    c.LetWait,
    c.SendBack,
    c.Remove,
    c.Pause,
    c.Resume,
    c.Mute,
    c.StopVideo,
)


def less_ephemera(rows: Any) -> dict[str, Any]:
    return {k: msgspec.structs.replace(x, link=None, in_call=False) for k, x in rows.items()}


@pytest.mark.parametrize("seed", range(8))
async def test_a_replay_is_the_providers_live_view_at_every_moment(house: House, seed: int) -> None:
    dice = Random(seed)
    session = await house.open(kind="group")
    desk = house.desk(session)
    room = house.rooms.room(session)
    urls = {code: desk.do(c.Invite(code=code)).url for code in ("P07", "P08", "P09")}
    guests: dict[str, Probe] = {}
    told: list[tuple[int, Any, dict[str, Any]]] = []
    for _ in range(ACTS):
        house.clock.now += dice.randint(1, 20_000)
        room._tick()
        code = dice.choice(list(urls))
        guest = guests.get(code)
        throw = dice.random()
        if guest is None or guest.closed is not None:
            try:
                guests[code] = await house.guest(urls[code])
            except TelehealthError:
                guests.pop(code, None)
        elif throw < 0.25:
            guest.do(c.SetName(name=dice.choice(["Ana", "Bo"])))
            guest.do(c.GetReady())
        elif throw < 0.45:
            source = dice.choice(list(Source))
            guest.do(c.Publish(source=source))
            guest.do(c.SetMuted(source=source, muted=dice.random() < 0.5))
        elif throw < 0.55:
            guest.gone()
        elif throw < 0.65:
            desk.do(dice.choice([c.AdmitAll, c.PauseAll, c.ResumeAll])())
            desk.do(c.SayWhen(minutes=dice.choice([None, 5])))
        else:
            desk.do(dice.choice(ABOUT)(person=guest.connection.person))  # type: ignore[union-attr]
        state = room.state
        viewer = Viewer(state.provider, Role.PROVIDER, Via.WIDGET, "desk")
        live = outbox.view(state, room.seats.table(state), viewer)
        told.append((room.time.now()[0], live.session, less_ephemera(live.people)))
    record = SessionRecord(session, house.journal.read(session))
    for t_ms, session_row, people in told:
        view = record.views_at(t_ms)
        assert view.session == session_row
        assert less_ephemera(view.people) == people
    assert len({repr(x[1:]) for x in told}) > 10
