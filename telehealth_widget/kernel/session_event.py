"""Events as the notebook sees them: their names, their values, and what holds already. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from telehealth_widget.kernel.people import Participant
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.dates import utc
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase
from telehealth_widget.protocol.views import PersonRow

EVENT_NAMES: dict[type[Any], str] = {
    e.PersonInvited: "invited",
    e.InviteExtended: "extended",
    e.InviteRevoked: "revoked",
    e.InviteReissued: "reissued",
    e.PersonArrived: "arrived",
    e.PersonNamed: "named",
    e.PersonUnnamed: "unnamed",
    e.LanguageChanged: "language_changed",
    e.PersonReady: "ready",
    e.PersonAdmitted: "admitted",
    e.StaffJoined: "joined",
    e.SessionStarted: "started",
    e.PersonDeclined: "declined",
    e.PersonLetWait: "let_wait",
    e.PersonSentBack: "sent_back",
    e.PersonRemoved: "removed",
    e.PersonPaused: "paused",
    e.PersonResumed: "resumed",
    e.PersonLeft: "left",
    e.ConnectionLost: "connection_lost",
    e.ConnectionRestored: "connection_restored",
    e.MediaMuted: "muted",
    e.MediaUnmuted: "unmuted",
    e.MediaPublished: "published",
    e.MediaUnpublished: "unpublished",
    e.MediaAsked: "asked",
    e.AskAnswered: "answered",
    e.ChatSent: "chat",
    e.CaptionSent: "caption",
    e.IdentityVerified: "identity_verified",
    e.IdentityUnverified: "identity_unverified",
    e.ConnectionTested: "tested",
    e.ArrivalAnnounced: "said_when",
    e.MarkPlaced: "mark",
    e.EndAnnounced: "ending",
    e.SessionEnded: "ended",
}
"""What `session.on(...)` and `session.wait_for(...)` accept, besides `any`, which means all of these.

Not among them: the opening itself, kept text of chat (it follows its `chat`), measurements, and exports (a callback
that exports at any event would go on for ever).
"""


@dataclass(frozen=True)
class SessionEvent:
    """Something happened in the session."""

    name: str
    """One of `EVENT_NAMES`."""
    participant: Participant | None
    """Whom it is about."""
    at: datetime
    """UTC; 1970 where a clock that went wild left what no calendar holds."""
    t_ms: int | None = None
    """Ms since the session opened."""
    actor: str | None = None
    """Code of the person who acted, or `system`."""
    recorded: bool = True
    body: Any = field(default=None, repr=False)
    """The event itself, with all its fields; may hold personal text, sealed if it was read from the record."""


def check_name(name: str) -> str:
    """`name` if there are such events.

    Raises:
        TelehealthError: BAD_OPTION, listing the names.
    """
    known = sorted({*EVENT_NAMES.values(), "any"})
    if not isinstance(name, str) or name not in known:
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"There is no event of that name. Known are: {', '.join(known)}."
        )
    return name


def event_of(
    record: e.Record, recorded: bool, person_of: Callable[[str], Participant | None]
) -> SessionEvent | None:
    """The notebook's event for a record; None for those it is not told of."""
    name = EVENT_NAMES.get(type(record.body))
    if name is None:
        return None
    actor = person_of(record.actor)
    return SessionEvent(
        name=name,
        participant=person_of(getattr(record.body, "person", "")),
        at=utc(record.at_ms) or datetime.fromtimestamp(0, UTC),
        t_ms=record.t_ms,
        actor=actor.code if actor else record.actor,
        recorded=recorded,
        body=record.body,
    )


def holding(
    name: str, person: str | None, state: str, rows: Iterable[PersonRow]
) -> SessionEvent | None:
    """The event whose effect holds already: somebody is ready, admitted or paused, the session started or ended.

    Args:
        person: id of whom it must be about; None: anybody, which counts for `ready` alone.
        state: of the session.
    """
    held = {"ready": Phase.WAITING, "admitted": Phase.ADMITTED, "paused": Phase.PAUSED}
    now = datetime.now(UTC)
    if (name, state) in (("ended", "ended"), ("started", "live")):
        return SessionEvent(name, None, now)
    if name not in held or (person is None and name != "ready"):
        return None
    for row in rows:
        if row.phase is held[name] and person in (None, row.id):
            found = Participant.from_row(row)
            return SessionEvent(name, found, found.since or now)
    return None
