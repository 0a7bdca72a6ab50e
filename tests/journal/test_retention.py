"""The policy beside a journal: whom it holds, how long it keeps, and that the journal itself obeys."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from telehealth_widget.journal.reader import JournalReader
from telehealth_widget.journal.retention import (
    Policy,
    StudyPolicy,
    path_beside,
    policy_beside,
    read_policy,
    studies,
)
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Draft, MarkPlaced, PersonNamed
from telehealth_widget.protocol.kinds import Via

HELD = {"studies": {"TRIAL2": {"legal_hold": True}}}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    """`s_held` belongs to TRIAL2, `s_free` to no study."""
    with closing(SqliteJournal.open(tmp_path / "journal.sqlite3")) as made:
        for session, label in (("s_held", "Study : TRIAL2"), ("s_free", "cue")):
            bodies = (PersonNamed("p_a", "Ana"), MarkPlaced(label, None), MarkPlaced("cue", None))
            drafts = [Draft(0, 0, "p_a", Via.KERNEL, body) for body in bodies]
            made.append(session, drafts).result(10)
        yield made


def put(journal: SqliteJournal, policy: Any) -> None:
    path_beside(journal.path).write_text(policy if isinstance(policy, str) else json.dumps(policy))


def refused(journal: SqliteJournal, session: str) -> TelehealthError:
    """Why forgetting is refused, with the key still there."""
    with pytest.raises(TelehealthError) as caught:
        journal.forget(session, "p_a").result(10)
    assert "p_a" in JournalReader(journal.path).wrapped_keys(session)
    return caught.value


@pytest.mark.parametrize("policy", [HELD, {"held_sessions": ["s_held"]}])
def test_what_is_held_is_not_forgotten_until_the_hold_is_lifted(
    journal: SqliteJournal, policy: Any
) -> None:
    put(journal, policy)
    error = refused(journal, "s_held")
    assert error.code is ErrorCode.LEGAL_HOLD
    assert "Lift it in journal.sqlite3.retention.json first" in error.message
    assert journal.forget("s_free", "p_a").result(10) is None
    put(journal, {})
    assert journal.forget("s_held", "p_a").result(10) is None
    assert JournalReader(journal.path).wrapped_keys("s_held") == set()


@pytest.mark.parametrize(
    "content", ["", '{"keep_dayz": 1}', '{"studies": {"A": {"legal_hold": 1}}}']
)
def test_a_policy_that_cannot_be_read_lets_nothing_be_forgotten(
    journal: SqliteJournal, content: str
) -> None:
    put(journal, content)
    error = refused(journal, "s_free")
    assert error.code is ErrorCode.BAD_OPTION
    assert "cannot be used, so nothing is erased" in error.message


def test_a_policy_that_is_no_file_lets_nothing_be_forgotten(journal: SqliteJournal) -> None:
    path_beside(journal.path).mkdir()
    assert refused(journal, "s_free").code is ErrorCode.BAD_OPTION


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM records WHERE n = 2",
        "DELETE FROM records WHERE n = 3",
        "UPDATE records SET record = x'00' WHERE n = 2",
        "UPDATE records SET record = CAST(replace(CAST(record AS TEXT), 'cue', 'eue') AS BLOB)",
        "UPDATE records SET record = CAST(replace(replace(CAST(record AS TEXT), "
        "'TRIAL2', 'TRIAL9'), 'cue', 'eue') AS BLOB)",
        "UPDATE heads SET mac = x'00'",
    ],
)
def test_a_damaged_record_may_be_of_any_study_that_is_held(
    journal: SqliteJournal, damage: str
) -> None:
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        connection.execute(damage)
    put(journal, HELD)
    for session in ("s_held", "s_free"):
        error = refused(journal, session)
        assert error.code is ErrorCode.LEGAL_HOLD
        assert "its record is damaged" in error.message
    put(journal, {"held_sessions": ["s_held"]})
    assert journal.forget("s_free", "p_a").result(10) is None


def test_a_session_that_is_not_there_is_unknown_under_a_hold_too(journal: SqliteJournal) -> None:
    put(journal, HELD)
    with pytest.raises(TelehealthError) as caught:
        journal.forget("s_nothing", "p_a").result(10)
    assert caught.value.code is ErrorCode.UNKNOWN_SESSION


def test_the_last_study_counts_in_a_whole_record_and_every_one_in_a_damaged_one() -> None:
    policy = Policy(studies={"A": StudyPolicy(legal_hold=True), "B": StudyPolicy()})
    assert policy.holds("s", ["B", "A"], whole=True)
    assert not policy.holds("s", ["A", "B"], whole=True)
    assert not policy.holds("s", [], whole=True)
    assert policy.holds("s", ["A", "B"], whole=False)
    assert policy.holds("s", [], whole=False)
    assert policy.holds("s", ["B"], whole=False), "a later mark may be lost"
    assert Policy(held_sessions=("s",)).holds("s", [], whole=True)


def test_days_are_the_studys_own_and_the_longest_if_it_cannot_be_known() -> None:
    policy = Policy(30, {"A": StudyPolicy(keep_days=10), "B": StudyPolicy(keep_days=90)})
    assert policy.days(["B", "A"], whole=True) == 10
    assert policy.days([], whole=True) == policy.days(["C"], whole=True) == 30
    assert policy.days([], whole=False) == policy.days(["A"], whole=False) == 90
    assert Policy(None, policy.studies).days([], whole=False) is None


def test_without_a_file_all_is_kept_and_nothing_held(tmp_path: Path) -> None:
    assert read_policy(tmp_path / "none.json") is None
    assert policy_beside(tmp_path / "journal.sqlite3") == Policy()


def test_studies_are_read_from_marks_in_order(journal: SqliteJournal) -> None:
    reader = JournalReader(journal.path)
    assert studies(reader.understood("s_held")) == ["TRIAL2"]
    assert studies(reader.understood("s_free")) == []
