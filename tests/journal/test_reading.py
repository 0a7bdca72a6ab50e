"""Reading through a connection: what verifies is what was written, whatever happened to the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from telehealth_widget.journal import reading
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.reader import JournalReader
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Role, Via
from telehealth_widget.protocol.measurements import Span, VoiceMeasured

from .conftest import made_newer

SESSIONS = ("s_1", "s_2")


def bodies(n: int) -> e.AnyBody:
    if n == 0:
        return e.PersonInvited("p_1", "P07", Role.CLIENT, "Ana", None, 10**13, False)
    return e.MarkPlaced(f"m{n}", "note" * 9) if n % 2 else VoiceMeasured("p_1", (Span(n, n + 5),))


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("intact") / "journal.sqlite3"
    with closing(SqliteJournal.open(path)) as journal:
        for session in SESSIONS:
            drafts = [e.Draft(n, 10**12, "p_1", Via.PAGE, bodies(n)) for n in range(60)]
            journal.append(session, drafts).result()
    return path


@pytest.mark.parametrize("seed", range(4))
def test_whatever_verifies_of_a_changed_file_is_what_was_written(
    intact: Path, tmp_path: Path, seed: int
) -> None:
    """50 changed bytes a seed, each in a copy of its own; nothing but our own errors, and no false "all is well"."""
    dice = Random(seed)
    raw = intact.read_bytes()
    keyring = Keyring.open(intact.with_name("journal.sqlite3.key"), create=False)
    right = {x: JournalReader(intact, keyring).read(x) for x in SESSIONS}
    found = 0
    for number in range(50):
        at = dice.randrange(len(raw))
        copy = tmp_path / f"{number}.sqlite3"
        copy.write_bytes(raw[:at] + bytes([raw[at] ^ dice.randint(1, 255)]) + raw[at + 1 :])
        try:
            reader = JournalReader(copy, keyring)
        except TelehealthError:
            found += 1
            continue
        for session in SESSIONS:
            try:
                ok = reader.verify(session).ok
            except TelehealthError:
                ok = False
            found += not ok
            if ok:
                assert reader.understood(session) == (right[session], set(), True, True)
                assert reader.read(session) == right[session], at
            else:
                kept = reader.sound_part(session)
                assert kept == right[session][: len(kept)], at
                assert reader.understood(session).records[: len(kept)] == kept, at
    assert found


def test_rows_stop_where_sqlite_stumbles(intact: Path) -> None:
    with closing(sqlite3.connect(intact)) as connection:
        rows = list(reading.rows_until_damage(connection, "s_1"))
        assert [row.n for row in rows] == list(range(1, 61))
        assert list(reading.rows_until_damage(connection, "s_none")) == []
        assert reading.head(connection, "s_none") is None


def test_records_behind_damage_are_told_and_that_there_is_damage(
    intact: Path, tmp_path: Path
) -> None:
    keyring = Keyring.open(intact.with_name("journal.sqlite3.key"), create=False)
    copy = tmp_path / "journal.sqlite3"
    copy.write_bytes(intact.read_bytes())
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE records SET record = x'00' WHERE session = 's_1' AND n = 1")
        connection.execute("DELETE FROM records WHERE session = 's_1' AND n = 30")
        told = reading.understood(connection, "s_1", keyring)
        assert [x.n for x in told.records] == [n for n in range(2, 61) if n != 30]
        assert (told.sound, told.complete) == (False, False)
        assert told.doubtful == {1, 31}
        assert [x.n for x in told.certain][-1] == 60
        marks = reading.understood(connection, "s_2", keyring, e.MarkPlaced)
        assert (len(marks.records), marks.sound, marks.complete) == (30, True, True)
        assert reading.understood(connection, "s_none", keyring) == ([], set(), True, True)


def test_a_newer_record_is_sound_and_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(SqliteJournal.open(path)) as journal:
        journal.append("s_1", [e.Draft(0, 0, "p_1", Via.PAGE, bodies(n)) for n in (0, 1)]).result()
    made_newer(path, "s_1")
    told = JournalReader(path).understood("s_1")
    assert (len(told.records), told.sound, told.complete) == (2, True, False)
    assert JournalReader(path).verify("s_1").ok


def test_errors_of_sqlite_are_told_apart() -> None:
    with pytest.raises(TelehealthError) as refused, reading.as_ours():
        raise sqlite3.OperationalError("disk I/O error")
    assert refused.value.code is ErrorCode.JOURNAL_UNAVAILABLE
    with (
        closing(sqlite3.connect(":memory:")) as empty,
        pytest.raises(TelehealthError) as refused,
        reading.as_ours(),
    ):
        empty.execute("SELECT 1 FROM no_table")
    assert refused.value.code is ErrorCode.JOURNAL_DAMAGED
