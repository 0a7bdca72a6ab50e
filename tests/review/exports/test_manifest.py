"""A folder is signed as a whole: whoever has the public key can tell whether it is what left the journal."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.comments import CommentFile, comment
from telehealth_widget.review.exports.folder import Options, export_folder
from telehealth_widget.review.exports.manifest import (
    MANIFEST,
    SIGNATURE,
    UNSIGNED_FORMAT,
    check_folder,
    is_unsigned,
    read_manifest,
)

OTHER_KEY = "ab" * 32


@pytest.fixture
def folder(own_archive: Archive, tmp_path: Path) -> Path:
    options = Options(forms=("csv", "jsonl"))
    return export_folder(own_archive, ["syn7_001"], tmp_path / "out", options)


def rewrite(folder: Path, **facts: str) -> None:
    """Change the manifest as anybody can who has no key."""
    manifest = {**read_manifest(folder), **facts}
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_a_folder_is_good_with_the_key_that_signed_it_and_with_no_other(
    own_archive: Archive, folder: Path
) -> None:
    assert check_folder(folder) == check_folder(folder, own_archive.public_key.upper()) == []
    assert read_manifest(folder)["public_key"] == own_archive.public_key
    faults = check_folder(folder, OTHER_KEY)
    assert faults[0] == f"{MANIFEST}: It was signed with another key than the one you trust."


def test_a_table_that_was_changed_with_its_checksum_is_found(folder: Path) -> None:
    table = folder / "persons.csv"
    before = sha256(table.read_bytes()).hexdigest()
    table.write_bytes(table.read_bytes().replace(b"P01", b"P02"))
    manifest = folder / MANIFEST
    manifest.write_text(
        manifest.read_text().replace(before, sha256(table.read_bytes()).hexdigest())
    )
    assert check_folder(folder) == [f"{MANIFEST}: Its signature does not hold."]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"key":"00","signature":"00"}', b"\xff", b"[" * 100_000]
)
def test_a_signature_that_is_none_is_said(folder: Path, content: bytes) -> None:
    (folder / SIGNATURE).write_bytes(content)
    assert check_folder(folder)[0].startswith(f"{MANIFEST}: Its signature ")


def test_a_signature_that_is_gone_is_missed(folder: Path) -> None:
    (folder / SIGNATURE).unlink()
    assert check_folder(folder) == [f"{SIGNATURE} is missing, or cannot be read."]


def test_another_key_in_the_manifest_is_found(folder: Path) -> None:
    rewrite(folder, public_key=OTHER_KEY)
    assert check_folder(folder)[0] == f"{MANIFEST}: Its signature does not hold."


def test_a_folder_of_an_older_version_is_checked_and_never_passes_with_a_key(
    own_archive: Archive, folder: Path
) -> None:
    (folder / SIGNATURE).unlink()
    rewrite(folder, format=UNSIGNED_FORMAT)
    assert is_unsigned(folder)
    assert check_folder(folder) == []
    (fault,) = check_folder(folder, own_archive.public_key)
    assert "is not signed" in fault


def test_comments_beside_a_record_are_no_tampering(folder: Path) -> None:
    path = folder / "sessions" / "syn7_001" / "record.comments.jsonl"
    CommentFile(path).add(comment("Look here", 1))
    assert check_folder(folder) == []
    path.with_name("more.jsonl").write_bytes(b"")
    assert check_folder(folder) == ["sessions/syn7_001/more.jsonl is not in the manifest."]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"files": [{"path": "x"}]}', '{"files": 5}', "[" * 100_000]
)
def test_what_is_no_manifest_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(TelehealthError, match="no manifest"):
        check_folder(tmp_path)
