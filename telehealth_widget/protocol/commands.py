"""What a person, the kernel or the server's own clock asks for, in the imperative.

A command carries no actor: the room stamps it with whoever the socket belongs to.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from telehealth_widget.protocol import limits
from telehealth_widget.protocol.connection import ConnectionReport
from telehealth_widget.protocol.kinds import EndCause, Role, Source

PersonId = Annotated[str, Meta(min_length=1, max_length=40)]
"""Opaque id of a person, e.g. `p_7k2m…`. Says nothing about the person."""


class Command(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag=lambda name: name
):
    """Base of all commands; `do` names the class."""


# -- by the provider, from the room or the kernel -----------------------------------------------


class Invite(Command, frozen=True):
    """Make a person and a link, or return the one that has this code."""

    code: str
    """Pseudonymous code, e.g. `P07`; stands in records and exports."""
    role: Role = Role.CLIENT
    name: str | None = None
    """Display name, personal; None lets the person type it."""
    language: str | None = None
    """BCP 47 tag of the pages this person sees; None follows the browser."""
    valid_ms: Annotated[int, Meta(ge=1_000)] | None = None
    """Life of the link in ms from now; None keeps the default of 30 days."""
    simulated: bool = False
    """True for a Python peer with synthetic picture and voice; staff and records say so."""


class Revoke(Command, frozen=True):
    """Withdraw a person's link and close whatever came through it."""

    person: PersonId


class Reissue(Command, frozen=True):
    """Withdraw a person's link and make a new one."""

    person: PersonId


class Admit(Command, frozen=True):
    """Let a waiting person in. Whoever was declined or removed is let wait first."""

    person: PersonId


class AdmitAll(Command, frozen=True):
    """Let in everyone who waits."""


class Decline(Command, frozen=True):
    """Refuse a waiting person."""

    person: PersonId
    reason: Annotated[str, Meta(max_length=limits.MAX_REASON_CHARACTERS)] | None = None
    """Shown to the person; personal."""


class LetWait(Command, frozen=True):
    """Put a declined or removed person back into the waiting room."""

    person: PersonId


class SendBack(Command, frozen=True):
    """Put an admitted person back into the queue."""

    person: PersonId


class Remove(Command, frozen=True):
    """End a person's part in the session; only a provider can let them wait again."""

    person: PersonId
    reason: Annotated[str, Meta(max_length=limits.MAX_REASON_CHARACTERS)] | None = None


class Pause(Command, frozen=True):
    """Send an admitted person to the waiting room for a while; the picture and sound stop."""

    person: PersonId


class Resume(Command, frozen=True):
    """Bring a paused person back at once."""

    person: PersonId


class PauseAll(Command, frozen=True):
    """Pause every admitted client."""


class ResumeAll(Command, frozen=True):
    """Bring back every paused person."""


class Mute(Command, frozen=True):
    """Silence a person's microphone; receivers enforce it."""

    person: PersonId


class StopVideo(Command, frozen=True):
    """Stop a person's camera; receivers enforce it."""

    person: PersonId


class StopShare(Command, frozen=True):
    """End a person's screen share."""

    person: PersonId


class AskToUnmute(Command, frozen=True):
    """Ask a person to unmute; only they can. Asking again changes nothing."""

    person: PersonId


class AskToStartVideo(Command, frozen=True):
    """Ask a person to start their camera; only they can. Asking again changes nothing."""

    person: PersonId


class VerifyIdentity(Command, frozen=True):
    """Note that a client is who they should be, or that this is no longer sure."""

    person: PersonId
    verified: bool = True


class SayWhen(Command, frozen=True):
    """Promise everybody who waits to be with them in so many minutes, or take the promise back."""

    minutes: int | None
    """From now, 1 to 120; None takes the promise back. `decide` checks it, so that the refusal says so."""


class Mark(Command, frozen=True):
    """Set an annotation at this moment of the record."""

    label: str
    """Code of what happened, 1 to 64 characters, kept as it is: write nothing that identifies."""
    note: Annotated[str, Meta(max_length=limits.MAX_NOTE_CHARACTERS)] | None = None
    """Free text; personal, encrypted."""


class End(Command, frozen=True):
    """End the session for everyone."""


