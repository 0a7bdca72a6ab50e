"""The rows that a view was given. Applies snapshots and changes; holds no rule of the domain, no I/O."""

from __future__ import annotations

from msgspec import structs

from telehealth_widget.protocol.messages import Change, Snapshot
from telehealth_widget.protocol.views import PersonRow, SessionRow, You


class Rows:
    """What one connection knows. Apply every `Snapshot` and `Change` in the order they come."""

    def __init__(self) -> None:
        self.session: SessionRow | None = None
        self.people: dict[str, PersonRow] = {}
        self.you: You | None = None
        self.epoch: str | None = None
        self.seq: int | None = None

    def apply(self, message: Snapshot | Change) -> bool:
        """Take the message in. False on a gap: the caller must reconnect for a new snapshot."""
        if isinstance(message, Snapshot):
            self.session, self.you = message.session, message.you
            self.people = {row.id: row for row in message.people}
            self.epoch, self.seq = message.epoch, message.seq
            return True
        if self.seq is None or message.seq != self.seq + 1:
            return False
        self.seq = message.seq
        self.session = message.session or self.session
        self.you = message.you or self.you
        for row in message.people:
            self.people[row.id] = row
        for person in message.gone:
            self.people.pop(person, None)
        return True

    def forget(self, person: str) -> None:
        """What the person said of themselves, and what was said of them, is erased at the server."""
        if row := self.people.get(person):
            self.people[person] = structs.replace(row, name=None, reason=None)

    def forget_title(self) -> None:
        """The session's own texts are erased at the server."""
        if self.session is not None:
            self.session = structs.replace(self.session, title=None)

    @property
    def me(self) -> PersonRow | None:
        """One's own row."""
        return self.people.get(self.you.person) if self.you else None
