"""Forgetting: on request and by age, never under a hold; afterwards the texts are gone and the rest is valid."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.reader import JournalReader
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Role, SessionKind, Via
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.measures import Measures
from telehealth_widget.review.retention import (
    DAY_MS,
    Policy,
    StudyPolicy,
    apply_policy,
    forget,
    load_policy,
    policy_path,
    set_aside_copies,
)

from ..journal.conftest import made_newer

KEEP = Policy()


def everything(archive: Archive) -> bytes:
    """All bytes of database, WAL and shm."""
    parts = [archive.path.with_name(archive.path.name + x) for x in ("", "-wal", "-shm")]
    return b"".join(x.read_bytes() for x in parts if x.exists())


def secrets_of(archive: Archive, session: str, owner: str) -> list[bytes]:
    """What opens a person's texts: the wrapped key as it is stored, and the key itself."""
    keyring = Keyring.open(archive.path.with_name(archive.path.name + ".key"), create=False)
    with closing(sqlite3.connect(archive.path)) as connection:
        (wrapped,) = connection.execute(
            "SELECT wrapped FROM keys WHERE session = ? AND owner = ?", (session, owner)
        ).fetchone()
    from telehealth_widget.journal.chain import framed

    key = keyring.unwrap(wrapped, framed(session, owner))
    assert key is not None
    return [wrapped, wrapped[:24], wrapped[-24:], key]


def holding(folder: Path, *bodies: e.AnyBody) -> Archive:
    """An archive of one session `s_1` with these records, all made in 1970."""
    path = folder / "journal.sqlite3"
    with closing(SqliteJournal.open(path)) as journal:
        journal.append("s_1", [e.Draft(0, 0, "p", Via.KERNEL, x) for x in bodies]).result()
    return Archive(path)


def test_after_forgetting_no_byte_opens_the_texts_and_all_else_holds(own_archive: Archive) -> None:
    before = own_archive.load("syn7_001")
    secrets = secrets_of(own_archive, "syn7_001", "p_c1") + secrets_of(
        own_archive, "syn7_001", e.OF_SESSION
    )
    others = secrets_of(own_archive, "syn7_001", "p_t1")
    assert secrets[0] in everything(own_archive)
    outcomes = forget(own_archive, "P01", sessions=["syn7_001"])
    assert [(x.owner, x.outcome) for x in outcomes] == [("P01", "erased"), ("session", "erased")]
    left = everything(own_archive)
    assert not [x for x in secrets if x in left]
    assert others[0] in left
    after = own_archive.load("syn7_001", texts=True)
    assert isinstance(after.final.people["p_c1"].name, e.Sealed)
    assert isinstance(after.final.title, e.Sealed)
    assert after.final.people["p_t1"].name == "Synthetic provider T1"
    assert own_archive.verify("syn7_001").ok
    assert Measures(after).persons() == Measures(before).persons()
    for name in (b"Synthetic client P01", b"A synthetic note", b"Synthetic session 1"):
        assert name not in left


