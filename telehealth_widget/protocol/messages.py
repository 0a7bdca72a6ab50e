"""What travels over a socket, both ways, as JSON text with the type under `t`.

Order on a connection: the client sends one `Hello`; the server answers `Welcome` and a `Snapshot`, or
`Closed`. After that the client sends the other upward messages; the server sends the rest.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from telehealth_widget.protocol import limits
from telehealth_widget.protocol.commands import AnyCommand
from telehealth_widget.protocol.errors import ErrorCode
from telehealth_widget.protocol.events import Record
from telehealth_widget.protocol.kinds import Agent, StepAt
from telehealth_widget.protocol.measurements import Figures, Stretch
from telehealth_widget.protocol.views import PersonRow, SessionRow, You

Token = Annotated[str, Meta(min_length=1, max_length=limits.MAX_TOKEN_CHARACTERS)]
Opaque = Annotated[str, Meta(min_length=1, max_length=64)]


class Upward(Struct, frozen=True, forbid_unknown_fields=True, tag_field="t", tag=str.lower):
    """Base of what a browser or kernel sends."""


class Downward(Struct, frozen=True, omit_defaults=True, tag_field="t", tag=str.lower):
    """Base of what the server sends."""


# -- upward -------------------------------------------------------------------------------------


class Hello(Upward, frozen=True):
    """The first message: who this is. Exactly one of `invite` and `resume`, or neither on the host API."""

    page: Opaque
    """Random id of this page load; a reload makes a new one."""
    invite: Token | None = None
    """The token of a link."""
    resume: Token | None = None
    """The token that the last `Welcome` gave; each is good for one use."""
    take: bool = False
    """The person said "use it here": take the seat over, also with a resume token used before."""
    seat: bool = False
    """This page held the media seat before it lost its socket (or was reloaded) and wants it back."""
    agent: Agent = Agent.BROWSER
    epoch: Opaque | None = None
    """Epoch of the last snapshot, when reconnecting."""
    seq: int | None = None
    """`seq` of the last message applied, when reconnecting."""


class Do(Upward, frozen=True):
    """A command. The answer, `Done` or `Refused`, carries the same `id`."""

    id: Annotated[int, Meta(ge=0, le=limits.MAX_COMMAND_NUMBER)]
    command: AnyCommand


class TakeSeat(Upward, frozen=True):
    """Move the call to this connection ("Move call here")."""

    id: Annotated[int, Meta(ge=0, le=limits.MAX_COMMAND_NUMBER)]


class GetLink(Upward, frozen=True):
    """Host API only: the link of a person, to show or copy."""

    id: Annotated[int, Meta(ge=0, le=limits.MAX_COMMAND_NUMBER)]
    person: Opaque


class Description(Struct, frozen=True, forbid_unknown_fields=True):
    """An RTCSessionDescription. The SDP stays opaque to the server."""

    type: Literal["offer", "answer"]
    """Nothing else travels: rolling back is an end's own business, and nobody answers provisionally."""
    sdp: Annotated[str, Meta(max_length=limits.MAX_SDP_BYTES)]


