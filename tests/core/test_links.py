"""Links: made, made again, withdrawn, made anew."""

from __future__ import annotations

import pytest

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode
from telehealth_widget.protocol.kinds import Phase, Role

from .conftest import START_MS, Play


def test_an_invitation_makes_a_person_with_a_link_of_thirty_days(play: Play) -> None:
    (event,) = play.do(play.kernel, c.Invite(code="P07", name="Ana", language="de"))
    assert event == e.PersonInvited(
        person=event.person,  # type: ignore[union-attr]
        code="P07",
        role=Role.CLIENT,
        name="Ana",
        language="de",
        expires_at_ms=START_MS + 30 * 24 * 3600 * 1000,
        simulated=False,
    )


def test_inviting_the_same_code_again_changes_nothing(play: Play) -> None:
    play.do(play.desk, c.Invite(code="P07", name="Ana"))
    assert play.do(play.desk, c.Invite(code="P07")) == ()
    assert play.do(play.desk, c.Invite(code="P07", name="Ana")) == ()


def test_inviting_again_renames_extends_or_makes_a_new_link(play: Play) -> None:
    play.do(play.desk, c.Invite(code="P07", name="Ana", valid_ms=60_000))
    person = play.id("P07")
    assert play.do(play.desk, c.Invite(code="P07", name="Bea")) == (e.PersonNamed(person, "Bea"),)
    assert play.do(play.desk, c.Invite(code="P07", valid_ms=120_000)) == (
        e.InviteExtended(person, START_MS + 120_000),
    )
    play.pass_ms(120_000)
    (extended,) = play.do(play.desk, c.Invite(code="P07"))
    assert extended == e.InviteExtended(person, play.at_ms + limits.INVITE_VALID_MS)
    play.do(play.desk, c.Revoke(person=person))
    (reissued,) = play.do(play.desk, c.Invite(code="P07"))
    assert reissued == e.InviteReissued(person, 2, play.at_ms + limits.INVITE_VALID_MS)


def test_a_code_belongs_to_one_role_and_kind(play: Play) -> None:
    play.do(play.desk, c.Invite(code="P07"))
    taken = ErrorCode.CODE_TAKEN
    play.refused(play.desk, c.Invite(code="P07", role=Role.SUPERVISOR), taken, SENTENCES[taken])
    play.refused(play.desk, c.Invite(code="T1"), taken, SENTENCES[taken])
    play.refused(
        play.desk,
        c.Invite(code="T1", role=Role.PROVIDER),
        taken,
        "T1 is the provider of this notebook, who needs no link. Choose another code.",
    )
    play.refused(
        play.desk,
        c.Invite(code="P07", simulated=True),
        taken,
        "The code P07 belongs to a person who was invited. Choose another code.",
    )
    play.do(play.desk, c.Invite(code="P08", simulated=True))
    play.refused(
        play.desk,
        c.Invite(code="P08"),
        taken,
        "The code P08 belongs to a simulated client. Choose another code.",
    )


def test_inviting_again_in_another_language_changes_it_and_keeps_the_link(play: Play) -> None:
    play.do(play.desk, c.Invite(code="P07", language="de"))
    person = play.id("P07")
    assert play.do(play.desk, c.Invite(code="P07", language="es")) == (
        e.LanguageChanged(person, "es"),
    )
    assert (play.of("P07").language, play.of("P07").serial) == ("es", 1)
    assert play.do(play.desk, c.Invite(code="P07", language="es")) == ()
    assert play.do(play.desk, c.Invite(code="P07")) == ()
    play.refused(play.desk, c.Invite(code="P07", language="x y"), ErrorCode.BAD_OPTION)
    assert play.of("P07").language == "es"


@pytest.mark.parametrize("code", ["staff", "everyone", "waiting", "system", "Staff", "WAITING"])
def test_a_word_that_stands_for_others_is_no_code(play: Play, code: str) -> None:
    play.refused(
        play.desk,
        c.Invite(code=code),
        ErrorCode.BAD_CODE,
        f'"{code}" is no code: the word stands for others, as in chat(to="staff"). '
        "Choose another, such as P07.",
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.Invite(code="P 7"), ErrorCode.BAD_CODE),
        (c.Invite(code="P07", name="\u200b"), ErrorCode.BAD_NAME),
        (c.Invite(code="P07", name="dr lee"), ErrorCode.NAME_OF_PROVIDER),
    ],
)
def test_a_bad_invitation_is_refused(play: Play, command: c.Invite, code: ErrorCode) -> None:
    play.refused(play.desk, command, code, SENTENCES[code])


def test_staff_may_bear_a_name_like_the_providers(play: Play) -> None:
    play.do(play.desk, c.Invite(code="S1", role=Role.SUPERVISOR, name="Dr. Lee"))
    assert play.of("S1").name == "Dr. Lee"


def test_the_session_is_full_at_two_thousand_people(play: Play) -> None:
    for n in range(limits.MAX_PEOPLE - 1):
        play.apply(e.PersonInvited(f"p{n}", f"C{n}", Role.CLIENT, None, None, 0, False))
    play.refused(play.desk, c.Invite(code="P07"), ErrorCode.ROOM_FULL)


@pytest.mark.parametrize("phase", [Phase.PREPARING, Phase.WAITING, Phase.ADMITTED, Phase.PAUSED])
def test_revoking_takes_a_present_person_out(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase)
    assert play.do(play.desk, c.Revoke(person=person)) == (
        e.InviteRevoked(person),
        e.PersonLeft(person, cause="revoked"),
    )
    assert play.do(play.desk, c.Revoke(person=person)) == ()


@pytest.mark.parametrize("phase", [Phase.INVITED, Phase.LEFT, Phase.DECLINED, Phase.REMOVED])
def test_revoking_an_absent_persons_link_keeps_the_phase(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase)
    assert play.do(play.desk, c.Revoke(person=person)) == (e.InviteRevoked(person),)
    assert play.phase("P07") is phase


def test_reissuing_counts_the_links(play: Play) -> None:
    person = play.bring("P07", Phase.INVITED)
    for serial in (2, 3):
        (event,) = play.do(play.desk, c.Reissue(person=person))
        assert event == e.InviteReissued(person, serial, play.at_ms + limits.INVITE_VALID_MS)
