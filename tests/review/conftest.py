"""A small synthetic study, on disk and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.kernel import background
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Role, SessionKind, Via
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.synthetic import Study, Truth, write

from ..kernel.conftest import server  # noqa: F401 - a fixture
from ..rooms.conftest import house  # noqa: F401 - a fixture

SMALL = {"seed": 7, "providers": 2, "clients": 3, "sessions": 4, "minutes": 4.0}


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal nobody may change."""
    folder = tmp_path_factory.mktemp("study")
    write(folder, **SMALL)
    return folder


@pytest.fixture
def archive(study_folder: Path) -> Archive:
    return Archive(study_folder / "journal.sqlite3")


@pytest.fixture
def own_archive(tmp_path: Path) -> Iterator[Archive]:
    """A journal that a test may write to."""
    write(tmp_path / "own", **{**SMALL, "sessions": 2})
    yield Archive(tmp_path / "own" / "journal.sqlite3")
    background.stop()


@pytest.fixture(scope="session")
def studied() -> list[tuple[SessionRecord, Truth]]:
    """Each session of the small study as a record, with what is true of it."""
    journal = MemoryJournal()
    truths = Study(**SMALL).write(journal)
    return [(SessionRecord(x.session, journal.read(x.session)), x) for x in truths]


def made_of(
    *bodies: tuple[int, e.AnyBody], end_ms: int | None = 60_000, simulated: bool = False
) -> SessionRecord:
    """A record of one provider T1 (`p_t`) and one client P07 (`p_c`), then these at their times, then the end."""
    opened = e.SessionOpened("Intake", SessionKind.INDIVIDUAL, "all", 1_000, None, "p_t")
    people = [
        e.PersonInvited(who, code, role, None, None, 10**13, made)
        for who, code, role, made in (
            ("p_t", "T1", Role.PROVIDER, False),
            ("p_c", "P07", Role.CLIENT, simulated),
        )
    ]
    timed: list[tuple[int, e.AnyBody]] = [(0, opened), *((0, x) for x in people), *bodies]
    if end_ms is not None:
        timed.append((end_ms, e.SessionEnded()))
    records = [
        e.Record("s_1", n, t_ms, 10**12 + t_ms, getattr(body, "person", "p_t"), Via.PAGE, body)
        for n, (t_ms, body) in enumerate(timed, 1)
    ]
    return SessionRecord("s_1", records)
