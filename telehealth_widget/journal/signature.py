"""The signed end of an exported record, and checking an export with nothing but a public key.

An export is one JSON object a line: `{"record":…,"hash":"…"}` for each row, then
`{"head":{…},"key":"…","signature":"…"}`. The journal's own head has a MAC that only its server can check; here the
end is signed (Ed25519, RFC 8032) with a key derived from the journal's secret, so that it needs no file of its own
and is the same in every export of one journal.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from telehealth_widget.journal.chain import HASH_BYTES, Head, framed, genesis, link
from telehealth_widget.journal.contract import Verification
from telehealth_widget.journal.keys import Keyring

_BEFORE = b'{"record":'
_BETWEEN = b',"hash":"'
_AFTER = b'"}'
_TAIL_BYTES = len(_BETWEEN) + 2 * HASH_BYTES + len(_AFTER)
_HEAD = b'{"head":'
_OTHER_KEY = "{} was signed with another key than the one you trust."


class SignedEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the chain of a session ends."""

    session: str
    n: int
    hash: str
    """Hex."""


class SignedHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last line of an export."""

    head: SignedEnd
    key: str
    """The public key, hex. Who trusts it must have it from elsewhere: anybody can make a key."""
    signature: str
    """Hex, over `signed_message`."""


class SignedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands beside a file that was signed as a whole, such as the manifest of an export."""

    key: str
    """The public key, hex, as of `SignedHead`."""
    signature: str
    """Hex, over `file_message`."""


class Checked(msgspec.Struct, frozen=True):
    """What came of checking an export."""

    verification: Verification
    session: str | None
    """None if not even the first row could be read."""
    records: tuple[bytes, ...]
    """The stored bytes of the rows that verify, from the first on."""
    key: str | None
    """Public key (hex) that signed the end; None if the signature does not hold."""


def signed_message(session: str, head: Head) -> bytes:
    """What the signature covers."""
    return framed(b"telehealth_widget/export/1", session, str(head.n), head.hash)


def file_message(content: bytes) -> bytes:
    """What the signature of a file covers: never what could be taken for the end of a record."""
    return framed(b"telehealth_widget/file/1", content)


def _private_key(keyring: Keyring) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyring.derive("signing exports"))


def public_key(keyring: Keyring) -> str:
    """The public key of a journal's exports, hex (64 digits). Not a secret: hand it to whoever verifies."""
    raw = _private_key(keyring).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return raw.hex()


def signed_line(keyring: Keyring, session: str, head: Head) -> bytes:
    """The last line of an export whose chain ends at `head`."""
    signature = _private_key(keyring).sign(signed_message(session, head))
    end = SignedEnd(session, head.n, head.hash.hex())
    return msgspec.json.encode(SignedHead(end, public_key(keyring), signature.hex())) + b"\n"


def signed_file(content: bytes, keyring: Keyring) -> bytes:
    """What to write beside a file of this content; `check_file` checks it."""
    signature = _private_key(keyring).sign(file_message(content))
    return msgspec.json.encode(SignedFile(public_key(keyring), signature.hex())) + b"\n"


def check_file(content: bytes, beside: bytes, key: str, trusted_key: str | None) -> str | None:
    """What is wrong with a signed file, as a sentence; None if all is well.

    Args:
        beside: what `signed_file` gave.
        key: the public key (hex) that the file names itself.
        trusted_key: the one that must have signed it; None: `key` will do.
    """
    try:
        said = msgspec.json.decode(beside, type=SignedFile)
        raw, signature = bytes.fromhex(said.key), bytes.fromhex(said.signature)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, file_message(content))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "Its signature cannot be read."
    except (InvalidSignature, ValueError):
        return "Its signature does not hold."
    if msgspec.json.encode(SignedFile(raw.hex(), signature.hex())) + b"\n" != beside:
        return "Its signature is not what was written there."
    if said.key != key:
        return "It names another key than the one that signed it."
    return None if _is_trusted(said.key, trusted_key) else _OTHER_KEY.format("It")


def signed(lines: Iterable[bytes], keyring: Keyring, session: str) -> Iterator[bytes]:
    """The lines of `Journal.exported`, and behind them the signed end.

    The chain is computed anew from the rows as they pass, so that a damaged journal never gets a signature for what
    it does not hold: the export then ends without one.
    """
    at = genesis(session)
    sound = True
    for line in lines:
        stored = _parse(line.removesuffix(b"\n"))
        if sound and stored is not None:
            expected = link(at.hash, stored[0])
            sound = hmac.compare_digest(expected.hex().encode(), stored[1])
            at = Head(at.n + 1, expected)
        yield line
    if sound and at.n:
        yield signed_line(keyring, session, at)


