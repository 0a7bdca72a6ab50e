"""Records from files: what is whole comes back equal, what is not says where it stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from telehealth_widget.journal.reader import WrittenByNewer
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.loading import load_jsonl, verify_jsonl, without_collector

from ..journal.conftest import made_newer


@pytest.fixture
def exported(archive: Archive, tmp_path: Path) -> Path:
    path = tmp_path / "record.jsonl"
    path.write_bytes(b"".join(archive.reader.exported("syn7_001")))
    return path


def test_a_jsonl_export_comes_back_as_an_equal_record(archive: Archive, exported: Path) -> None:
    record = load_jsonl(exported, trusted_key=archive.public_key)
    assert record == archive.load("syn7_001")
    assert record.key == archive.public_key
    assert record.problem is None


@pytest.mark.parametrize("cut", [3, 60])
def test_a_truncated_export_is_refused_and_its_sound_part_given_on_request(
    exported: Path, cut: int
) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    exported.write_bytes(b"".join(lines[:cut]))
    with pytest.raises(TelehealthError, match=f"First bad row: {cut + 1}") as refused:
        load_jsonl(exported)
    assert refused.value.code is ErrorCode.JOURNAL_DAMAGED
    part = load_jsonl(exported, sound_part=True)
    assert (len(part), part.ended) == (cut, False)
    assert part.problem is not None
    assert "was cut" in part.problem
    assert part.views_at(part.end_ms).people or cut < 3


def test_what_is_no_export_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("hello\n")
    for sound_part in (False, True):
        with pytest.raises(TelehealthError, match="not an exported record"):
            load_jsonl(path, sound_part=sound_part)
    with pytest.raises(TelehealthError) as refused:
        verify_jsonl(tmp_path / "nothing.jsonl")
    assert refused.value.code is ErrorCode.BAD_OPTION


def test_a_damaged_session_of_a_journal_gives_what_verifies(own_archive: Archive) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(own_archive.path)) as connection:
        connection.execute(
            "UPDATE records SET record = CAST(replace(CAST(record AS TEXT), 't_ms', 't_mz') AS BLOB) "
            "WHERE session = 'syn7_001' AND n = 30"
        )
        connection.commit()
    assert own_archive.verify("syn7_001").first_bad == 30
    with pytest.raises(TelehealthError) as damaged:
        own_archive.load("syn7_001")
    assert damaged.value.code is ErrorCode.JOURNAL_DAMAGED
    part = own_archive.load("syn7_001", sound_part=True)
    assert len(part) == 29
    assert part.problem
    assert [x.session for x in own_archive.records()] == ["syn7_002"]


@pytest.mark.parametrize("texts", [False, True])
def test_a_newer_record_is_told_from_a_damaged_one_and_is_left_out(
    own_archive: Archive, texts: bool
) -> None:
    made_newer(own_archive.path, "syn7_001")
    for sound_part in (False, True):
        with pytest.raises(WrittenByNewer, match="newer version"):
            own_archive.load_noted("syn7_001", texts=texts, sound_part=sound_part)
    assert [x.session for x in own_archive.records()] == ["syn7_002"]
    assert own_archive.is_newer("syn7_001")
    assert not own_archive.is_newer("syn7_002")


def test_the_collector_is_on_again_afterwards() -> None:
    import gc

    def fails() -> None:
        with without_collector():
            assert not gc.isenabled()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert gc.isenabled()
