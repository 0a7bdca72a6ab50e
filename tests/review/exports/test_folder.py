"""An exported folder is whole, checked, pseudonymous, and recorded; or it is not there."""

from __future__ import annotations

import csv
import errno
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from telehealth_widget.journal.reader import WrittenByNewer
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import RecordExported
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.exports import folder as folder_module
from telehealth_widget.review.exports.folder import (
    FORMS,
    MANIFEST,
    Options,
    check_folder,
    export_folder,
)
from telehealth_widget.review.loading import load_jsonl

from ...journal.conftest import made_newer

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


def exports_noted(archive: Archive) -> int:
    records = (x for session in BOTH for x in archive.load(session).records)
    return sum(isinstance(x.body, RecordExported) for x in records)


@pytest.fixture
def no_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)


def test_nothing_is_recorded_of_an_export_that_cannot_be_made(
    own_archive: Archive, tmp_path: Path, no_pyarrow: None
) -> None:
    (tmp_path / "file").write_bytes(b"")
    for sessions, target, options in (
        (BOTH, tmp_path / "out", Options(forms=("docx",))),
        (BOTH, tmp_path / "out", Options(forms=("parquet",))),
        ((*BOTH, "s_nothing"), tmp_path / "out", Options()),
        (BOTH, tmp_path / "file" / "out", Options()),
    ):
        with pytest.raises(TelehealthError) as refused:
            export_folder(own_archive, sessions, target, options)
        assert refused.value.code in (ErrorCode.BAD_OPTION, ErrorCode.UNKNOWN_SESSION)
    made_newer(own_archive.path, BOTH[1])
    with pytest.raises(WrittenByNewer):
        export_folder(own_archive, BOTH, tmp_path / "out")
    assert not [x for x in own_archive.load(BOTH[0]).records if isinstance(x.body, RecordExported)]
    assert not list(tmp_path.glob("*out*"))


def test_without_pyarrow_parquet_is_left_out_unless_it_is_asked_for(
    own_archive: Archive, tmp_path: Path, no_pyarrow: None
) -> None:
    folder = export_folder(own_archive, BOTH, tmp_path / "out")
    manifest = json.loads((folder / MANIFEST).read_text())
    assert manifest["left_out"] == ["parquet"]
    assert manifest["forms"] == [x for x in FORMS if x != "parquet"]
    assert not list(folder.rglob("*.parquet"))
    assert check_folder(folder) == []
    with pytest.raises(TelehealthError, match=r"telehealth-widget\[review\].*--forms"):
        export_folder(own_archive, BOTH, tmp_path / "more", Options(forms=("csv", "parquet")))
    assert exports_noted(own_archive) == 2


def test_a_session_named_twice_counts_once(own_archive: Archive, tmp_path: Path) -> None:
    folder = export_folder(own_archive, (BOTH[0], BOTH[0]), tmp_path / "out")
    assert len(json.loads((folder / MANIFEST).read_text())["sessions"]) == 1
    assert exports_noted(own_archive) == 1


def test_a_full_disk_is_said_and_leaves_no_half_folder(
    own_archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder_module, "write_eaf", full)
    with pytest.raises(TelehealthError, match="cannot be written: No space left") as refused:
        export_folder(own_archive, BOTH, tmp_path / "out")
    assert refused.value.code is ErrorCode.BAD_OPTION
    assert [x.name for x in tmp_path.iterdir()] == ["own"]


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
