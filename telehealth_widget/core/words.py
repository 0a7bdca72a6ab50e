"""Deciders about what people write to each other: chat and captions. Who reads it is `outbox.audience`'s business."""

from __future__ import annotations

from telehealth_widget.core.checks import Events, require, target
from telehealth_widget.core.policy import CHAT_TO, Actor
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import PRESENT_PHASES, Phase, Role
from telehealth_widget.protocol.text import clean_text


def clean_chat(text: str) -> str:
    """The text of a chat message as it is delivered.

    Raises:
        CommandRefused: BAD_TEXT.
    """
    return clean_text(text, limits.MAX_CHAT_CHARACTERS, "A message")


def clean_caption(text: str) -> str:
    """The text of a caption as it is delivered: one line.

    Raises:
        CommandRefused: BAD_TEXT.
    """
    return clean_text(" ".join(text.split()), limits.MAX_CAPTION_CHARACTERS, "A caption")


def send_chat(state: Session, actor: Actor, cmd: c.SendChat, at_ms: int, fresh_id: str) -> Events:
    sender = target(state, actor.person)
    to = cmd.to if cmd.to in ("everyone", "waiting", "staff") else "person"
    if to == "person" and sender.role is Role.PROVIDER:
        require(target(state, cmd.to), *PRESENT_PHASES)
    phases = CHAT_TO.get(sender.role, {}).get(to)
    if phases is None:
        raise CommandRefused(ErrorCode.NOT_PERMITTED)
    if sender.phase not in phases and not (actor.at_desk and sender.id == state.provider):
        raise CommandRefused(ErrorCode.WRONG_PHASE)
    text = clean_chat(cmd.text)
    message = f"c_{fresh_id}"
    sent = e.ChatSent(person=sender.id, message=message, to=cmd.to, characters=len(text))
    if not state.keep_chat:
        return (sent,)
    return (sent, e.ChatKept(person=sender.id, message=message, text=text))


def send_caption(
    state: Session, actor: Actor, cmd: c.SendCaption, at_ms: int, fresh_id: str
) -> Events:
    person = target(state, cmd.person)
    require(person, Phase.ADMITTED)
    return (e.CaptionSent(person=person.id, characters=len(clean_caption(cmd.text))),)
