"""What goes into one commit: heads, keys and rows, gathered first and written together.

It neither begins nor commits, and outlives no commit: the writer does and keeps the caches.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telehealth_widget.journal.chain import Head, SealedHead, genesis, head_message, is_sealed
from telehealth_widget.journal.contract import InviteEntry, ResumeDropped, SeatEntry, SideEntry
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.rows import check_side, prepare
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Draft, Record

log = logging.getLogger(__name__)

NOT_STORABLE = "That cannot be recorded as it is, so it was refused."
NOT_VERIFIED = (
    "The record of this session does not verify, so nothing is added to it. Run verify() to see "
    "where, and go on in a new session."
)


_REPLACE_HEAD = (
    " ON CONFLICT (session) DO UPDATE SET n = excluded.n, hash = excluded.hash, mac = excluded.mac"
)


class Append(NamedTuple):
    """One call of `Journal.append`."""

    session: str
    drafts: tuple[Draft, ...]
    side: tuple[SideEntry, ...]


class Transaction:
    """Take appends, then `flush` once. `heads` and `ciphers` are true once the commit succeeded."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        keyring: Keyring,
        known_heads: Mapping[str, Head],
        known_ciphers: Mapping[tuple[str, str], AESGCM],
    ) -> None:
        """`connection` is in an open transaction; the known ones say what was committed."""
        self.heads: dict[str, Head] = {}
        self.ciphers: dict[tuple[str, str], AESGCM] = {}
        self._connection = connection
        self._keyring = keyring
        self._known_heads = known_heads
        self._known_ciphers = known_ciphers
        self._fresh: dict[tuple[str, str], tuple[AESGCM, bytes | None]] = {}
        self._records: list[tuple[str, int, bytes, bytes]] = []
        self._personal: list[tuple[str, str, str, bytes]] = []
        self._keys: list[tuple[str, str, bytes]] = []
        self._side: list[SideEntry] = []

    def take(self, append: Append) -> tuple[Record, ...] | TelehealthError:
        """Its records; or why this append, and no other, is refused.

        Raises:
            sqlite3.Error: the file cannot be read.
        """
        session = append.session
        self._fresh = {}
        try:
            head = self._head(session)
            if append.side:
                check_side(session, append.side)
                if not head.n and not append.drafts:
                    raise ValueError("no such session")
            prepared = prepare(
                session, head, append.drafts, lambda owner: self._cipher(session, owner)
            )
        except (sqlite3.Error, MemoryError):
            raise
        except TelehealthError as error:
            return error
        except Exception as error:
            log.warning("journal: an append was refused (%s)", type(error).__name__)
            return TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, NOT_STORABLE)
        for (_, owner), (cipher, wrapped) in self._fresh.items():
            self.ciphers[session, owner] = cipher
            if wrapped is not None:
                self._keys.append((session, owner, wrapped))
        self._records += [(session, *row) for row in prepared.rows]
        self._personal += prepared.personal
        self._side += append.side
        self.heads[session] = prepared.head
        return prepared.records

    def flush(self) -> None:
        """Put everything into the open transaction.

        Raises:
            sqlite3.Error: it does not fit; the caller rolls back.
        """
        heads = [
            (session, head.n, head.hash, self._keyring.mac(head_message(session, head)))
            for session, head in self.heads.items()
            if head.n
        ]
        insert_many(self._connection, "records (session, n, record, hash)", self._records)
        insert_many(self._connection, "keys (session, owner, wrapped)", self._keys)
        insert_many(self._connection, "personal (row, session, owner, ciphertext)", self._personal)
        insert_many(self._connection, "heads (session, n, hash, mac)", heads, _REPLACE_HEAD)
        for entry in self._side:
            self._put(entry)

    def _put(self, entry: SideEntry) -> None:
        if isinstance(entry, InviteEntry):
            self._connection.execute(
                "INSERT OR REPLACE INTO invites (hash, session, person, serial) "
                "VALUES (?, ?, ?, ?)",
                (entry.hash, entry.session, entry.person, entry.serial),
            )
            return
        if isinstance(entry, SeatEntry):
            self._connection.execute(
                "INSERT OR REPLACE INTO seats (session, person, connection, page, agent) "
                "VALUES (?, ?, ?, ?, ?)",
                (entry.session, entry.person, entry.connection, entry.page, entry.agent.value),
            )
            return
        if isinstance(entry, ResumeDropped):
            self._connection.execute(
                "DELETE FROM resumes WHERE connection = ? AND session = ?",
                (entry.connection, entry.session),
            )
            return
        self._connection.execute(
            "INSERT OR REPLACE INTO resumes "
            "(connection, session, person, serial, hash, previous, page) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                entry.connection,
                entry.session,
                entry.person,
                entry.serial,
                entry.hash,
                entry.previous,
                entry.page,
            ),
        )

    def _head(self, session: str) -> Head:
        head = self.heads.get(session) or self._known_heads.get(session)
        if head is None:
            head = stored_head(self._connection, session, self._keyring)
        return head

    def _cipher(self, session: str, owner: str) -> AESGCM:
        key = session, owner
        known = self.ciphers.get(key) or self._known_ciphers.get(key)
        if known is not None:
            return known
        if key not in self._fresh:
            self._fresh[key] = self._find_or_make(session, owner)
        return self._fresh[key][0]

    def _find_or_make(self, session: str, owner: str) -> tuple[AESGCM, bytes | None]:
        """The cipher, and the wrapped key if it has to be stored."""
        where = "session = ? AND owner = ?"
        read = self._connection.execute
        found = read(f"SELECT wrapped FROM keys WHERE {where}", (session, owner)).fetchone()
        if found is not None:
            known = self._keyring.person_key(session, owner, found[0])
            if known is None:
                raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, NOT_VERIFIED)
            return known, None
        wrapped, cipher = self._keyring.new_person_key(session, owner)
        # Of a person who was forgotten nothing becomes readable again: that key is not kept.
        if read(f"SELECT 1 FROM tombstones WHERE {where}", (session, owner)).fetchone():
            return cipher, None
        return cipher, wrapped


