"""What every store of records promises. Types only: no store, no key and no cryptography here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Protocol

from msgspec import Struct

from telehealth_widget.protocol.events import Draft, Record
from telehealth_widget.protocol.kinds import Agent


class InviteEntry(Struct, frozen=True):
    """A link that was made. Entries stay after revocation, so that its holder can be told."""

    hash: bytes
    """SHA-256 of the token, 32 bytes."""
    session: str
    person: str
    serial: int
    """1 for the person's first link, then 2, 3, …"""


class ResumeEntry(Struct, frozen=True):
    """The token that leads one connection back. A later entry of that connection replaces it."""

    connection: str
    """Opaque id of the connection; one entry each."""
    session: str
    person: str
    serial: int
    """Which of the person's links it came through."""
    hash: bytes
    """SHA-256 of the current token, 32 bytes."""
    previous: bytes | None
    """SHA-256 of the token before it, to tell a reused token from an unknown one."""
    page: str
    """Opaque id of the page that holds the token."""


class ResumeDropped(Struct, frozen=True):
    """No token leads to this connection any more: its `ResumeEntry` goes."""

    session: str
    connection: str


class SeatEntry(Struct, frozen=True):
    """Which connection carries a person's picture and sound. A person's later entry replaces it."""

    session: str
    person: str
    connection: str
    page: str
    """Opaque id of the page that holds the seat."""
    agent: Agent


SideEntry = InviteEntry | ResumeEntry | ResumeDropped | SeatEntry
"""What is kept beside the records: replaced or dropped by key, never chained."""


class SessionEntry(Struct, frozen=True):
    """One session in the journal."""

    session: str
    rows: int
    """Records in it; the last one's `n`."""
    last_t_ms: int
    """`t_ms` of the last record, ms since the session opened."""
    last_at_ms: int
    """`at_ms` of the last record, UTC ms since the epoch."""


class Verification(Struct, frozen=True):
    """Whether a session's record is what was written."""

    ok: bool
    rows: int
    """Rows that were read and fit the chain."""
    first_bad: int | None
    """`n` of the first row that cannot be trusted. The number after the last row if the end was cut
    off; 1 if the rows agree with each other but not with the sealed head."""
    problem: str | None
    """What is wrong, as a plain sentence without personal data."""


class Journal(Protocol):
    """An append-only store of sessions.

    Every method may be called from any thread. Reading methods block and raise `TelehealthError`:
    JOURNAL_UNAVAILABLE if the store cannot be read, JOURNAL_DAMAGED if a stored row cannot be
    understood.
    """

    problem: str | None
    """What went wrong at opening although the store works now, as a sentence for staff."""

    def append(
        self, session: str, drafts: Sequence[Draft], side: Sequence[SideEntry] = ()
    ) -> Future[tuple[Record, ...]]:
        """Number the drafts and write them with `side`, all or nothing.

        The future resolves once all is durable, with the records in order; their personal text is
        plain. Futures resolve in the order of the calls, on a thread of the journal: callbacks must
        be short. An append cannot be cancelled. `drafts` may be empty. `side` entries must be of
        this session, and the session must have a record by then.

        The future fails with `TelehealthError(JOURNAL_UNAVAILABLE)` if the append was not written;
        then it left nothing behind, its numbers go to the next, and others are not affected.
        """
        ...

    def read(self, session: str) -> list[Record]:
        """All records in order, empty if there is no such session.

        Personal text is plain; where it cannot be opened (the key was destroyed, or the row was
        tampered with, which `verify` tells) the field stays `Sealed`.
        """
        ...

    def sessions(self) -> list[SessionEntry]:
        """Every session, the one written to most recently last."""
        ...

    def verify(self, session: str) -> Verification:
        """Check each row, the end and the personal texts; a session that is not there is not ok."""
        ...

    def find_invite(self, hash: bytes) -> InviteEntry | None:
        """The link whose token has this SHA-256."""
        ...

    def find_resume(self, hash: bytes) -> tuple[ResumeEntry, bool] | None:
        """The connection whose token has this SHA-256; False if that token is the one before."""
        ...

    def seats(self, session: str) -> list[SeatEntry]:
        """The last seat of each person of a session."""
        ...

    def forget(self, session: str, person: str) -> Future[None]:
        """Destroy the key of a person's texts in this session (or of `OF_SESSION`) and note when.

        Final: what is appended about the person afterwards cannot be read back either. Calling it
        again is harmless. Records and their chain stay as they are. May block while it looks for a
        legal hold (`retention`). The future fails with `TelehealthError`: UNKNOWN_SESSION; LEGAL_HOLD,
        or BAD_OPTION if the policy cannot be read: then the key is still there; JOURNAL_UNAVAILABLE
        if a copy of the key may remain.
        """
        ...

    def exported(self, session: str) -> Iterator[bytes]:
        """The stored records in order, sealed, each as `{"record":…,"hash":"<hex>"}` and a newline.

        What stands after `"record":` are the very bytes the hash was made of.
        """
        ...

    def close(self) -> None:
        """Write what is queued, then stop. May be called again; appends fail from here on."""
        ...
