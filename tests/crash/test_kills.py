"""The server dies; what it said it had recorded is there."""

from __future__ import annotations

from tests.crash import kills
from tests.soak.card import check_in_ci


def test_nothing_acknowledged_is_lost_when_the_server_is_killed() -> None:
    check_in_ci(kills.kills)
