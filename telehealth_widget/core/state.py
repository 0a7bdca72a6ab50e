"""What is true of a session, as immutable values. Built only by `evolve`; no rule and no view belongs here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from telehealth_widget.protocol import limits
from telehealth_widget.protocol.connection import ConnectionReport
from telehealth_widget.protocol.events import Personal
from telehealth_widget.protocol.kinds import (
    EndCause,
    Names,
    Phase,
    Role,
    SessionKind,
    SessionPhase,
    Share,
    Source,
)


class Publication(Struct, frozen=True):
    """A source that a person offers."""

    source: Source
    muted: bool
    awaited: bool = False
    """Muted by a provider before the person's page offered it: it will come in muted."""


class Person(Struct, frozen=True):
    """One person of a session."""

    id: str
    code: str
    role: Role
    phase: Phase
    name: Personal | None
    language: str | None
    simulated: bool
    expires_at_ms: int
    """Until when the link works, UTC ms."""
    since_at_ms: int
    """Since when in this phase, UTC ms."""
    revoked: bool = False
    serial: int = 1
    """Which link of this person is the valid one."""
    stint: int = 0
    """How many times the person came into the call; endpoints are derived from it."""
    connected: bool = False
    away_since_t_ms: int | None = None
    """When the last connection went; the hold counts from here."""
    camera: bool | None = None
    """Whether it was on when the person got ready, or when they were last in the call; None before."""
    microphone: bool | None = None
    verified: bool = False
    """A provider made sure who came through the present link (clients only)."""
    connection: ConnectionReport | None = None
    """What the last connection test of the present link found."""
    reason: Personal | None = None
    publications: tuple[Publication, ...] = ()
    asked: tuple[Source, ...] = ()
    """Sources that a provider asked the person to switch on, and no answer yet; in the order of asking."""

    def publication(self, source: Source) -> Publication | None:
        return next((p for p in self.publications if p.source is source), None)

    def is_on(self, source: Source) -> bool:
        held = self.publication(source)
        return held is not None and not held.muted

    @property
    def label(self) -> str:
        """How messages to staff name this person: by code."""
        return self.code

    @property
    def shown_name(self) -> str | None:
        """The name if there is one and its key still exists."""
        return self.name if isinstance(self.name, str) else None


class Session(Struct, frozen=True):
    """One session."""

    id: str
    phase: SessionPhase = SessionPhase.OPEN
    opened: bool = False
    title: Personal = ""
    kind: SessionKind = SessionKind.INDIVIDUAL
    names: Names = Names.ALL
    hold_ms: int = limits.HOLD_MS
    notebook: str | None = None
    show_place: bool = False
    """Whether a waiting client is told their own place in the queue."""
    share: Share = Share.ALL
    keep_chat: bool = False
    end_when_empty_ms: int | None = None
    max_duration_ms: int | None = None
    warn_min: tuple[int, ...] = ()
    """At how many minutes before the maximum duration is reached a warning is due."""
    warned_min: int | None = None
    """The last warning that was given; None: none yet."""
    empty_since_t_ms: int | None = None
    """Since when nobody is present in the started session; None: somebody is, or it is not live."""
    provider: str = ""
    """The provider in whose name notebook and kernel act."""
    started_at_ms: int | None = None
    started_t_ms: int | None = None
    expected_at_ms: int | None = None
    """For when a provider promised to be there, UTC ms; None: no promise."""
    ended_at_ms: int | None = None
    ended_t_ms: int | None = None
    end_cause: EndCause | None = None
    people: Mapping[str, Person] = field(default_factory=dict)

    @property
    def duration_ms(self) -> int | None:
        """From the first admission of a client to the end; 0 if none was admitted; None while not ended."""
        if self.ended_t_ms is None:
            return None
        return 0 if self.started_t_ms is None else max(0, self.ended_t_ms - self.started_t_ms)

    def duration_for(self, person: str) -> int | None:
        """The duration as far as it is this person's business: staff, and whoever was in the session."""
        known = self.people.get(person)
        was_in = known is not None and (known.role.is_staff or known.stint > 0)
        return self.duration_ms if was_in else None

    @property
    def ends_at_ms(self) -> int | None:
        """When the maximum duration is reached, UTC ms; None without one, or before the start."""
        if self.max_duration_ms is None or self.started_at_ms is None:
            return None
        return self.started_at_ms + self.max_duration_ms

    @property
    def sharer(self) -> Person | None:
        """Who shares a screen."""
        return next((p for p in self.people.values() if p.publication(Source.SCREEN)), None)

    def in_phase(self, *phases: Phase) -> Iterator[Person]:
        """People in any of these phases, in the order they were invited."""
        return (p for p in self.people.values() if p.phase in phases)
