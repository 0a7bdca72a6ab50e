"""The SQLite file itself."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from telehealth_widget.journal import database
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

CHECK = b"c" * 32


def opened(path, check=CHECK):
    connection, problem = database.open_database(path, check)
    connection.close()
    return problem


def refusal(path, check=CHECK):
    with pytest.raises(TelehealthError) as caught:
        database.open_database(path, check)
    assert caught.value.code is ErrorCode.JOURNAL_UNAVAILABLE
    return str(caught.value)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder with blank" / "journal%20.db"


def test_the_settings_that_make_a_commit_durable_and_an_erasure_real_hold(path):
    connection, problem = database.open_database(path, CHECK)
    assert problem is None

    def setting(name):
        return connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert setting("journal_mode") == "wal"
    assert setting("synchronous") == 2
    assert setting("foreign_keys") == 1
    assert setting("secure_delete") == 1
    assert setting("user_version") == database.SCHEMA_VERSION
    assert setting("application_id") == database.APPLICATION_ID
    connection.close()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_database_and_log_files_are_private_whatever_the_umask(path):
    before = os.umask(0)
    try:
        connection, _ = database.open_database(path, CHECK)
        connection.execute("INSERT INTO heads VALUES ('s', 1, x'', x'')")
    finally:
        os.umask(before)
    files = sorted(path.parent.iterdir())
    assert [p.name for p in files] == [path.name + e for e in ("", "-shm", "-wal")]
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}
    connection.close()


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_database_that_others_could_read_is_made_private(path):
    opened(path)
    path.chmod(0o644)
    opened(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_opening_again_keeps_what_is_there(path):
    connection, _ = database.open_database(path, CHECK)
    connection.execute("INSERT INTO heads VALUES ('s', 1, x'', x'')")
    connection.close()
    connection, problem = database.open_database(path, CHECK)
    assert problem is None
    assert connection.execute("SELECT session FROM heads").fetchall() == [("s",)]
    connection.close()


def test_a_reading_connection_cannot_write(path):
    opened(path)
    with (
        closing(database.connect_to_read(path)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM heads")


def test_a_missing_file_is_never_made_by_connecting(path):
    path.parent.mkdir()
    with pytest.raises(sqlite3.OperationalError):
        database.connect(path)
    assert not path.exists()


def test_a_newer_schema_is_refused_and_left_alone(path):
    opened(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")
    sentence = refusal(path)
    assert "schema 7" in sentence
    assert "Update telehealth_widget" in sentence
    assert len(list(path.parent.iterdir())) == 1


def test_a_database_of_another_program_is_refused_and_left_alone(path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    assert "another program" in refusal(path)
    assert path.read_bytes() == before


def test_the_key_of_another_journal_is_refused(path):
    opened(path)
    assert "key file is not the one" in refusal(path, b"d" * 32)


@pytest.mark.parametrize("content", [b"not a database at all" * 500, b"\x00" * 8192])
def test_a_file_that_is_no_database_is_set_aside_whole(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    problem = opened(path)
    aside = [p for p in path.parent.iterdir() if ".damaged-" in p.name]
    assert len(aside) == 1
    assert aside[0].name in problem
    assert aside[0].read_bytes() == content
    assert opened(path) is None


@pytest.mark.skipif(os.name != "posix", reason="elsewhere SQLite folds the log in at closing")
def test_damage_inside_a_database_is_set_aside_with_its_log_unchanged(path, tmp_path):
    connection, _ = database.open_database(path, CHECK)
    connection.executemany(
        "INSERT INTO heads VALUES (?, 1, ?, x'')", [(f"s{i}", bytes(200)) for i in range(500)]
    )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("INSERT INTO heads VALUES ('in the log', 1, x'', x'')")
    crashed = tmp_path / "crashed" / "journal.db"
    crashed.parent.mkdir()
    whole = bytearray(path.read_bytes())
    whole[3 * 4096 : 20 * 4096] = os.urandom(17 * 4096)
    crashed.write_bytes(whole)
    log = path.with_name(path.name + "-wal").read_bytes()
    crashed.with_name("journal.db-wal").write_bytes(log)
    connection.close()

    problem = opened(crashed)
    assert "set aside" in problem
    aside = {p.name: p.read_bytes() for p in crashed.parent.iterdir() if ".damaged-" in p.name}
    (main,) = (name for name in aside if not name.endswith(("-wal", "-shm")))
    assert aside[main] == whole
    assert log
    assert aside[main + "-wal"] == log
    assert opened(crashed) is None


def test_a_database_without_our_tables_is_damaged(path):
    opened(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE keys")
    assert "set aside" in opened(path)


@pytest.mark.parametrize("at", [18, 19])
def test_a_header_that_only_lets_read_is_damage(path, at):
    opened(path)
    raw = bytearray(path.read_bytes())
    raw[at] = 0x82
    path.write_bytes(raw)
    assert "set aside" in opened(path)
    assert opened(path) is None, "the new file is sound"


def test_what_is_set_aside_never_replaces_what_was(path):
    for _ in range(3):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"not a database at all" * 500)
        assert opened(path)
        path.unlink()
    assert len([p for p in path.parent.iterdir() if ".damaged-" in p.name]) == 3


def test_a_folder_that_cannot_be_made_is_an_error_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    sentence = refusal(tmp_path / "file" / "journal.db")
    assert "cannot be opened" in sentence
    assert "TelehealthWidget.journal" in sentence


def test_identity_follows_the_file_and_not_the_name(path):
    opened(path)
    first = database.identity(path)
    path.rename(path.with_name("moved"))
    assert database.identity(path) is None
    opened(path)
    assert database.identity(path) != first
    assert database.identity(path.with_name("moved")) == first
