"""The chain's own rules; how stores use them is in test_contract."""

from __future__ import annotations

from hashlib import sha256

from telehealth_widget.journal import chain
from telehealth_widget.journal.chain import Head, Row, SealedHead


def mac(data: bytes) -> bytes:
    return sha256(b"key" + data).digest()


def rows_of(*records: bytes, session: str = "s") -> list[Row]:
    rows, previous = [], chain.genesis(session).hash
    for n, record in enumerate(records, 1):
        previous = chain.link(previous, record)
        rows.append(Row(n, record, previous))
    return rows


def sealed(row: Row, session: str = "s") -> SealedHead:
    return SealedHead(row.n, row.hash, mac(chain.head_message(session, Head(row.n, row.hash))))


def test_a_link_is_the_hash_of_the_previous_hash_and_the_stored_bytes():
    assert chain.link(b"\x01" * 32, b"record") == sha256(b"\x01" * 32 + b"record").digest()


def test_each_session_has_a_genesis_of_its_own():
    assert chain.genesis("a").hash != chain.genesis("b").hash
    assert chain.genesis("a").n == 0


def test_framed_parts_cannot_be_mistaken_for_others():
    assert chain.framed("ab", "c") != chain.framed("a", "bc")
    assert chain.framed("a", "") != chain.framed("a")
    assert chain.framed("a") == chain.framed(b"a")


def test_the_head_message_covers_session_number_and_hash():
    messages = {
        chain.head_message("s", Head(1, bytes(32))),
        chain.head_message("t", Head(1, bytes(32))),
        chain.head_message("s", Head(2, bytes(32))),
        chain.head_message("s", Head(1, b"\x01" * 32)),
    }
    assert len(messages) == 4


def test_a_sound_chain_is_ok():
    rows = rows_of(b"one", b"two")
    assert chain.check("s", rows, sealed(rows[-1]), mac).ok


def test_rows_are_checked_without_being_held():
    rows = rows_of(b"one", b"two")
    assert chain.check("s", iter(rows), sealed(rows[-1]), mac).rows == 2


def test_the_first_fault_that_inspection_finds_is_named():
    rows = rows_of(b"one", b"two", b"three")
    found = chain.check(
        "s", rows, sealed(rows[-1]), mac, lambda row: "It smells." if row.n > 1 else None
    )
    assert (found.ok, found.rows, found.first_bad, found.problem) == (False, 1, 2, "It smells.")


def test_a_head_of_another_session_does_not_fit():
    rows = rows_of(b"one")
    assert not chain.is_sealed("t", sealed(rows[0]), mac)
    assert chain.is_sealed("s", sealed(rows[0]), mac)
