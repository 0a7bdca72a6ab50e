"""The closed sets of words that commands, events and views share."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in a session."""

    PROVIDER = "provider"
    CLIENT = "client"
    SUPERVISOR = "supervisor"

    @property
    def is_staff(self) -> bool:
        return self is not Role.CLIENT


class Phase(StrEnum):
    """Where a person stands. Exactly one at a time."""

    INVITED = "invited"
    PREPARING = "preparing"
    WAITING = "waiting"
    ADMITTED = "admitted"
    PAUSED = "paused"
    DECLINED = "declined"
    REMOVED = "removed"
    LEFT = "left"


PRESENT_PHASES = frozenset({Phase.PREPARING, Phase.WAITING, Phase.ADMITTED, Phase.PAUSED})
"""Phases that a dropped connection keeps for `hold_ms`, and then loses to `left`."""


class SessionPhase(StrEnum):
    """Where the session stands: waiting room open, first client admitted, over."""

    OPEN = "open"
    LIVE = "live"
    ENDED = "ended"


class SessionKind(StrEnum):
    INDIVIDUAL = "individual"
    GROUP = "group"


class Source(StrEnum):
    """What a publication shows or lets hear."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN = "screen"


class Via(StrEnum):
    """Which door an act came through."""

    KERNEL = "kernel"
    WIDGET = "widget"
    PAGE = "page"
    SYSTEM = "system"


class Names(StrEnum):
    """Whose names clients see: everyone's, providers' only, or initials of other clients."""

    ALL = "all"
    PROVIDERS = "providers"
    INITIALS = "initials"


class Share(StrEnum):
    """Who may share a screen."""

    ALL = "all"
    PROVIDERS = "providers"


class EndCause(StrEnum):
    """Why a session ended: somebody ended it, everyone had left for long enough, or its time was up."""

    PERSON = "person"
    EMPTY = "empty"
    DURATION = "duration"


class Agent(StrEnum):
    """What speaks WebRTC at the other end. Python peers (aiortc) neither roll back nor trickle."""

    BROWSER = "browser"
    PYTHON = "python"


class StepAt(StrEnum):
    """Where a connection test stands, as its page is told."""

    QUEUED = "queued"
    READY = "ready"
    """The page may send its offer."""
    ANSWERED = "answered"
    OVER = "over"
    """Ended by the server: its time was up, or the echo let go of it."""
    BUSY = "busy"
    """Too many wait already, or this person has tested too often."""
    UNAVAILABLE = "unavailable"
    """Not offered here, or not to this person now."""