# -- by anyone, about oneself -------------------------------------------------------------------


class SetName(Command, frozen=True):
    """Give or correct one's own display name."""

    name: str


class GetReady(Command, frozen=True):
    """Press "I'm Ready": go from preparing to the queue."""

    camera: bool = True
    """Whether the camera is on: so it will be at admission, on whichever page the person is then."""
    microphone: bool = True
    """The same of the microphone; muted is off."""


class Join(Command, frozen=True):
    """Staff take their place in the call."""


class Leave(Command, frozen=True):
    """Leave; the same link leads back."""


class Publish(Command, frozen=True):
    """Offer a source to the others in the session."""

    source: Source
    muted: bool = False


class Unpublish(Command, frozen=True):
    """Withdraw a source."""

    source: Source


class SetMuted(Command, frozen=True):
    """Mute or unmute one's own source (camera: stop or start video)."""

    source: Source
    muted: bool


class DeclineAsk(Command, frozen=True):
    """Answer a provider's question to switch a source on with "not now". Switching it on is the yes."""

    source: Source


class SendChat(Command, frozen=True):
    """Write to others. The text is delivered, and only its length and audience are recorded, unless the
    session keeps chat."""

    to: PersonId
    """`everyone` (in the session), `waiting`, `staff`, or a person's id."""
    text: str


class SendCaption(Command, frozen=True):
    """Staff show everyone in the session what a person says. Delivered and forgotten; only its length is
    recorded."""

    person: PersonId
    """Whose words they are."""
    text: str


class ReportConnection(Command, frozen=True):
    """Say what one's own connection test found; a later one replaces it."""

    report: ConnectionReport


# -- by the server itself -----------------------------------------------------------------------


class Open(Command, frozen=True):
    """Begin a session."""

    title: str
    """Free text; personal."""
    kind: str
    names: str
    hold_ms: int
    notebook: str | None
    """Keyed digest of the notebook's path; the same notebook and title give the same session."""
    provider_code: str
    provider_name: str | None
    show_place: bool = False
    """Whether a waiting client is told their own place in the queue."""
    share: str = "all"
    """Who may share a screen: `all` or `providers`."""
    chat: str = "forget"
    """`keep`: chat text stays in the record, encrypted, and everyone is told so."""
    end_when_empty_ms: int | None = None
    """The session ends so long after everyone left, in ms; None: it stays open."""
    max_duration_ms: int | None = None
    """The session ends so long after its start, in ms; None: whenever somebody ends it."""
    warn_min: tuple[int, ...] = (10, 5, 1)
    """At how many minutes before that end a warning comes."""


class Connect(Command, frozen=True):
    """A person's first connection came (back)."""

    person: PersonId


class Disconnect(Command, frozen=True):
    """A person's last connection went."""

    person: PersonId


class NoteExport(Command, frozen=True):
    """A copy of the record is about to leave the journal; also after the end."""

    form: str
    """What it becomes: a short word, not personal."""
    texts: bool
    """Whether names and texts go with it."""


class Expire(Command, frozen=True):
    """The hold of a dropped connection ran out."""

    person: PersonId


class AnnounceEnd(Command, frozen=True):
    """The maximum duration is nearly reached."""

    minutes: int


class RunOut(Command, frozen=True):
    """The session's time is up, or everyone left long enough ago."""

    cause: EndCause


AnyCommand = (
    Invite
    | Revoke
    | Reissue
    | Admit
    | AdmitAll
    | Decline
    | LetWait
    | SendBack
    | Remove
    | Pause
    | Resume
    | PauseAll
    | ResumeAll
    | Mute
    | StopVideo
    | StopShare
    | AskToUnmute
    | AskToStartVideo
    | VerifyIdentity
    | SayWhen
    | Mark
    | End
    | SetName
    | GetReady
    | Join
    | Leave
    | Publish
    | Unpublish
    | SetMuted
    | DeclineAsk
    | SendChat
    | SendCaption
    | ReportConnection
)
"""Every command that may come over a socket."""

SystemCommand = Open | Connect | Disconnect | Expire | AnnounceEnd | RunOut | NoteExport
"""Commands that only the server itself gives."""
