"""Chat in memory: who reads a message, also later, and under which name its sender is shown."""

from __future__ import annotations

from typing import Any

import pytest

from telehealth_widget.core.outbox import Viewer
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.kinds import Phase, Role, Via
from telehealth_widget.rooms.talk import Talk

from ..core.conftest import Play


def viewer(play: Play, code: str) -> Viewer:
    person = play.of(code)
    via = Via.WIDGET if code == "T1" else Via.PAGE
    return Viewer(person.id, person.role, via, "c")


def say(talk: Talk, play: Play, code: str, to: str, text: str) -> Any:
    sent = e.ChatSent(play.id(code), f"c_{text}", to, len(text))
    return talk.add(play.state, sent, text, play.at_ms)


def read(talk: Talk, play: Play, code: str) -> list[str]:
    return [chat.text for chat in talk.earlier(play.state, viewer(play, code))]


@pytest.fixture
def play() -> Play:
    play = Play().open(kind="group", names="providers")
    play.bring("P07", Phase.ADMITTED, name="Zebra")
    play.bring("P08", Phase.WAITING, name="Quagga")
    return play


def test_a_message_keeps_the_readers_it_had_when_it_was_sent(play: Play) -> None:
    talk = Talk()
    chat, readers = say(talk, play, "T1", "everyone", "before")
    assert (chat.person, chat.to, chat.role, chat.at_ms) == (
        play.state.provider,
        "everyone",
        "provider",
        play.at_ms,
    )
    assert readers == {play.state.provider, play.id("P07")}
    play.bring("P09", Phase.ADMITTED)
    say(talk, play, "T1", "everyone", "after")
    assert read(talk, play, "P07") == ["before", "after"]
    assert read(talk, play, "P09") == ["after"]
    assert read(talk, play, "P08") == []


def test_the_senders_name_goes_by_the_viewer(play: Play) -> None:
    talk = Talk()
    say(talk, play, "P07", "everyone", "hi")
    play.bring("P09", Phase.ADMITTED)
    say(talk, play, "P07", "everyone", "again")
    names = {
        code: [x.name for x in talk.earlier(play.state, viewer(play, code))]
        for code in ("T1", "P07", "P09")
    }
    assert names == {"T1": ["Zebra", "Zebra"], "P07": ["Zebra", "Zebra"], "P09": [None]}
    assert all(x.earlier for x in talk.earlier(play.state, viewer(play, "T1")))


def test_only_the_last_two_hundred_are_remembered(play: Play) -> None:
    talk = Talk()
    for n in range(limits.CHAT_KEPT_IN_MEMORY + 3):
        say(talk, play, "T1", "staff", str(n))
    kept = read(talk, play, "T1")
    assert (len(kept), kept[0], kept[-1]) == (200, "3", "202")


def test_a_stranger_reads_nothing(play: Play) -> None:
    talk = Talk()
    say(talk, play, "T1", "everyone", "hi")
    stranger = Viewer("p_nobody", Role.CLIENT, Via.PAGE, "c")
    assert talk.earlier(Session(id="s"), stranger) == []
