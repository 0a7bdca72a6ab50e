"""One socket as a room sees it: who it is, what it was told."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from telehealth_widget.core.outbox import View, Viewer
from telehealth_widget.core.policy import Actor
from telehealth_widget.protocol import codec
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode
from telehealth_widget.protocol.kinds import Agent, Role, Via
from telehealth_widget.protocol.messages import CloseCode, Closed
from telehealth_widget.rooms.outlet import Outlet
from telehealth_widget.rooms.visits import Rates


class Transport(Protocol):
    """What a room needs of a socket."""

    def wake(self) -> None:
        """There is something in the outlet: write it when you can."""

    def close(self, code: int, reason: str) -> None:
        """Write what is in the outlet, then close with this WebSocket code."""

    def alive(self, within_ms: int) -> Awaitable[bool]:
        """Whether the other end answers a ping within that time."""


@dataclass(eq=False, slots=True)
class Connection:
    """One live socket of one person in one session."""

    id: str
    session: str
    person: str
    role: Role
    via: Via
    page: str
    agent: Agent
    transport: Transport
    rates: Rates
    """Of the person, through this door: shared with the connections before and beside it."""
    actor: Actor = field(init=False)
    viewer: Viewer = field(init=False)
    outlet: Outlet = field(init=False)
    told: View | None = None
    """What the viewer knows; None before the snapshot."""
    seq: int = 0
    closed: bool = False
    claims_seat: bool = False
    has_ice: bool = False

    def __post_init__(self) -> None:
        self.actor = Actor(self.person, self.role, self.via)
        self.viewer = Viewer(self.person, self.role, self.via, self.id)
        self.outlet = Outlet(self.transport.wake)

    def send(self, message: msgspec.Struct) -> None:
        """Queue a message. A reader that is too slow is closed and may resume from a snapshot."""
        self.send_bytes(codec.encode(message))

    def send_bytes(self, message: bytes) -> None:
        """Queue an encoded message."""
        if not self.closed and not self.outlet.put(message):
            self.closed = True
            self.transport.close(CloseCode.TRY_LATER, ErrorCode.TOO_SLOW)

    def close(
        self,
        error: ErrorCode,
        code: int = CloseCode.REFUSED,
        *,
        duration_ms: int | None = None,
    ) -> None:
        """Say why, then close. After this call nothing more is sent."""
        if self.closed:
            return
        self.send(Closed(code=error, message=SENTENCES[error], duration_ms=duration_ms))
        self.closed = True
        self.transport.close(code, error)
