"""What happened, in the past tense. Events are kept for good: fields are added, never changed in meaning.

Class names are the stored tags; renaming one needs an upcast in `journal.upcast`.
Fields of type `Personal` hold free text or a name while in memory; on disk they hold a `Sealed`
reference to an encrypted row, under the key of the person that `personal_fields` names.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec
from msgspec import Struct

from telehealth_widget.protocol.connection import ConnectionReport
from telehealth_widget.protocol.kinds import EndCause, Role, SessionKind, Source, Via
from telehealth_widget.protocol.measurements import AnyMeasurement


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an encrypted text lies; it can no longer be read once its person's key is gone."""

    row: str
    """Id of the row in the table of personal data."""
    sha256: str
    """Hex digest of that row's ciphertext, so that the hash chain covers it."""


Personal = str | Sealed
"""Text about a person: plain in memory, sealed on disk, still sealed after erasure."""

OF_SESSION = "session"
"""Owner of personal text that belongs to no single person (title, notes)."""


class Event(Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag=lambda n: n):
    """Base of all events; `event` names the class."""

    personal_fields: ClassVar[dict[str, str]] = {}
    """Personal field → the field that holds the owner's id, or `OF_SESSION`."""


class SessionOpened(Event, frozen=True):
    """The waiting room opened."""

    personal_fields = {"title": OF_SESSION}
    title: Personal
    kind: SessionKind
    names: str
    hold_ms: int
    notebook: str | None
    provider: str
    """Id of the provider in whose name the notebook acts."""
    show_place: bool = False
    """Whether a waiting client is told their own place in the queue."""
    share: str = "all"
    """Who may share a screen: `all` or `providers`."""
    keep_chat: bool = False
    """Whether chat text is kept, sealed, as `ChatKept`."""
    end_when_empty_ms: int | None = None
    """The session ends so long after everyone left, in ms; None: it stays open."""
    max_duration_ms: int | None = None
    """The session ends so long after `SessionStarted`, in ms; None: no maximum."""
    warn_min: tuple[int, ...] = ()
    """At how many minutes before that end a warning comes."""


class PersonInvited(Event, frozen=True):
    """A person and the first link were made."""

    personal_fields = {"name": "person"}
    person: str
    code: str
    role: Role
    name: Personal | None
    language: str | None
    expires_at_ms: int
    """UTC, ms since the epoch."""
    simulated: bool


class InviteExtended(Event, frozen=True):
    """The life of a link was set anew."""

    person: str
    expires_at_ms: int


class InviteRevoked(Event, frozen=True):
    """The link was withdrawn."""

    person: str


class InviteReissued(Event, frozen=True):
    """The old link was withdrawn and a new one made."""

    person: str
    serial: int
    """1 for the first link, then 2, 3, …"""
    expires_at_ms: int


class PersonNamed(Event, frozen=True):
    """A display name was given or corrected."""

    personal_fields = {"name": "person"}
    person: str
    name: Personal


class PersonUnnamed(Event, frozen=True):
    """A client's name was taken back, since a member of staff now bears one that looks like it."""

    person: str


class LanguageChanged(Event, frozen=True):
    """The invitation came to name another language for the person's pages."""

    person: str
    language: str
    """BCP 47 tag; not personal."""


class PersonArrived(Event, frozen=True):
    """A person opened the link and is preparing."""

    person: str


class ConnectionLost(Event, frozen=True):
    """The person's last connection went; the phase is held for a while."""

    person: str


class ConnectionRestored(Event, frozen=True):
    """The person has a connection again."""

    person: str


class PersonReady(Event, frozen=True):
    """The person pressed "I'm Ready" and waits."""

    person: str
    camera: bool
    microphone: bool


class PersonAdmitted(Event, frozen=True):
    """The person is in the session."""

    person: str


class StaffJoined(Event, frozen=True):
    """A member of staff took their place in the call."""

    person: str


class SessionStarted(Event, frozen=True):
    """The first client was admitted; the duration counts from here."""


class PersonDeclined(Event, frozen=True):
    personal_fields = {"reason": "person"}
    person: str
    reason: Personal | None


class PersonLetWait(Event, frozen=True):
    """A provider put a declined or removed person back into the waiting room."""

    person: str


class PersonSentBack(Event, frozen=True):
    person: str


class PersonRemoved(Event, frozen=True):
    personal_fields = {"reason": "person"}
    person: str
    reason: Personal | None


class PersonPaused(Event, frozen=True):
    person: str


class PersonResumed(Event, frozen=True):
    person: str


class PersonLeft(Event, frozen=True):
    person: str
    cause: str
    """`left` (their own act), `connection` (not back in time) or `revoked`."""


class MediaPublished(Event, frozen=True):
    person: str
    source: Source
    muted: bool


