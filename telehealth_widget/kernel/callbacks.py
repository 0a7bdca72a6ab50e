"""Events for the notebook's own functions: names, callbacks on a thread of their own, awaitables."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from telehealth_widget.kernel.people import Participant
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
from telehealth_widget.protocol.messages import Closed

EVENT_NAMES: dict[type[Any], str] = {
    e.PersonInvited: "invited",
    e.PersonArrived: "arrived",
    e.PersonNamed: "named",
    e.PersonReady: "ready",
    e.PersonAdmitted: "admitted",
    e.StaffJoined: "joined",
    e.SessionStarted: "started",
    e.PersonDeclined: "declined",
    e.PersonLetWait: "let_wait",
    e.PersonSentBack: "sent_back",
    e.PersonRemoved: "removed",
    e.PersonPaused: "paused",
    e.PersonResumed: "resumed",
    e.PersonLeft: "left",
    e.ConnectionLost: "connection_lost",
    e.ConnectionRestored: "connection_restored",
    e.MediaMuted: "muted",
    e.MediaUnmuted: "unmuted",
    e.MediaPublished: "published",
    e.MediaUnpublished: "unpublished",
    e.MediaAsked: "asked",
    e.AskAnswered: "answered",
    e.ChatSent: "chat",
    e.CaptionSent: "caption",
    e.IdentityVerified: "identity_verified",
    e.IdentityUnverified: "identity_unverified",
    e.ArrivalAnnounced: "said_when",
    e.MarkPlaced: "mark",
    e.EndAnnounced: "ending",
    e.SessionEnded: "ended",
}
"""What `session.on(...)` and `session.wait_for(...)` accept, besides `any`."""


@dataclass(frozen=True)
class SessionEvent:
    """Something happened in the session."""

    name: str
    """One of `EVENT_NAMES`."""
    participant: Participant | None
    """Whom it is about."""
    at: datetime
    """UTC."""
    t_ms: int | None = None
    """Ms since the session opened."""
    actor: str | None = None
    """Code of the person who acted, or `system`."""
    recorded: bool = True
    body: Any = field(default=None, repr=False)
    """The event itself, with all its fields; may hold personal text."""


Callback = Callable[[SessionEvent], object]


def check_name(name: str) -> str:
    """`name` if there are such events.

    Raises:
        TelehealthError: BAD_OPTION, listing the names.
    """
    known = sorted({*EVENT_NAMES.values(), "any"})
    if name not in known:
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"There is no event of that name. Known are: {', '.join(known)}."
        )
    return name


def event_of(
    record: e.Record, recorded: bool, person_of: Callable[[str], Participant | None]
) -> SessionEvent | None:
    """The notebook's event for a record; None for those it is not told of."""
    name = EVENT_NAMES.get(type(record.body))
    if name is None:
        return None
    actor = person_of(record.actor)
    return SessionEvent(
        name=name,
        participant=person_of(getattr(record.body, "person", "")),
        at=datetime.fromtimestamp(record.at_ms / 1000, UTC),
        t_ms=record.t_ms,
        actor=actor.code if actor else record.actor,
        recorded=recorded,
        body=record.body,
    )


class Callbacks:
    """Runs callbacks one after another on one daemon thread, also while a cell is busy."""

    def __init__(self) -> None:
        self._callbacks: dict[tuple[str, str], Callback] = {}
        self._waiters: list[tuple[str, str | None, asyncio.Future[SessionEvent]]] = []
        self._queue: queue.SimpleQueue[SessionEvent | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._over: Closed | None = None

    def add(self, name: str, callback: Callback) -> None:
        """Call `callback` at each event; one of the same qualified name replaces it (a re-run cell).

        Raises:
            CommandRefused: nothing will come any more; with the reason.
        """
        key = (name, f"{callback.__module__}.{getattr(callback, '__qualname__', repr(callback))}")
        with self._lock:
            if self._over is not None:
                raise _refusal(self._over)
            self._callbacks[key] = callback
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="telehealth_widget callbacks", daemon=True
                )
                self._thread.start()

    def tell(self, event: SessionEvent) -> None:
        """An event came (on the link's thread)."""
        with self._lock:
            has_callbacks = bool(self._callbacks)
            due = [w for w in self._waiters if self._fits(w, event)]
            self._waiters = [w for w in self._waiters if not self._fits(w, event)]
        for _, _, future in due:
            _hand_over(future, _resolve, event)
        if has_callbacks:
            self._queue.put(event)

    @staticmethod
    def _fits(
        waiter: tuple[str, str | None, asyncio.Future[SessionEvent]], event: SessionEvent
    ) -> bool:
        name, person, _ = waiter
        same_person = person is None or (
            event.participant is not None and event.participant.id == person
        )
        return name in ("any", event.name) and same_person

    def expect(self, name: str, person: str | None) -> asyncio.Future[SessionEvent]:
        """A future of the running loop that resolves at the next such event.

        It fails with `CommandRefused` once nothing will come any more. Call `forget` with it in the end.
        """
        future: asyncio.Future[SessionEvent] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._over is None:
                self._waiters.append((name, person, future))
            else:
                future.set_exception(_refusal(self._over))
        return future

    def forget(self, future: asyncio.Future[SessionEvent]) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            self._waiters = [w for w in self._waiters if w[2] is not future]
        if future.done() and not future.cancelled():
            future.exception()  # seen, also where nobody awaited it

    def close(self, why: Closed) -> None:
        """Nothing will come any more: end the thread after what is queued, and let nobody wait on.

        May be called twice; the first reason counts.
        """
        with self._lock:
            self._over = self._over or why
            thread, self._thread = self._thread, None
            waiters, self._waiters = self._waiters, []
        for _, _, future in waiters:
            _hand_over(future, _fail, _refusal(self._over))
        if thread is not None:
            self._queue.put(None)

    def _run(self) -> None:
        while (event := self._queue.get()) is not None:
            with self._lock:
                due = [
                    cb for (name, _), cb in self._callbacks.items() if name in ("any", event.name)
                ]
            for callback in due:
                try:
                    callback(event)
                except Exception:  # a callback is the user's code: show what it raised, and go on
                    traceback.print_exc(file=sys.stderr)


def _refusal(why: Closed) -> CommandRefused:
    return CommandRefused(why.code, why.message)


def _hand_over(
    future: asyncio.Future[SessionEvent],
    how: Callable[[asyncio.Future[SessionEvent], Any], None],
    what: SessionEvent | CommandRefused,
) -> None:
    """Settle a future of another thread's loop, which may have ended meanwhile."""
    with contextlib.suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(how, future, what)


def _resolve(future: asyncio.Future[SessionEvent], event: SessionEvent) -> None:
    if not future.done():
        future.set_result(event)


def _fail(future: asyncio.Future[SessionEvent], refusal: CommandRefused) -> None:
    if not future.done():
        future.set_exception(refusal)
