"""Who is meant by a word, and what people look like in a notebook."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from telehealth_widget.kernel.people import Participant, Roster, resolve
from telehealth_widget.protocol.connection import Cause, ConnectionReport, Verdict
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Phase, Role, Source
from telehealth_widget.protocol.views import PersonRow, PublicationRow


def row(id: str, code: str, name: str | None = None, **more: Any) -> PersonRow:
    return PersonRow(id=id, role=Role.CLIENT, phase=Phase.WAITING, code=code, name=name, **more)


ROWS = [
    row("p_1", "P07", "Ana"),
    row("p_2", "P08", "Bo"),
    row("p_3", "P09", "Bo"),
    row("p_4", "Ana"),
]


@pytest.mark.parametrize(
    ("who", "person"),
    [
        ("p_2", "p_2"),
        ("P07", "p_1"),
        ("Ana", "p_4"),
        (Participant.from_row(ROWS[2]), "p_3"),
    ],
)
def test_an_id_a_code_a_participant_or_a_name_is_understood(who: object, person: str) -> None:
    assert resolve(ROWS, who).id == person


def test_a_name_that_one_person_bears_is_enough() -> None:
    assert resolve(ROWS[:2], "Bo").id == "p_2"


def test_whatever_has_a_person_stands_for_it() -> None:
    class Link:
        person = "p_2"

    assert resolve(ROWS, Link()).id == "p_2"


def test_an_ambiguous_name_lists_the_codes_that_fit() -> None:
    with pytest.raises(CommandRefused) as refused:
        resolve(ROWS, "Bo")
    assert refused.value.code is ErrorCode.AMBIGUOUS_PERSON
    assert refused.value.candidates == ("P08", "P09")
    assert str(refused.value) == (
        "Several people go by that name. Use a code or an id. (P08, P09) [AMBIGUOUS_PERSON]"
    )


@pytest.mark.parametrize("who", ["Zebra", "", "p07", "ana", "%s"])
def test_an_unknown_name_lists_all_codes_and_is_not_repeated(who: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        resolve(ROWS, who)
    assert refused.value.code is ErrorCode.UNKNOWN_PERSON
    assert refused.value.message == SENTENCES[ErrorCode.UNKNOWN_PERSON]
    assert refused.value.candidates == ("P07", "P08", "P09", "Ana")
    assert "Zebra" not in str(refused.value)


def test_a_whole_number_is_the_code_it_reads_like() -> None:
    rows = [PersonRow(id="p_1", role=Role.CLIENT, phase=Phase.WAITING, code="7")]
    assert resolve(rows, 7).id == resolve(rows, np.int64(7)).id == "p_1"


@pytest.mark.parametrize("who", [None, 7.0, True, object(), ["P07"]])
def test_what_is_no_word_is_refused_with_what_would_be(who: object) -> None:
    with pytest.raises(CommandRefused) as refused:
        resolve(ROWS, who)
    assert refused.value.message == "Name a person by code, id, name or participant."


def test_a_participant_is_the_row_at_one_moment() -> None:
    published = (PublicationRow(Source.CAMERA, True), PublicationRow(Source.MICROPHONE, False))
    person = Participant.from_row(
        row("p_1", "P07", "Ana", publications=published, connected=True, since_ms=86_400_000)
    )
    assert (person.muted, person.video_stopped, person.connected) == (False, True, True)
    assert person.since is not None
    assert person.since.isoformat() == "1970-01-02T00:00:00+00:00"
    bare = Participant.from_row(row("p_1", "P07"))
    assert (bare.muted, bare.video_stopped, bare.since, bare.name) == (None, None, None, None)


def test_a_roster_shows_what_is_heard_seen_shared_and_asked_for() -> None:
    published = (
        PublicationRow(Source.CAMERA, False),
        PublicationRow(Source.MICROPHONE, True),
        PublicationRow(Source.SCREEN, False),
    )
    person = Participant.from_row(
        row("p_1", "P07", publications=published, asked=(Source.MICROPHONE,))
    )
    assert (person.sharing, person.asked) == (True, ("microphone",))
    shown = Roster([person])._repr_html_()
    assert "<td>muted, camera on, sharing, asked to unmute</td>" in shown
    bare = Participant.from_row(row("p_2", "P08"))
    assert (bare.sharing, bare.asked) == (False, ())
    assert "<td></td>" in Roster([bare])._repr_html_()


def test_no_name_is_in_a_repr_or_in_html() -> None:
    people = Roster(
        Participant.from_row(row(f"p_{n}", f"P{n}", "Zebra Client", simulated=n == 1))
        for n in range(3)
    )
    assert repr(people) == "Roster(P0 waiting, P1 waiting, P2 waiting)"
    shown = people._repr_html_() + repr(people) + repr(people[0]) + str(people)
    assert "Zebra" not in shown
    assert "P2" in people._repr_html_()
    assert "(simulated)" in people._repr_html_()
    assert people.codes == ["P0", "P1", "P2"]
    assert Roster()._repr_html_() == "<p>Nobody.</p>"


def test_whether_a_client_is_verified_is_shown_and_of_staff_nothing_is() -> None:
    sure, unsure = row("p_1", "P07", verified=True), row("p_2", "P08")
    staff = PersonRow(id="p_3", role=Role.SUPERVISOR, phase=Phase.WAITING, code="S1")
    people = [Participant.from_row(x) for x in (sure, unsure, staff)]
    assert [p.verified for p in people] == [True, False, False]
    shown = [Roster([p])._repr_html_() for p in people]
    assert "<td>verified</td>" in shown[0]
    assert "<td>not verified</td>" in shown[1]
    assert "verified" not in shown[2]


def test_what_a_connection_test_found_is_in_the_roster() -> None:
    fair = ConnectionReport(Verdict.FAIR, (Cause.FAR,))
    people = Roster(
        [
            Participant.from_row(row("p_1", "P07", connection=fair)),
            Participant.from_row(row("p_2", "P08")),
        ]
    )
    assert [p.connection for p in people] == ["fair", None]
    assert repr(people) == "Roster(P07 waiting (connection fair), P08 waiting)"
    assert "<td>fair</td>" in people._repr_html_()
    assert "<td>not tested</td>" in people._repr_html_()


def test_html_is_escaped() -> None:
    person = Participant.from_row(row("p_1", "<script>alert(1)</script>"))
    assert "<script>" not in Roster([person])._repr_html_()
