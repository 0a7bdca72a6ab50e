"""What the trust tests share: a room server in memory, sockets without a network, faults that must not go unseen."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from typing import Any

from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.state import Session
from telehealth_widget.journal.contract import SideEntry
from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.events import Draft, Record
from telehealth_widget.rooms.connection import Connection
from telehealth_widget.rooms.room import Room

from ..rooms.conftest import House, Probe


class Faults(logging.Handler):
    """Everything that was logged as an error, and everything that escaped into the loop."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.found.append(self.format(record))

    def in_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.found.append(f"{context.get('message')}: {context.get('exception')!r}")


@contextlib.contextmanager
def faults() -> Iterator[Faults]:
    """Collect faults while this lasts; also of loggers that pass nothing on."""
    handler = Faults()
    loggers = [logging.getLogger(name) for name in ("", "asyncio", "tornado.application")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield handler
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def run(work: Coroutine[Any, Any, Any], seen: Faults) -> Any:
    """Run a line's work on a loop of its own; what escapes into the loop counts as a fault."""

    async def watched() -> Any:
        asyncio.get_running_loop().set_exception_handler(seen.in_loop)
        try:
            return await work
        finally:
            await asyncio.sleep(0)

    return asyncio.run(watched())


class Ear(Probe):
    """A probe that keeps every byte it received."""

    def __init__(self) -> None:
        super().__init__()
        self.raw = bytearray()

    def wake(self) -> None:
        if self.connection is None:
            return
        while (raw := self.connection.outlet.take()) is not None:
            self.raw += raw + b"\n"
            message = codec.decode_downward(raw)
            self.messages.append(message)
            if isinstance(message, m.Snapshot | m.Change):
                assert self.rows.apply(message), "a gap in seq"

    def forget(self) -> None:
        """Keep no more than the last few messages."""
        del self.messages[:-4]
        self.raw.clear()


class Grounds(House):
    """A house whose guests keep every byte, and whose journal may answer late."""

    def __init__(self, *, late: random.Random | None = None) -> None:
        super().__init__()
        if late is not None:
            self.late = LateJournal(self.journal, late)
            self.journal = self.late  # type: ignore[assignment]
            self.rooms = self._new_rooms()

    async def ear(self, url: str = "", **hello: Any) -> Ear:
        """A guest by link (or by `resume=`)."""
        ear = Ear()
        if url:
            hello["invite"] = url.split("#")[1]
        hello.setdefault("page", f"page-{id(ear)}")
        room, connection = await self.rooms.let_guest_in(m.Hello(**hello), ear)
        ear.bind(room, connection)
        return ear

    def room(self, session: str) -> Room:
        return self.rooms.room(session)


class LateJournal:
    """A journal whose answers come when `release` says so, set by another thread, in order; some are failures."""

    def __init__(self, inner: MemoryJournal, dice: random.Random) -> None:
        self.inner = inner
        self.dice = dice
        self.at_once = True
        """Answer at once, like the journal in memory."""
        self.failing = 0.0
        """How likely an append fails."""
        self.pending: list[tuple[Future[Any], str, list[Draft], list[SideEntry]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def append(self, session: str, drafts: Any, side: Any = ()) -> Future[tuple[Record, ...]]:
        if self.at_once:
            return self.inner.append(session, drafts, side)
        future: Future[tuple[Record, ...]] = Future()
        self.pending.append((future, session, list(drafts), list(side)))
        return future

    async def release(self) -> None:
        """The oldest append that is under way is answered, outside of the loop."""
        if not self.pending:
            return
        future, session, drafts, side = self.pending.pop(0)
        self.inner.fail_with(self.dice.random() < self.failing)
        done = self.inner.append(session, drafts, side)
        self.inner.fail_with(False)
        error = done.exception()

        def answer() -> None:
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(done.result())

        await asyncio.get_running_loop().run_in_executor(None, answer)
        for _ in range(3):
            await asyncio.sleep(0)

    async def release_all(self) -> None:
        while self.pending:
            await self.release()


def fold(records: list[Record], session: str) -> Session:
    """What the journal says is true."""
    state = Session(id=session)
    for record in records:
        state = evolve(state, record.body, t_ms=record.t_ms, at_ms=record.at_ms)
    return state


def check_view(room: Room, connection: Connection, ear: Probe) -> None:
    """What a page has put together is what the room believes it knows."""
    told = connection.told
    if told is None or connection.closed:
        return
    assert ear.rows.session == told.session
    assert ear.rows.you == told.you
    assert ear.rows.people == dict(told.people)
