"""The command line: what it prints, its exit codes, and that help says what a person needs."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from telehealth_widget.journal.signature import fingerprint
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.cli import COMMANDS, main
from telehealth_widget.review.commands.common import FAILED, NOT_WELL, OK, USAGE

from ..journal.conftest import made_newer


@pytest.fixture
def journal(own_archive: Archive) -> list[str]:
    return ["--journal", str(own_archive.path)]


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_sessions_are_listed_with_codes_and_labels(
    journal: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sessions", "--json", *journal]) == OK
    first = printed(capsys)[0]
    assert (first["session"], first["state"], first["study"]) == ("syn7_001", "ended", "Synthetic")
    assert first["people"] == "T1 P01"
    assert main(["sessions", *journal]) == OK
    assert capsys.readouterr().out.splitlines()[0].startswith("session")


def test_export_then_verify_with_the_public_key(
    own_archive: Archive, journal: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["export", "--all", "--to", str(out), "--json", *journal]) == OK
    assert len(printed(capsys)["sessions"]) == 2
    record = str(out / "sessions" / "syn7_001" / "record.jsonl")
    assert main(["verify", str(out), record, "--key", own_archive.public_key, "--json"]) == OK
    assert [x["ok"] for x in printed(capsys)] == [True, True]
    assert main(["verify", record, "--key", "ab" * 32]) == NOT_WELL
    assert main(["verify", *journal]) == OK
    assert main(["export", "syn7_001", "--to", str(out), *journal]) == FAILED
    assert "exists already" in capsys.readouterr().err


def test_a_key_is_never_ignored(
    own_archive: Archive, journal: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    main(["export", "syn7_001", "--to", out, "--forms", "csv", *journal])
    capsys.readouterr()
    for what in ([out], ["syn7_001"], []):
        assert main(["verify", *what, "--key", own_archive.public_key, *journal]) == OK
        assert main(["verify", *what, "--key", "ab" * 32, *journal]) == NOT_WELL
        assert "another key" in capsys.readouterr().out
    assert main(["verify", out, "--json", *journal]) == OK
    (row,) = printed(capsys)
    assert row["signed_by"] == fingerprint(own_archive.public_key)


def test_what_an_export_leaves_out_is_said(
    own_archive: Archive,
    journal: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    one, two, three = (str(tmp_path / x) for x in ("one", "two", "three"))
    assert main(["export", "syn7_001", "syn7_001", "--to", one, *journal]) == OK
    assert "Parquet is left out" in capsys.readouterr().err
    assert main(["export", "syn7_001", "--to", two, "--forms", "parquet", *journal]) == FAILED
    assert "--forms" in capsys.readouterr().err
    below_a_file = str(own_archive.path / "out")
    assert main(["export", "syn7_001", "--to", below_a_file, *journal]) == FAILED
    assert f"{below_a_file} cannot be written" in capsys.readouterr().err
    made_newer(own_archive.path, "syn7_001")
    assert main(["export", "--all", "--to", three, *journal]) == NOT_WELL
    told = capsys.readouterr()
    assert "1 sessions" in told.out
    assert "syn7_001 is left out: a newer version wrote it" in told.err


def test_whoever_forgets_is_told_of_comments(
    journal: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("syn7_001.comments.jsonl").write_bytes(b"")
    Path("syn7_002.comments.jsonl").write_bytes(b"")
    assert main(["forget", "P01", "--session", "syn7_001", *journal]) == OK
    told = capsys.readouterr().err.splitlines()
    assert [x for x in told if "comments" in x] == [
        f"{tmp_path / 'syn7_001.comments.jsonl'} holds reviewers' comments, which may name people: "
        "see to it yourself."
    ]


def test_verify_names_the_first_bad_row(tmp_path: Path, journal: list[str], capsys: Any) -> None:
    out = tmp_path / "out"
    main(["export", "syn7_001", "--to", str(out), "--forms", "jsonl", *journal])
    record = out / "sessions" / "syn7_001" / "record.jsonl"
    lines = record.read_bytes().splitlines(keepends=True)
    record.write_bytes(b"".join([*lines[:8], lines[9], lines[8], *lines[10:]]))
    capsys.readouterr()
    assert main(["verify", str(record), "--json"]) == NOT_WELL
    (row,) = printed(capsys)
    assert (row["ok"], row["first_bad"]) == (False, 9)


def test_forget_tells_first_and_erases_with_yes(
    own_archive: Archive, journal: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forget", "P01", "--json", *journal]) == OK
    assert {x["outcome"] for x in printed(capsys)} == {"would erase"}
    assert "p_c1" in own_archive.reader.wrapped_keys("syn7_001")
    assert main(["forget", "P01", "--yes", *journal]) == OK
    assert "p_c1" not in own_archive.reader.wrapped_keys("syn7_001")
    assert main(["forget", "--expired", *journal]) == OK
    policy = own_archive.path.with_name(own_archive.path.name + ".retention.json")
    policy.write_text('{"keep_days": 1, "held_sessions": ["syn7_002"]}')
    assert main(["forget", "P02", "--yes", *journal]) == NOT_WELL
    assert main(["forget", "P99", *journal]) == FAILED


def test_doctor_finds_what_is_not_as_it_should_be(
    own_archive: Archive, journal: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--json", *journal]) == OK
    findings = {x["what"]: x["found"] for x in printed(capsys)}
    assert own_archive.public_key in findings["public key"]
    own_archive.path.chmod(0o644)
    assert main(["doctor", *journal]) == NOT_WELL
    assert main(["doctor", "--journal", "/nowhere/journal.sqlite3"]) == NOT_WELL
    assert main(["doctor"]) == OK


def test_one_newer_session_is_told_and_blocks_no_other(
    own_archive: Archive, journal: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    made_newer(own_archive.path, "syn7_001")
    assert main(["sessions", "--json", *journal]) == NOT_WELL
    states = {x["session"]: x["state"] for x in printed(capsys)}
    assert states == {"syn7_001": "newer version", "syn7_002": "ended"}
    assert main(["doctor", "--json", *journal]) == NOT_WELL
    findings = {x["what"]: x for x in printed(capsys)}
    assert findings["sessions"]["ok"]
    assert "syn7_001" in findings["newer version"]["found"]
    assert main(["forget", "P01", "--yes", "--json", *journal]) == NOT_WELL
    assert [x["outcome"] for x in printed(capsys)] == ["refused"]
    assert main(["forget", "P02", "--yes", "--json", *journal]) == OK
    assert {x["outcome"] for x in printed(capsys)} == {"erased"}


def test_damage_is_told_when_forgetting(
    own_archive: Archive, journal: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(own_archive.path)) as connection, connection:
        connection.execute("UPDATE records SET hash = x'00' WHERE session = 'syn7_001' AND n = 2")
    assert main(["forget", "P01", "--yes", "--json", *journal]) == NOT_WELL
    assert [x["outcome"] for x in printed(capsys)] == ["erased", "erased", "damaged"]


@pytest.mark.parametrize(
    "words",
    [[], ["nothing"], ["export", "--to", "x"], ["export", "a", "--all", "--to", "x"], ["forget"]],
)
def test_wrong_options_are_told_apart(words: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == USAGE


def test_what_cannot_be_done_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sessions"]) == FAILED
    assert "There is no journal at" in capsys.readouterr().err
    assert main(["verify", "s_nothing"]) == FAILED


@pytest.mark.parametrize("module", COMMANDS, ids=lambda m: m.__name__.rsplit(".", 1)[1])
def test_help_has_examples_and_exit_codes(module: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([module.__name__.rsplit(".", 1)[1], "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert "examples:\n  telehealth-widget" in text
    assert "exit codes:" in text


def test_the_command_is_installed_beside_python() -> None:
    command = Path(sys.executable).with_name("telehealth-widget")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "0.1.0")


def test_a_replay_is_written_from_a_session_and_from_a_file(
    journal: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "p01.html"
    assert main(["replay", "syn7_001", "-o", str(page), "--json", *journal]) == OK
    (row,) = printed(capsys)
    assert row == {
        "session": "syn7_001",
        "file": str(page),
        "bytes": page.stat().st_size,
        "names": False,
    }
    assert "Synthetic client" not in page.read_text()
    assert main(["replay", "syn7_001", "-o", str(page), "--names", *journal]) == OK
    assert "Synthetic client" in page.read_text()
    out = tmp_path / "out"
    main(["export", "syn7_001", "--to", str(out), "--forms", "jsonl", *journal])
    record = out / "sessions" / "syn7_001" / "record.jsonl"
    again = tmp_path / "again.html"
    assert main(["replay", str(record), "-o", str(again)]) == OK
    assert '"session":"syn7_001"' in again.read_text()
    assert main(["replay", str(record), "-o", str(again), "--key", "ab" * 32]) == FAILED
    assert main(["replay", "s_none", "-o", str(again), *journal]) == FAILED
