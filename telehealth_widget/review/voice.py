"""Who held the floor: turns, floor transfers, overlaps, silences, from nothing but when each person spoke. Pure.

Terms follow Heldner & Edlund (2010), Pauses, gaps and overlaps in conversations, J. Phonetics 38(4), 555–568: a
*pause* is a silence within one speaker's turn, a *gap* one between speakers; an *overlap between* changes the floor,
an *overlap within* does not. The *floor transfer offset* is the beginning of the new turn less the end of the one
before: positive for a gap, negative for an overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

INTERRUPTION_MS = 400
"""An overlap between speakers that is longer counts as an interruption: about two syllables, beyond which Zimmerman &
West (1975), Sex roles, interruptions and silences in conversation, no longer call it an overlap at a turn's end."""

SILENCE_MS = 3_000
"""A stretch without anyone speaking counts as a silence from here on: Levitt (2001), Sounds of silence in
psychotherapy, Psychotherapy Research 11(3), 295–309."""

Spans = Mapping[str, Sequence[tuple[int, int]]]
"""Person → when they spoke, (from, to) in ms, in order, without overlaps of their own."""


class Turn(Struct, frozen=True):
    """One person's hold of the floor, with the pauses in it."""

    person: str
    from_ms: int
    to_ms: int
    offset_ms: int | None
    """Floor transfer offset to the turn before; None for the first turn."""
    after: str | None
    """Whose turn it was before."""

    @property
    def is_interruption(self) -> bool:
        return self.offset_ms is not None and self.offset_ms < -INTERRUPTION_MS


class Aside(Struct, frozen=True):
    """A span within another person's turn that did not take the floor: an overlap within."""

    person: str
    from_ms: int
    to_ms: int


class Floor(Struct, frozen=True):
    """How the floor went from person to person."""

    turns: list[Turn]
    asides: list[Aside]


def floor(spans: Spans) -> Floor:
    """The turns in order of their beginning.

    The floor passes to whoever speaks beyond the end of what its holder has said so far; a holder who goes on, after
    however long a pause in which nobody took it, goes on with the same turn.
    """
    everything = sorted(
        (start, stop, person) for person, theirs in spans.items() for start, stop in theirs
    )
    turns: list[Turn] = []
    asides: list[Aside] = []
    holder: str | None = None
    after: str | None = None
    offset: int | None = None
    began = ended = 0
    for start, stop, person in everything:
        if person == holder:
            ended = max(ended, stop)
        elif holder is not None and stop <= ended:
            asides.append(Aside(person, start, stop))
        else:
            if holder is not None:
                turns.append(Turn(holder, began, ended, offset, after))
                offset, after = start - ended, holder
            holder, began, ended = person, start, stop
    if holder is not None:
        turns.append(Turn(holder, began, ended, offset, after))
    return Floor(turns, asides)


def at_once(spans: Spans, from_ms: int, to_ms: int) -> list[tuple[int, int, int]]:
    """The window cut where anyone begins or stops: (from, to, how many speak), in order, without gaps."""
    steps: dict[int, int] = {from_ms: 0, to_ms: 0}
    for theirs in spans.values():
        for start, stop in theirs:
            start, stop = max(start, from_ms), min(stop, to_ms)
            if stop > start:
                steps[start] = steps.get(start, 0) + 1
                steps[stop] = steps.get(stop, 0) - 1
    moments = sorted(steps)
    out: list[tuple[int, int, int]] = []
    speaking = 0
    for here, there in pairwise(moments):
        speaking += steps[here]
        if out and out[-1][2] == speaking:
            out[-1] = (out[-1][0], there, speaking)
        else:
            out.append((here, there, speaking))
    return out


def overlap_ms(spans: Spans, from_ms: int, to_ms: int) -> int:
    """How long two or more people spoke at once."""
    return sum(there - here for here, there, n in at_once(spans, from_ms, to_ms) if n > 1)


def silences(spans: Spans, from_ms: int, to_ms: int) -> list[tuple[int, int]]:
    """Stretches of the window, of any length, in which nobody spoke."""
    return [(here, there) for here, there, n in at_once(spans, from_ms, to_ms) if n == 0]
