"""An exported folder is whole, checked, pseudonymous, and recorded; or it is not there."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import RecordExported
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.exports.folder import (
    FORMS,
    MANIFEST,
    Options,
    check_folder,
    export_folder,
)
from telehealth_widget.review.loading import load_jsonl

BOTH = ("syn7_001", "syn7_002")
NAMES = (b"Synthetic client", b"Synthetic provider", b"A synthetic note", b"Synthetic session")


def contents(folder: Path) -> bytes:
    return b"".join(x.read_bytes() for x in folder.rglob("*") if x.is_file())


def test_every_form_is_there_with_a_manifest_that_holds(
    own_archive: Archive, tmp_path: Path
) -> None:
    folder = export_folder(own_archive, BOTH, tmp_path / "out")
    assert check_folder(folder, own_archive.public_key) == []
    endings = {x.suffix for x in folder.rglob("*") if x.is_file()}
    assert {".jsonl", ".csv", ".parquet", ".tsv", ".eaf", ".vtt", ".json"} <= endings
    manifest = json.loads((folder / MANIFEST).read_text())
    assert [x["session"] for x in manifest["sessions"]] == list(BOTH)
    assert all(x["recorded"] and x["problem"] is None for x in manifest["sessions"])
    assert not list(tmp_path.glob(".*.part"))


def test_nothing_in_it_names_anybody(own_archive: Archive, tmp_path: Path) -> None:
    content = contents(export_folder(own_archive, BOTH, tmp_path / "out"))
    assert not [name for name in NAMES if name in content]


def test_the_export_is_in_the_record_that_it_exports(own_archive: Archive, tmp_path: Path) -> None:
    folder = export_folder(own_archive, BOTH, tmp_path / "out")
    for session in BOTH:
        record = load_jsonl(folder / "sessions" / session / "record.jsonl")
        assert record == own_archive.load(session)
        assert record.records[-1].body == RecordExported(form="folder", texts=False)
    assert own_archive.verify(BOTH[0]).ok


def test_texts_leave_when_asked_for_and_that_is_recorded(
    own_archive: Archive, tmp_path: Path
) -> None:
    folder = export_folder(own_archive, BOTH[:1], tmp_path / "out", Options(texts=True))
    events = (folder / "sessions" / BOTH[0] / "events.csv").read_bytes()
    assert b"Synthetic client P01" in events
    assert own_archive.load(BOTH[0]).records[-1].body == RecordExported("folder", True)


def test_with_a_date_shift_no_true_date_leaves(own_archive: Archive, tmp_path: Path) -> None:
    folder = export_folder(own_archive, BOTH, tmp_path / "out", Options(shift_days=-3_650))
    assert not list(folder.rglob("*.jsonl"))
    manifest = (folder / MANIFEST).read_bytes()
    assert b"2026-03" not in contents(folder).replace(manifest, b"")
    assert b"2016-03" in (folder / "study.csv").read_bytes()
    assert b"3650" not in manifest
    assert json.loads(manifest)["dates_shifted"] is True


def test_the_dictionary_defines_every_column_of_every_table(
    own_archive: Archive, tmp_path: Path
) -> None:
    folder = export_folder(own_archive, BOTH, tmp_path / "out", Options(forms=("csv",)))
    with (folder / "dictionary.csv").open(newline="", encoding="utf-8") as file:
        defined = {(x["table"], x["column"]) for x in csv.DictReader(file)}
    tables = {x: x.stem for x in folder.glob("*.csv") if x.stem != "dictionary"}
    tables |= {x: x.stem for x in (folder / "sessions" / BOTH[0]).glob("*.csv")}
    assert set(tables.values()) == {"persons", "phases", "sessions", "study", "events", "intervals"}
    for path, name in tables.items():
        with path.open(newline="", encoding="utf-8") as file:
            header = next(csv.reader(file))
        table = "persons" if name == "phases" else name
        assert {(table, column) for column in header} <= defined


@pytest.mark.parametrize("change", ["edited", "missing", "added", "record"])
def test_whatever_is_done_to_the_folder_is_found(
    own_archive: Archive, tmp_path: Path, change: str
) -> None:
    folder = export_folder(own_archive, BOTH[:1], tmp_path / "out")
    record = folder / "sessions" / BOTH[0] / "record.jsonl"
    if change == "edited":
        (folder / "persons.csv").write_bytes(b"x")
    elif change == "missing":
        (folder / "persons.csv").unlink()
    elif change == "added":
        (folder / "more.csv").write_bytes(b"x")
    else:
        record.write_bytes(record.read_bytes().replace(b'"t_ms":1000', b'"t_ms":1001'))
    faults = check_folder(folder)
    assert faults
    assert ("Row" in faults[-1]) is (change == "record")


def test_what_cannot_be_done_leaves_nothing_behind(own_archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for sessions, target, options in (
        (BOTH, tmp_path / "there", Options()),
        (("s_nothing",), tmp_path / "out", Options()),
        ((BOTH[0], "s_nothing"), tmp_path / "out", Options()),
        (BOTH, tmp_path / "out", Options(forms=("docx",))),
        (BOTH, tmp_path / "out", Options(forms=())),
        (BOTH, tmp_path / "out", Options(shift_days=10**9)),
    ):
        with pytest.raises(TelehealthError) as refused:
            export_folder(own_archive, sessions, target, options)
        assert refused.value.code in (ErrorCode.BAD_OPTION, ErrorCode.UNKNOWN_SESSION)
    assert [x.name for x in tmp_path.iterdir() if x.name != "own"] == ["there"]
    with pytest.raises(TelehealthError, match="no manifest"):
        check_folder(tmp_path)


def test_of_a_damaged_record_the_sound_part_leaves_and_the_manifest_says_so(
    own_archive: Archive, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(own_archive.path)) as connection:
        connection.execute("UPDATE records SET hash = x'00' WHERE session = ? AND n = 40", BOTH[:1])
        connection.commit()
    folder = export_folder(own_archive, BOTH, tmp_path / "out", Options(forms=FORMS))
    first, second = json.loads((folder / MANIFEST).read_text())["sessions"]
    assert (first["rows"], second["problem"]) == (39, None)
    assert "Row 40" in first["problem"]
    with pytest.raises(TelehealthError):
        load_jsonl(folder / "sessions" / BOTH[0] / "record.jsonl")
