"""Chat of one room: who may read a message, and the few that a reload shows again. In memory; what a session keeps
is read back from its record."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from msgspec.structs import replace

from telehealth_widget.core import outbox
from telehealth_widget.core.state import Session
from telehealth_widget.core.words import clean_chat
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.messages import Chat


class Talk:
    """The last messages of a room, each with the readers it had when it was sent."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Chat, frozenset[str]]] = deque(maxlen=limits.CHAT_KEPT_IN_MEMORY)
        self._sent: e.ChatSent | None = None

    def add(
        self, state: Session, sent: e.ChatSent, text: str, at_ms: int
    ) -> tuple[Chat, frozenset[str]]:
        """Keep a message that was sent; returns it with the ids of its readers."""
        sender = state.people[sent.person]
        chat = Chat(
            id=sent.message,
            person=sender.id,
            to=sent.to,
            text=clean_chat(text),
            at_ms=at_ms,
            role=sender.role.value,
        )
        readers = outbox.audience(state, sender, sent.to)
        self._kept.append((chat, readers))
        return chat, readers

    def restore(self, state: Session, record: e.Record) -> None:
        """Take up a message that the record kept. Call with every record, after it was folded into `state`."""
        body = record.body
        if isinstance(body, e.ChatSent):
            self._sent = body
        elif isinstance(body, e.InviteReissued):
            self.forget(body.person)
        elif (
            isinstance(body, e.ChatKept)
            and isinstance(body.text, str)
            and self._sent is not None
            and self._sent.message == body.message
        ):
            self.add(state, self._sent, body.text, record.at_ms)

    def forget(self, person: str) -> None:
        """The person has a new link: whoever comes by it may be somebody else, and reads nothing from before."""
        self._kept = self._with_readers(lambda readers: readers - {person})

    def _with_readers(
        self, change: Callable[[frozenset[str]], frozenset[str]]
    ) -> deque[tuple[Chat, frozenset[str]]]:
        kept = ((chat, change(readers)) for chat, readers in self._kept)
        return deque(kept, maxlen=limits.CHAT_KEPT_IN_MEMORY)

    def caught_up(self, state: Session, viewer: outbox.Viewer) -> list[Chat]:
        """What staff who came in later may read now and could not before, oldest first. Asked again: nothing.

        Clients read what was written while they were among its readers, and nothing from before.
        """
        if not outbox.sees_everyone(state, viewer):
            return []
        missed = [chat for chat, readers in self._kept if viewer.person not in readers]
        self._kept = self._with_readers(lambda readers: readers | {viewer.person})
        return [for_viewer(state, viewer, chat, earlier=True) for chat in missed]

    def earlier(self, state: Session, viewer: outbox.Viewer) -> list[Chat]:
        """What this viewer could read, oldest first."""
        return [
            for_viewer(state, viewer, chat, earlier=True)
            for chat, readers in self._kept
            if viewer.person in readers
        ]


def for_viewer(state: Session, viewer: outbox.Viewer, chat: Chat, *, earlier: bool) -> Chat:
    """The message with the sender's name as this viewer may see it."""
    return replace(chat, name=outbox.name_for(state, viewer, chat.person), earlier=earlier)
