"""The three kinds of token: `invite` (a person's link), `resume` (one connection), `host` (a kernel).

A token has 256 bits, is worth something for one kind and one session, and is kept only as SHA-256.
Invite tokens are derived from the keyring instead of stored, so that asking for a person's link again
gives the same link without the journal ever holding it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def new_token() -> str:
    """A random token: 32 bytes as 43 characters."""
    return _text(secrets.token_bytes(32))


def token_hash(kind: str, token: str) -> bytes:
    """What is kept of a token: SHA-256 over its kind and itself, 32 bytes."""
    return hashlib.sha256(f"{kind}:{token}".encode("utf-8", "surrogatepass")).digest()


def invite_token(link_key: bytes, session: str, person: str, serial: int) -> str:
    """The token of a person's link: HMAC-SHA256 under a key derived from the keyring."""
    words = f"invite|{session}|{person}|{serial}".encode()
    return _text(hmac.new(link_key, words, hashlib.sha256).digest())


def endpoint_id(
    endpoint_key: bytes, session: str, person: str, connection: str, page: str, stint: int
) -> str:
    """The address of a seat: the same after a reconnect and after a restart of the server, unguessable,
    and new for each admission, connection and page load."""
    words = "|".join(("endpoint", session, person, connection, page, str(stint))).encode()
    return "e_" + _text(hmac.new(endpoint_key, words, hashlib.sha256).digest()[:15])


def same(one: bytes, other: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one, other)
