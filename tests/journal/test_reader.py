"""Reading beside the owner, and what remains of a damaged journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from telehealth_widget.journal.database import set_aside
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.reader import JournalReader, decode_records, key_path
from telehealth_widget.journal.signature import check_export
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Role, Via


def draft(n: int) -> e.Draft:
    body: e.AnyBody = e.MarkPlaced(f"mark {n}", "a secret note")
    if n == 0:
        body = e.PersonInvited("p_1", "P07", Role.CLIENT, "Ana Secret", None, 10**13, False)
    return e.Draft(n, 10**12 + n, "p_1", Via.KERNEL, body)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def live(path: Path) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal.open(path)) as journal:
        journal.append("s_1", [draft(n) for n in range(20)]).result()
        yield journal


def test_a_journal_in_use_is_read_with_what_was_just_written(
    live: SqliteJournal, path: Path
) -> None:
    reader = JournalReader(path)
    assert reader.read("s_1", texts=True) == live.read("s_1")
    live.append("s_1", [draft(20)]).result()
    assert len(reader.read("s_1")) == 21
    assert reader.verify("s_1").ok
    assert reader.sessions() == live.sessions()
    assert reader.read("s_2") == []


def test_without_texts_they_stay_sealed(live: SqliteJournal, path: Path) -> None:
    records = JournalReader(path).read("s_1")
    assert isinstance(records[0].body.name, e.Sealed)  # type: ignore[union-attr]
    assert b"Secret" not in repr(records).encode()
    assert JournalReader(path).wrapped_keys("s_1") == {"p_1", e.OF_SESSION}


def test_reading_changes_no_file(live: SqliteJournal, path: Path) -> None:
    live.close()
    before = {x.name: x.read_bytes() for x in path.parent.iterdir()}
    reader = JournalReader(path)
    reader.read("s_1", texts=True)
    reader.verify("s_1")
    list(reader.exported("s_1"))
    kept = {x.name: x.read_bytes() for x in path.parent.iterdir() if x.name in before}
    assert kept == before


def test_an_export_is_signed_and_the_same_each_time(live: SqliteJournal, path: Path) -> None:
    reader = JournalReader(path)
    content = b"".join(reader.exported("s_1"))
    assert content == b"".join(reader.exported("s_1"))
    checked = check_export(content, reader.public_key)
    assert checked.verification.ok
    assert decode_records(list(checked.records)) == reader.read("s_1")


def test_of_a_journal_that_was_set_aside_what_verifies_is_readable(
    live: SqliteJournal, path: Path
) -> None:
    live.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "UPDATE records SET record = replace(record, 'mark 12', 'mark 99') WHERE n = 13"
        )
        connection.commit()
    aside = set_aside(path)
    assert key_path(aside) == path.with_name(path.name + ".key")
    reader = JournalReader(aside)
    verification = reader.verify("s_1")
    assert (verification.ok, verification.first_bad) == (False, 13)
    assert [record.n for record in reader.sound_part("s_1")] == list(range(1, 13))
    assert not check_export(b"".join(reader.exported("s_1"))).verification.ok


def test_a_missing_journal_and_a_wrong_key_are_said_in_words(
    live: SqliteJournal, path: Path, tmp_path: Path
) -> None:
    live.close()
    with pytest.raises(TelehealthError, match="There is no journal at"):
        JournalReader(tmp_path / "nothing.sqlite3")
    with pytest.raises(TelehealthError, match="not the one of this journal"):
        JournalReader(path, Keyring.in_memory())
    (tmp_path / "rubbish.sqlite3").write_bytes(b"rubbish" * 1_000)
    with pytest.raises(TelehealthError) as refused:
        JournalReader(tmp_path / "rubbish.sqlite3", Keyring.in_memory())
    assert refused.value.code is ErrorCode.JOURNAL_DAMAGED


def test_a_newer_schema_is_refused_with_the_remedy(live: SqliteJournal, path: Path) -> None:
    live.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(TelehealthError, match="newer version"):
        JournalReader(path)


def test_a_newer_event_is_told_from_damage() -> None:
    newer = b'{"session":"s","n":7,"t_ms":0,"at_ms":0,"actor":"a","via":"page","body":{"event":"HandRaised"}}'
    with pytest.raises(TelehealthError, match="Row 7 was written by a newer version") as refused:
        decode_records([newer])
    assert refused.value.code is ErrorCode.JOURNAL_UNAVAILABLE
    for rubbish in (b"{", b'{"n":1},{"n":2}', b"\xff", b"[" * 200_000):
        with pytest.raises(TelehealthError) as damaged:
            decode_records([rubbish])
        assert damaged.value.code is ErrorCode.JOURNAL_DAMAGED
