"""A session that is played by commands alone, without a room: decide, then evolve."""

from __future__ import annotations

from typing import Any

import pytest

from telehealth_widget.core.decide import decide
from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.policy import Actor
from telehealth_widget.core.state import Person, Session
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Phase, Role, Via

SERVER = Actor(e.SYSTEM, None, Via.SYSTEM)
START_MS = 1_800_000_000_000


class Play:
    """One session and everyone's hands. Time moves only by `pass_ms`."""

    def __init__(self) -> None:
        self.state = Session(id="s_1")
        self.t_ms = 0
        self._fresh = 0

    @property
    def at_ms(self) -> int:
        return START_MS + self.t_ms

    def pass_ms(self, ms: int) -> None:
        self.t_ms += ms

    def do(self, actor: Actor, command: c.Command) -> tuple[e.AnyEvent, ...]:
        self._fresh += 1
        events = decide(
            self.state, actor, command, at_ms=self.at_ms, fresh_id=f"fresh{self._fresh:03d}"
        )
        for event in events:
            self.apply(event)
        return events

    def apply(self, event: e.AnyEvent) -> None:
        self.state = evolve(self.state, event, t_ms=self.t_ms, at_ms=self.at_ms)

    def refused(
        self, actor: Actor, command: c.Command, code: ErrorCode, message: str | None = None
    ) -> CommandRefused:
        """The refusal; nothing may have changed."""
        before = self.state
        with pytest.raises(CommandRefused) as refused:
            self.do(actor, command)
        assert refused.value.code is code
        if message is not None:
            assert refused.value.message == message
        assert self.state == before
        return refused.value

    def open(self, **options: Any) -> Play:
        opening: dict[str, Any] = {
            "title": "Intake",
            "kind": "individual",
            "names": "all",
            "hold_ms": 120_000,
            "notebook": None,
            "provider_code": "T1",
            "provider_name": "Dr. Lee",
        }
        self.do(SERVER, c.Open(**{**opening, **options}))
        return self

    @property
    def desk(self) -> Actor:
        """The notebook's provider in the room's view."""
        return Actor(self.state.provider, Role.PROVIDER, Via.WIDGET)

    @property
    def kernel(self) -> Actor:
        return Actor(self.state.provider, Role.PROVIDER, Via.KERNEL)

    def as_guest(self, code: str) -> Actor:
        person = self.of(code)
        return Actor(person.id, person.role, Via.PAGE)

    def of(self, code: str) -> Person:
        return next(p for p in self.state.people.values() if p.code == code)

    def id(self, code: str) -> str:
        return self.of(code).id

    def phase(self, code: str) -> Phase:
        return self.of(code).phase

    def bring(
        self, code: str, phase: Phase, role: Role = Role.CLIENT, name: str | None = None
    ) -> str:
        """A person in this phase, brought there by commands; returns the id."""
        self.do(self.desk, c.Invite(code=code, role=role, name=name or f"Person {code}"))
        person = self.id(code)
        if phase is Phase.INVITED:
            return person
        self.do(SERVER, c.Connect(person=person))
        if phase is Phase.PREPARING:
            return person
        if phase is Phase.LEFT:
            self.do(self.as_guest(code), c.Leave())
            return person
        self.do(self.as_guest(code), c.GetReady())
        if phase is Phase.DECLINED:
            self.do(self.desk, c.Decline(person=person))
        if phase in (Phase.ADMITTED, Phase.PAUSED, Phase.REMOVED):
            self.do(self.desk, c.Admit(person=person))
        if phase is Phase.PAUSED:
            self.do(self.desk, c.Pause(person=person))
        if phase is Phase.REMOVED:
            self.do(self.desk, c.Remove(person=person))
        assert self.phase(code) is phase
        return person


@pytest.fixture
def play() -> Play:
    return Play().open()
