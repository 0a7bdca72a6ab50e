"""An archive reads beside the journal's owner, and has whoever owns it write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.kernel.session import Session
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import RecordExported, Sealed
from telehealth_widget.review.archive import Archive, journal_path
from telehealth_widget.review.retention import policy_path

from ..kernel.conftest import RoomServer


def test_reading_leaves_names_and_notes_out(archive: Archive) -> None:
    record = archive.load(archive.sessions()[0].session)
    assert "Synthetic client" not in repr(record.records)
    assert isinstance(record.final.title, Sealed)


def test_asking_for_texts_is_recorded_before_they_are_given(own_archive: Archive) -> None:
    record = own_archive.load("syn7_001", texts=True)
    last = record.records[-1].body
    assert last == RecordExported(form="view", texts=True)
    assert record.final.title == "Synthetic session 1"
    assert own_archive.verify("syn7_001").ok
    assert record.end_ms < record.times[-1]


def test_nothing_with_texts_leaves_while_it_cannot_be_recorded(own_archive: Archive) -> None:
    holder = SqliteJournal.open(own_archive.path)
    try:
        with pytest.raises(TelehealthError) as refused:
            own_archive.load("syn7_001", texts=True)
        assert refused.value.code is ErrorCode.JOURNAL_OWNED
        assert own_archive.load("syn7_001").ended
    finally:
        holder.close()


def test_unknown_sessions_are_named_as_such(own_archive: Archive) -> None:
    for act in (
        lambda: own_archive.load("s_nothing"),
        lambda: own_archive.load("s_nothing", sound_part=True),
        lambda: own_archive.note_export("s_nothing", "csv", texts=False),
        lambda: own_archive.forget("s_nothing", "p_1"),
    ):
        with pytest.raises(TelehealthError) as refused:
            act()
        assert refused.value.code is ErrorCode.UNKNOWN_SESSION


def test_a_journal_that_was_set_aside_is_never_written(own_archive: Archive) -> None:
    aside = own_archive.path.with_name(own_archive.path.name + ".damaged-20260101T000000Z")
    own_archive.path.rename(aside)
    archive = Archive(aside)
    assert archive.set_aside
    assert archive.load("syn7_001").ended
    with pytest.raises(TelehealthError, match="only read"):
        archive.note_export("syn7_001", "csv", texts=False)
    assert not own_archive.path.exists()


def test_a_live_server_is_read_beside_and_asked_to_write(
    server: RoomServer, tmp_path: Path
) -> None:
    session = Session("Intake", provider="Dr. Zebra")
    session.invite("P07", name="Ana Zebra")
    assert journal_path() == tmp_path / "journal.sqlite3"
    archive = Archive()
    assert len(archive.load(session.session_id)) == len(session.events)
    archive.note_export(session.session_id, "html", texts=False)
    person = next(x.id for x in session.participants if x.code == "P07")
    with pytest.raises(TelehealthError) as refused:
        archive.forget(session.session_id, person)
    assert refused.value.code is ErrorCode.WRONG_PHASE
    session.end()
    named = archive.load(session.session_id, texts=True)
    assert named.final.people[person].name == "Ana Zebra"
    archive.forget(session.session_id, person)
    again = archive.load(session.session_id, texts=True)
    assert isinstance(again.final.people[person].name, Sealed)
    assert again.final.people[again.final.provider].name == "Dr. Zebra"
    assert archive.verify(session.session_id).ok


def test_a_session_forgets_a_person_from_the_notebook(server: RoomServer) -> None:
    session = Session("Intake", provider="Dr. Zebra")
    session.invite("P07", name="Ana Zebra")
    with pytest.raises(TelehealthError) as refused:
        session.forget("P07")
    assert refused.value.code is ErrorCode.WRONG_PHASE
    session.end()
    session.forget("P07", notes=True)
    record = Archive().load(session.session_id, texts=True)
    person = next(x for x in record.final.people.values() if x.code == "P07")
    assert isinstance(person.name, Sealed)
    assert isinstance(record.final.title, Sealed)


def test_a_legal_hold_stands_against_the_notebook_and_the_archive(
    server: RoomServer, own_archive: Archive
) -> None:
    session = Session("Intake", provider="Dr. Zebra")
    session.invite("P07", name="Ana Zebra")
    session.mark("study: TRIAL2")
    session.end()
    archive = Archive()
    person = next(x.id for x in session.participants if x.code == "P07")
    policy = policy_path(archive)
    acts: tuple[Callable[[], None], ...] = (
        lambda: session.forget("P07"),
        lambda: archive.forget(session.session_id, person),
    )
    for content, code in (
        ('{"studies": {"TRIAL2": {"legal_hold": true}}}', ErrorCode.LEGAL_HOLD),
        (f'{{"held_sessions": ["{session.session_id}"]}}', ErrorCode.LEGAL_HOLD),
        ("{", ErrorCode.BAD_OPTION),
    ):
        policy.write_text(content)
        for act in acts:
            with pytest.raises(TelehealthError) as refused:
                act()
            assert refused.value.code is code
    assert archive.load(session.session_id, texts=True).final.people[person].name == "Ana Zebra"
    policy.unlink()
    session.forget("P07")
    policy_path(own_archive).write_text('{"held_sessions": ["syn7_001"]}')
    with pytest.raises(TelehealthError, match="Lift it in"):
        own_archive.forget("syn7_001", "p_c1")
    assert "p_c1" in own_archive.reader.wrapped_keys("syn7_001")


def test_a_server_names_its_journal_so_the_default_is_found(tmp_path: Path) -> None:
    assert journal_path(tmp_path / "x") == tmp_path / "x"
    assert journal_path().name == "journal.sqlite3"
    with pytest.raises(TelehealthError, match="There is no journal at"):
        Archive()
