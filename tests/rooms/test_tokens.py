"""Tokens: unguessable, of one kind, kept only as hashes."""

from __future__ import annotations

import hashlib
import re

from telehealth_widget.rooms.tokens import endpoint_id, invite_token, new_token, same, token_hash


def test_a_token_has_256_random_bits_that_fit_a_url() -> None:
    tokens = {new_token() for _ in range(1_000)}
    assert len(tokens) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_a_hash_is_of_one_kind() -> None:
    assert token_hash("invite", "x") == hashlib.sha256(b"invite:x").digest()
    assert token_hash("invite", "x") != token_hash("resume", "x")
    assert len(token_hash("host", "\ud800")) == 32


def test_a_link_is_the_same_again_and_another_for_each_key_session_person_and_serial() -> None:
    link = invite_token(b"k", "s_1", "p_1", 1)
    assert link == invite_token(b"k", "s_1", "p_1", 1)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", link)
    others = {
        invite_token(b"l", "s_1", "p_1", 1),
        invite_token(b"k", "s_2", "p_1", 1),
        invite_token(b"k", "s_1", "p_2", 1),
        invite_token(b"k", "s_1", "p_1", 2),
    }
    assert len(others | {link}) == 5


def test_an_endpoint_is_new_for_each_connection_page_and_stint() -> None:
    base = (b"k", "s", "p", "c", "g", 1)
    one = endpoint_id(*base)
    assert one == endpoint_id(*base)
    assert re.fullmatch(r"e_[A-Za-z0-9_-]{20}", one)
    changed = [(b"l", "s", "p", "c", "g", 1)]
    changed += [
        (b"k", *("x" if n == at else base[at] for at in range(1, 5)), 1) for n in range(1, 5)
    ]
    changed += [(b"k", "s", "p", "c", "g", 2)]
    assert len({endpoint_id(*x) for x in changed} | {one}) == 7


def test_comparing() -> None:
    assert same(b"a", b"a")
    assert not same(b"a", b"b")
