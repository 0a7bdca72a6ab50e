"""What the page of a replay gets: one document, made by the review, shown by the same components as a live room.

Times are ms since the session opened. People are codes, and no field holds a name or a text, unless `names` is true.
"""

from __future__ import annotations

from msgspec import Struct

from telehealth_widget.protocol.messages import Change, Snapshot

VERSION = 1
"""Raised when a page made for the version before could not show the document."""


class ReplayFrame(Struct, frozen=True):
    """One step of the provider's live view."""

    t_ms: int
    message: Snapshot | Change


class ReplayLane(Struct, frozen=True):
    """When something held of a person."""

    person: str
    """Their id."""
    kind: str
    """`phase`, `connected`, `microphone`, `camera`, `screen`, `speaking` or `quality`."""
    value: str
    """Of a phase which one, of a source `on` or `muted`, of quality `good`, `fair` or `poor`; else `yes`."""
    spans: tuple[int, ...]
    """Pairs, in order: ms since the end of the span before (or the opening), then its length in ms."""


class ReplayEvent(Struct, frozen=True, omit_defaults=True):
    """One event of the record. Measurements are lanes instead."""

    n: int
    """Its number in the record."""
    t_ms: int
    event: str
    """Name of the event's class."""
    person: str | None = None
    """Id of whom it is about."""
    actor: str | None = None
    """Id of who did it, if that is somebody else; `system` for the server."""
    details: dict[str, str | int | bool] = {}
    """Its other fields; those that are personal only with `names`."""


class ReplayPhase(Struct, frozen=True):
    """A phase of the study protocol."""

    name: str
    from_ms: int
    to_ms: int


class ReplayCheck(Struct, frozen=True, omit_defaults=True):
    """Whether the record was what had been written, when the replay was made."""

    ok: bool
    rows: int
    """Records checked."""
    problem: str | None = None
    """What is wrong, as a sentence in English."""
    key: str | None = None
    """Public key of the journal it came from, hex."""


class ReplayComment(Struct, frozen=True, omit_defaults=True):
    """What a reviewer wrote about a moment or a stretch. Never part of the record."""

    t_ms: int
    text: str
    """Free text of the reviewer, 1–4,000 characters."""
    at_ms: int
    """UTC ms at which it was written."""
    to_ms: int | None = None
    """The end of the stretch; None: it is about a moment."""


class ReplayTalk(Struct, frozen=True):
    """How much was said while the session was live, as far as it was measured."""

    live_ms: int
    silence_ms: int | None
    """None: not everybody's voice was measured, so that nobody can tell."""
    people: dict[str, int]
    """Person id → ms in which they spoke."""


class ReplayData(Struct, frozen=True, omit_defaults=True):
    """Everything that a replay shows."""

    version: int
    session: str
    end_ms: int
    """The end of the session, or of what is known of it."""
    ended: bool
    names: bool
    """Whether names and texts are in it. That was asked for, and recorded."""
    clock: tuple[int, ...]
    """Pairs, in order: a moment, and UTC ms then. From there on both go at one pace, until the next pair."""
    frames: tuple[ReplayFrame, ...]
    """A `Snapshot` first, and then now and again; `Change`s between."""
    lanes: tuple[ReplayLane, ...]
    events: tuple[ReplayEvent, ...]
    phases: tuple[ReplayPhase, ...] = ()
    labels: dict[str, str] = {}
    """`study`, `site`, `condition`, those that were given."""
    talk: ReplayTalk | None = None
    """None: nothing was measured."""
    check: ReplayCheck | None = None
    """None: it was not checked."""
    comments: tuple[ReplayComment, ...] = ()
