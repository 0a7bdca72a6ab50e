"""Names: a client never bears one that looks like a member of staff's, whoever had it first."""

from __future__ import annotations

import pytest

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import ErrorCode
from telehealth_widget.protocol.kinds import Phase, Role

from .conftest import SERVER, Play

LOOK_ALIKES = ["Dr. Reed", "DR REED", "Dr. Rееd", "Ｄr. Reed"]
"""The third has Cyrillic letters, the fourth a wide one."""


def test_a_provider_who_names_themselves_takes_the_name_from_a_client_who_had_it_first() -> None:
    play = Play().open(provider_name=None)
    ana = play.bring("P07", Phase.WAITING, name="Dr. Reed")
    play.bring("P08", Phase.WAITING, name="Bea")
    assert play.do(play.desk, c.SetName(name="Dr. Reed")) == (
        e.PersonNamed(play.state.provider, "Dr. Reed"),
        e.PersonUnnamed(ana),
    )
    assert [p.name for p in play.state.people.values()] == ["Dr. Reed", None, "Bea"]


@pytest.mark.parametrize("name", LOOK_ALIKES)
@pytest.mark.parametrize("role", [Role.PROVIDER, Role.SUPERVISOR])
def test_a_client_loses_what_looks_like_the_name_of_staff_invited_later(
    play: Play, name: str, role: Role
) -> None:
    play.bring("P07", Phase.PREPARING, name=name)
    play.do(play.desk, c.Invite(code="S1", role=role, name="Dr. Reed"))
    assert (play.of("P07").name, play.of("S1").name) == (None, "Dr. Reed")
    me = play.as_guest("P07")
    play.refused(me, c.GetReady(), ErrorCode.NAME_MISSING)
    play.refused(me, c.SetName(name=name), ErrorCode.NAME_OF_PROVIDER)
    play.do(me, c.SetName(name="Ana"))
    play.do(me, c.GetReady())
    assert play.phase("P07") is Phase.WAITING


def test_staff_invited_before_and_named_later_take_the_name_too(play: Play) -> None:
    play.do(play.desk, c.Invite(code="S1", role=Role.SUPERVISOR))
    play.bring("P07", Phase.PREPARING, name="Sam Stone")
    play.do(play.desk, c.Invite(code="S1", role=Role.SUPERVISOR, name="Sam Stone"))
    assert play.of("P07").name is None
    play.do(play.as_guest("P07"), c.SetName(name="Tom Moore"))
    play.do(SERVER, c.Connect(person=play.id("S1")))
    play.do(play.as_guest("S1"), c.SetName(name="Tom Moore"))
    assert play.of("P07").name is None


@pytest.mark.parametrize("phase", list(Phase))
def test_the_name_goes_in_every_phase_and_the_phase_stays(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase, name="Dr. Reed")
    play.do(play.desk, c.SetName(name="Dr. Reed"))
    assert (play.of("P07").name, play.phase("P07")) == (None, phase)
    play.do(play.desk, c.Invite(code="P07", name="Ana"))
    assert play.of("P07").name == "Ana"
    assert play.id("P07") == person


def test_who_waits_without_a_name_types_another_and_is_admitted_by_code_meanwhile(
    play: Play,
) -> None:
    one = play.bring("P07", Phase.WAITING, name="Dr. Reed")
    two = play.bring("P08", Phase.WAITING, name="dr reed")
    play.do(play.desk, c.SetName(name="Dr. Reed"))
    play.do(play.as_guest("P07"), c.SetName(name="Ana"))
    play.do(play.desk, c.AdmitAll())
    assert {p.id: p.name for p in play.state.in_phase(Phase.ADMITTED)} == {one: "Ana", two: None}


def test_a_code_of_another_role_is_taken_whatever_the_name(play: Play) -> None:
    play.do(play.desk, c.Invite(code="S1", role=Role.SUPERVISOR, name="Sam Stone"))
    play.refused(play.desk, c.Invite(code="S1", name="Sam Stone"), ErrorCode.CODE_TAKEN)


def test_a_client_names_themselves_before_and_not_in_the_session(play: Play) -> None:
    person = play.bring("P07", Phase.PREPARING, name="Ana")
    me = play.as_guest("P07")
    assert play.do(me, c.SetName(name=" Bea ")) == (e.PersonNamed(person, "Bea"),)
    assert play.do(me, c.SetName(name="Bea")) == ()
    play.refused(me, c.SetName(name=""), ErrorCode.BAD_NAME)
    play.refused(me, c.SetName(name="DR LEE"), ErrorCode.NAME_OF_PROVIDER)
    play.do(me, c.GetReady())
    play.do(play.desk, c.Admit(person=person))
    play.refused(me, c.SetName(name="Cleo"), ErrorCode.WRONG_PHASE)


def test_nobody_may_look_like_a_supervisor_either(play: Play) -> None:
    play.bring("S1", Phase.ADMITTED, role=Role.SUPERVISOR, name="Sam Stone")
    play.bring("P07", Phase.PREPARING)
    play.refused(play.as_guest("P07"), c.SetName(name="Sаm Stone"), ErrorCode.NAME_OF_PROVIDER)
