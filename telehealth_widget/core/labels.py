"""What the label of a mark says beyond the moment: it begins a study phase, or labels the whole session. Pure.

`phase: NAME` begins a phase; `study: NAME`, `site: NAME` and `condition: NAME` label the session. Spaces before the
colon and capitals make no difference.
"""

from __future__ import annotations

import re

LABELS = ("study", "site", "condition")
"""Words before the colon that label a session."""

STRUCTURAL = re.compile(r"(phase|study|site|condition)\s*:", re.IGNORECASE)
"""How the label of a mark begins that is not about its moment. `js/src/replay/recording.ts` has the same."""


def is_structural(label: str) -> bool:
    """Whether a mark of this label begins a phase or labels the session, and so is no annotation of its moment."""
    return STRUCTURAL.match(label) is not None


def named(label: str, word: str) -> str | None:
    """What the label names behind `word:`; None if it names nothing, or begins with another word."""
    match = STRUCTURAL.match(label)
    if match is None or match[1].lower() != word:
        return None
    return label[match.end() :].strip() or None
