"""The master secret, its file, and what is derived from it. No text and no record enters."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import stat
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from telehealth_widget.journal.chain import framed
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

KEY_BYTES = 32
NONCE_BYTES = 12
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16
"""Nonce, encrypted key, tag."""


class Keyring:
    """What the server alone knows: wraps keys of persons, seals heads, derives other secrets."""

    def __init__(self, secret: bytes) -> None:
        """`secret`: 32 random bytes. Prefer `open` and `in_memory`."""
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a master secret has {KEY_BYTES} bytes")
        self._secret = secret
        self._wrapping = AESGCM(self._subkey("journal/person keys"))
        # Hashing the key into its pads once and copying the state is twice as fast as hmac.digest.
        self._heads = hmac.new(self._subkey("journal/heads"), digestmod=sha256)

    @classmethod
    def in_memory(cls) -> Keyring:
        """A keyring that is gone with the process."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Keyring:
        """The keyring of that file, made (0600, whole or not at all) if it is not there.

        `create=False`: for a journal that exists; a new key could open nothing in it.

        Raises:
            TelehealthError: JOURNAL_UNAVAILABLE, with the remedy, if others may read the file, if
                it is not a key, is missing without `create`, or cannot be read or written.
        """
        try:
            secret = _load(path)
            if secret is None and not create:
                raise TelehealthError(
                    ErrorCode.JOURNAL_UNAVAILABLE,
                    f"The key of this journal is missing. Put {path} back from a copy, or move the "
                    "journal away to start a new one.",
                )
            return cls(secret if secret is not None else _create(path))
        except OSError as error:
            raise TelehealthError(
                ErrorCode.JOURNAL_UNAVAILABLE,
                f"The key file {path} cannot be read or made: {error.strerror}. Check the folder's "
                "permissions and the free space, or set another journal= path.",
            ) from None

    def __repr__(self) -> str:
        return "Keyring(…)"

    def derive(self, purpose: str) -> bytes:
        """32 bytes for that purpose, always the same for this secret (HKDF-SHA256)."""
        return self._subkey(f"purpose/{purpose}")

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """A person's key (32 bytes) encrypted; only `unwrap` with the same `context` opens it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes | None:
        """The key, or None if it was changed or wrapped for another context or keyring."""
        if len(wrapped) != WRAPPED_BYTES:
            return None
        try:
            return self._wrapping.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
        except InvalidTag:
            return None

    def new_person_key(self, session: str, owner: str) -> tuple[bytes, AESGCM]:
        """A fresh 256-bit key: wrapped, to be stored, and the cipher to seal texts with."""
        key = AESGCM.generate_key(256)
        return self.wrap(key, framed(session, owner)), AESGCM(key)

    def person_key(self, session: str, owner: str, wrapped: bytes) -> AESGCM | None:
        """The cipher of a stored key; None where `unwrap` gives None."""
        key = self.unwrap(wrapped, framed(session, owner))
        return AESGCM(key) if key is not None else None

    @property
    def check_value(self) -> bytes:
        """What a journal keeps to recognise its own key; tells nothing about the key."""
        return self.mac(framed(b"key check"))

    def mac(self, data: bytes) -> bytes:
        """HMAC-SHA256 that seals a head, 32 bytes. Compare with `hmac.compare_digest`."""
        state = self._heads.copy()
        state.update(data)
        return state.digest()

    def _subkey(self, info: str) -> bytes:
        hkdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"telehealth_widget/{info}".encode())
        return hkdf.derive(self._secret)


def make_private_folder(folder: Path) -> None:
    """Make the folder for this user only (0700) if it is missing; an existing one stays as is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder outlast a power cut, where the platform can."""
    with contextlib.suppress(OSError):  # Windows cannot open a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _load(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if os.name == "posix" and mode & 0o077:
            raise TelehealthError(
                ErrorCode.JOURNAL_UNAVAILABLE,
                f"Others on this machine can read the journal's key (mode {mode:03o}). Run: "
                f"chmod 600 '{path}'",
            )
        secret = file.read(KEY_BYTES + 1)
    if len(secret) != KEY_BYTES:
        raise TelehealthError(
            ErrorCode.JOURNAL_UNAVAILABLE,
            f"{path} is not a key of {KEY_BYTES} bytes. Put the right file back from a copy, or "
            "move it and the journal away to start a new one.",
        )
    return secret


def _create(path: Path) -> bytes:
    """Write beside, then link into place: a crash leaves no half key, a rival's key is not lost."""
    make_private_folder(path.parent)
    secret = secrets.token_bytes(KEY_BYTES)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(draft, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            existing = _load(path)
            if existing is not None:
                return existing
            raise
        except OSError:  # a file system without hard links
            draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)
    return secret
