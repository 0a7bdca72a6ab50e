"""The journal in a SQLite file: opening, reading, closing. Writing is the writer's.

Look-ups share one connection behind a lock; a long read opens its own, so it makes nobody wait.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from telehealth_widget.journal import database, reading, retention
from telehealth_widget.journal.chain import Row
from telehealth_widget.journal.contract import (
    InviteEntry,
    ResumeEntry,
    SeatEntry,
    SessionEntry,
    SideEntry,
    Verification,
)
from telehealth_widget.journal.keys import Keyring, make_private_folder
from telehealth_widget.journal.lock import JournalLock, refuse_network
from telehealth_widget.journal.rows import export_line, restore
from telehealth_widget.journal.writer import CLOSED, Writer
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Draft, MarkPlaced, Record
from telehealth_widget.protocol.kinds import Agent

_PAGE_ROWS = 500
_RESUME = "connection, session, person, serial, hash, previous, page"


class SqliteJournal:
    """A `Journal` on disk. Make it with `open`, and `close` it at the end."""

    problem: str | None
    """A sentence if a damaged file was set aside at opening."""
    path: Path
    """Where the file is."""

    def __init__(
        self, path: Path, keyring: Keyring, connection: sqlite3.Connection, lock: JournalLock
    ) -> None:
        """Prefer `open`."""
        self.problem = None
        self.path = path
        self._keyring = keyring
        self._lock = lock
        self._closing = threading.Lock()
        self._reader_lock = threading.Lock()
        self._reader: sqlite3.Connection | None = database.connect_to_read(path)
        opened = database.identity(path)
        self._writer = Writer(
            connection,
            keyring,
            reopen=partial(database.connect, path),
            is_there=lambda: database.identity(path) == opened,
        )

    @classmethod
    def open(
        cls, path: Path | str, keyring: Keyring | None = None, owner_note: str = ""
    ) -> SqliteJournal:
        """Open the journal at `path`, made if it is not there, with `<path>.key` and `<path>.lock`.

        `keyring=None` opens or makes the key file. `owner_note` (an address) is shown to others who
        try to open the journal meanwhile. Check `problem` afterwards.

        Raises:
            TelehealthError: JOURNAL_ON_NETWORK, JOURNAL_OWNED or JOURNAL_UNAVAILABLE, each with the
                remedy.
        """
        path = Path(path).expanduser()
        try:
            path = path.resolve()
            refuse_network(path)
            make_private_folder(path.parent)
            lock = JournalLock.acquire(_beside(path, ".lock"), owner_note)
        except OSError as error:
            raise TelehealthError(
                ErrorCode.JOURNAL_UNAVAILABLE,
                f"The journal {path} cannot be opened: {error.strerror}. Check the folder's "
                "permissions, or set another journal path: TelehealthWidget.journal.",
            ) from None
        try:
            if keyring is None:
                is_new = not path.exists() or path.stat().st_size == 0
                keyring = Keyring.open(_beside(path, ".key"), create=is_new)
            connection, problem = database.open_database(path, keyring.check_value)
            try:
                journal = cls(path, keyring, connection, lock)
            except BaseException:
                connection.close()
                raise
        except BaseException:
            lock.release()
            raise
        journal.problem = problem
        return journal

    def append(
        self, session: str, drafts: Sequence[Draft], side: Sequence[SideEntry] = ()
    ) -> Future[tuple[Record, ...]]:
        """See `Journal.append`."""
        return self._writer.append(session, drafts, side)

    def forget(self, session: str, person: str) -> Future[None]:
        """See `Journal.forget`. The policy that counts lies beside the file."""
        try:
            self._refuse_held(session)
        except TelehealthError as error:
            refused: Future[None] = Future()
            refused.set_exception(error)
            return refused
        return self._writer.forget(session, person)

    def _refuse_held(self, session: str) -> None:
        policy = retention.policy_beside(self.path)
        if not policy.holds(session, (), whole=False):
            return  # whatever its study is
        with self._long_read() as connection:
            found = reading.understood(connection, session, self._keyring, MarkPlaced)
        whole = found.sound and found.complete
        if policy.holds(session, retention.studies(found), whole=whole):
            raise retention.why_held(self.path, whole=whole)

    def read(self, session: str) -> list[Record]:
        """See `Journal.read`."""
        with self._long_read() as connection:
            find, cipher_of = reading.personal(connection, session, self._keyring)
            return [
                restore(session, record, find, cipher_of)
                for (record,) in reading.stored(connection, session)
            ]

    def sessions(self) -> list[SessionEntry]:
        """See `Journal.sessions`."""
        with self._look_up() as connection:
            return reading.sessions(connection)

    def verify(self, session: str) -> Verification:
        """See `Journal.verify`."""
        with self._long_read() as connection:
            return reading.verify(connection, session, self._keyring)

    def find_invite(self, hash: bytes) -> InviteEntry | None:
        """See `Journal.find_invite`."""
        with self._look_up() as connection:
            found = connection.execute(
                "SELECT hash, session, person, serial FROM invites WHERE hash = ?", (hash,)
            ).fetchone()
        return InviteEntry(*found) if found else None

    def find_resume(self, hash: bytes) -> tuple[ResumeEntry, bool] | None:
        """See `Journal.find_resume`."""
        with self._look_up() as connection:
            for column, is_current in (("hash", True), ("previous", False)):
                found = connection.execute(
                    f"SELECT {_RESUME} FROM resumes WHERE {column} = ?", (hash,)
                ).fetchone()
                if found:
                    return ResumeEntry(*found), is_current
        return None

    def seats(self, session: str) -> list[SeatEntry]:
        """See `Journal.seats`."""
        with self._look_up() as connection:
            found = connection.execute(
                "SELECT session, person, connection, page, agent FROM seats WHERE session = ?",
                (session,),
            ).fetchall()
        return [
            SeatEntry(session, person, connection_id, page, Agent(agent))
            for session, person, connection_id, page, agent in found
        ]

    def exported(self, session: str) -> Iterator[bytes]:
        """See `Journal.exported`. In pages: a slow consumer holds up nothing."""
        last = 0
        while True:
            with self._look_up() as connection:
                rows = connection.execute(
                    f"SELECT n, {reading.blob('record')}, {reading.blob('hash')} FROM records WHERE session = ? "
                    "AND n > ? ORDER BY n LIMIT ?",
                    (session, last, _PAGE_ROWS),
                ).fetchall()
            if not rows:
                return
            for row in rows:
                yield export_line(Row(*row))
            last = rows[-1][0]

    def close(self) -> None:
        """See `Journal.close`. Folds the log into the file and lets others open the journal."""
        with self._closing:
            with self._reader_lock:
                if self._reader is not None:
                    self._reader.close()
                    self._reader = None
            self._writer.close()
            self._lock.release()

    @contextmanager
    def _look_up(self) -> Iterator[sqlite3.Connection]:
        with self._reader_lock, reading.as_ours():
            if self._reader is None:
                raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, CLOSED)
            yield self._reader

    @contextmanager
    def _long_read(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own on which everything is read as of one moment."""
        if self._reader is None:
            raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, CLOSED)
        with reading.as_ours(), closing(database.connect_to_read(self.path)) as connection:
            connection.execute("BEGIN")
            yield connection


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
