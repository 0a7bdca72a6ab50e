"""`make soak`: every line of the scorecard at full size, printed and kept in tests/SCORECARD.md.

`python -m tests.soak [--part WORD] [--size FRACTION]`
"""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from .card import LINES, Line

MODULES: list[str] = [
    "tests.crash.damage",
    "tests.crash.faults",
    "tests.crash.kills",
    "tests.crash.memory",
    "tests.reconnect.calls",
    "tests.trust.test_waiting",
    "tests.trust.test_races",
    "tests.trust.test_guesses",
    "tests.trust.test_fuzz",
    "tests.trust.test_floods",
    "tests.trust.test_hostile_page",
    "tests.trust.test_secrets",
    "tests.trust.test_texts",
    "tests.trust.test_census",
]
"""Modules whose import registers lines."""

TARGET = Path(__file__).parents[1] / "SCORECARD.md"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="", help="only lines whose name holds this word")
    parser.add_argument("--size", type=float, default=1.0, help="fraction of the full size")
    args = parser.parse_args()
    for module in MODULES:
        importlib.import_module(module)
    rows, bad = [], 0
    for entry in LINES:
        if args.part not in entry.name:
            continue
        count = max(entry.ci, int(entry.soak * args.size))
        began = time.monotonic()
        try:
            found = entry.run(count, entry.seed)
        except Exception:  # one line that breaks must not hide the others
            traceback.print_exc()
            found = Line(0, "did not finish", ok=False)
        took_s = time.monotonic() - began
        bad += not found.ok
        mark = "ok" if found.ok else "FAILED"
        cells = (
            entry.name,
            f"{found.count:,}",
            str(entry.seed),
            f"{mark}: {found.result}",
            found.worst,
            f"{took_s:.0f} s",
        )
        rows.append(f"| {' | '.join(cells)} |")
        print(rows[-1], flush=True)
        if not args.part:  # after each line: a run that is cut off leaves what it found
            TARGET.write_text(_page(rows, args.size))
    return 1 if bad else 0


def _page(rows: list[str], size: float) -> str:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    machine = f"Python {platform.python_version()}, {platform.system()}"
    return "\n".join(
        [
            "# Scorecard",
            "",
            f"The last run of `make soak` ({when}, {machine}, size {size:g}). CI runs the same lines smaller.",
            "",
            "| what was tried | count | seed | result | worst case | took |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