class Candidate(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An RTCIceCandidateInit."""

    candidate: Annotated[str, Meta(max_length=limits.MAX_CANDIDATE_BYTES)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=1024)] | None = None
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class Signal(Upward, frozen=True):
    """A step of the negotiation, for one other seat."""

    to: Opaque
    own: Opaque | None = None
    """The sender's own endpoint when it was said. No authority: a signal of an earlier stint that was long under
    way is dropped by it, since the other side has begun anew."""
    description: Description | None = None
    candidates: Annotated[
        tuple[Candidate, ...], Meta(max_length=limits.MAX_CANDIDATES_PER_MESSAGE)
    ] = ()
    """Batched; an empty `candidate` string ends the gathering."""


class Beat(Upward, frozen=True):
    """Are you there? The server answers `Beaten`."""

    n: Annotated[int, Meta(ge=0, le=limits.MAX_COMMAND_NUMBER)]


class BeginTest(Upward, frozen=True):
    """Ask for a connection test. The server answers with `TestStep`s."""


class SignalTest(Upward, frozen=True):
    """The offer of one's own running test, or candidates that belong to it."""

    description: Description | None = None
    candidates: Annotated[
        tuple[Candidate, ...], Meta(max_length=limits.MAX_CANDIDATES_PER_MESSAGE)
    ] = ()


class EndTest(Upward, frozen=True):
    """One's own test is done, or no longer wanted."""


class Measured(Upward, frozen=True, omit_defaults=True):
    """What this page measured of its own person in the call since it last told. Becomes part of the record.

    No answer: what is not taken (not in the call, not the seat, too often) is lost.
    """

    voice: Annotated[tuple[Stretch, ...], Meta(max_length=limits.MAX_SPANS)] | None = None
    """When the person spoke, in order; None: the microphone could not be listened to."""
    quality: Figures | None = None


AnyUpward = (
    Hello | Do | TakeSeat | GetLink | Signal | Beat | BeginTest | SignalTest | EndTest | Measured
)


# -- downward -----------------------------------------------------------------------------------


class Welcome(Downward, frozen=True):
    """You are in. Keep `resume` in sessionStorage for the next connection."""

    epoch: str
    session: str
    connection: str
    resume: str
    now_ms: int
    """The server's wall clock, UTC ms, for showing durations."""
    hold_ms: int = limits.HOLD_MS


class Snapshot(Downward, frozen=True):
    """Everything this viewer may know. Replaces what the view held."""

    epoch: str
    seq: int
    session: SessionRow
    people: tuple[PersonRow, ...]
    you: You


class Change(Downward, frozen=True):
    """Rows to replace by id, and ids of rows that are gone from this view."""

    seq: int
    session: SessionRow | None = None
    people: tuple[PersonRow, ...] = ()
    gone: tuple[str, ...] = ()
    you: You | None = None


class IceServer(Struct, frozen=True, omit_defaults=True):
    """One entry of RTCConfiguration.iceServers."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class Ice(Downward, frozen=True):
    """How to reach the others; sent to a seat on admission and renewed before it expires."""

    servers: tuple[IceServer, ...]
    relay_only: bool
    expires_at_ms: int


class Signaled(Downward, frozen=True):
    """A signal from another seat; the server stamps `sender`."""

    sender: str
    """Endpoint of the sending seat."""
    description: Description | None = None
    candidates: tuple[Candidate, ...] = ()


class Chat(Downward, frozen=True):
    """A chat message; the server stamps who sent it. Kept on disk only where the session keeps chat."""

    id: str
    person: str
    """Id of the sender."""
    to: str
    """`everyone`, `waiting`, `staff` or a person's id."""
    text: str
    at_ms: int
    name: str | None = None
    """The sender's name as this viewer may see it."""
    role: str = "client"
    earlier: bool = False
    """True when it was sent before this connection, and is shown again."""


class Caption(Downward, frozen=True):
    """What a person says, as text, for everyone in the session. Shown for a while; never kept, nor sent again."""

    id: str
    person: str
    """Whose words they are."""
    text: str
    """One line, 1 to 500 characters."""
    at_ms: int
    name: str | None = None
    """That person's name as this viewer may see it."""


class TestStep(Downward, frozen=True):
    """Where one's own connection test stands."""

    at: StepAt
    place: int | None = None
    """With `queued`: 1 is next."""
    ice: Ice | None = None
    """With `ready`: the same servers as in a call, with credentials of the test's own."""
    description: Description | None = None
    """With `answered`: the echo's answer, complete with candidates."""


class Done(Downward, frozen=True):
    """A command took effect."""

    id: int
    recorded: bool = True
    """False: it holds, but the journal could not be written."""
    person: str | None = None
    """Id of the person an `Invite` made or found."""
    url: str | None = None
    """The link, after `Invite`, `Reissue` and `GetLink` on the host API."""
    expires_at_ms: int | None = None


class Refused(Downward, frozen=True):
    """A command took no effect."""

    id: int
    code: ErrorCode
    message: str
    candidates: tuple[str, ...] = ()


class Recorded(Downward, frozen=True):
    """Host API, kernels only: a record that is durable now (or marked as not recorded)."""

    record: Record
    recorded: bool = True


class Beaten(Downward, frozen=True):
    """The answer to `Beat`."""

    n: int
    now_ms: int


class Closed(Downward, frozen=True):
    """The last message before the server closes the socket, with the reason in words."""

    code: ErrorCode
    message: str
    duration_ms: int | None = None
    """With SESSION_ENDED: how long the session lasted."""


AnyDownward = (
    Welcome
    | Snapshot
    | Change
    | Ice
    | Signaled
    | Chat
    | Caption
    | TestStep
    | Done
    | Refused
    | Recorded
    | Beaten
    | Closed
)


class CloseCode:
    """WebSocket close codes (4000–4999 are ours)."""

    TRY_LATER = 1013
    SEAT_TAKEN = 4001
    REFUSED = 4003
    LATE = 4008
    MALFORMED = 4400


"""After SEAT_TAKEN and REFUSED a client does not reconnect by itself; after the others it does."""
