"""What only the store in memory does."""

from __future__ import annotations

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.memory import MemoryJournal


def test_futures_are_done_when_they_are_returned(make):
    journal = MemoryJournal()
    assert journal.append("s", [make.ready()]).done()
    assert journal.forget("s", "p_a").done()


def test_a_disk_that_does_not_write_can_be_staged_and_repaired(make):
    journal = MemoryJournal()
    journal.append("s", [make.ready(1)]).result()
    journal.fail_with(True)
    assert "disk space" in make.refused(journal.append("s", [make.ready(2)]))
    make.refused(journal.forget("s", "p_a"))
    assert [r.n for r in journal.read("s")] == [1]
    journal.fail_with(False)
    assert journal.append("s", [make.ready(3)]).result()[0].n == 2
    assert journal.verify("s").ok


def test_the_keyring_may_be_given(make):
    ring = Keyring.in_memory()
    journal = MemoryJournal(ring)
    journal.append("s", [make.ready()]).result()
    assert journal.verify("s").ok
    journal._keyring = Keyring.in_memory()
    assert not journal.verify("s").ok
