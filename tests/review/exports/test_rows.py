"""Rows of events: codes for ids, no text unless it is there, dates shifted where asked."""

from __future__ import annotations

import json
import re

import msgspec

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.dates import DAY_MS, iso
from telehealth_widget.protocol.measurements import Span, VoiceMeasured
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.definitions import EVENTS, INTERVALS
from telehealth_widget.review.exports.rows import event_rows, interval_rows
from telehealth_widget.review.record import SessionRecord

from ..conftest import made_of


def test_columns_are_the_defined_ones() -> None:
    record = made_of((5, e.PersonArrived("p_c")))
    assert list(event_rows(record)[0]) == [x.name for x in EVENTS]
    assert list(interval_rows(record)[0]) == [x.name for x in INTERVALS]


def test_people_are_codes_wherever_they_stand() -> None:
    record = made_of((5, e.ChatSent("p_c", "m1", "p_t", 42)))
    row = event_rows(record)[3]
    assert (row["person"], row["actor"], row["event"]) == ("P07", "P07", "ChatSent")
    assert json.loads(row["details"]) == {"message": "m1", "to": "T1", "characters": 42}
    assert re.search(r"\bp_c\b", json.dumps(event_rows(record))) is None


def test_a_measurement_is_a_row_too() -> None:
    record = made_of((9, VoiceMeasured("p_c", (Span(1, 3),))))
    assert json.loads(event_rows(record)[3]["details"]) == {"spans": [{"from_ms": 1, "to_ms": 3}]}


def test_sealed_texts_and_the_notebooks_digest_are_left_out(archive: Archive) -> None:
    rows = event_rows(archive.load("syn7_001"))
    for row in rows:
        assert "sha256" not in row["details"]
        assert not {"notebook", "title", "name", "note"} & set(json.loads(row["details"]))


def test_a_date_shift_moves_every_date_and_no_duration() -> None:
    record = made_of((5, e.InviteExtended("p_c", 10**12)))
    plain, shifted = event_rows(record), event_rows(record, -100)
    assert [x["t_ms"] for x in plain] == [x["t_ms"] for x in shifted]
    assert shifted[0]["at"] == iso(10**12 - 100 * DAY_MS)
    assert json.loads(shifted[3]["details"])["expires_at_ms"] == 10**12 - 100 * DAY_MS
    assert not {x["at"] for x in plain} & {x["at"] for x in shifted}


def test_a_clock_gone_wild_gives_no_date_and_no_error() -> None:
    record = made_of()
    wild = [msgspec.structs.replace(x, at_ms=10**18) for x in record.records]
    assert {x["at"] for x in event_rows(SessionRecord("s_1", wild))} == {None}
    assert iso(-(10**18)) is None
    assert iso(0) == "1970-01-01T00:00:00.000+00:00"