def test_forgetting_while_a_server_holds_the_journal_cleans_its_log_too(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(SqliteJournal.open(path)) as journal:
        body = e.PersonInvited("p_1", "P07", Role.CLIENT, "Ana Zebra", None, 10**13, False)
        journal.append("s_1", [e.Draft(0, 0, "p", Via.KERNEL, body)]).result()
        archive = Archive(path)
        secrets = secrets_of(archive, "s_1", "p_1")
        assert path.with_name(path.name + "-wal").stat().st_size
        journal.forget("s_1", "p_1").result()
        left = everything(archive)
    assert not [x for x in secrets if x in left]
    assert b"Zebra" not in left


def test_a_dry_run_erases_nothing(own_archive: Archive) -> None:
    before = own_archive.path.read_bytes()
    assert {x.outcome for x in forget(own_archive, "P01", dry_run=True)} == {"would erase"}
    assert own_archive.path.read_bytes() == before


def test_forgetting_twice_says_it_was_gone(own_archive: Archive) -> None:
    forget(own_archive, "P01")
    assert {x.outcome for x in forget(own_archive, "P01")} == {"gone already"}


def test_nobody_of_that_code_is_an_error(own_archive: Archive) -> None:
    with pytest.raises(TelehealthError) as refused:
        forget(own_archive, "P99")
    assert refused.value.code is ErrorCode.UNKNOWN_PERSON


@pytest.mark.parametrize(
    "policy",
    [
        Policy(held_sessions=("syn7_001", "syn7_002")),
        Policy(studies={"Synthetic": StudyPolicy(legal_hold=True)}),
    ],
)
def test_a_legal_hold_stands_against_request_and_age(own_archive: Archive, policy: Policy) -> None:
    assert {x.outcome for x in forget(own_archive, "P01", policy=policy)} == {"held"}
    aged = Policy(1, policy.studies, policy.held_sessions)
    found = apply_policy(own_archive, now_ms=10**14, policy=aged, dry_run=False)
    assert {x.outcome for x in found} == {"held"}
    assert own_archive.reader.wrapped_keys("syn7_001")


def test_the_policy_beside_the_journal_counts_without_being_named(own_archive: Archive) -> None:
    policy_path(own_archive).write_text(json.dumps({"held_sessions": ["syn7_001"]}))
    assert {x.outcome for x in forget(own_archive, "P01", sessions=["syn7_001"])} == {"held"}
    policy_path(own_archive).write_text('{"keep_dayz": 3}')
    with pytest.raises(TelehealthError, match="cannot be used"):
        forget(own_archive, "P01")
    with pytest.raises(TelehealthError, match="There is no policy"):
        load_policy("nowhere.json", own_archive)


def test_what_is_older_than_its_study_allows_falls_due_and_nothing_else(
    own_archive: Archive,
) -> None:
    last = own_archive.load("syn7_002").final.ended_at_ms
    first = own_archive.load("syn7_001").final.ended_at_ms
    assert first is not None
    assert last is not None
    policy = Policy(keep_days=1, studies={"Synthetic": StudyPolicy(keep_days=10)})
    assert apply_policy(own_archive, now_ms=first + 2 * DAY_MS, policy=policy) == []
    due = apply_policy(own_archive, now_ms=first + 10 * DAY_MS, policy=policy)
    assert {(x.session, x.outcome) for x in due} == {("syn7_001", "would erase")}
    assert {x.owner for x in due} == {"T1", "P01", "session"}
    own_archive.note_export("syn7_001", "csv", texts=False)
    done = apply_policy(own_archive, now_ms=first + 10 * DAY_MS, policy=policy, dry_run=False)
    assert {x.outcome for x in done} == {"erased"}
    assert own_archive.reader.wrapped_keys("syn7_001") == set()
    assert own_archive.verify("syn7_001").ok
    assert apply_policy(own_archive, now_ms=last, policy=KEEP, dry_run=False) == []


def test_an_export_does_not_make_an_unfinished_session_younger(tmp_path: Path) -> None:
    archive = holding(
        tmp_path, e.PersonInvited("p_1", "P07", Role.CLIENT, "Ana", None, 10**13, False)
    )
    archive.note_export("s_1", "csv", texts=False)
    due = apply_policy(archive, now_ms=2 * DAY_MS, policy=Policy(keep_days=1))
    assert ("P07", "refused") in {(x.owner, x.outcome) for x in due}, "due, and to be ended first"


def test_a_session_that_goes_on_is_not_forgotten_and_a_dry_run_says_so_too(tmp_path: Path) -> None:
    archive = holding(
        tmp_path,
        e.SessionOpened("Talk", SessionKind.INDIVIDUAL, "all", 1_000, None, "p_t"),
        e.PersonInvited("p_1", "P07", Role.CLIENT, "Ana", None, 10**13, False),
    )
    for dry_run in (True, False):
        found = forget(archive, "P07", dry_run=dry_run)
        assert {x.outcome for x in found} == {"refused"}
        assert all("Session.attach('s_1').end()" in (x.why or "") for x in found)
    assert archive.reader.wrapped_keys("s_1") >= {"p_1"}


def test_in_a_group_the_notes_stay_unless_they_are_asked_for(tmp_path: Path) -> None:
    archive = holding(
        tmp_path,
        e.SessionOpened("Group", SessionKind.GROUP, "all", 1_000, None, "p_t"),
        e.PersonInvited("p_1", "P07", Role.CLIENT, "Ana", None, 10**13, False),
        e.SessionEnded(),
    )
    assert [x.owner for x in forget(archive, "P07", dry_run=True)] == ["P07"]
    assert [x.owner for x in forget(archive, "P07", notes=True)] == ["P07", "session"]


def test_another_policy_lifts_no_hold_of_the_journals_own(own_archive: Archive) -> None:
    policy_path(own_archive).write_text(json.dumps({"held_sessions": ["syn7_001"]}))
    assert {x.outcome for x in forget(own_archive, "P01", policy=KEEP)} == {"held"}
    aged = apply_policy(own_archive, now_ms=10**14, policy=Policy(keep_days=1))
    assert {x.outcome for x in aged if x.session == "syn7_001"} == {"held"}
    assert {x.outcome for x in aged if x.session == "syn7_002"} == {"would erase"}
    policy_path(own_archive).write_text("{")
    with pytest.raises(TelehealthError, match="nothing is erased"):
        forget(own_archive, "P02", policy=KEEP)


@pytest.mark.parametrize(("code", "owners"), [("P01", ["P01", "session"]), ("T1", ["T1"])])
def test_title_and_notes_go_with_the_client_they_are_about_alone(
    own_archive: Archive, code: str, owners: list[str]
) -> None:
    found = forget(own_archive, code, sessions=["syn7_001"])
    assert [x.owner for x in found] == owners
    assert (e.OF_SESSION in own_archive.reader.wrapped_keys("syn7_001")) is (code == "T1")


def damaged(archive: Archive, change: str) -> None:
    """Change rows of `syn7_001` as an accident would."""
    with closing(sqlite3.connect(archive.path)) as connection, connection:
        assert connection.execute(f"{change} AND session = 'syn7_001'").rowcount


EARLY = "UPDATE records SET hash = x'00' WHERE n = 2"
INVITED = "DELETE FROM records WHERE n = 3"
RENAMED = "UPDATE records SET record = CAST(replace(record, 'P01', 'P09') AS BLOB) WHERE n = 3"
OTHER_STUDY = (
    "UPDATE records SET record = CAST(replace(record, 'study: Syn', 'study: Sin') AS BLOB) "
    "WHERE instr(record, 'study: Syn')"
)
STUDY = "DELETE FROM records WHERE instr(record, 'study: Synthetic')"


def test_people_behind_damage_are_forgotten_too_and_the_damage_is_told(
    own_archive: Archive,
) -> None:
    damaged(own_archive, EARLY)
    found = forget(own_archive, "P01", sessions=["syn7_001"])
    assert [x.outcome for x in found] == ["erased", "erased", "damaged"]
    assert "Row 2" in (found[-1].why or "")
    assert not found[-1].is_settled
    assert own_archive.reader.wrapped_keys("syn7_001") == {"p_t1"}


@pytest.mark.parametrize("lost", [1, 2])
def test_title_and_notes_stay_where_damage_hides_whom_they_are_about(
    own_archive: Archive, lost: int
) -> None:
    damaged(own_archive, f"DELETE FROM records WHERE n = {lost}")
    found = forget(own_archive, "P01", sessions=["syn7_001"])
    assert [(x.owner, x.outcome) for x in found] == [("P01", "erased"), ("P01", "damaged")]


def test_who_can_no_longer_be_told_by_code_is_told_to_be_there(own_archive: Archive) -> None:
    damaged(own_archive, INVITED)
    (found,) = forget(own_archive, "P01", sessions=["syn7_001"])
    assert (found.outcome, found.owner) == ("damaged", "P01")
    assert "The codes of 1 people with a key in it are not certain" in (found.why or "")
    due = apply_policy(own_archive, now_ms=10**14, policy=Policy(keep_days=1), dry_run=False)
    first = [x for x in due if x.session == "syn7_001"]
    assert {x.owner for x in first if x.outcome == "erased"} == {"T1", "p_c1", "session"}
    assert first[-1].outcome == "damaged"
    assert own_archive.reader.wrapped_keys("syn7_001") == set()


def test_a_code_that_was_changed_hides_nobody(own_archive: Archive) -> None:
    damaged(own_archive, RENAMED)
    (found,) = forget(own_archive, "P01", sessions=["syn7_001"])
    assert found.outcome == "damaged"
    assert {x.outcome for x in forget(own_archive, "P09", dry_run=True)} == {
        "would erase",
        "damaged",
    }


@pytest.mark.parametrize("change", [EARLY, STUDY, OTHER_STUDY])
def test_a_hold_behind_damage_or_lost_in_it_still_holds(own_archive: Archive, change: str) -> None:
    damaged(own_archive, change)
    hold = Policy(1, {"Synthetic": StudyPolicy(legal_hold=True)})
    found = [
        *forget(own_archive, "P01", sessions=["syn7_001"], policy=hold),
        *apply_policy(own_archive, now_ms=10**14, policy=hold, dry_run=False),
    ]
    assert {x.outcome for x in found if x.session == "syn7_001"} == {"held", "damaged"}
    assert "p_c1" in own_archive.reader.wrapped_keys("syn7_001")


def test_of_a_record_without_any_date_nothing_falls_due(own_archive: Archive) -> None:
    damaged(own_archive, "UPDATE records SET record = x'00' WHERE 1")
    due = apply_policy(own_archive, now_ms=10**14, policy=Policy(keep_days=1), dry_run=False)
    assert [x.outcome for x in due if x.session == "syn7_001"] == ["damaged"]
    assert "p_c1" in own_archive.reader.wrapped_keys("syn7_001")


def test_one_newer_record_is_refused_and_the_others_go_on(own_archive: Archive) -> None:
    made_newer(own_archive.path, "syn7_001")
    found = forget(own_archive, "T1")
    assert [(x.session, x.outcome) for x in found] == [("syn7_001", "refused")]
    found = forget(own_archive, "P02")
    assert {(x.session, x.outcome) for x in found} == {("syn7_002", "erased")}
    due = apply_policy(own_archive, now_ms=10**14, policy=Policy(keep_days=1), dry_run=False)
    assert [(x.session, x.outcome) for x in due] == [
        ("syn7_001", "refused"),
        ("syn7_002", "erased"),
    ]
    assert "Update it" in (due[0].why or "")
    assert "p_c1" in own_archive.reader.wrapped_keys("syn7_001")


def test_one_failure_leaves_the_others_done_and_told(
    own_archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = JournalReader.understood

    def fails(reader: JournalReader, session: str) -> Any:
        if session == "syn7_001":
            raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE)
        return read(reader, session)

    monkeypatch.setattr(JournalReader, "understood", fails)
    found = forget(own_archive, "P02")
    assert [(x.session, x.outcome) for x in found][:2] == [
        ("syn7_001", "refused"),
        ("syn7_002", "erased"),
    ]


def test_a_session_that_is_not_there_is_said_before_anything_is_erased(
    own_archive: Archive,
) -> None:
    with pytest.raises(TelehealthError) as refused:
        forget(own_archive, "P01", sessions=["syn7_001", "s_nothing"])
    assert refused.value.code is ErrorCode.UNKNOWN_SESSION
    assert "p_c1" in own_archive.reader.wrapped_keys("syn7_001")


def test_copies_that_still_hold_the_key_are_named(own_archive: Archive) -> None:
    assert set_aside_copies(own_archive) == []
    own_archive.load("syn7_001", texts=True)
    aside = own_archive.path.with_name(own_archive.path.name + ".damaged-20260101T000000Z")
    aside.write_bytes(b"x")
    aside.with_name(aside.name + "-wal").write_bytes(b"x")
    assert set_aside_copies(own_archive) == [aside]
    assert (
        forget(own_archive, "P01", dry_run=True, sessions=["syn7_001"])[0].exports_with_texts == 1
    )


def test_no_page_of_a_grown_journal_keeps_a_copy_of_a_forgotten_key(tmp_path: Path) -> None:
    """Pages split and cells move as sessions come in any order; old places must not keep what was in them."""
    dice = Random(3)
    path = tmp_path / "journal.sqlite3"
    with closing(SqliteJournal.open(path)) as journal:
        for _ in range(150):
            drafts = [
                e.Draft(0, 0, "p", Via.KERNEL, body)
                for n in range(dice.randint(1, 5))
                for body in (
                    e.PersonInvited(f"p_{n}", f"P{n}", Role.CLIENT, "Ana", None, 1, False),
                )
            ]
            journal.append(f"s_{dice.randrange(10**12):012}", drafts).result()
        with closing(sqlite3.connect(path)) as connection:
            keys = connection.execute("SELECT session, owner, wrapped FROM keys").fetchall()
        archive = Archive(path)
        chosen = dice.sample(keys, 50)
        for session, owner, _ in chosen:
            journal.forget(session, owner).result()
        left = everything(archive)
    assert len(keys) > 300
    assert not [x for _, _, x in chosen if x in left or x[:20] in left or x[-20:] in left]
    assert all(x in left for *_, x in set(keys) - set(chosen))
