"""What a viewer may know, as rows. A view never learns more than its role's rows; TypeScript only applies them."""

from __future__ import annotations

from msgspec import Struct

from telehealth_widget.protocol.connection import ConnectionReport
from telehealth_widget.protocol.kinds import (
    Agent,
    EndCause,
    Phase,
    Role,
    SessionKind,
    SessionPhase,
    Share,
    Source,
)


class SessionRow(Struct, frozen=True, omit_defaults=True):
    """The session as this viewer may see it."""

    id: str
    kind: SessionKind
    phase: SessionPhase
    """To clients who are neither in the session nor paused it is `open` until it has ended."""
    title: str | None = None
    """Staff only: a title can say something about health."""
    started_at_ms: int | None = None
    """Staff, and whoever is in the session or paused: when the first client was admitted, UTC ms."""
    ended_at_ms: int | None = None
    duration_ms: int | None = None
    """From start to end, once ended; 0 if no client was admitted."""
    recorded: bool = True
    """Staff: False while the journal cannot be written."""
    provider_name: str | None = None
    """The provider's display name, where the names policy shows it."""
    provider_present: bool = False
    """Whether a provider's window is connected, so a waiting person knows that someone is there."""
    expected_at_ms: int | None = None
    """Whoever waits, and staff: UTC ms for which a provider promised to be there; None: no promise.
    It stays after that moment, until it is replaced or taken back."""
    share: Share = Share.ALL
    """Who may share a screen."""
    chat_kept: bool = False
    """Whether chat text stays in the record: to be said wherever somebody can write."""
    ends_at_ms: int | None = None
    """Staff, and whoever is in the session or paused: UTC ms at which the maximum duration is reached; None: no
    maximum, or not started."""
    warned_min: int | None = None
    """The same people: the last warning given, in minutes before that end; None: none yet."""
    end_cause: EndCause | None = None
    """Once ended: why."""


class PublicationRow(Struct, frozen=True):
    """One source that a person offers."""

    source: Source
    muted: bool
    """True: receivers play or show nothing of it, whatever arrives."""


class LinkRow(Struct, frozen=True):
    """How this viewer's connection negotiates with that person's seat."""

    endpoint: str
    """Address for signals; new whenever the other side's page or seat is new."""
    polite: bool
    """Whether *this* viewer yields when offers collide."""
    offers: bool
    """Whether *this* viewer makes the first offer."""
    agent: Agent
    """What the other side is."""


class PersonRow(Struct, frozen=True, omit_defaults=True):
    """A person as this viewer may see them."""

    id: str
    role: Role
    phase: Phase
    you: bool = False
    name: str | None = None
    """Display name by the names policy; None: none given, or not for this viewer."""
    code: str | None = None
    """Staff only."""
    connected: bool = False
    since_ms: int | None = None
    """UTC ms since when the person is in this phase (staff, and oneself)."""
    camera: bool | None = None
    """Staff: whether the person was ready with a camera."""
    microphone: bool | None = None
    simulated: bool = False
    """Staff only: a Python peer."""
    revoked: bool = False
    """Staff only: the link was withdrawn."""
    verified: bool = False
    """Staff only: a provider verified who this client is; a new link takes it back."""
    reason: str | None = None
    """Oneself and staff: why declined or removed."""
    place: int | None = None
    """Oneself, a client who waits, where the session shows it: place in the queue, 1 is next."""
    publications: tuple[PublicationRow, ...] = ()
    asked: tuple[Source, ...] = ()
    """Oneself and staff: sources that a provider asked this person to switch on, until they answer. Camera and
    microphone only."""
    connection: ConnectionReport | None = None
    """Oneself and staff: what the person's last connection test found."""
    in_call: bool = False
    """Whether a window or device of this person holds a seat in the call."""
    link: LinkRow | None = None
    """Only for the holder of a seat in the call, and only for other seats."""


class You(Struct, frozen=True, omit_defaults=True):
    """The viewer itself."""

    person: str
    seat: str
    """`here` (this connection holds the media seat), `elsewhere`, or `none`."""
    endpoint: str | None = None
    """One's own address in the call, once in it."""
    language: str | None = None
    """BCP 47 tag of the pages this person sees, from the invitation; None follows the browser."""
