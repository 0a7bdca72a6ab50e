"""What a connection test found, as it stands in a command, the record and a row. Figures only: no address, no name."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from telehealth_widget.protocol import limits


class Verdict(StrEnum):
    """How a call over this connection would be."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    BLOCKED = "blocked"
    """No path to the server for picture and sound."""


class Cause(StrEnum):
    """What keeps a connection from being good, the weightiest first."""

    LOSS_UP = "loss_up"
    LOSS_DOWN = "loss_down"
    SLOW_UP = "slow_up"
    SLOW_DOWN = "slow_down"
    FAR = "far"
    UNSTEADY = "unsteady"
    SLOW_CAMERA = "slow_camera"
    SILENT = "silent"
    """The microphone is on, and the server heard nothing of it."""
    NO_PATH = "no_path"


class Route(StrEnum):
    """How packets travel: straight, straight through an address translation, or through a TURN server."""

    DIRECT = "direct"
    REFLEXIVE = "reflexive"
    RELAYED = "relayed"


Milliseconds = Annotated[int, Meta(ge=0, le=60_000)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Kbps = Annotated[int, Meta(ge=0, le=1_000_000)]
Pixels = Annotated[int, Meta(ge=0, le=16_384)]


class ConnectionReport(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The figures of one test as the person's page measured them; None: not measured."""

    verdict: Verdict
    causes: Annotated[tuple[Cause, ...], Meta(max_length=limits.MAX_CAUSES)] = ()
    route: Route | None = None
    rtt_ms: Milliseconds | None = None
    """Median round trip to the server, ms."""
    jitter_ms: Milliseconds | None = None
    """Mean difference between one round trip and the next, ms."""
    loss_up_percent: Percent | None = None
    """Packets from the person that did not reach the server, 0 to 100."""
    loss_down_percent: Percent | None = None
    up_kbps: Kbps | None = None
    """Rate to the server, kbit/s of UDP payload; what is above the test's own bound reads as that bound."""
    down_kbps: Kbps | None = None
    camera_width: Pixels | None = None
    """Of the picture as it was encoded, px."""
    camera_height: Pixels | None = None
    camera_fps: Annotated[int, Meta(ge=0, le=1_000)] | None = None
    microphone_heard: bool | None = None
    """Whether the server heard something; None without a microphone."""
    speaker_heard: bool | None = None
    """Whether the person heard the test tone; None: not asked or not answered."""
