"""The record as tables and files: codes for people, no text, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from telehealth_widget.kernel.event_log import EventLog, Verification
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

SEALED = {"row": "r_1", "sha256": "0" * 64}


def line(n: int, body: dict[str, Any], actor: str = "p_1", via: str = "kernel") -> bytes:
    record = {
        "session": "s",
        "n": n,
        "t_ms": n * 10,
        "at_ms": 1_000 * n,
        "actor": actor,
        "via": via,
        "body": body,
    }
    return json.dumps({"record": record, "hash": "ab"}).encode() + b"\n"


def invited(n: int, person: str, code: str) -> bytes:
    body = {
        "event": "PersonInvited",
        "person": person,
        "code": code,
        "role": "client",
        "name": SEALED,
    }
    return line(n, {**body, "language": None, "expires_at_ms": 5, "simulated": False})


STORED = b"".join(
    (
        line(
            1, {"event": "SessionOpened", "title": SEALED, "notebook": "digest", "provider": "p_1"}
        ),
        invited(2, "p_1", "T1"),
        invited(3, "p_2", "P07"),
        line(
            4, {"event": "ChatSent", "person": "p_1", "message": "c", "to": "p_2", "characters": 3}
        ),
        line(
            5, {"event": "PersonLeft", "person": "p_2", "cause": "connection"}, "system", "system"
        ),
    )
)


def log(stored: bytes = STORED, ok: bool = True) -> EventLog:
    return EventLog(lambda: stored, lambda: Verification(ok=ok, rows=5))


def test_rows_name_people_by_code_and_leave_texts_out() -> None:
    rows = log().rows()
    assert [row["n"] for row in rows] == [1, 2, 3, 4, 5]
    assert list(rows[0]) == list(EventLog.COLUMNS)
    assert rows[0]["details"] == {"provider": "T1"}
    chat = rows[3]
    assert (chat["event"], chat["person"], chat["actor"], chat["details"]) == (
        "ChatSent",
        "T1",
        "T1",
        {"message": "c", "to": "P07", "characters": 3},
    )
    assert (rows[4]["actor"], rows[4]["via"]) == ("system", "system")
    assert rows[4]["at"].isoformat() == "1970-01-01T00:00:05+00:00"
    assert "r_1" not in repr(rows)
    assert list(log()) == rows
    assert len(log()) == 5


def test_figures_within_figures_are_kept_as_the_review_keeps_them() -> None:
    span = {"from_ms": 5, "to_ms": 9}
    stored = line(1, {"event": "QualityMeasured", "person": "p_1", "span": span, "rtt_ms": 3.5})
    stored += line(2, {"event": "VoiceMeasured", "person": "p_1", "spans": [span]})
    quality, voice = log(stored).rows()
    assert quality["details"] == {"span": span, "rtt_ms": 3.5}
    assert voice["details"] == {"spans": [span]}


def test_a_clock_gone_wild_leaves_the_date_empty_and_the_rest_whole(tmp_path: Path) -> None:
    stored = STORED + line(10**15, {"event": "SessionEnded"}, "system", "system")
    rows = log(stored).rows()
    assert (len(rows), rows[-1]["at"], rows[-1]["event"]) == (6, None, "SessionEnded")
    assert log(stored).to_pandas()["at"].isna().sum() == 1
    with log(stored).to_csv(tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        assert [*csv.DictReader(file)][-1]["at"] == ""


def test_pandas_gets_one_row_an_event() -> None:
    frame = log().to_pandas()
    assert list(frame.columns) == list(EventLog.COLUMNS)[1:]
    assert frame.index.name == "n"
    assert frame.loc[4, "person"] == "T1"
    assert list(log(b"").to_pandas().columns) == list(EventLog.COLUMNS)[1:]


def test_without_pandas_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(TelehealthError) as refused:
        log().to_pandas()
    assert refused.value.code is ErrorCode.BAD_OPTION
    assert (
        refused.value.message == "pandas is not installed: pip install 'telehealth-widget[pandas]'."
    )


def test_jsonl_is_the_stored_bytes(tmp_path: Path) -> None:
    path = log().to_jsonl(str(tmp_path / "x.jsonl"))
    assert path == tmp_path / "x.jsonl"
    assert path.read_bytes() == STORED
    assert log(b"").to_jsonl(path).read_bytes() == b""


def test_csv_can_be_read_back(tmp_path: Path) -> None:
    with log().to_csv(tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[3]["person"] == "T1"
    assert rows[3]["at"] == "1970-01-01T00:00:04.000+00:00"
    assert json.loads(rows[3]["details"]) == {"message": "c", "to": "P07", "characters": 3}
    assert rows[0]["person"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_a_spreadsheet_would_run_is_prefixed(tmp_path: Path, start: str) -> None:
    stored = line(1, {"event": f"{start}1+1", "person": f"{start}cmd"}, actor=f"{start}A1")
    with log(stored).to_csv(tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["event"], row["person"], row["actor"]) == (
        f"'{start}1+1",
        f"'{start}cmd",
        f"'{start}A1",
    )


def test_a_verification_is_true_if_all_is_well() -> None:
    assert log().verify()
    assert not log(ok=False).verify()


def test_what_is_shown_of_a_log_is_its_length() -> None:
    assert repr(log()) == "<EventLog of 5 events>"
    assert log()._repr_html_().startswith("<p>Event log of 5 events.")
