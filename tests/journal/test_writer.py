"""The writing thread: groups, order, failures and what comes after them."""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
from collections import Counter

import pytest

from telehealth_widget.journal import database, transaction, writer
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError


def on_writer(journal, act):
    return journal._writer.call(act).result(10)


@pytest.fixture
def journal(sqlite_store):
    return sqlite_store.journal


@pytest.fixture
def held(journal):
    """Hold the thread, so that what is queued meanwhile becomes one group. Call to let go."""
    go, inside = threading.Event(), threading.Event()

    def wait(connection):
        inside.set()
        go.wait(10)

    journal._writer.call(wait)
    assert inside.wait(10)
    yield go.set
    go.set()


@pytest.fixture
def groups(monkeypatch):
    """Sizes of the commits so far."""
    sizes = []
    real = transaction.Transaction.flush

    def flush(self):
        sizes.append(len(self._records))
        real(self)

    monkeypatch.setattr(transaction.Transaction, "flush", flush)
    return sizes


# -- groups -------------------------------------------------------------------------------------


def test_what_is_queued_together_shares_a_commit_of_bounded_size(journal, make, held, groups):
    futures = [journal.append("s", [make.ready(i)]) for i in range(writer.GROUP_APPENDS + 10)]
    held()
    assert [f.result(10)[0].n for f in futures] == list(range(1, len(futures) + 1))
    assert groups == [writer.GROUP_APPENDS, 10]


def test_500_appends_from_each_of_8_threads_are_durable_and_without_gaps(sqlite_store, make):
    journal, acknowledged, lock = sqlite_store.journal, Counter(), threading.Lock()

    def work(worker):
        for i in range(500):
            session = f"s{(worker + i) % 3}"
            (record,) = journal.append(session, [make.ready(i, f"p_{worker}")]).result(30)
            with lock:
                acknowledged[session, record.n, record.actor, record.t_ms] += 1

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sqlite_store.reopen()
    kept = Counter()
    for entry in sqlite_store.journal.sessions():
        records = sqlite_store.journal.read(entry.session)
        assert [r.n for r in records] == list(range(1, len(records) + 1))
        kept.update((r.session, r.n, r.actor, r.t_ms) for r in records)
        assert sqlite_store.journal.verify(entry.session).ok
    assert kept == acknowledged
    assert kept.total() == 4000
    assert set(kept.values()) == {1}


def test_forgetting_keeps_its_place_between_appends(journal, make, held):
    before = journal.append("s", [make.named("Before")])
    forgotten = journal.forget("s", "p_a")
    after = journal.append("s", [make.named("After")])
    held()
    assert before.result(10)
    assert forgotten.result(10) is None
    assert after.result(10)
    assert not [r for r in journal.read("s") if isinstance(r.body.name, str)]


def test_forgotten_caches_are_looked_up_again(journal, make, monkeypatch):
    monkeypatch.setattr(writer, "CACHED", 3)
    for i in range(40):
        journal.append(f"s{i % 8}", [make.named("Ada", f"p_{i % 5}")]).result(10)
    assert len(journal._writer._heads) <= 4
    for entry in journal.sessions():
        assert entry.rows == 5
        assert journal.verify(entry.session).ok


def test_a_callback_that_raises_does_not_stop_the_thread(journal, make, held, caplog):
    def fail(future):
        raise RuntimeError("theirs")

    journal.append("s", [make.ready()]).add_done_callback(fail)
    held()
    assert journal.append("s", [make.ready()]).result(10)[0].n == 2


# -- failures -----------------------------------------------------------------------------------


def test_a_full_disk_fails_appends_and_the_next_ones_follow_without_a_gap(journal, make, caplog):
    journal.append("s", [make.ready(0)]).result(10)
    on_writer(journal, lambda c: c.execute("PRAGMA max_page_count = 1").fetchall())
    with caplog.at_level(logging.INFO):
        futures = [journal.append("s", [make.named("x" * 9000)]) for _ in range(3)]
        for future in futures:
            assert "disk space" in make.refused(future)
        make.refused(journal.append("s", [make.named("y" * 9000)]))
        on_writer(journal, lambda c: c.execute("PRAGMA max_page_count = 1000000").fetchall())
        assert journal.append("s", [make.named("Ada")]).result(10)[0].n == 2
    assert [r.n for r in journal.read("s")] == [1, 2]
    assert journal.verify("s").ok
    assert [r.getMessage() for r in caplog.records] == [
        "journal: not writable (SQLITE_FULL)",
        "journal: writable again",
    ]


