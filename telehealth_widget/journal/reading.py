"""Reading a journal through an open SQLite connection: rows, texts, sessions, verification.

Shared by the store that writes and by `reader`, which only reads. No file is opened here, and nothing is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telehealth_widget.journal import database
from telehealth_widget.journal.chain import Row, SealedHead, check, genesis, is_sealed, link
from telehealth_widget.journal.contract import SessionEntry, Verification
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.rows import UNREADABLE, inspector, times_of
from telehealth_widget.journal.seal import PersonalRow
from telehealth_widget.journal.upcast import current
from telehealth_widget.protocol import codec
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Record


def blob(column: str) -> str:
    """The column as bytes, whatever damage made of it."""
    return f"coalesce(CAST({column} AS BLOB), x'')"


@contextmanager
def as_ours() -> Iterator[None]:
    """Errors of SQLite in our words.

    Raises:
        TelehealthError: JOURNAL_DAMAGED or JOURNAL_UNAVAILABLE.
    """
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        damaged = database.means_damage(error)
    else:
        return
    if damaged:
        raise TelehealthError(ErrorCode.JOURNAL_DAMAGED, UNREADABLE)
    raise TelehealthError(
        ErrorCode.JOURNAL_UNAVAILABLE,
        "The journal cannot be read. Check that its file is in place, and restart the server.",
    )


def sessions(connection: sqlite3.Connection) -> list[SessionEntry]:
    """See `Journal.sessions`."""
    found = connection.execute(
        "SELECT session, n, (SELECT record FROM records WHERE records.session = "
        "heads.session ORDER BY n DESC LIMIT 1) FROM heads"
    ).fetchall()
    entries = []
    for session, rows, last in found:
        times = times_of(last)
        entries.append(SessionEntry(session, rows, times.t_ms, times.at_ms))
    return sorted(entries, key=lambda entry: (entry.last_at_ms, entry.session))


def head(connection: sqlite3.Connection, session: str) -> SealedHead | None:
    """The stored end of a session's chain."""
    found = connection.execute(
        f"SELECT CAST(n AS INTEGER), {blob('hash')}, {blob('mac')} FROM heads WHERE session = ?",
        (session,),
    ).fetchone()
    return SealedHead(*found) if found else None


def stored(connection: sqlite3.Connection, session: str) -> sqlite3.Cursor:
    """The stored bytes of each record in order, as tuples of one."""
    return connection.execute(
        f"SELECT {blob('record')} FROM records WHERE session = ? ORDER BY n", (session,)
    )


def personal(
    connection: sqlite3.Connection, session: str, keyring: Keyring
) -> tuple[Callable[[str], PersonalRow | None], Callable[[str], AESGCM | None]]:
    """The texts and the keys of a session, all at once: they are few."""
    # SQLite trusts the order of a damaged index, so it is asked which session it found.
    texts = {
        row[0]: PersonalRow(*row)
        for row in connection.execute(
            f"SELECT row, session, owner, {blob('ciphertext')} FROM personal WHERE session = ?",
            (session,),
        )
        if row[1] == session
    }
    ciphers = {
        owner: keyring.person_key(session, owner, wrapped)
        for found, owner, wrapped in connection.execute(
            f"SELECT session, owner, {blob('wrapped')} FROM keys WHERE session = ?", (session,)
        )
        if found == session
    }
    return texts.get, ciphers.get


def rows_until_damage(
    connection: sqlite3.Connection, session: str, *, backward: bool = False
) -> Iterator[Row]:
    """The rows in order (or from the last one back); where SQLite stumbles, one that fits nowhere."""
    last = 0
    try:
        for found, *row in connection.execute(
            f"SELECT session, n, {blob('record')}, {blob('hash')} FROM records "
            f"WHERE session = ? ORDER BY n {'DESC' if backward else 'ASC'}",
            (session,),
        ):
            if found != session:  # SQLite trusts the order of a damaged index
                break
            yield Row(*row)
            last = row[0]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if not database.means_damage(error):
            raise
        yield Row(last + 1, b"", b"")


class Understood(NamedTuple):
    """What can be made of a session's rows, whatever became of them."""

    records: list[Record]
    """In order, texts sealed."""
    doubtful: frozenset[int]
    """Numbers of rows that were changed, or follow one that was changed or is missing."""
    sound: bool
    """Whether no row is missing or changed. Not told: whether the personal texts are sound."""
    complete: bool
    """Whether each row that is there was understood. If not though all is sound, a newer version wrote it."""

    @property
    def certain(self) -> list[Record]:
        """The records that say what was written."""
        return [record for record in self.records if record.n not in self.doubtful]


def understood(
    connection: sqlite3.Connection, session: str, keyring: Keyring, kind: type = object
) -> Understood:
    """The records that decode, also behind damage, whose bodies are of that kind. A session that is not there is sound.

    Not for measures or a replay: what a changed row says may be anything.
    """
    end = head(connection, session)
    rows = {row.n: row for row in rows_until_damage(connection, session)}
    if len(rows) != (end.n if end is not None else 0):
        for row in rows_until_damage(connection, session, backward=True):
            rows.setdefault(row.n, row)
    numbers = sorted(n for n in rows if isinstance(n, int))
    hashes = {0: genesis(session).hash} | {n: rows[n].hash for n in numbers}
    doubtful = frozenset(
        n for n in numbers if hashes[n] != link(hashes.get(n - 1, b""), rows[n].record)
    )
    sound = not doubtful and len(numbers) == len(rows)
    if end is not None:
        fits = end[:2] == (len(rows), hashes.get(end.n))
        sound = sound and fits and is_sealed(session, end, keyring.mac)
    elif rows:
        sound = False
    records, complete = [], True
    for n in numbers:
        try:
            record = codec.decode_record(current(rows[n].record))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            complete = False
            continue
        if isinstance(record.body, kind):
            records.append(record)
    return Understood(records, doubtful, sound, complete)


def verify(connection: sqlite3.Connection, session: str, keyring: Keyring) -> Verification:
    """See `Journal.verify`."""
    try:
        sealed_head = head(connection, session)
        find, cipher_of = personal(connection, session, keyring)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if not database.means_damage(error):
            raise
        return Verification(False, 0, 1, "The journal's file is damaged.")
    key_problem = partial(_key_problem, connection, session, cipher_of)
    return check(
        session,
        rows_until_damage(connection, session),
        sealed_head,
        keyring.mac,
        inspector(find, key_problem),
    )


def _key_problem(
    connection: sqlite3.Connection,
    session: str,
    cipher_of: Callable[[str], AESGCM | None],
    owner: str,
) -> str | None:
    if cipher_of(owner) is not None:
        return None
    key = session, owner
    where = "session = ? AND owner = ?"
    if connection.execute(f"SELECT 1 FROM keys WHERE {where}", key).fetchone():
        return "its key was changed"
    if connection.execute(f"SELECT 1 FROM tombstones WHERE {where}", key).fetchone():
        return None
    return "its key is gone, and not by forgetting"
