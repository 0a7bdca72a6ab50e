"""A journal that somebody or something changed is found out, kept and left readable where it can be."""

from __future__ import annotations

from tests.crash import damage
from tests.soak.card import check_in_ci


def test_every_change_of_a_journal_is_found_and_nothing_is_deleted() -> None:
    check_in_ci(damage.damaged)
