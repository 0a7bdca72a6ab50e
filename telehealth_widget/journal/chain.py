"""Pure rules of the hash chain: genesis, link, sealed head, check. No store and no key enters here.

A plain chain shows a changed row, but whoever can write the file can compute it anew or cut its
end; the head's MAC needs the server's key. Neither shows a file that was replaced as a whole by an
older copy of itself: only an exported, signed head can.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import NamedTuple

from telehealth_widget.journal.contract import Verification

_GENESIS = b"telehealth_widget/journal/1"
HASH_BYTES = 32


class Head(NamedTuple):
    """Where a session's chain ends."""

    n: int
    """Number of the last row; 0 before the first."""
    hash: bytes
    """SHA-256, 32 bytes."""


class SealedHead(NamedTuple):
    """A head as it is stored."""

    n: int
    hash: bytes
    mac: bytes
    """MAC over `head_message(session, head)` under the server's key."""


class Row(NamedTuple):
    """One record as it is stored."""

    n: int
    record: bytes
    """The exact bytes, UTF-8 JSON."""
    hash: bytes
    """`link(hash of the row before, record)`."""


def framed(*parts: str | bytes) -> bytes:
    """The parts in one text that no others give: each behind its length, 4 bytes big-endian."""
    out = bytearray()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        out += len(raw).to_bytes(4, "big")
        out += raw
    return bytes(out)


def genesis(session: str) -> Head:
    """The head before the first row; differs for each session, so rows cannot move between them."""
    return Head(0, sha256(framed(_GENESIS, session)).digest())


def link(previous: bytes, stored: bytes) -> bytes:
    """Hash of a row: SHA-256 over the hash before it (32 bytes) and its exact stored bytes."""
    return sha256(previous + stored).digest()


def head_message(session: str, head: Head) -> bytes:
    """What the head's MAC covers."""
    return framed(b"head", session, str(head.n), head.hash)


def is_sealed(session: str, head: SealedHead, mac: Callable[[bytes], bytes]) -> bool:
    """Whether the head's MAC was made with our key. Compared in constant time."""
    return hmac.compare_digest(mac(head_message(session, Head(head.n, head.hash))), head.mac)


def check(
    session: str,
    rows: Iterable[Row],
    head: SealedHead | None,
    mac: Callable[[bytes], bytes],
    inspect: Callable[[Row], str | None] = lambda row: None,
) -> Verification:
    """Walk the rows in order of `n` and compare the end with the sealed head.

    `inspect` may find fault with a row whose hash is right: it returns a sentence, or None.
    """
    at = genesis(session)
    for row in rows:
        if row.n != at.n + 1:
            return _bad(at.n, at.n + 1, f"Row {at.n + 1} is missing.")
        expected = link(at.hash, row.record)
        if not hmac.compare_digest(expected, row.hash):
            return _bad(at.n, row.n, f"Row {row.n} is not what was written there.")
        if problem := inspect(row):
            return _bad(at.n, row.n, problem)
        at = Head(row.n, expected)
        if head is not None and row.n == head.n and not hmac.compare_digest(expected, head.hash):
            return _bad(
                row.n,
                1,
                "The rows agree with each other, but not with the sealed end of the record.",
            )
    if head is None and at.n == 0:
        return _bad(0, None, "There is no such session in this journal.")
    if head is None:
        return _bad(at.n, 1, "The sealed end of the record is missing.")
    if not is_sealed(session, head, mac):
        return _bad(at.n, 1, "The end of the record was not sealed with this server's key.")
    if at.n < head.n:
        return _bad(at.n, at.n + 1, f"The record was cut: it had {head.n} rows, {at.n} are left.")
    if at.n > head.n:
        return _bad(head.n, head.n + 1, f"Rows were added after row {head.n} by something else.")
    return Verification(ok=True, rows=at.n, first_bad=None, problem=None)


def _bad(rows: int, first_bad: int | None, problem: str) -> Verification:
    return Verification(ok=False, rows=rows, first_bad=first_bad, problem=problem)
