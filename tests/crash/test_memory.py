"""What is over is let go of."""

from __future__ import annotations

from telehealth_widget.protocol import commands as c
from telehealth_widget.rooms import directory
from tests.crash import memory
from tests.rooms.conftest import House, house  # noqa: F401
from tests.soak.card import check_in_ci


def test_memory_does_not_grow_with_sessions_that_ended() -> None:
    check_in_ci(memory.sessions)


async def test_few_ended_rooms_are_kept_and_the_others_are_read_again_when_asked_for(
    house: House,  # noqa: F811
) -> None:
    first = await house.open("First", new=True)
    watched = house.desk(first)
    watched.do(c.End())
    for number in range(directory.ENDED_KEPT + 5):
        session = await house.open(f"Session {number}", new=True)
        desk = house.desk(session)
        desk.do(c.End())
        desk.gone()
    await house.open("Last", new=True)
    assert len(house.rooms._rooms) == directory.ENDED_KEPT + 2
    assert first in house.rooms._rooms, "somebody looks at it"
    watched.gone()
    await house.open("Very last", new=True)
    assert first not in house.rooms._rooms
    assert house.desk(first).rows.session.phase == "ended"
