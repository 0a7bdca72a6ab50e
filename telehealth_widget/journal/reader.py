"""Reading a journal that somebody else may own: a live server, or nobody. Nothing is ever written.

Also for a journal that was set aside: what verifies of it is still readable.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from telehealth_widget.journal import database, reading
from telehealth_widget.journal.chain import Head, genesis, link
from telehealth_widget.journal.contract import SessionEntry, Verification
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.rows import UNREADABLE, export_line, opened
from telehealth_widget.journal.signature import public_key, signed, signed_file
from telehealth_widget.journal.upcast import UPCASTS, current
from telehealth_widget.protocol import codec
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Record

BATCH = 2_000
"""Rows decoded at once: one call for many rows is what makes a long record open quickly."""

_records = msgspec.json.Decoder(list[Record])
_SET_ASIDE = re.compile(r"\.damaged-\d{8}T\d{6}Z(-\d+)?\Z")


def key_path(journal: Path) -> Path:
    """Where the key of a journal lies, also of one that was set aside."""
    return journal.with_name(_SET_ASIDE.sub("", journal.name) + ".key")


class WrittenByNewer(TelehealthError):
    """One record, not the journal, is of a newer version: JOURNAL_UNAVAILABLE, and the others can be read."""

    def __init__(self, n: int) -> None:
        super().__init__(
            ErrorCode.JOURNAL_UNAVAILABLE,
            f"Row {n} was written by a newer version of telehealth_widget. Update it "
            "(pip install -U telehealth-widget) and open the record again.",
        )


class JournalReader:
    """A journal on disk, read only. Every call opens the file and closes it again."""

    def __init__(self, path: Path | str, keyring: Keyring | None = None) -> None:
        """`keyring=None` opens the key file beside the journal; none is ever made.

        Raises:
            TelehealthError: JOURNAL_UNAVAILABLE: there is no journal, no key, a newer schema, another program's file
                or another journal's key; each with the remedy.
        """
        self.path = Path(path).expanduser().resolve()
        if not self.path.is_file():
            raise TelehealthError(
                ErrorCode.JOURNAL_UNAVAILABLE, f"There is no journal at {self.path}."
            )
        self._keyring = keyring or Keyring.open(key_path(self.path), create=False)
        database.recognise_file(self.path, self._keyring.check_value)

    @property
    def public_key(self) -> str:
        """What others verify this journal's exports with, hex."""
        return public_key(self._keyring)

    def sessions(self) -> list[SessionEntry]:
        """See `Journal.sessions`."""
        with self._open() as connection:
            return reading.sessions(connection)

    def verify(self, session: str) -> Verification:
        """See `Journal.verify`."""
        with self._open() as connection:
            return reading.verify(connection, session, self._keyring)

    def read(self, session: str, *, texts: bool = False) -> list[Record]:
        """All records in order, empty if there is no such session.

        With `texts` personal text is plain where it can be opened; without, it stays `Sealed`.

        Raises:
            TelehealthError: JOURNAL_DAMAGED, or `WrittenByNewer`.
        """
        with self._open() as connection:
            cursor = reading.stored(connection, session)
            records: list[Record] = []
            while rows := cursor.fetchmany(BATCH):
                records += decode_records([row[0] for row in rows])
            if not texts:
                return records
            find, cipher_of = reading.personal(connection, session, self._keyring)
            return [opened(session, record, find, cipher_of) for record in records]

    def sound_part(self, session: str) -> list[Record]:
        """The rows before the first bad one, their texts sealed: all that can be said of a damaged record."""
        kept: list[bytes] = []
        with self._open() as connection:
            at = genesis(session)
            for row in reading.rows_until_damage(connection, session):
                expected = link(at.hash, row.record)
                if row.n != at.n + 1 or row.hash != expected:
                    break
                kept.append(row.record)
                at = Head(row.n, expected)
        return decode_records(kept)

    def understood(self, session: str) -> reading.Understood:
        """Whatever decodes of a record, also behind damage, texts sealed: to know whom and what it is about."""
        with self._open() as connection:
            return reading.understood(connection, session, self._keyring)

    def exported(self, session: str) -> Iterator[bytes]:
        """The stored records as lines, and the signed end. See `signature`."""
        with self._open() as connection:
            rows = reading.rows_until_damage(connection, session)
            yield from signed((export_line(row) for row in rows), self._keyring, session)

    def signature_of(self, content: bytes) -> bytes:
        """What to write beside a file of this content, to show that it is from this journal. See `signed_file`."""
        return signed_file(content, self._keyring)

    def wrapped_keys(self, session: str) -> set[str]:
        """Owners of this session whose key still exists."""
        with self._open() as connection:
            found = connection.execute("SELECT owner FROM keys WHERE session = ?", (session,))
            return {row[0] for row in found}

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with (
            reading.as_ours(),
            closing(database.connect_read_only(self.path)) as connection,
        ):
            connection.execute("BEGIN")
            yield connection


def decode_records(stored: list[bytes]) -> list[Record]:
    """The records of these stored bytes, texts sealed.

    Raises:
        TelehealthError: JOURNAL_DAMAGED if one is not a record; `WrittenByNewer`.
    """
    now = [current(one) for one in stored] if UPCASTS else stored
    try:
        records = _records.decode(b"[" + b",".join(now) + b"]")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        records = []
    if len(records) == len(now):
        return records
    for one in now:
        try:
            codec.decode_record(one)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise _not_understood(one) from None
    raise TelehealthError(ErrorCode.JOURNAL_DAMAGED, UNREADABLE)


class _Tagged(msgspec.Struct):
    event: str


class _Outline(msgspec.Struct):
    n: int
    body: _Tagged


def _not_understood(stored: bytes) -> TelehealthError:
    try:
        outline = msgspec.json.decode(stored, type=_Outline)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return TelehealthError(ErrorCode.JOURNAL_DAMAGED, UNREADABLE)
    return WrittenByNewer(outline.n)
