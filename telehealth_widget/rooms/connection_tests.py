"""Connection tests of all rooms: who may begin one, whose turn it is, and when its time is up.

The echo that answers them runs elsewhere, behind `Echo`; no WebRTC and no figure enters here. Nothing is stored. What a
test hands out is its own: credentials of a minute, never those of a call.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from telehealth_widget.core.policy import may_test
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.echo import EchoAnswer, EchoOver
from telehealth_widget.protocol.kinds import StepAt
from telehealth_widget.rooms.buckets import Bucket
from telehealth_widget.rooms.clock import Clock, fresh_id

if TYPE_CHECKING:
    from telehealth_widget.rooms.connection import Connection
    from telehealth_widget.rooms.room import Room

KEPT_BUCKETS = 4_096
"""So many people's rates are remembered, the latest ones."""


class Echo(Protocol):
    """What answers tests. It tells of answers and ends through the function given to `listen`, on the loop."""

    def listen(self, heard: Callable[[EchoAnswer | EchoOver], None]) -> None:
        """Where to tell."""

    def warm(self) -> None:
        """A test will begin soon."""

    def begin(self, test: str, ice: m.Ice, description: m.Description, within_ms: int) -> None:
        """Answer this offer."""

    def more(self, test: str, candidates: Sequence[m.Candidate]) -> None:
        """Candidates that came after the offer."""

    def end(self, test: str) -> None:
        """Let go of the test."""


@dataclass(eq=False, slots=True)
class _Test:
    room: Room
    connection: Connection
    id: str
    timer: asyncio.TimerHandle
    ice: m.Ice | None = None
    """Handed out when its turn came; None while it waits."""
    offered: bool = False
    candidates: int = 0
    place: int = 0


class ConnectionTests:
    """A few tests at a time, the others queued in the order they came. Lives on one asyncio loop."""

    def __init__(
        self,
        echo: Echo,
        ice_for_test: Callable[[], m.Ice | None],
        clock: Clock,
        *,
        at_once: int = limits.TESTS_AT_ONCE,
    ) -> None:
        """
        Args:
            ice_for_test: ICE servers with credentials made now; None: these settings allow no test.
        """
        self._echo = echo
        self._ice_for_test = ice_for_test
        self._clock = clock
        self._at_once = at_once
        self._running: dict[str, _Test] = {}
        self._queue: list[_Test] = []
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()
        self._stopped = False
        echo.listen(self._heard)

    @property
    def running(self) -> int:
        """How many are under way."""
        return len(self._running)

    @property
    def queued(self) -> int:
        """How many wait for their turn."""
        return len(self._queue)

    # -- what a page asks for -----------------------------------------------------------------------

    def begin(self, room: Room, connection: Connection) -> None:
        """Put this page's test in the queue. A person's earlier one, of this page or another, ends."""
        if self._stopped or not may_test(room.state, connection.actor):
            connection.send(m.TestStep(at=StepAt.UNAVAILABLE))
            return
        for other in self._of_person(room.id, connection.person):
            self._finish(other, tell=other.connection is not connection)
        full = len(self._queue) >= limits.TESTS_QUEUED
        if full or not self._bucket(room.id, connection.person).take(self._clock.monotonic_ms()):
            connection.send(m.TestStep(at=StepAt.BUSY))
        else:
            timer = self._in(limits.TEST_QUEUE_WITHIN_MS, lambda: self._give_up(test))
            test = _Test(room, connection, f"t_{fresh_id()}", timer)
            self._queue.append(test)
        self._advance()

    def signal(self, connection: Connection, message: m.SignalTest) -> None:
        """The offer (the first counts) and its candidates, of a test whose turn has come. Anything else is dropped."""
        test = next((t for t in self._running.values() if t.connection is connection), None)
        if test is None or test.ice is None:
            return
        if message.description is not None and not test.offered:
            test.offered = True
            self._echo.begin(test.id, test.ice, message.description, limits.TEST_WITHIN_MS)
        left = limits.MAX_TEST_CANDIDATES - test.candidates
        candidates = message.candidates[: max(0, left)]
        if candidates and test.offered:
            test.candidates += len(candidates)
            self._echo.more(test.id, candidates)

    def drop(self, connection: Connection) -> None:
        """The page is done, wants no test any more, or is gone."""
        mine = [t for t in (*self._running.values(), *self._queue) if t.connection is connection]
        for test in mine:
            self._finish(test, tell=False)
        if mine:
            self._advance()

    def stop(self) -> None:
        """No test any more; the sockets are closed by their rooms."""
        self._stopped = True
        for test in (*self._running.values(), *self._queue):
            self._finish(test, tell=False)

    # -- turns --------------------------------------------------------------------------------------

    def _advance(self) -> None:
        while self._queue and len(self._running) < self._at_once:
            test = self._queue.pop(0)
            test.timer.cancel()
            connection = test.connection
            if connection.closed:
                continue
            # Somebody may have been declined, or the session have ended, since it was asked for.
            allowed = may_test(test.room.state, connection.actor)
            test.ice = self._ice_for_test() if allowed else None
            if test.ice is None:
                connection.send(m.TestStep(at=StepAt.UNAVAILABLE))
                continue
            test.timer = self._in(limits.TEST_WITHIN_MS, partial(self._time_is_up, test))
            self._running[test.id] = test
            self._echo.warm()
            connection.send(m.TestStep(at=StepAt.READY, ice=test.ice))
        for place, test in enumerate(self._queue, 1):
            if test.place != place:
                test.place = place
                test.connection.send(m.TestStep(at=StepAt.QUEUED, place=place))

    def _finish(self, test: _Test, *, tell: bool) -> None:
        test.timer.cancel()
        if test in self._queue:
            self._queue.remove(test)
        if self._running.pop(test.id, None) is not None and test.offered:
            self._echo.end(test.id)
        if tell:
            test.connection.send(m.TestStep(at=StepAt.OVER))

    def _time_is_up(self, test: _Test) -> None:
        self._finish(test, tell=True)
        self._advance()

    def _give_up(self, test: _Test) -> None:
        self._finish(test, tell=False)
        test.connection.send(m.TestStep(at=StepAt.BUSY))
        self._advance()

    def _heard(self, told: EchoAnswer | EchoOver) -> None:
        test = self._running.get(told.test)
        if test is None:
            return
        if isinstance(told, EchoAnswer):
            answer = m.TestStep(at=StepAt.ANSWERED, description=told.description)
            test.connection.send(answer)
            return
        test.offered = False  # nothing to let go of any more
        self._finish(test, tell=True)
        self._advance()

    def _of_person(self, session: str, person: str) -> list[_Test]:
        everyone = (*self._running.values(), *self._queue)
        return [t for t in everyone if (t.room.id, t.connection.person) == (session, person)]

    def _bucket(self, session: str, person: str) -> Bucket:
        key = (session, person)
        if key not in self._buckets:
            now_ms = self._clock.monotonic_ms()
            self._buckets[key] = Bucket(limits.TESTS_PER_S, limits.TESTS_BURST, now_ms)
        self._buckets.move_to_end(key)
        while len(self._buckets) > KEPT_BUCKETS:
            self._buckets.popitem(last=False)
        return self._buckets[key]

    def _in(self, delay_ms: int, then: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(delay_ms / 1000, then)