def check_export(content: bytes, trusted_key: str | None = None) -> Checked:
    """Check every byte of an export.

    `trusted_key`: the public key (hex) that must have signed it. Without one the export is only checked against the key
    it names itself: then compare `Checked.key` with the one you were given.
    """
    lines = content.split(b"\n")
    # Every line ends with a line feed, the last one too: what follows it must be nothing.
    rest = lines.pop()
    session = _session_of(lines[0]) if lines else None
    if session is None:
        return _bad((), None, 1, "This is not an exported record: its first row cannot be read.")
    at = genesis(session)
    records: list[bytes] = []
    for number, line in enumerate(lines, 1):
        if line.startswith(_HEAD):
            if number < len(lines) or rest:
                return _bad(records, session, number + 1, "Something was added behind the end.")
            return _check_head(line, session, at, records, trusted_key)
        row = _parse(line)
        expected = link(at.hash, row[0]) if row else b""
        if row is None or not hmac.compare_digest(expected.hex().encode(), row[1]):
            return _bad(
                records,
                session,
                number,
                f"Row {number} is not what was written there: {_why(row, number)}.",
            )
        records.append(row[0])
        at = Head(number, expected)
    return _bad(
        records,
        session,
        at.n + 1,
        f"The signed end is missing: the record was cut behind row {at.n}, or was never signed.",
    )


def _check_head(
    line: bytes, session: str, at: Head, records: list[bytes], trusted_key: str | None
) -> Checked:
    def bad(problem: str) -> Checked:
        return _bad(records, session, at.n + 1, problem)

    try:
        head = msgspec.json.decode(line, type=SignedHead)
        key, signature = bytes.fromhex(head.key), bytes.fromhex(head.signature)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        return bad("The signed end cannot be read.")
    if (
        msgspec.json.encode(head) != line
        or head.key != key.hex()
        or head.signature != signature.hex()
    ):
        return bad("The signed end is not what was written there.")
    if head.head != SignedEnd(session, at.n, at.hash.hex()):
        return bad(f"The signed end belongs to {head.head.n} rows, but {at.n} are here.")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed_message(session, at))
    except (InvalidSignature, ValueError):
        return bad("The signature of the end does not hold.")
    if not _is_trusted(head.key, trusted_key):
        return bad(_OTHER_KEY.format("The end"))
    good = Verification(ok=True, rows=at.n, first_bad=None, problem=None)
    return Checked(good, session, tuple(records), head.key)


def _is_trusted(key: str, trusted_key: str | None) -> bool:
    return trusted_key is None or hmac.compare_digest(trusted_key.lower().encode(), key.encode())


def fingerprint(key: str) -> str:
    """A public key as people compare it: the first 16 hex digits of its SHA-256, in fours."""
    digits = sha256(bytes.fromhex(key)).hexdigest()[:16]
    return " ".join(digits[i : i + 4] for i in range(0, 16, 4))


class _Named(msgspec.Struct):
    session: str
    n: int


def _parse(line: bytes) -> tuple[bytes, bytes] | None:
    """(stored bytes, hash in hex) of a line; None unless it is exactly of our form."""
    tail = line[-_TAIL_BYTES:]
    fits = (
        len(line) > len(_BEFORE) + _TAIL_BYTES
        and line.startswith(_BEFORE)
        and tail.startswith(_BETWEEN)
        and tail.endswith(_AFTER)
    )
    if not fits:
        return None
    return line[len(_BEFORE) : -_TAIL_BYTES], tail[len(_BETWEEN) : -len(_AFTER)]


def _named(line: bytes) -> _Named | None:
    row = _parse(line)
    try:
        return msgspec.json.decode(row[0], type=_Named) if row else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _session_of(line: bytes) -> str | None:
    named = _named(line)
    return named.session if named else None


def _why(row: tuple[bytes, bytes] | None, number: int) -> str:
    """The likeliest reason, for people."""
    if row is None:
        return "the line is cut or is not of an export"
    try:
        n = msgspec.json.decode(row[0], type=_Named).n
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "it is not a record"
    if n < number:
        return f"it is row {n} a second time, or out of order"
    if n > number:
        return f"row {n} stands there, so a row is missing or out of order"
    return "it was changed"


def _bad(records: Iterable[bytes], session: str | None, first_bad: int, problem: str) -> Checked:
    kept = tuple(records)
    return Checked(Verification(False, len(kept), first_bad, problem), session, kept, None)
