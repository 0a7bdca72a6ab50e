"""Where a replay comes from: what is recorded before anything leaves."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import RecordExported
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.exports.folder import Options, export_folder
from telehealth_widget.review.source import FileSource, JournalSource

SESSION = "syn7_001"


def exports(archive: Archive) -> list[tuple[str, bool]]:
    bodies = (x.body for x in archive.load(SESSION).records)
    return [(x.form, x.texts) for x in bodies if isinstance(x, RecordExported)]


@pytest.fixture
def exported(own_archive: Archive, tmp_path: Path) -> Path:
    folder = export_folder(own_archive, [SESSION], tmp_path / "out", Options(forms=("jsonl",)))
    return folder / "sessions" / SESSION / "record.jsonl"


def test_looking_at_codes_is_not_recorded_and_a_file_is(own_archive: Archive) -> None:
    source = JournalSource(own_archive, SESSION)
    source.load(texts=False, form=None)
    assert exports(own_archive) == []
    source.load(texts=False, form="html")
    source.load(texts=True, form="html")
    source.load(texts=True, form=None)
    assert exports(own_archive) == [("html", False), ("html", True), ("view", True)]


def test_what_leaves_holds_the_record_of_its_leaving(own_archive: Archive) -> None:
    record = JournalSource(own_archive, SESSION).load(texts=False, form="html")
    assert isinstance(record.records[-1].body, RecordExported)


def test_a_journal_tells_that_it_verifies_and_with_which_key(own_archive: Archive) -> None:
    source = JournalSource(own_archive, SESSION)
    record = source.load(texts=False, form=None)
    check = source.check(record)
    assert (check.ok, check.rows, check.key) == (True, len(record), own_archive.public_key)
    assert source.comments_path == Path.cwd() / f"{SESSION}.comments.jsonl"


def test_a_file_is_verified_with_its_key(own_archive: Archive, exported: Path) -> None:
    source = FileSource(exported, own_archive.public_key)
    record = source.load(texts=False, form="html")
    check = source.check(record)
    assert (check.ok, check.rows, check.key) == (True, len(record), own_archive.public_key)
    assert source.comments_path == exported.with_name("record.comments.jsonl")
    with pytest.raises(TelehealthError) as caught:
        FileSource(exported, "ab" * 32).load(texts=False, form=None)
    assert caught.value.code is ErrorCode.JOURNAL_DAMAGED


def test_a_file_has_no_names_to_give(exported: Path) -> None:
    with pytest.raises(TelehealthError, match="holds no names"):
        FileSource(exported).load(texts=True, form=None)


def test_an_edited_file_is_refused_and_the_row_is_named(exported: Path) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    exported.write_bytes(
        b"".join([*lines[:5], lines[5].replace(b'"t_ms":', b'"t_ms":1'), *lines[6:]])
    )
    with pytest.raises(TelehealthError, match="First bad row: 6"):
        FileSource(exported).load(texts=False, form=None)


def test_of_an_edited_file_the_sound_part_is_shown_when_asked_for(exported: Path) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    exported.write_bytes(b"".join([*lines[:9], lines[9][:-9] + b"\n", *lines[10:]]))
    source = FileSource(exported, sound_part=True)
    record = source.load(texts=False, form=None)
    check = source.check(record)
    assert (check.ok, check.rows, len(record)) == (False, 9, 9)
    assert check.problem


def test_of_a_damaged_journal_the_sound_part_is_shown_when_asked_for(own_archive: Archive) -> None:
    with closing(sqlite3.connect(own_archive.path)) as journal, journal:
        row = "session = ? AND n = 14"
        (stored,) = journal.execute(
            f"SELECT record FROM records WHERE {row}", (SESSION,)
        ).fetchone()
        forged = stored.replace(b'"t_ms":', b'"t_ms":1')
        assert forged != stored
        journal.execute(f"UPDATE records SET record = ? WHERE {row}", (forged, SESSION))
    whole = JournalSource(own_archive, SESSION)
    assert not whole.check(whole.load(texts=False, form=None)).ok, "never shown as verified"
    source = JournalSource(own_archive, SESSION, sound_part=True)
    record = source.load(texts=False, form=None)
    check = source.check(record)
    assert 0 < len(record) <= 13
    assert not check.ok
    assert "First bad row" in (check.problem or "")
