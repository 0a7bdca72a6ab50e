"""A link in a notebook: never in a repr, there when it is asked for."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from telehealth_widget.kernel.invites import Invite
from telehealth_widget.protocol.commands import Command, Reissue, Revoke
from telehealth_widget.protocol.messages import Done

URL = "http://127.0.0.1:8870/join#" + "zebra" * 8


def invite(asked: list[Command] | None = None) -> Invite:
    def command(given: Command) -> Done:
        (asked if asked is not None else []).append(given)
        return Done(id=1, url=URL + "2", expires_at_ms=2)

    done = Done(id=1, person="p_1", url=URL, expires_at_ms=1_800_000_000_000)
    return Invite("P07", "client", done, command)  # type: ignore[arg-type]


def test_the_link_is_there_when_asked_for_and_in_no_repr() -> None:
    link = invite()
    assert link.url == URL
    assert repr(link) == "<Invite P07 (client), until 2027-01-15 08:00 UTC>"
    assert "zebra" not in repr(link) + str(link) + repr(link.qr()) + f"{link}"


def test_revoking_and_renewing_are_commands_about_the_person() -> None:
    asked: list[Command] = []
    link = invite(asked)
    link.revoke()
    assert link.reissue() is link
    assert asked == [Revoke(person="p_1"), Reissue(person="p_1")]
    assert link.url == URL + "2"
    assert link.expires.timestamp() == 0.002


def test_invites_are_equal_by_person_and_link() -> None:
    assert invite() == invite()
    assert hash(invite()) == hash(invite())
    assert invite() != invite().reissue()
    assert invite() != URL


def test_a_qr_code_is_a_picture_and_holds_no_text_of_the_link(tmp_path: Path) -> None:
    code = invite().qr()
    svg = ElementTree.fromstring(code.svg())
    assert svg.tag.endswith("svg")
    assert code._repr_svg_() == code.svg()
    assert "zebra" not in code.svg()
    code.save(str(tmp_path / "link.png"))
    assert (tmp_path / "link.png").read_bytes().startswith(b"\x89PNG")