def test_on_a_full_disk_what_still_fits_is_written(journal, make, held):
    def fill(connection):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchall()

    filled = journal._writer.call(fill)
    futures = [
        journal.append("s", [make.ready(1)]),
        journal.append("s", [make.named("x" * 50_000)]),
        journal.append("s", [make.ready(2)]),
    ]
    held()
    filled.result(10)
    assert futures[0].result(10)[0].n == 1
    make.refused(futures[1])
    assert futures[2].result(10)[0].n == 2


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_a_file_that_may_not_grow_is_a_real_failure_to_write(journal, make):
    """The kernel itself refuses the write, as a full disk does."""
    import resource

    journal.append("s", [make.ready(0)]).result(10)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = 64 * 1024
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        make.refused(journal.append("s", [make.named("x" * 4 * limit)]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert journal.append("s", [make.ready(1)]).result(10)[0].n == 2
    assert journal.verify("s").ok


def test_a_read_only_connection_fails_the_append_once_and_is_replaced(journal, make):
    journal.append("s", [make.ready(0)]).result(10)
    on_writer(journal, lambda c: c.execute("PRAGMA query_only = ON"))
    make.refused(journal.append("s", [make.ready(1)]))
    assert journal.append("s", [make.ready(2)]).result(10)[0].n == 2


def test_a_closed_connection_fails_the_append_once_and_is_replaced(journal, make):
    journal.append("s", [make.named("Ada")]).result(10)
    on_writer(journal, sqlite3.Connection.close)
    make.refused(journal.append("s", [make.ready(1)]))
    assert journal.append("s", [make.named("Eva")]).result(10)[0].n == 2
    assert [r.body.name for r in journal.read("s")] == ["Ada", "Eva"]


def test_a_file_moved_away_is_not_written_to_until_it_is_back(sqlite_store, make):
    journal, path = sqlite_store.journal, sqlite_store.path
    journal.append("s", [make.ready(0)]).result(10)
    path.rename(path.with_name("away"))
    for _ in range(2):
        assert "moved, deleted or replaced" in make.refused(journal.append("s", [make.ready(1)]))
    assert not path.exists()
    path.with_name("away").rename(path)
    assert journal.append("s", [make.ready(2)]).result(10)[0].n == 2
    assert journal.verify("s").ok


def test_another_file_in_its_place_is_not_written_to(sqlite_store, make):
    journal, path = sqlite_store.journal, sqlite_store.path
    journal.append("s", [make.ready(0)]).result(10)
    path.rename(path.with_name("away"))
    path.write_bytes(b"")
    make.refused(journal.append("s", [make.ready(1)]))
    assert path.read_bytes() == b""


def test_a_writer_in_another_program_makes_the_append_fail_in_words(journal, make, sqlite_store):
    journal.append("s", [make.ready(0)]).result(10)
    on_writer(journal, lambda c: c.execute("PRAGMA busy_timeout = 50").fetchall())
    other = sqlite3.connect(sqlite_store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    make.refused(journal.append("s", [make.ready(1)]))
    other.execute("ROLLBACK")
    other.close()
    assert journal.append("s", [make.ready(2)]).result(10)[0].n == 2


def test_a_reader_in_another_program_cannot_hide_a_copy_of_a_key(journal, make, sqlite_store):
    journal.append("s", [make.named("Ada")]).result(10)
    on_writer(journal, lambda c: c.execute("PRAGMA busy_timeout = 50").fetchall())
    other = sqlite3.connect(sqlite_store.path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM keys").fetchall()
    with pytest.raises(TelehealthError, match="a copy may remain") as caught:
        journal.forget("s", "p_a").result(10)
    assert caught.value.code is ErrorCode.JOURNAL_UNAVAILABLE
    other.close()
    assert journal.forget("s", "p_a").result(10) is None
    assert sqlite_store.path.with_name("journal.db-wal").stat().st_size == 0


def test_a_failed_commit_leaves_neither_rows_nor_numbers_behind(journal, make, monkeypatch):
    journal.append("s", [make.ready(0)]).result(10)
    real = transaction.Transaction.flush

    def flush_and_fail(self):
        real(self)
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(transaction.Transaction, "flush", flush_and_fail)
    make.refused(journal.append("s", [make.named("Ada")], [make.invite(b"t")]))
    monkeypatch.undo()
    assert journal.find_invite(make.invite(b"t").hash) is None
    assert journal.append("s", [make.named("Eva")]).result(10)[0].n == 2
    assert [r.body.name for r in journal.read("s")[1:]] == ["Eva"]


def test_nothing_personal_is_logged_when_an_append_is_refused(journal, make, caplog):
    with caplog.at_level(logging.DEBUG):
        make.refused(journal.append("s", [make.named("Canary\ud800")]))
    assert "UnicodeEncodeError" in caplog.text
    assert "Canary" not in caplog.text


def test_closing_twice_from_two_threads_ends_the_thread_once(tmp_path, make):
    connection, _ = database.open_database(tmp_path / "j.db", bytes(32))
    made = writer.Writer(connection, Keyring.in_memory(), lambda: connection, lambda: True)
    threads = [threading.Thread(target=made.close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not made._thread.is_alive()
    assert "closed" in make.refused(made.append("s", [make.ready()], ()))
