"""What only the store on disk does: opening, permissions, surviving, being read meanwhile."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

ROOT = Path(__file__).parents[2]


def refusal(path, code=ErrorCode.JOURNAL_UNAVAILABLE):
    with pytest.raises(TelehealthError) as caught:
        SqliteJournal.open(path)
    assert caught.value.code is code
    return str(caught.value)


# -- opening ------------------------------------------------------------------------------------


def test_what_was_closed_opens_again_with_everything_and_goes_on(sqlite_store, make):
    store = sqlite_store
    store.journal.append("s", [make.named("Ada")], [make.invite(b"t")]).result(10)
    store.reopen()
    assert store.journal.problem is None
    assert store.journal.read("s")[0].body.name == "Ada"
    assert store.journal.find_invite(make.invite(b"t").hash) is not None
    assert store.journal.append("s", [make.named("Eva")]).result(10)[0].n == 2
    assert store.journal.verify("s").ok
    assert len(store.wrapped_keys()) == 1


def test_closing_writes_what_is_queued_and_folds_the_log_in(sqlite_store, make):
    store = sqlite_store
    futures = [store.journal.append("s", [make.ready(i)]) for i in range(1000)]
    store.journal.close()
    assert futures[-1].result(0)[0].n == 1000
    names = {p.name for p in store.path.parent.iterdir()}
    assert names == {"journal.db", "journal.db.key", "journal.db.lock"}


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_every_file_of_a_journal_is_private(sqlite_store, make):
    sqlite_store.journal.append("s", [make.ready()]).result(10)
    folder = sqlite_store.path.parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {p.name: p.stat().st_mode & 0o777 for p in folder.iterdir()} == {
        "journal.db" + ending: 0o600 for ending in ("", "-wal", "-shm", ".key", ".lock")
    }


def test_a_second_opener_is_refused_even_through_another_name(sqlite_store, tmp_path):
    assert f"process {os.getpid()}" in refusal(sqlite_store.path, ErrorCode.JOURNAL_OWNED)
    link = tmp_path / "link.db"
    link.symlink_to(sqlite_store.path)
    refusal(link, ErrorCode.JOURNAL_OWNED)


def test_the_owners_note_is_shown(tmp_path):
    path = tmp_path / "j.db"
    journal = SqliteJournal.open(path, owner_note="http://localhost:8888/")
    assert "http://localhost:8888/" in refusal(path, ErrorCode.JOURNAL_OWNED)
    journal.close()
    SqliteJournal.open(path).close()


def test_a_refused_opening_lets_the_lock_go(tmp_path):
    path = tmp_path / "j.db"
    SqliteJournal.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    assert "schema 9" in refusal(path)
    assert "schema 9" in refusal(path)


def test_a_journal_without_its_key_is_refused_and_kept(tmp_path, make):
    path = tmp_path / "j.db"
    SqliteJournal.open(path).close()
    key = tmp_path / "j.db.key"
    kept = key.read_bytes()
    key.unlink()
    assert "key of this journal is missing" in refusal(path)
    Keyring.open(key)
    assert "not the one of this journal" in refusal(path)
    key.write_bytes(kept)
    SqliteJournal.open(path).close()


def test_a_damaged_journal_is_set_aside_and_said_so(tmp_path, make):
    path = tmp_path / "j.db"
    journal = SqliteJournal.open(path)
    journal.append("s", [make.ready()]).result(10)
    journal.close()
    path.write_bytes(b"x" * path.stat().st_size)
    journal = SqliteJournal.open(path)
    assert "set aside" in journal.problem
    assert journal.sessions() == []
    assert journal.append("s", [make.ready()]).result(10)[0].n == 1
    journal.close()


def test_a_journal_on_the_network_is_refused_before_anything_is_made(tmp_path, monkeypatch):
    table = tmp_path / "mounts"
    table.write_text(f"1 0 0:1 / {tmp_path} rw - nfs4 server:/x rw\n")
    monkeypatch.setattr("telehealth_widget.journal.lock.MOUNTS", table)
    refusal(tmp_path / "folder" / "j.db", ErrorCode.JOURNAL_ON_NETWORK)
    assert not (tmp_path / "folder").exists()


def test_a_path_where_no_folder_can_be_is_an_error_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be opened" in refusal(tmp_path / "file" / "folder" / "j.db")


# -- reading ------------------------------------------------------------------------------------


def test_reading_goes_on_while_others_write(sqlite_store, make):
    journal = sqlite_store.journal
    journal.append("s", [make.ready()]).result(10)
    done = threading.Event()

    def write():
        for i in range(300):
            journal.append("s", [make.ready(i)]).result(10)
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not done.is_set():
        assert journal.verify("s").ok
        numbers = [r.n for r in journal.read("s")]
        assert numbers == list(range(1, len(numbers) + 1))
        assert journal.sessions()[0].rows >= 1
    thread.join()
    assert len(journal.read("s")) == 301


def test_an_export_comes_in_pages_and_holds_up_no_writer(sqlite_store, make):
    journal = sqlite_store.journal
    journal.append("s", [make.ready(i) for i in range(1200)]).result(10)
    lines = journal.exported("s")
    next(lines)
    journal.forget("s", "p_a").result(10)
    assert len(list(lines)) == 1199


def test_a_vanished_file_is_an_error_in_words(sqlite_store, make):
    sqlite_store.journal.append("s", [make.ready()]).result(10)
    sqlite_store.path.rename(sqlite_store.path.with_name("away"))
    with pytest.raises(TelehealthError, match="cannot be read"):
        sqlite_store.journal.read("s")
    sqlite_store.path.with_name("away").rename(sqlite_store.path)
    assert len(sqlite_store.journal.read("s")) == 1


def test_any_flipped_byte_of_the_file_is_found_or_changes_nothing(sqlite_store, make):
    """500 flips with seed 7: the record either fails verification, or reads as before."""
    store = sqlite_store
    store.journal.append("s", [make.ready(i) for i in range(40)]).result(10)
    store.journal.append("s", [make.named("Ada"), make.mark("note")]).result(10)
    expected = store.journal.read("s")
    store.journal.close()
    whole = store.path.read_bytes()
    choose = random.Random(7)
    found = 0
    for _ in range(500):
        flipped = bytearray(whole)
        flipped[choose.randrange(len(flipped))] ^= 1 << choose.randrange(8)
        store.path.write_bytes(flipped)
        try:
            journal = SqliteJournal.open(store.path)
        except TelehealthError:
            found += 1
            continue
        try:
            if journal.problem or not journal.verify("s").ok:
                found += 1
            else:
                assert journal.read("s") == expected
        finally:
            journal.close()
    assert found > 50


# -- surviving ----------------------------------------------------------------------------------

APPENDER = """
import sys
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol.events import Draft, PersonNamed
from telehealth_widget.protocol.kinds import Via
journal = SqliteJournal.open(sys.argv[1])
i = 0
while True:
    futures = []
    for session in ("s", "t"):
        i += 1
        body = PersonNamed(person="p_a", name=f"name {i}")
        futures.append(journal.append(session, [Draft(i, i, "p_a", Via.PAGE, body)]))
    for future in futures:
        record = future.result()[0]
        print(record.session, record.n, record.body.name, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_every_acknowledged_row_outlives_kill_9(tmp_path):
    path = tmp_path / "j.db"
    choose = random.Random(3)
    acknowledged: dict[tuple[str, int], str] = {}
    for _ in range(5):
        command = [sys.executable, "-c", APPENDER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as child:
            lines = []
            for _ in range(choose.randrange(20, 200)):
                lines.append(child.stdout.readline())
            os.kill(child.pid, signal.SIGKILL)
            lines += [line for line in child.stdout if line.endswith("\n")]
        for line in lines:
            session, n, name = line.strip().split(" ", 2)
            assert (session, int(n)) not in acknowledged
            acknowledged[session, int(n)] = name
        journal = SqliteJournal.open(path)
        assert journal.problem is None
        for session in ("s", "t"):
            records = journal.read(session)
            assert [r.n for r in records] == list(range(1, len(records) + 1))
            names = {r.n: r.body.name for r in records}
            for (of, n), name in acknowledged.items():
                assert of != session or names[n] == name
            assert journal.verify(session).ok
        journal.close()
    assert len(acknowledged) > 100


def test_many_destroyed_keys_leave_no_trace_in_any_file(sqlite_store, make):
    store, choose = sqlite_store, random.Random(5)
    people = [f"p_{i}" for i in range(400)]
    for person in people:
        store.journal.append("s", [make.named("Ada", person)])
    store.journal.append("s", []).result(10)
    keys = dict(store.execute("SELECT owner, wrapped FROM keys"))
    choose.shuffle(people)
    for future in [store.journal.forget("s", person) for person in people[:300]]:
        future.result(30)
    stored = store.stored_bytes()
    assert not [person for person in people[:300] if keys[person] in stored]
    assert all(keys[person] in stored for person in people[300:])
    assert store.journal.verify("s").ok
