"""What goes into one commit."""

from __future__ import annotations

import sqlite3

import pytest

from telehealth_widget.journal import database
from telehealth_widget.journal.chain import framed, genesis
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.transaction import Append, Transaction, insert_many, stored_head
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError


@pytest.fixture
def connection(tmp_path):
    connection, _ = database.open_database(tmp_path / "j.db", b"c" * 32)
    yield connection
    connection.close()


@pytest.fixture
def ring():
    return Keyring.in_memory()


def commit(connection, ring, *appends, heads=None, ciphers=None):
    connection.execute("BEGIN")
    transaction = Transaction(connection, ring, heads or {}, ciphers or {})
    outcomes = [transaction.take(Append("s", tuple(drafts), ())) for drafts in appends]
    transaction.flush()
    connection.execute("COMMIT")
    return transaction, outcomes


def count(connection, table):
    return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_appends_of_one_commit_follow_each_other(connection, ring, make):
    transaction, outcomes = commit(connection, ring, [make.ready()], [make.ready(), make.ready()])
    assert [r.n for records in outcomes for r in records] == [1, 2, 3]
    assert transaction.heads["s"] == stored_head(connection, "s", ring)
    assert count(connection, "heads") == 1


def test_a_person_gets_one_key_however_many_texts(connection, ring, make):
    transaction, _ = commit(connection, ring, [make.named("A"), make.named("B")], [make.named("C")])
    assert count(connection, "keys") == 1
    assert count(connection, "personal") == 3
    assert list(transaction.ciphers) == [("s", "p_a")]


def test_a_stored_key_is_used_again_without_a_cache(connection, ring, make):
    commit(connection, ring, [make.named("A")])
    commit(connection, ring, [make.named("B")])
    assert count(connection, "keys") == 1


def test_known_heads_and_ciphers_save_looking_them_up(connection, ring, make):
    first, _ = commit(connection, ring, [make.named("A")])
    statements = []
    connection.set_trace_callback(statements.append)
    commit(connection, ring, [make.named("B")], heads=first.heads, ciphers=first.ciphers)
    assert not [s for s in statements if s.startswith("SELECT")]


def test_the_key_of_a_refused_append_is_not_kept_for_the_next(connection, ring, make):
    transaction, outcomes = commit(
        connection, ring, [make.named("A"), make.poison()], [make.named("B")]
    )
    assert isinstance(outcomes[0], TelehealthError)
    ((wrapped,),) = connection.execute("SELECT wrapped FROM keys").fetchall()
    ((row, text),) = connection.execute("SELECT row, ciphertext FROM personal").fetchall()
    stored = ring.person_key("s", "p_a", wrapped)
    assert stored.decrypt(text[:12], text[12:], framed("s", "p_a", row)) == b"B"
    assert len(outcomes[1]) == 1
    assert transaction.heads["s"].n == 1


def test_a_damaged_key_refuses_text_but_nothing_else(connection, ring, make):
    commit(connection, ring, [make.named("A")])
    connection.execute("UPDATE keys SET wrapped = x'00'")
    _, outcomes = commit(connection, ring, [make.named("B")], [make.ready()])
    assert outcomes[0].code is ErrorCode.JOURNAL_UNAVAILABLE
    assert outcomes[1][0].n == 2


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE heads SET hash = zeroblob(32)",
        "UPDATE heads SET mac = zeroblob(32)",
        "UPDATE heads SET n = 1",
        "DELETE FROM records WHERE n = 2",
        "UPDATE records SET hash = zeroblob(32) WHERE n = 2",
        "DELETE FROM heads",
    ],
)
def test_a_forged_end_is_never_sealed_anew(connection, ring, make, tampering):
    commit(connection, ring, [make.ready(), make.ready()])
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(tampering)
    with pytest.raises(TelehealthError, match="does not verify"):
        stored_head(connection, "s", ring)
    _, outcomes = commit(connection, ring, [make.ready()])
    assert outcomes[0].code is ErrorCode.JOURNAL_UNAVAILABLE


def test_a_session_without_rows_starts_at_its_genesis(connection, ring):
    assert stored_head(connection, "s", ring) == genesis("s")


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 63, 64, 65, 200])
def test_many_rows_are_inserted_in_few_statements(rows):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (a, b)")
    statements = []
    connection.set_trace_callback(statements.append)
    data = [(i, str(i)) for i in range(rows)]
    insert_many(connection, "t (a, b)", data)
    assert len(statements) <= rows // 64 + 6
    connection.set_trace_callback(None)
    assert connection.execute("SELECT a, b FROM t ORDER BY a").fetchall() == data
    connection.close()
