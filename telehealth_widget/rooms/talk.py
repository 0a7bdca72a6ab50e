"""Chat of one room: who may read a message, and the few that a reload shows again. Memory only, never the disk."""

from __future__ import annotations

from collections import deque

from msgspec.structs import replace

from telehealth_widget.core import outbox
from telehealth_widget.core.state import Session
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.messages import Chat
from telehealth_widget.protocol.text import clean_text


class Talk:
    """The last messages of a room, each with the readers it had when it was sent."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Chat, frozenset[str]]] = deque(maxlen=limits.CHAT_KEPT_IN_MEMORY)

    def add(
        self, state: Session, sent: e.ChatSent, text: str, at_ms: int
    ) -> tuple[Chat, frozenset[str]]:
        """Keep a message that was sent; returns it with the ids of its readers."""
        sender = state.people[sent.person]
        chat = Chat(
            id=sent.message,
            person=sender.id,
            to=sent.to,
            text=clean_text(text, limits.MAX_CHAT_CHARACTERS, "A message"),
            at_ms=at_ms,
            role=sender.role.value,
        )
        readers = outbox.audience(state, sender, sent.to)
        self._kept.append((chat, readers))
        return chat, readers

    def earlier(self, state: Session, viewer: outbox.Viewer) -> list[Chat]:
        """What this viewer could read, oldest first."""
        return [
            for_viewer(state, viewer, chat, earlier=True)
            for chat, readers in self._kept
            if viewer.person in readers
        ]


def for_viewer(state: Session, viewer: outbox.Viewer, chat: Chat, *, earlier: bool) -> Chat:
    """The message with the sender's name as this viewer may see it."""
    sender = state.people.get(chat.person)
    name = None
    if sender is not None:
        open_name = sender.id == viewer.person or outbox.sees_everyone(state, viewer)
        name = sender.shown_name if open_name else outbox.name_for_client(state, sender)
    return replace(chat, name=name, earlier=earlier)
