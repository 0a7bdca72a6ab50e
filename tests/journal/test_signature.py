"""Exports that anybody can check with the public key: what was changed is found, and said where."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

import pytest

from telehealth_widget.journal.chain import Head
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.journal.signature import (
    check_export,
    check_file,
    fingerprint,
    public_key,
    signed,
    signed_file,
    signed_line,
    signed_message,
)
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Via

ROWS = 12


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return Keyring.in_memory()


@pytest.fixture(scope="module")
def lines(keyring: Keyring) -> list[bytes]:
    journal = MemoryJournal(keyring)
    drafts = [
        e.Draft(n, 10**12 + n, "p_1", Via.KERNEL, e.MarkPlaced(f"mark {n}", "a note"))
        for n in range(ROWS)
    ]
    journal.append("s_1", drafts).result()
    return list(signed(journal.exported("s_1"), keyring, "s_1"))


def found(lines: list[bytes], key: str | None = None) -> tuple[bool, int | None]:
    verification = check_export(b"".join(lines), key).verification
    return verification.ok, verification.first_bad


def test_a_whole_export_verifies_with_the_public_key(lines: list[bytes], keyring: Keyring) -> None:
    checked = check_export(b"".join(lines), public_key(keyring))
    assert checked.verification.ok
    assert checked.verification.rows == len(checked.records) == ROWS
    assert checked.session == "s_1"
    assert checked.key == public_key(keyring)
    assert len(fingerprint(public_key(keyring))) == 19


def test_another_key_is_not_the_trusted_one(lines: list[bytes], keyring: Keyring) -> None:
    other = public_key(Keyring.in_memory())
    assert found(lines, other) == (False, ROWS + 1)


def test_a_record_signed_anew_with_another_key_is_told_by_who_knows_the_right_one(
    lines: list[bytes], keyring: Keyring
) -> None:
    forger = Keyring.in_memory()
    forged = [*signed(iter(lines[:5]), forger, "s_1")]
    assert check_export(b"".join(forged)).verification.ok
    assert found(forged, public_key(keyring)) == (False, 6)


CASES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int]] = {
    "cut behind row 5": (lambda x: x[:5], 6),
    "cut within row 5": (lambda x: [*x[:4], x[4][:40]], 5),
    "only the end is missing": (lambda x: x[:-1], ROWS + 1),
    "the last line feed is missing": (lambda x: [*x[:-1], x[-1][:-1]], ROWS + 1),
    "a row is missing": (lambda x: [*x[:4], *x[5:]], 5),
    "the first row is missing": (lambda x: x[1:], 1),
    "the last row is missing": (lambda x: [*x[: ROWS - 1], x[-1]], ROWS),
    "two rows changed places": (lambda x: [*x[:4], x[5], x[4], *x[6:]], 5),
    "a row is doubled": (lambda x: [*x[:5], x[4], *x[5:]], 6),
    "a row was edited": (lambda x: [*x[:4], x[4].replace(b"mark 4", b"mark 9"), *x[5:]], 5),
    "something was added": (lambda x: [*x, b"{}\n"], ROWS + 2),
    "the end is doubled": (lambda x: [*x, x[-1]], ROWS + 2),
    "Windows line ends": (lambda x: [one.replace(b"\n", b"\r\n") for one in x], 1),
    "a byte order mark": (lambda x: [b"\xef\xbb\xbf", *x], 1),
    "nothing at all": (lambda x: [], 1),
    "only the end": (lambda x: x[-1:], 1),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_done_to_an_export_is_found_and_named(lines: list[bytes], case: str) -> None:
    change, first_bad = CASES[case]
    ok, where = found(change(lines))
    assert not ok
    assert where == first_bad or (case == "the last line feed is missing" and where)


@pytest.mark.parametrize("seed", range(4))
def test_every_changed_byte_is_found_and_the_row_is_named(lines: list[bytes], seed: int) -> None:
    """250 a seed: 1,000 in all. None may pass, and none may be placed behind where it is."""
    dice = Random(seed)
    content = b"".join(lines)
    for _ in range(250):
        at = dice.randrange(len(content))
        new = dice.randrange(256)
        if content[at] == new:
            new ^= 1
        verification = check_export(content[:at] + bytes([new]) + content[at + 1 :]).verification
        row = content[:at].count(b"\n") + 1
        assert not verification.ok, at
        assert verification.first_bad is not None
        assert verification.first_bad <= row + 1
        assert verification.first_bad >= min(row, ROWS + 1)


def test_a_signature_of_another_session_or_length_does_not_hold(
    lines: list[bytes], keyring: Keyring
) -> None:
    last = check_export(b"".join(lines))
    assert last.verification.ok
    for session, n in (("s_2", ROWS), ("s_1", ROWS - 1)):
        assert not found([*lines[:-1], signed_line(keyring, session, Head(n, b"h" * 32))])[0]


def test_a_damaged_journal_gets_no_signature(keyring: Keyring, lines: list[bytes]) -> None:
    rows = [lines[0], lines[1].replace(b"mark 1", b"mark 7"), *lines[2:-1]]
    out = list(signed(iter(rows), keyring, "s_1"))
    assert out == rows


@pytest.mark.parametrize("seed", range(2))
def test_every_changed_byte_of_a_signed_file_is_found(keyring: Keyring, seed: int) -> None:
    dice = Random(seed)
    content, key = b'{"files": []}', public_key(keyring)
    beside = signed_file(content, keyring)
    assert check_file(content, beside, key, None) is None
    assert check_file(content, beside, key, key.upper()) is None
    for _ in range(200):
        at, change = dice.randrange(len(content + beside)), dice.randint(1, 255)
        both = bytearray(content + beside)
        both[at] ^= change
        changed, signature = bytes(both[: len(content)]), bytes(both[len(content) :])
        assert check_file(changed, signature, key, None) is not None, at


def test_a_signed_file_names_its_key_and_the_trusted_one_counts(keyring: Keyring) -> None:
    other = Keyring.in_memory()
    beside = signed_file(b"x", other)
    assert check_file(b"x", beside, public_key(other), None) is None
    assert "names another key" in (check_file(b"x", beside, public_key(keyring), None) or "")
    assert "you trust" in (check_file(b"x", beside, public_key(other), public_key(keyring)) or "")


def test_the_end_of_a_record_is_not_taken_for_a_file(keyring: Keyring) -> None:
    head = Head(1, b"h" * 32)
    end = json.loads(signed_line(keyring, "s", head))
    beside = json.dumps({"key": end["key"], "signature": end["signature"]}, separators=(",", ":"))
    content = signed_message("s", head)
    problem = check_file(content, beside.encode() + b"\n", public_key(keyring), None)
    assert problem == "Its signature does not hold."


def test_nesting_without_end_is_a_bad_row_and_no_crash() -> None:
    deep = b"[" * 200_000
    line = b'{"record":{"session":"s","n":1,"x":' + deep + b'},"hash":"' + b"a" * 64 + b'"}\n'
    assert check_export(line).verification.first_bad == 1
    assert check_export(b'{"head":' + deep + b"\n").verification.first_bad == 1