def insert_many(
    connection: sqlite3.Connection,
    into: str,
    rows: Sequence[tuple[object, ...]],
    conflict: str = "",
) -> None:
    """Insert the rows with few statements.

    Each statement gives up the interpreter lock and has to win it back, up to 5 ms under a busy
    server loop: with one a row (`executemany`) a group of hundreds takes several times as long.

    Raises:
        sqlite3.Error: as `execute` does.
    """
    done = 0
    for size in (64, 32, 16, 8, 4, 2, 1):
        while len(rows) - done >= size:
            values = [*chain.from_iterable(rows[done : done + size])]
            connection.execute(_insert(into, len(rows[0]), size, conflict), values)
            done += size


@cache
def _insert(into: str, columns: int, rows: int, conflict: str) -> str:
    values = f"({', '.join('?' * columns)})"
    return f"INSERT INTO {into} VALUES {', '.join([values] * rows)}{conflict}"


def stored_head(connection: sqlite3.Connection, session: str, keyring: Keyring) -> Head:
    """Where the chain goes on. It must fit: sealing a forged end anew would make it look genuine.

    Raises:
        TelehealthError: JOURNAL_UNAVAILABLE if the end of the record is not what we wrote.
    """
    stored = connection.execute(
        "SELECT n, hash, mac FROM heads WHERE session = ?", (session,)
    ).fetchone()
    last = connection.execute(
        "SELECT n, hash FROM records WHERE session = ? ORDER BY n DESC LIMIT 1", (session,)
    ).fetchone()
    if stored is None and last is None:
        return genesis(session)
    fits = stored is not None and stored[:2] == last
    if not fits or not is_sealed(session, SealedHead(*stored), keyring.mac):
        raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, NOT_VERIFIED)
    return Head(*last)
