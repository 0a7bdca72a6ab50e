"""The journal in memory: the same chain, seals and promises, gone with the process.

For tests and for trying out; public, so that tests of other packages share it. No file, no thread:
futures are done when they are returned.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telehealth_widget.journal.chain import Head, Row, SealedHead, check, genesis, head_message
from telehealth_widget.journal.contract import (
    InviteEntry,
    ResumeDropped,
    ResumeEntry,
    SeatEntry,
    SessionEntry,
    SideEntry,
    Verification,
)
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.rows import (
    check_side,
    export_line,
    inspector,
    prepare,
    restore,
    times_of,
)
from telehealth_widget.journal.seal import PersonalRow
from telehealth_widget.journal.transaction import NOT_STORABLE
from telehealth_widget.journal.writer import CLOSED
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Draft, Record


class MemoryJournal:
    """A `Journal` without a disk."""

    def __init__(self, keyring: Keyring | None = None) -> None:
        """`keyring=None` makes one that is gone with the process."""
        self.problem: str | None = None
        self._keyring = keyring or Keyring.in_memory()
        self._lock = threading.RLock()
        self._fails = False
        self._closed = False
        self._rows: dict[str, list[Row]] = {}
        self._heads: dict[str, SealedHead] = {}
        self._personal: dict[str, PersonalRow] = {}
        self._keys: dict[tuple[str, str], bytes] = {}
        self._tombstones: dict[tuple[str, str], int] = {}
        self._invites: dict[bytes, InviteEntry] = {}
        self._resumes: dict[str, ResumeEntry] = {}
        self._seats: dict[tuple[str, str], SeatEntry] = {}

    def fail_with(self, fails: bool) -> None:
        """From now on nothing can be written (True), or all is well again (False)."""
        self._fails = fails

    def append(
        self, session: str, drafts: Sequence[Draft], side: Sequence[SideEntry] = ()
    ) -> Future[tuple[Record, ...]]:
        """See `Journal.append`."""
        future: Future[tuple[Record, ...]] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            error = self._unavailable()
            records: tuple[Record, ...] = ()
            if error is None:
                try:
                    records = self._append(session, drafts, side)
                except Exception:
                    error = TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, NOT_STORABLE)
            if error is None:
                future.set_result(records)
            else:
                future.set_exception(error)
        return future

    def read(self, session: str) -> list[Record]:
        """See `Journal.read`."""
        with self._open():
            return [
                restore(session, row.record, self._personal.get, lambda o: self._cipher(session, o))
                for row in self._rows.get(session, ())
            ]

    def sessions(self) -> list[SessionEntry]:
        """See `Journal.sessions`."""
        entries = []
        with self._open():
            for session, head in self._heads.items():
                rows = self._rows.get(session)
                times = times_of(rows[-1].record if rows else None)
                entries.append(SessionEntry(session, head.n, times.t_ms, times.at_ms))
        return sorted(entries, key=lambda entry: (entry.last_at_ms, entry.session))

    def verify(self, session: str) -> Verification:
        """See `Journal.verify`."""

        def key_problem(owner: str) -> str | None:
            if self._cipher(session, owner) is not None:
                return None
            if (session, owner) in self._keys:
                return "its key was changed"
            if (session, owner) in self._tombstones:
                return None
            return "its key is gone, and not by forgetting"

        with self._open():
            return check(
                session,
                self._rows.get(session, ()),
                self._heads.get(session),
                self._keyring.mac,
                inspector(self._personal.get, key_problem),
            )

    def find_invite(self, hash: bytes) -> InviteEntry | None:
        """See `Journal.find_invite`."""
        with self._open():
            return self._invites.get(hash)

    def find_resume(self, hash: bytes) -> tuple[ResumeEntry, bool] | None:
        """See `Journal.find_resume`."""
        with self._open():
            for entry in self._resumes.values():
                if entry.hash == hash:
                    return entry, True
            for entry in self._resumes.values():
                if entry.previous == hash:
                    return entry, False
        return None

    def seats(self, session: str) -> list[SeatEntry]:
        """See `Journal.seats`."""
        with self._open():
            return [entry for entry in self._seats.values() if entry.session == session]

    def forget(self, session: str, person: str) -> Future[None]:
        """See `Journal.forget`."""
        future: Future[None] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            error = self._unavailable()
            if error is None and session not in self._heads:
                error = TelehealthError(ErrorCode.UNKNOWN_SESSION)
            if error is not None:
                future.set_exception(error)
            else:
                self._keys.pop((session, person), None)
                self._tombstones.setdefault((session, person), time.time_ns() // 1_000_000)
                future.set_result(None)
        return future

    def exported(self, session: str) -> Iterator[bytes]:
        """See `Journal.exported`."""
        with self._open():
            rows = tuple(self._rows.get(session, ()))
        return map(export_line, rows)

    def close(self) -> None:
        """See `Journal.close`."""
        self._closed = True

    def _append(
        self, session: str, drafts: Sequence[Draft], side: Sequence[SideEntry]
    ) -> tuple[Record, ...]:
        stored = self._heads.get(session)
        head = Head(stored.n, stored.hash) if stored else genesis(session)
        check_side(session, side)
        if side and not drafts and not stored:
            raise ValueError("no such session")
        fresh: dict[str, tuple[bytes, AESGCM]] = {}

        def cipher_of(owner: str) -> AESGCM:
            known = self._cipher(session, owner)
            if known is not None:
                return known
            if owner not in fresh:
                fresh[owner] = self._keyring.new_person_key(session, owner)
            return fresh[owner][1]

        prepared = prepare(session, head, drafts, cipher_of)
        for owner, (wrapped, _) in fresh.items():
            if (session, owner) not in self._tombstones:
                self._keys[session, owner] = wrapped
        for text in prepared.personal:
            self._personal[text.row] = text
        if prepared.rows:
            self._rows.setdefault(session, []).extend(prepared.rows)
            mac = self._keyring.mac(head_message(session, prepared.head))
            self._heads[session] = SealedHead(*prepared.head, mac)
        for entry in side:
            if isinstance(entry, InviteEntry):
                self._invites[entry.hash] = entry
            elif isinstance(entry, ResumeEntry):
                self._resumes[entry.connection] = entry
            elif isinstance(entry, ResumeDropped):
                self._resumes.pop(entry.connection, None)
            else:
                self._seats[entry.session, entry.person] = entry
        return prepared.records

    def _cipher(self, session: str, owner: str) -> AESGCM | None:
        wrapped = self._keys.get((session, owner))
        return self._keyring.person_key(session, owner, wrapped) if wrapped else None

    def _unavailable(self) -> TelehealthError | None:
        if self._closed:
            return TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, CLOSED)
        return TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE) if self._fails else None

    def _open(self) -> threading.RLock:
        """The lock, if the journal may still be read."""
        if self._closed:
            raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, CLOSED)
        return self._lock
