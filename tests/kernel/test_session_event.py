"""Events as the notebook sees them."""

from __future__ import annotations

import pytest

from telehealth_widget.kernel.people import Participant
from telehealth_widget.kernel.session_event import EVENT_NAMES, check_name, event_of, holding
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase, Role, Via
from telehealth_widget.protocol.views import PersonRow


def person(id: str) -> Participant:
    return Participant(id, "P07", "client", "waiting", "Zebra", True, False, None, None, None)


def test_a_record_becomes_an_event_with_codes() -> None:
    record = e.Record("s", 3, 1_500, 1_000, "p_9", Via.KERNEL, e.PersonAdmitted("p_1"))
    made = event_of(record, True, lambda x: person(x) if x == "p_1" else None)
    assert made is not None
    assert (made.name, made.t_ms, made.actor, made.recorded) == ("admitted", 1_500, "p_9", True)
    assert made.participant == person("p_1")
    assert "Zebra" not in repr(made)
    silent = e.Record("s", 4, 0, 0, "p_9", Via.KERNEL, e.RecordExported("csv", texts=False))
    assert event_of(silent, True, person) is None


def test_every_name_is_known_and_an_unknown_one_lists_them() -> None:
    for name in (*EVENT_NAMES.values(), "any"):
        assert check_name(name) == name
    with pytest.raises(TelehealthError) as refused:
        check_name("redy")
    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.message.endswith("started, tested, unmuted, unnamed, unpublished.")
    assert "redy" not in refused.value.message


def test_any_event_has_a_name_but_those_that_are_not_told() -> None:
    silent = {e.SessionOpened, e.ChatKept, e.RecordExported}
    assert set(EVENT_NAMES) == set(e.event_types()) - silent
    assert len(set(EVENT_NAMES.values())) == len(EVENT_NAMES)


def test_what_holds_already_is_an_event() -> None:
    rows = [
        PersonRow(id="p_1", role=Role.CLIENT, phase=Phase.ADMITTED, since_ms=5_000),
        PersonRow(id="p_2", role=Role.CLIENT, phase=Phase.WAITING),
    ]

    def held(name: str, of: str | None = None, state: str = "open") -> str | None:
        found = holding(name, of, state, rows)
        return found and (found.participant.id if found.participant else found.name)

    assert held("ready") == "p_2"
    assert held("ready", "p_1") is None
    assert held("admitted", "p_1") == "p_1"
    assert held("admitted") is None
    assert held("started") is None
    assert held("started", state="live") == "started"
    assert held("ended", state="ended") == "ended"
    since = holding("admitted", "p_1", "live", rows)
    assert since is not None
    assert since.at.timestamp() == 5
