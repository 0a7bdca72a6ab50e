"""A resume token whose answer never arrives, because the server or the network dies again and again."""

from __future__ import annotations

from telehealth_widget.protocol.kinds import Phase, Via
from tests.rooms.conftest import House, house  # noqa: F401


async def test_a_page_that_never_got_its_welcome_comes_back_by_the_token_it_has(
    house: House,  # noqa: F811
) -> None:
    session = await house.open()
    desk = house.desk(session)
    guest = await house.waiting(desk)
    assert guest.connection is not None
    page, token = guest.connection.page, guest.resume
    for _ in range(4):  # each time the welcome with the next token is lost with the server
        await house.restart()
        again = await house.guest(resume=token, page=page)
        assert again.me.phase is Phase.WAITING


async def test_a_provider_who_never_got_the_welcome_keeps_the_seat_by_the_token_at_hand(
    house: House,  # noqa: F811
) -> None:
    session = await house.open()
    desk = house.desk(session, Via.WIDGET, page="lab")
    assert desk.connection is not None
    connection = desk.connection.id
    for _ in range(4):
        await house.restart()
        again = house.desk(session, Via.WIDGET, page="lab", resume=desk.resume)
        assert again.connection is not None
        assert again.connection.id == connection
