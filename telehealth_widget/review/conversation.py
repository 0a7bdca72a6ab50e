"""A made-up conversation between two people, and what is true of it, told while it is made. Pure, and seeded.

The truth is counted as the turns are drawn, not measured from the spans afterwards, so that it can be held against the
measures. Overlaps are kept shorter than the span they run into, which makes every turn what it was meant to be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

Spans = list[tuple[int, int]]

LONGEST_OVERLAP_MS = 900
SHORTEST_SPAN_MS = 2_000
"""More than two overlaps: a span that is overlapped at both ends still is heard alone in between."""


@dataclass
class Said:
    """One side of a conversation: what was meant, and the spans that came of it."""

    spans: Spans = field(default_factory=list)
    talk_ms: int = 0
    turns: int = 0
    turn_ms: int = 0
    """Length of all turns together, pauses included."""
    offsets: list[int] = field(default_factory=list)
    """Floor transfer offsets of the turns taken after the other's."""
    interruptions: int = 0
    asides: int = 0


@dataclass
class Conversation:
    """Two sides, and what both make."""

    sides: dict[str, Said]
    overlap_ms: int = 0


def converse(dice: Random, first: str, second: str, from_ms: int, to_ms: int) -> Conversation:
    """A conversation that begins after `from_ms` and is over before `to_ms`."""
    made = Conversation({first: Said(), second: Said()})
    speaker, other = first, second
    previous_end: int | None = None
    longest = 3 * 6_000 + 2 * 1_500 + 8_000
    while True:
        offset = _offset(dice)
        start = from_ms + 500 if previous_end is None else previous_end + offset
        if start + longest > to_ms:
            return made
        side = made.sides[speaker]
        at = start
        for piece in range(dice.randint(1, 3)):
            at += dice.randint(300, 1_500) if piece else 0
            length = dice.randint(SHORTEST_SPAN_MS, 6_000)
            side.spans.append((at, at + length))
            side.talk_ms += length
            if dice.random() < 0.15:
                _aside(dice, made, made.sides[other], at, length)
            at += length
        side.turns += 1
        side.turn_ms += at - start
        if previous_end is not None:
            side.offsets.append(offset)
            side.interruptions += offset < -400
            made.overlap_ms += max(0, -offset)
        previous_end = at
        speaker, other = other, speaker


def _offset(dice: Random) -> int:
    """Mostly short gaps, some overlaps, now and then a silence; as in Heldner & Edlund's corpora, roughly."""
    throw = dice.random()
    if throw < 0.30:
        return -dice.randint(50, 390)
    if throw < 0.36:
        return -dice.randint(410, LONGEST_OVERLAP_MS)
    if throw < 0.96:
        return dice.randint(1, 900)
    return dice.randint(3_000, 8_000)


def _aside(dice: Random, made: Conversation, side: Said, at: int, length: int) -> None:
    """A short word in the middle of the other's span, clear of the overlaps at its ends."""
    room = length - 2 * LONGEST_OVERLAP_MS
    spoken = min(dice.randint(100, 180), room - 2)
    start = at + LONGEST_OVERLAP_MS + dice.randint(0, room - spoken - 1)
    side.spans.append((start, start + spoken))
    side.talk_ms += spoken
    side.asides += 1
    made.overlap_ms += spoken
