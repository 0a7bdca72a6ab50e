"""`python -m tests.bench build/bench.json [NAME …]`: run the benchmarks, print the table, write the JSON."""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.bench import (
    background,
    commands,
    connection_test,
    first_frame,
    idle,
    journal,
    page,
    relay,
    replay,
    review,
    session_room,
    waiting_room,
)
from tests.bench.figures import Figure, machine, table
from tests.bench.room_server import LIFTED

ALL: dict[str, ModuleType] = {
    "relay": relay,
    "commands": commands,
    "first_frame": first_frame,
    "session_room": session_room,
    "idle": idle,
    "page": page,
    "waiting_room": waiting_room,
    "background": background,
    "journal": journal,
    "review": review,
    "connection_test": connection_test,
    "replay": replay,
}
SEED = 20_260_101
NOTES = [
    "Every floor is measured in the same run, in turns with ours; figures are medians over rounds.",
    f"In the measured server {', '.join(LIFTED)} are lifted, since the load generator sends more than a page "
    "may; the buckets themselves still run.",
    "Servers run in processes of their own; the load generator shares the machine with them. For the relay, "
    "generator and servers are held on a core each, and then on one, since which it is decides more than the code.",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="where the JSON goes")
    parser.add_argument(
        "names", nargs="*", choices=[*ALL, []], help="which benchmarks; all if none"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--toy", action="store_true", help="tiny sizes: shows only that they run")
    asked = parser.parse_args()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    # Beside the result and not in /tmp, which may be memory: commits must cost what they cost.
    scratch = Path(tempfile.mkdtemp(prefix="bench-", dir=asked.out.parent))
    figures: list[Figure] = []
    report: dict[str, Any] = {
        "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine(scratch),
        "seed": asked.seed,
        "notes": NOTES,
        "benchmarks": {},
    }
    try:
        for name in asked.names or ALL:
            module = ALL[name]
            sizes = module.TOY if asked.toy else module.Sizes()
            began = time.monotonic()
            print(f"{name} …", end=" ", flush=True)
            made = module.run(scratch / name, sizes, asked.seed)
            took_s = round(time.monotonic() - began, 1)
            print(f"{took_s:g} s", flush=True)
            figures += made
            report["benchmarks"][name] = {
                "sizes": asdict(sizes),
                "took_s": took_s,
                "figures": [figure.as_json() for figure in made],
            }
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    asked.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print()
    print(table(figures))
    print(f"\n{asked.out}")


if __name__ == "__main__":
    main()
