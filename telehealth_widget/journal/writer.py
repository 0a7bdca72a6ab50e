"""The one thread that writes: its queue, group commit, recovery after a failure.

Nothing is read back for callers here, and the file is opened elsewhere. Only the thread touches the
connection and the caches; the caches always say what is in the file, since they are updated after a
commit and dropped after any failure.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telehealth_widget.journal.chain import Head
from telehealth_widget.journal.contract import SideEntry
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.transaction import Append, Transaction
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Draft, Record

log = logging.getLogger(__name__)

GROUP_APPENDS = 256
"""Most appends that share one commit."""
CACHED = 512
"""Most heads, and most ciphers, that are remembered."""

CLOSED = "The journal is closed, so nothing more is recorded. Restart the server."
KEY_MAY_REMAIN = (
    "The key was destroyed, but a copy may remain in the log while another program reads the "
    "journal. Close that program and forget the person again."
)


class _Queued(NamedTuple):
    append: Append
    future: Future[tuple[Record, ...]]


class _Forget(NamedTuple):
    session: str
    person: str
    future: Future[None]


class _Call(NamedTuple):
    act: Callable[[sqlite3.Connection], object]
    future: Future[object]


_Item = _Queued | _Forget | _Call | None
"""None stops the thread."""

# After these the connection itself is sound.
_HARMLESS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT}


class Writer:
    """Takes appends from any thread and commits them in order. Call `close` at the end."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        keyring: Keyring,
        reopen: Callable[[], sqlite3.Connection],
        is_there: Callable[[], bool],
    ) -> None:
        """`connection` is owned from here on. `reopen` makes another after a failure; `is_there`
        tells whether the file still stands where it stood: SQLite goes on writing a deleted one."""
        self._connection: sqlite3.Connection | None = connection
        self._keyring = keyring
        self._reopen = reopen
        self._is_there = is_there
        self._heads: dict[str, Head] = {}
        self._ciphers: dict[tuple[str, str], AESGCM] = {}
        self._failing = False
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="telehealth-journal", daemon=True)
        self._thread.start()

    def append(
        self, session: str, drafts: Sequence[Draft], side: Sequence[SideEntry]
    ) -> Future[tuple[Record, ...]]:
        """See `Journal.append`."""
        future: Future[tuple[Record, ...]] = Future()
        self._put(_Queued(Append(session, tuple(drafts), tuple(side)), future), future)
        return future

    def forget(self, session: str, person: str) -> Future[None]:
        """See `Journal.forget`."""
        future: Future[None] = Future()
        self._put(_Forget(session, person, future), future)
        return future

    def call(self, act: Callable[[sqlite3.Connection], object]) -> Future[object]:
        """Run `act` on the writing connection between two groups (maintenance, tests)."""
        future: Future[object] = Future()
        self._put(_Call(act, future), future)
        return future

    def close(self) -> None:
        """Write what is queued, fold the log into the file, end the thread. May be called again."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _put(self, item: _Item, future: Future[Any]) -> None:
        # Running from the start: a cancelled asyncio task must not take a written append back.
        future.set_running_or_notify_cancel()
        with self._gate:
            if not self._closed:
                self._queue.put(item)
                return
        future.set_exception(TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, CLOSED))

    def _run(self) -> None:
        while True:
            items: list[_Item] = [self._queue.get()]
            with contextlib.suppress(Empty):
                while items[-1] is not None and len(items) < GROUP_APPENDS:
                    items.append(self._queue.get_nowait())
            group: list[_Queued] = []
            for item in items:
                if isinstance(item, _Queued):
                    group.append(item)
                    continue
                self._write(group)
                group = []
                if isinstance(item, _Forget):
                    self._answer(item.future, partial(self._forget, item.session, item.person))
                elif item is not None:
                    self._answer(item.future, partial(self._act, item.act))
            self._write(group)
            if items[-1] is None:
                self._finish()
                return

    def _write(self, group: list[_Queued]) -> None:
        """Commit the appends together; if that fails, one by one: none fails for another."""
        if not group:
            return
        outcomes = self._attempt(group)
        if len(group) > 1 and isinstance(outcomes, Exception):
            alone = [self._attempt([item]) for item in group]
            outcomes = [one if isinstance(one, Exception) else one[0] for one in alone]
        elif isinstance(outcomes, Exception):
            outcomes = [outcomes]
        for item, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Exception):
                item.future.set_exception(outcome)
            else:
                item.future.set_result(outcome)

    def _attempt(
        self, group: list[_Queued]
    ) -> list[tuple[Record, ...] | TelehealthError] | TelehealthError:
        """One transaction: an outcome for each append, or the error that none survived."""
        try:
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE")
            transaction = Transaction(connection, self._keyring, self._heads, self._ciphers)
            outcomes = [transaction.take(item.append) for item in group]
            transaction.flush()
            connection.execute("COMMIT")
        except Exception as error:
            if not self._failing:
                self._failing = True
                log.warning("journal: not writable (%s)", _name_of(error))
            return self._failed(error)
        if len(self._heads) > CACHED:
            self._heads.clear()
        if len(self._ciphers) > CACHED:
            self._ciphers.clear()
        self._heads.update(transaction.heads)
        self._ciphers.update(transaction.ciphers)
        if self._failing:
            self._failing = False
            log.warning("journal: writable again")
        return outcomes

    def _forget(self, session: str, person: str) -> None:
        connection = self._connected()
        connection.execute("BEGIN IMMEDIATE")
        if not connection.execute("SELECT 1 FROM heads WHERE session = ?", (session,)).fetchone():
            connection.execute("ROLLBACK")
            raise TelehealthError(ErrorCode.UNKNOWN_SESSION)
        connection.execute("DELETE FROM keys WHERE session = ? AND owner = ?", (session, person))
        connection.execute(
            "INSERT INTO tombstones VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (session, person, time.time_ns() // 1_000_000),
        )
        connection.execute("COMMIT")
        self._ciphers.pop((session, person), None)
        # The log still holds the page with the wrapped key: fold it in and cut it to nothing.
        if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, KEY_MAY_REMAIN)

    def _act(self, act: Callable[[sqlite3.Connection], object]) -> object:
        return act(self._connected())

    def _answer(self, future: Future[Any], act: Callable[[], object]) -> None:
        try:
            result = act()
        except Exception as error:
            future.set_exception(self._failed(error))
        else:
            future.set_result(result)

    def _connected(self) -> sqlite3.Connection:
        if not self._is_there():
            self._disconnect()
            raise TelehealthError(
                ErrorCode.JOURNAL_UNAVAILABLE,
                "The journal's file was moved, deleted or replaced, so this was refused. Put it "
                "back, or restart the server.",
            )
        if self._connection is None:
            self._connection = self._reopen()
        return self._connection

    def _failed(self, error: Exception) -> TelehealthError:
        """Undo, drop what may no longer be true, and turn the error into one for callers."""
        self._heads.clear()
        self._ciphers.clear()
        if self._connection is not None:
            sound = isinstance(error, TelehealthError) or (
                (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _HARMLESS
            )
            try:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                sound = False
            if not sound:
                self._disconnect()
        if isinstance(error, TelehealthError):
            return error
        return TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE)

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _finish(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._disconnect()


def _name_of(error: Exception) -> str:
    """What may be logged of an error: its kind, never its text."""
    return str(getattr(error, "sqlite_errorname", type(error).__name__))
