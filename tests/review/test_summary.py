"""The one-page summary: what it says, and that it is safe and needs nothing."""

from __future__ import annotations

import re

from telehealth_widget.protocol import events as e
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.summary import Summary

from .conftest import made_of


def test_it_tells_people_parts_and_marks(archive: Archive) -> None:
    text = str(Summary(archive.load("syn7_001")))
    for word in ("P01", "T1", "check-in", "wrap-up", "Response latency", "site North"):
        assert word in text
    assert "Synthetic client" not in text
    assert Summary(archive.load("syn7_001"))._repr_html_() == text


def test_marks_stand_in_it_with_a_colon_too_and_labels_do_not() -> None:
    record = made_of(
        (5, e.MarkPlaced("alliance: rupture", None)), (6, e.MarkPlaced("phase : talk", None))
    )
    text = str(Summary(record))
    assert "alliance: rupture" in text
    assert "phase : talk" not in text


def test_it_tells_who_is_simulated() -> None:
    came = (1_000, e.PersonArrived("p_c"))
    for simulated, word in ((False, "no"), (True, "yes")):
        text = str(Summary(made_of(came, simulated=simulated)))
        assert f"<td>Simulated</td><td>{word}</td>" in text


def test_it_fetches_nothing_and_runs_nothing(archive: Archive) -> None:
    page = Summary(archive.load("syn7_001")).page()
    assert not re.search(r"https?:|<script|src=|url\(", page)
    assert page.startswith("<!doctype html>")


def test_labels_stay_text_and_problems_are_told() -> None:
    record = made_of((5, e.MarkPlaced("<img src=x onerror=alert(1)>", None)), end_ms=None)
    damaged = SessionRecord("s_1", record.records, problem="Row 5 is <bad>.")
    text = str(Summary(damaged))
    assert "<img" not in text
    assert "Row 5 is &lt;bad&gt;." in text
    assert "not ended" in text
    assert repr(Summary(damaged)) == "<Summary of session s_1>"
