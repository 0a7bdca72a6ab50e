"""The scorecard: lines that CI runs at a small size and `make soak` at full size.

A line is a function that tries something `count` times from a `seed` and says what came of it. Any failure is an
exception or a `Line` that is not ok; CI asserts that it is ok. Register it with `@line(...)` and give it a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What one line of the scorecard found."""

    count: int
    """How many cases ran."""
    result: str
    """In words, e.g. `0 crashes, 0 state changes`."""
    worst: str = ""
    """The worst case, with its unit."""
    ok: bool = True


@dataclass(frozen=True)
class Entry:
    """One registered line."""

    name: str
    run: Callable[[int, int], Line]
    """(count, seed) → what was found."""
    ci: int
    soak: int
    seed: int


LINES: list[Entry] = []


def line(
    name: str, *, ci: int, soak: int, seed: int = 20261123
) -> Callable[[Callable[[int, int], Line]], Callable[[int, int], Line]]:
    """Register a line with its sizes. The module must be listed in `tests.soak.__main__`."""

    def register(run: Callable[[int, int], Line]) -> Callable[[int, int], Line]:
        LINES.append(Entry(name, run, ci, soak, seed))
        return run

    return register


def check_in_ci(run: Callable[[int, int], Line]) -> Line:
    """Run a registered line at CI size and assert that it is ok."""
    (entry,) = (x for x in LINES if x.run is run)
    found = run(entry.ci, entry.seed)
    assert found.ok, f"{entry.name}: {found.result}; worst: {found.worst}"
    assert found.count >= entry.ci, f"{entry.name}: only {found.count} of {entry.ci} cases ran"
    return found
