"""Chat and captions: who may write to whom, what is refused in words, and what becomes of the text."""

from __future__ import annotations

import pytest

from telehealth_widget.core.words import clean_caption, clean_chat
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import SENTENCES, CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Phase, Role

from .conftest import Play


def test_of_a_message_only_length_and_audience_become_an_event(play: Play) -> None:
    person = play.bring("P07", Phase.WAITING)
    (event,) = play.do(play.as_guest("P07"), c.SendChat(to="waiting", text=" I am nervous "))
    assert event == e.ChatSent(person, event.message, "waiting", 12)  # type: ignore[union-attr]
    assert "nervous" not in repr(event)


@pytest.mark.parametrize(
    ("phase", "to", "code"),
    [
        (Phase.WAITING, "everyone", ErrorCode.WRONG_PHASE),
        (Phase.ADMITTED, "waiting", ErrorCode.WRONG_PHASE),
        (Phase.ADMITTED, "staff", ErrorCode.NOT_PERMITTED),
        (Phase.ADMITTED, "p_fresh001", ErrorCode.NOT_PERMITTED),
        (Phase.ADMITTED, "p_nobody", ErrorCode.NOT_PERMITTED),
    ],
)
def test_a_client_writes_only_to_the_room_they_are_in(
    play: Play, phase: Phase, to: str, code: ErrorCode
) -> None:
    play.bring("P07", phase)
    play.refused(play.as_guest("P07"), c.SendChat(to=to, text="hi"), code, SENTENCES[code])


def test_a_supervisor_writes_to_staff_alone(play: Play) -> None:
    play.bring("S1", Phase.ADMITTED, role=Role.SUPERVISOR)
    me = play.as_guest("S1")
    assert play.do(me, c.SendChat(to="staff", text="hi"))
    for to in ("everyone", "waiting", play.state.provider):
        play.refused(me, c.SendChat(to=to, text="hi"), ErrorCode.NOT_PERMITTED)


def test_the_provider_writes_to_everyone_and_to_who_is_present(play: Play) -> None:
    here, gone = play.bring("P07", Phase.WAITING), play.bring("P08", Phase.LEFT)
    for to in ("everyone", "waiting", "staff", here):
        assert play.do(play.kernel, c.SendChat(to=to, text="hi"))
    play.refused(
        play.kernel,
        c.SendChat(to=gone, text="hi"),
        ErrorCode.WRONG_PHASE,
        "That is not possible now: P08 has left.",
    )
    play.refused(play.kernel, c.SendChat(to="p_x", text="hi"), ErrorCode.UNKNOWN_PERSON)


def test_another_provider_writes_only_once_in_the_session(play: Play) -> None:
    waiting = play.bring("T2", Phase.WAITING, role=Role.PROVIDER)
    play.refused(play.as_guest("T2"), c.SendChat(to="staff", text="hi"), ErrorCode.WRONG_PHASE)
    play.do(play.desk, c.Admit(person=waiting))
    assert play.do(play.as_guest("T2"), c.SendChat(to="staff", text="hi"))


def test_a_message_has_something_to_read_and_at_most_4000_characters(play: Play) -> None:
    sentence = "A message has 1 to 4,000 characters."
    for text in ("", " ", "x" * 4_001):
        play.refused(play.kernel, c.SendChat(to="staff", text=text), ErrorCode.BAD_TEXT, sentence)


def test_a_paused_person_and_staff_can_write_to_each_other(play: Play) -> None:
    person = play.bring("P07", Phase.PAUSED)
    assert play.do(play.desk, c.SendChat(to=person, text="One moment."))
    assert play.do(play.as_guest("P07"), c.SendChat(to="waiting", text="All right."))
    play.refused(play.as_guest("P07"), c.SendChat(to="everyone", text="hi"), ErrorCode.WRONG_PHASE)


def test_a_session_that_keeps_chat_records_the_text_beside_its_length() -> None:
    play = Play().open(chat="keep")
    person = play.bring("P07", Phase.WAITING)
    sent, kept = play.do(play.as_guest("P07"), c.SendChat(to="waiting", text=" I am nervous "))
    assert isinstance(sent, e.ChatSent)
    assert kept == e.ChatKept(person, sent.message, "I am nervous")
    assert "nervous" not in repr(sent)


def test_a_caption_leaves_its_length_in_the_record(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    events = play.do(play.kernel, c.SendCaption(person=person, text=" Not\n since  May. "))
    assert events == (e.CaptionSent(person, len("Not since May.")),)


def test_staff_in_the_session_caption_and_clients_do_not(play: Play) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    for code, role in (("S1", Role.SUPERVISOR), ("T2", Role.PROVIDER)):
        play.bring(code, Phase.ADMITTED, role=role)
        assert play.do(play.as_guest(code), c.SendCaption(person=person, text="hm"))
    play.refused(
        play.as_guest("P07"), c.SendCaption(person=person, text="hm"), ErrorCode.NOT_PERMITTED
    )


@pytest.mark.parametrize("phase", [Phase.PREPARING, Phase.WAITING, Phase.PAUSED, Phase.LEFT])
def test_only_what_is_said_in_the_session_is_captioned(play: Play, phase: Phase) -> None:
    person = play.bring("P07", phase)
    play.refused(play.kernel, c.SendCaption(person=person, text="hm"), ErrorCode.WRONG_PHASE)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 501, "\u202ehm", "\x00"])
def test_a_caption_has_one_to_five_hundred_visible_characters(play: Play, text: str) -> None:
    person = play.bring("P07", Phase.ADMITTED)
    play.refused(play.kernel, c.SendCaption(person=person, text=text), ErrorCode.BAD_TEXT)


def test_what_is_delivered_is_what_was_counted() -> None:
    assert clean_chat(" two\r\nlines ") == "two\nlines"
    assert clean_caption(" two\r\nlines ") == "two lines"
    with pytest.raises(CommandRefused, match=r"A caption has 1 to 500 characters\."):
        clean_caption(" ")