class MediaUnpublished(Event, frozen=True):
    """A source was withdrawn: by the person, or a screen by a provider (the record's actor tells)."""

    person: str
    source: Source


class MediaMuted(Event, frozen=True):
    """A source was muted: by the person, or by a provider (the record's actor tells)."""

    person: str
    source: Source


class MediaUnmuted(Event, frozen=True):
    person: str
    source: Source


class MediaAsked(Event, frozen=True):
    """A provider asked the person to switch a source on."""

    person: str
    source: Source


class AskAnswered(Event, frozen=True):
    """The person answered that question; a yes is followed by the source itself."""

    person: str
    source: Source
    accepted: bool


class ChatSent(Event, frozen=True):
    """Somebody wrote; the text itself is not in here."""

    person: str
    message: str
    """Opaque id of the message."""
    to: str
    """`everyone`, `waiting`, `staff` or a person's id."""
    characters: int


class ChatKept(Event, frozen=True):
    """What was written, only where the session keeps chat; follows its `ChatSent`."""

    personal_fields = {"text": "person"}
    person: str
    """Id of the sender."""
    message: str
    """Id of the message, as in `ChatSent`."""
    text: Personal


class CaptionSent(Event, frozen=True):
    """What a person said was shown as text; the text itself is not recorded."""

    person: str
    """Whose words they were; the record's actor wrote them."""
    characters: int


class IdentityVerified(Event, frozen=True):
    """A provider made sure that the client is who they should be; holds until the link is reissued."""

    person: str


class IdentityUnverified(Event, frozen=True):
    """A provider took the verification back."""

    person: str


class ArrivalAnnounced(Event, frozen=True):
    """A provider told everybody who waits when to expect them; a later one replaces it."""

    minutes: int | None
    """From the moment of the record; None: the promise was taken back. Not personal."""


class ConnectionTested(Event, frozen=True):
    """A person's page measured its connection to the server. Figures only, not personal: no address is among them."""

    person: str
    report: ConnectionReport


class MarkPlaced(Event, frozen=True):
    personal_fields = {"note": OF_SESSION}
    label: str
    note: Personal | None


class EndAnnounced(Event, frozen=True):
    """Everyone was told that the maximum duration is nearly reached."""

    minutes: int
    """So many minutes before the end, as the session's options say."""


class SessionEnded(Event, frozen=True):
    """Over for everyone."""

    cause: EndCause = EndCause.PERSON


class RecordExported(Event, frozen=True):
    """A copy of the record left the journal. Recorded before the copy was made."""

    form: str
    """What it became: `jsonl`, `csv`, `folder`, `html`, …"""
    texts: bool
    """Whether names and texts went with it."""


AnyEvent = (
    SessionOpened
    | PersonInvited
    | InviteExtended
    | InviteRevoked
    | InviteReissued
    | PersonNamed
    | PersonUnnamed
    | LanguageChanged
    | PersonArrived
    | ConnectionLost
    | ConnectionRestored
    | PersonReady
    | PersonAdmitted
    | StaffJoined
    | SessionStarted
    | PersonDeclined
    | PersonLetWait
    | PersonSentBack
    | PersonRemoved
    | PersonPaused
    | PersonResumed
    | PersonLeft
    | MediaPublished
    | MediaUnpublished
    | MediaMuted
    | MediaUnmuted
    | MediaAsked
    | AskAnswered
    | ChatSent
    | ChatKept
    | CaptionSent
    | IdentityVerified
    | IdentityUnverified
    | ArrivalAnnounced
    | ConnectionTested
    | MarkPlaced
    | EndAnnounced
    | SessionEnded
    | RecordExported
)

AnyBody = AnyEvent | AnyMeasurement
"""What a record may hold."""


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of a session's journal: an event, when it happened, and through whom."""

    session: str
    """Opaque id of the session."""
    n: int
    """Number of the row in its session, from 1, without gaps."""
    t_ms: int
    """Monotonic ms since the session opened, also across restarts of the server."""
    at_ms: int
    """Wall clock, UTC, ms since the epoch."""
    actor: str
    """Id of the person who acted, or `system`."""
    via: Via
    body: AnyBody
    """The fact itself, or a measurement: those are never folded."""


class Draft(Struct, frozen=True):
    """A record before the journal numbers it."""

    t_ms: int
    at_ms: int
    actor: str
    via: Via
    body: AnyBody


SYSTEM = "system"
"""The actor of what the server does by itself."""


def event_types() -> tuple[type[Event], ...]:
    """Every event class, in the order of the union."""
    return AnyEvent.__args__


def with_fields(event: AnyBody, **changes: object) -> AnyBody:
    """A copy of `event` with some fields replaced (used to seal and unseal)."""
    return msgspec.structs.replace(event, **changes)
