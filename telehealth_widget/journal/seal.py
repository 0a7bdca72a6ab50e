"""Personal text into ciphertext and back, field by field. No store and no master secret here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telehealth_widget.journal.chain import framed
from telehealth_widget.journal.keys import NONCE_BYTES
from telehealth_widget.protocol.events import OF_SESSION, AnyBody, Sealed, with_fields


class PersonalRow(NamedTuple):
    """One encrypted text as it is stored."""

    row: str
    """Random id, 32 hex digits."""
    session: str
    owner: str
    """Id of the person, or `OF_SESSION`."""
    ciphertext: bytes
    """Nonce (12 bytes), AES-256-GCM ciphertext, tag (16 bytes)."""


def seal(
    session: str, event: AnyBody, cipher_of: Callable[[str], AESGCM]
) -> tuple[AnyBody, tuple[PersonalRow, ...]]:
    """The event with a `Sealed` for each personal text, and the rows to store along with it.

    `cipher_of(owner)` gives the cipher of a person or of `OF_SESSION`; it is asked only if there is
    text. Fields that are None, or sealed already, stay.

    Raises:
        TypeError: a personal field holds something else.
        UnicodeEncodeError: the text has lone surrogates.
    """
    if not event.personal_fields:
        return event, ()
    sealed: dict[str, object] = {}
    rows = []
    for field, owner_field in event.personal_fields.items():
        text = getattr(event, field)
        if text is None or isinstance(text, Sealed):
            continue
        if not isinstance(text, str):
            raise TypeError(f"{type(event).__name__}.{field} holds neither text nor a sealed one")
        owner = owner_of(event, owner_field)
        row = secrets.token_hex(16)
        nonce = secrets.token_bytes(NONCE_BYTES)
        ciphertext = nonce + cipher_of(owner).encrypt(
            nonce, text.encode(), framed(session, owner, row)
        )
        rows.append(PersonalRow(row, session, owner, ciphertext))
        sealed[field] = Sealed(row=row, sha256=sha256(ciphertext).hexdigest())
    return (with_fields(event, **sealed), tuple(rows)) if sealed else (event, ())


def unseal(
    session: str,
    event: AnyBody,
    find: Callable[[str], PersonalRow | None],
    cipher_of: Callable[[str], AESGCM | None],
) -> AnyBody:
    """The event with its texts plain again, except those that cannot be opened.

    `find(row)` gives the stored row; `cipher_of(owner)` is None once the key was destroyed.
    """
    if not event.personal_fields:
        return event
    opened: dict[str, object] = {}
    for field, owner_field in event.personal_fields.items():
        sealed = getattr(event, field)
        if not isinstance(sealed, Sealed):
            continue
        found = find(sealed.row)
        cipher = cipher_of(owner_of(event, owner_field))
        if found is None or cipher is None:
            continue
        nonce, rest = found.ciphertext[:NONCE_BYTES], found.ciphertext[NONCE_BYTES:]
        associated = framed(session, owner_of(event, owner_field), sealed.row)
        try:
            opened[field] = cipher.decrypt(nonce, rest, associated).decode()
        except (InvalidTag, ValueError):
            continue
    return with_fields(event, **opened) if opened else event


def owner_of(event: AnyBody, owner_field: str) -> str:
    """Whose key a personal field is under."""
    return OF_SESSION if owner_field == OF_SESSION else str(getattr(event, owner_field))
