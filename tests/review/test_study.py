"""The study table: a row a session and client, by site, provider and condition."""

from __future__ import annotations

import sys

import pytest

from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.study import COLUMNS, by, study_rows, study_table

from .conftest import made_of


def test_every_session_is_a_row_with_its_labels(archive: Archive) -> None:
    table = study_table(archive.records())
    assert list(table.columns) == [x.name for x in COLUMNS]
    assert table["session"].tolist() == ["syn7_001", "syn7_002", "syn7_003", "syn7_004"]
    assert table["client"].tolist() == ["P01", "P02", "P03", "P01"]
    assert set(table["site"]) == {"North", "South"}
    assert table["talk_share"].between(0, 1).all()


def test_means_stand_on_a_number_of_sessions(archive: Archive) -> None:
    table = study_table(archive.records())
    means = by(table, "site", "condition")
    assert means["sessions"].sum() == 4
    assert means.loc[("North", "video"), "talk_ms"] == pytest.approx(
        table[(table["site"] == "North") & (table["condition"] == "video")]["talk_ms"].mean()
    )


def test_simulated_clients_are_labelled_and_left_out_on_request() -> None:
    came = (1_000, e.PersonArrived("p_c"))
    records = [made_of(came), made_of(came, simulated=True)]
    assert study_table(records)["simulated"].tolist() == ["no", "yes"]
    assert study_table(records, simulated=False)["simulated"].tolist() == ["no"]


def test_a_client_who_never_came_is_no_row() -> None:
    assert study_rows([made_of()]) == []


def test_without_pandas_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(TelehealthError, match="pandas is not installed"):
        study_table([])
