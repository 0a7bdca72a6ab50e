"""A BIDS dataset: names by the validator's rules, tables by the specification's."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from bids_validator import BIDSValidator

from telehealth_widget.protocol import events as e
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.exports.bids import event_rows, label, write_dataset
from telehealth_widget.review.phases import study_phases

from ..conftest import made_of


@pytest.fixture
def dataset(archive: Archive, tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "bids", archive.records())


def test_every_file_has_a_name_that_bids_knows(dataset: Path) -> None:
    names = [f"/{x.relative_to(dataset).as_posix()}" for x in dataset.rglob("*") if x.is_file()]
    assert len(names) > 10
    assert [x for x in names if not BIDSValidator().is_bids(x)] == []


def test_the_dataset_describes_itself(dataset: Path) -> None:
    description = json.loads((dataset / "dataset_description.json").read_text())
    assert {"Name", "BIDSVersion", "DatasetType"} <= set(description)
    people = pd.read_csv(dataset / "participants.tsv", sep="\t")
    assert people.columns[0] == "participant_id"
    folders = {x.name for x in dataset.glob("sub-*")}
    assert set(people["participant_id"]) == folders == {"sub-P01", "sub-P02", "sub-P03"}


def test_whoever_was_simulated_in_any_session_is_told_so(tmp_path: Path, dataset: Path) -> None:
    people = pd.read_csv(dataset / "participants.tsv", sep="\t")
    assert set(people["simulated"]) == {"yes"}
    assert set(people.columns) - {"participant_id"} == set(
        json.loads((dataset / "participants.json").read_text())
    )
    for number, records in enumerate(([made_of()], [made_of(simulated=True), made_of()])):
        folder = write_dataset(tmp_path / str(number), records)
        table = pd.read_csv(folder / "participants.tsv", sep="\t")
        assert table["simulated"].tolist() == [("no", "yes")[number]]


def test_events_are_ordered_numbers_first_and_every_column_is_described(dataset: Path) -> None:
    tables = list(dataset.rglob("*_events.tsv"))
    assert len(tables) == 4
    for path in tables:
        table = pd.read_csv(path, sep="\t", na_values="n/a", keep_default_na=False)
        assert list(table.columns)[:2] == ["onset", "duration"]
        assert table["onset"].is_monotonic_increasing
        assert table["onset"].dtype == table["duration"].dtype == float
        assert (table["duration"] >= 0).all()
        sidecar = json.loads(path.with_suffix(".json").read_text())
        assert set(table.columns) == set(sidecar)
        assert set(table["trial_type"]) <= set(sidecar["trial_type"]["Levels"])
        assert "" not in path.read_text().replace("\n", "\t").split("\t")[:-1]


def test_study_phases_read_back_in_seconds(archive: Archive) -> None:
    record = archive.load("syn7_001")
    rows = [x for x in event_rows(record) if x["trial_type"] == "study_phase"]
    assert [(x["onset"], x["value"]) for x in rows] == [
        (x.from_ms / 1000, x.name) for x in study_phases(record)
    ]


def test_codes_become_labels_that_stay_apart() -> None:
    assert label("P07") == "P07"
    assert label("P-07") != label("P.07") != "P07"
    assert label("P-07").isalnum()


def test_a_cell_breaks_no_table_and_runs_nothing(tmp_path: Path) -> None:
    record = made_of((5, e.MarkPlaced("=1+1\tx\ny", None)))
    folder = write_dataset(tmp_path / "bids", [record])
    (path,) = folder.rglob("*_events.tsv")
    (row,) = [x for x in path.read_text().splitlines() if "\tmark\t" in x]
    assert row.split("\t") == ["0.005", "0.000", "mark", "n/a", "'=1+1 x y"]
