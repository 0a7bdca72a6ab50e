"""What a room remembers of each person beyond one connection: how much they may send, how often they came, and which
connections their resume tokens lead back to. Gone with the room.
"""

from __future__ import annotations

from collections.abc import Collection

from telehealth_widget.protocol import limits
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.rooms.buckets import Bucket
from telehealth_widget.rooms.clock import Clock


class Rates:
    """How much one person may send through one door, whatever connections they do it with."""

    __slots__ = ("beats", "commands", "measured", "signals", "tests")

    def __init__(self, now_ms: int) -> None:
        self.commands = Bucket(limits.COMMANDS_PER_S, limits.COMMANDS_BURST, now_ms)
        self.signals = Bucket(limits.SIGNALS_PER_S, limits.SIGNALS_BURST, now_ms)
        self.beats = Bucket(limits.BEATS_PER_S, limits.BEATS_BURST, now_ms)
        self.tests = Bucket(limits.TEST_MESSAGES_PER_S, limits.TEST_MESSAGES_BURST, now_ms)
        self.measured = Bucket(limits.MEASURED_PER_S, limits.MEASURED_BURST, now_ms)


class Visits:
    """Of one room."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rates: dict[tuple[str, Via], Rates] = {}
        self._hellos: dict[str, Bucket] = {}
        self._resumable: dict[str, list[str]] = {}

    def rates(self, person: str, via: Via) -> Rates:
        """By door: what a kernel sends in a loop must not silence the same provider's page."""
        key = person, via
        if key not in self._rates:
            self._rates[key] = Rates(self._clock.monotonic_ms())
        return self._rates[key]

    def may_come(self, person: str) -> bool:
        """Count one more coming of a guest; False if there were too many in a short time."""
        now_ms = self._clock.monotonic_ms()
        if person not in self._hellos:
            self._hellos[person] = Bucket(limits.HELLOS_PER_S, limits.HELLOS_BURST, now_ms)
        return self._hellos[person].take(now_ms)

    def came(self, person: str, connection: str, in_use: Collection[str]) -> list[str]:
        """Note that the person came by this connection; returns those whose tokens need not be kept any longer.

        The latest few stay, since a tab that was closed may be used again, and so do those `in_use`.
        """
        known = [x for x in self._resumable.get(person, ()) if x != connection]
        spare = len(known) + 1 - limits.RESUMES_KEPT
        gone = [x for x in known[: max(0, spare)] if x not in in_use]
        self._resumable[person] = [*(x for x in known if x not in gone), connection]
        return gone
