"""The synthetic study: the size it says, the same for the same seed, and everybody labelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.protocol.measurements import VoiceMeasured
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.phases import labels, marks, study_phases
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.synthetic import Study, write

from .conftest import SMALL


def test_the_default_study_has_three_providers_twelve_clients_and_forty_sessions() -> None:
    journal = MemoryJournal()
    truths = Study(minutes=3).write(journal)
    records = [SessionRecord(x.session, journal.read(x.session)) for x in truths]
    assert len(records) == 40
    codes = {code for record in records for code in record.codes.values()}
    assert len([x for x in codes if x.startswith("T")]) == 3
    assert len([x for x in codes if x.startswith("P")]) == 12
    for record in records:
        assert record.ended
        assert record.clock_faults == 0
        assert len(study_phases(record)) == 3
        assert set(labels(record)) == {"study", "site", "condition"}
        assert len(record.voice) == 2
        assert all(person.simulated for person in record.final.people.values())
        assert journal.verify(record.session).ok
    assert sum(len(marks(record)) - 6 for record in records) == sum(x.marks for x in truths) > 20


def test_a_span_is_handed_in_once_it_is_over(archive: Archive) -> None:
    for one in archive.load("syn7_001").records:
        if isinstance(one.body, VoiceMeasured):
            assert all(span.from_ms < span.to_ms <= one.t_ms for span in one.body.spans)


def test_the_same_seed_gives_the_same_records_and_another_seed_others() -> None:
    one, two, other = (list(Study(**{**SMALL, "seed": seed}).made()) for seed in (7, 7, 8))
    assert one == two
    assert [x[1] for x in one] != [x[1] for x in other]


def test_a_journal_that_is_there_is_never_added_to(study_folder: Path) -> None:
    with pytest.raises(FileExistsError):
        write(study_folder, **SMALL)
