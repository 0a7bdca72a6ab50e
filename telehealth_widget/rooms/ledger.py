"""What a room has decided, what of it is durable, and what may be shown. Pure: no journal, no clock.

Entries stand in the order of the journal. `decided` folds them all and is what the next command is decided
on; `visible` folds those that may be seen: the durable ones, and the protective ones at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from telehealth_widget.core.evolve import evolve
from telehealth_widget.core.policy import Recording
from telehealth_widget.core.state import Session
from telehealth_widget.protocol.events import Draft


@dataclass(slots=True, eq=False)
class Entry:
    """One command's drafts on their way to the journal."""

    drafts: tuple[Draft, ...]
    recording: Recording
    visible: bool
    on_settled: Callable[[Entry], None] | None = None
    shown: bool = False
    """Whether what follows from it was done (closing sockets and the like)."""
    settled: bool = False
    recorded: bool = False
    dropped: bool = False


@dataclass(slots=True)
class Ledger:
    """Call `submit`, then `settle` exactly once for each entry, in any order."""

    confirmed: Session
    entries: list[Entry] = field(default_factory=list)
    decided: Session = field(init=False)
    visible: Session = field(init=False)

    def __post_init__(self) -> None:
        self.decided = self.confirmed
        self._redecide()
        self._refold_visible()

    def submit(self, drafts: tuple[Draft, ...], recording: Recording) -> Entry:
        """Add what was decided. Protective drafts are visible from now on."""
        entry = Entry(drafts, recording, visible=recording is Recording.AFTER)
        self.entries.append(entry)
        self.decided = _fold(self.decided, drafts)
        if entry.visible:
            self._refold_visible()
        return entry

    def settle(self, entry: Entry, recorded: bool) -> None:
        """The journal answered. What must not happen unrecorded is dropped; the rest holds."""
        entry.settled = True
        entry.recorded = recorded
        entry.dropped = not recorded and entry.recording is Recording.FIRST
        entry.visible = not entry.dropped
        if entry.dropped:
            self._redecide()
        if all(x.settled for x in self.entries):
            # The usual case: nothing is folded a second time, and what was shown stays the same object.
            self.entries.clear()
            self.confirmed = self.visible = self.decided
            return
        while self.entries and self.entries[0].settled:
            head = self.entries.pop(0)
            if not head.dropped:
                self.confirmed = _fold(self.confirmed, head.drafts)
        self._refold_visible()

    def _redecide(self) -> None:
        self.decided = self.confirmed
        for entry in self.entries:
            if not entry.dropped:
                self.decided = _fold(self.decided, entry.drafts)

    def _refold_visible(self) -> None:
        if all(entry.visible for entry in self.entries):
            self.visible = self.decided
            return
        state = self.confirmed
        for entry in self.entries:
            if entry.visible:
                state = _fold(state, entry.drafts)
        self.visible = state


def _fold(state: Session, drafts: tuple[Draft, ...]) -> Session:
    for draft in drafts:
        state = evolve(state, draft.body, t_ms=draft.t_ms, at_ms=draft.at_ms)
    return state
