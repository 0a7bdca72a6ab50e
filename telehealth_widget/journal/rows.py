"""Drafts to rows that a store keeps, and rows back to records. No store, thread or file here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telehealth_widget.journal.chain import HASH_BYTES, Head, Row, link
from telehealth_widget.journal.contract import InviteEntry, ResumeEntry, SideEntry
from telehealth_widget.journal.seal import PersonalRow, seal, unseal
from telehealth_widget.journal.upcast import current
from telehealth_widget.protocol import codec
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Draft, Record


class Prepared(NamedTuple):
    """One append, ready to be written."""

    records: tuple[Record, ...]
    """For the caller: personal text is plain."""
    rows: tuple[Row, ...]
    personal: tuple[PersonalRow, ...]
    head: Head
    """Where the chain ends once the rows are written."""


def prepare(
    session: str, head: Head, drafts: Sequence[Draft], cipher_of: Callable[[str], AESGCM]
) -> Prepared:
    """Number, seal, encode and chain the drafts onto `head`.

    Raises:
        Exception: a draft that cannot be encoded (TypeError, ValueError, …); nothing was changed.
    """
    n, previous = head
    records, rows = [], []
    personal: tuple[PersonalRow, ...] = ()
    for draft in drafts:
        n += 1
        body = draft.body
        record = Record(session, n, draft.t_ms, draft.at_ms, draft.actor, draft.via, body)
        records.append(record)
        if body.personal_fields:
            sealed, more = seal(session, body, cipher_of)
            personal += more
            record = Record(session, n, draft.t_ms, draft.at_ms, draft.actor, draft.via, sealed)
        stored = codec.encode(record)
        previous = link(previous, stored)
        rows.append(Row(n, stored, previous))
    return Prepared(tuple(records), tuple(rows), personal, Head(n, previous))


def check_side(session: str, side: Iterable[SideEntry]) -> None:
    """Refuse entries that a look-up could never find.

    Raises:
        ValueError: an entry of another session, or a hash that is not 32 bytes.
    """
    for entry in side:
        if entry.session != session:
            raise ValueError("a side entry belongs to another session")
        hashes = [entry.hash] if isinstance(entry, InviteEntry | ResumeEntry) else []
        if isinstance(entry, ResumeEntry) and entry.previous is not None:
            hashes.append(entry.previous)
        if not all(isinstance(h, bytes) and len(h) == HASH_BYTES for h in hashes):
            raise ValueError(f"the hash of a token has {HASH_BYTES} bytes")


def restore(
    session: str,
    stored: bytes,
    find: Callable[[str], PersonalRow | None],
    cipher_of: Callable[[str], AESGCM | None],
) -> Record:
    """The record of the stored bytes, its texts plain where they can be opened.

    Raises:
        TelehealthError: JOURNAL_DAMAGED if the bytes are not a record of a known version.
    """
    try:
        record = codec.decode_record(current(stored))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise TelehealthError(ErrorCode.JOURNAL_DAMAGED, UNREADABLE) from None
    return opened(session, record, find, cipher_of)


def opened(
    session: str,
    record: Record,
    find: Callable[[str], PersonalRow | None],
    cipher_of: Callable[[str], AESGCM | None],
) -> Record:
    """The record with its texts plain where they can be opened."""
    body = unseal(session, record.body, find, cipher_of)
    return record if body is record.body else msgspec.structs.replace(record, body=body)


UNREADABLE = "A row of this session's record cannot be understood. Run verify() to see which."


class Times(msgspec.Struct, frozen=True):
    """When a stored record happened; all that is read of it, so that every version of it does."""

    t_ms: int = 0
    at_ms: int = 0


_times = msgspec.json.Decoder(Times)


def times_of(stored: bytes | None) -> Times:
    """The times of a stored record; zeros if it is missing or damaged (`verify` tells)."""
    try:
        return _times.decode(stored) if stored else Times()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Times()


def inspector(
    find: Callable[[str], PersonalRow | None], key_problem: Callable[[str], str | None]
) -> Callable[[Row], str | None]:
    """For `chain.check`: whether each sealed text of a row is there, unchanged, and can be opened.

    `key_problem(owner)` is None if the key works or was destroyed on purpose, else a clause.
    """

    def inspect(row: Row) -> str | None:
        if b'"sha256"' not in row.record:
            return None
        try:
            all_sealed = _sealed_in(row.record)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return f"Row {row.n} is not a record."
        for sealed in all_sealed:
            found = find(sealed["row"])
            if found is None:
                return f"A personal text of row {row.n} is missing."
            if sha256(found.ciphertext).hexdigest() != sealed["sha256"]:
                return f"A personal text of row {row.n} is not what was written there."
            if problem := key_problem(found.owner):
                return f"A personal text of row {row.n} cannot be opened: {problem}."
        return None

    return inspect


class _Body(msgspec.Struct):
    body: dict[str, Any]


def _sealed_in(stored: bytes) -> list[dict[str, Any]]:
    """The sealed references of a record of any version: objects of just `row` and `sha256`."""
    body = msgspec.json.decode(stored, type=_Body).body
    return [v for v in body.values() if isinstance(v, dict) and v.keys() == {"row", "sha256"}]


def export_line(row: Row) -> bytes:
    """One line of JSONL that holds the stored bytes unchanged."""
    return b'{"record":%b,"hash":"%b"}\n' % (row.record, row.hash.hex().encode())
