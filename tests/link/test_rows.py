"""Rows take snapshots and changes in, and notice a gap."""

from __future__ import annotations

from telehealth_widget.link.rows import Rows
from telehealth_widget.protocol.kinds import Phase, Role, SessionKind, SessionPhase
from telehealth_widget.protocol.messages import Change, Snapshot
from telehealth_widget.protocol.views import PersonRow, SessionRow, You

SESSION = SessionRow(id="s1", kind=SessionKind.GROUP, phase=SessionPhase.OPEN)
ANN = PersonRow(id="p1", role=Role.CLIENT, phase=Phase.WAITING, you=True)
BEN = PersonRow(id="p2", role=Role.PROVIDER, phase=Phase.ADMITTED)


def filled() -> Rows:
    rows = Rows()
    rows.apply(Snapshot("e1", 4, SESSION, (ANN, BEN), You("p1", "none")))
    return rows


def test_a_snapshot_replaces_everything() -> None:
    rows = filled()
    rows.apply(Snapshot("e2", 0, SESSION, (BEN,), You("p2", "here")))
    assert rows.people == {"p2": BEN}
    assert (rows.epoch, rows.seq) == ("e2", 0)
    assert rows.me == BEN


def test_a_change_upserts_and_removes_rows() -> None:
    rows = filled()
    admitted = PersonRow(id="p1", role=Role.CLIENT, phase=Phase.ADMITTED, you=True)
    assert rows.apply(Change(5, people=(admitted,), gone=("p2", "p9")))
    assert rows.people == {"p1": admitted}
    assert rows.me == admitted
    assert rows.session == SESSION


def test_a_gap_is_refused_and_changes_nothing() -> None:
    rows = filled()
    assert not rows.apply(Change(6, gone=("p1",)))
    assert not rows.apply(Change(4, gone=("p1",)))
    assert rows.seq == 4
    assert "p1" in rows.people


def test_a_change_before_any_snapshot_is_a_gap() -> None:
    assert not Rows().apply(Change(1))


def test_nobody_is_me_before_the_snapshot() -> None:
    assert Rows().me is None
