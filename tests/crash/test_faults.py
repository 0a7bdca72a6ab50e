"""The journal cannot be written: what was acknowledged is honest, and what follows is recorded once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from telehealth_widget.journal.contract import SideEntry
from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from tests.crash import faults
from tests.rooms.conftest import House, house  # noqa: F401
from tests.soak.card import check_in_ci


def test_no_answer_is_false_however_the_journal_fails() -> None:
    check_in_ci(faults.faults)


class SlowJournal(MemoryJournal):
    """Answers an append only when told to; fails while `fails`."""

    slow = False
    fails = False

    def append(
        self, session: str, drafts: Sequence[e.Draft], side: Sequence[SideEntry] = ()
    ) -> Future[tuple[e.Record, ...]]:
        if self.fails:
            future: Future[tuple[e.Record, ...]] = Future()
            future.set_exception(TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE))
            return future
        written = super().append(session, drafts, side)
        if not self.slow:
            return written
        self.slow = False
        self.late: Future[tuple[e.Record, ...]] = Future()
        self.answer = written.result()
        self.late.add_done_callback(lambda done: None)
        return self.late


async def test_a_server_that_stops_while_the_backlog_is_written_writes_it_once(
    house: House,  # noqa: F811
) -> None:
    journal = SlowJournal(house.keyring)
    house.journal = journal
    house.rooms.stop()
    house.rooms = house._new_rooms()
    session = await house.open()
    desk = house.desk(session)
    guest = await house.waiting(desk)
    desk.do(c.Admit(person=guest.me.id))
    journal.fails = True
    desk.do(c.Pause(person=guest.me.id))
    journal.fails = False
    journal.slow = True
    desk.send(_do(c.Mark(label="carries the backlog")))
    desk.send(_do(c.Mark(label="is queued behind it")))
    journal.late.set_result(journal.answer)  # the loop has not heard of it yet
    house.rooms.stop()
    found = [type(x.body).__name__ for x in journal.read(session)]
    assert found.count("PersonPaused") == 1
    assert found.count("MarkPlaced") == 2


def _do(command: c.AnyCommand) -> faults.m.Do:
    return faults.m.Do(id=900, command=command)
