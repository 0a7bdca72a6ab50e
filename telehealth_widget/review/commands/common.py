"""What the subcommands share: exit codes, options, output. Nothing is read or written here but standard output."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

OK = 0
"""All is well."""
NOT_WELL = 1
"""The command ran, and found or left something wrong."""
USAGE = 2
"""Wrong options (argparse's own code)."""
FAILED = 3
"""It could not be done; standard error says why and what to do."""

EXIT_CODES = f"""exit codes:
  {OK}  all is well
  {NOT_WELL}  it ran, and something is not well: a record does not verify, an erasure was refused, …
  {USAGE}  wrong options
  {FAILED}  it could not be done; the message says why and what to do"""


def subcommand(
    commands: Any, name: str, summary: str, details: str, examples: Sequence[str] = ()
) -> argparse.ArgumentParser:
    """A parser with the options that every subcommand has."""
    epilog = "\n".join(["examples:", *(f"  {x}" for x in examples), "", EXIT_CODES])
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=details,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--journal",
        metavar="PATH",
        help="the journal; default: the running server's, else the one in Jupyter's data folder",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


def show(rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print rows of the same keys as a table, or as a JSON array."""
    if as_json:
        print(json.dumps(list(rows), indent=2, ensure_ascii=False))
        return
    if not rows:
        print(empty)
        return
    lines = [list(rows[0]), *([_cell(x) for x in row.values()] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def complain(message: str) -> None:
    """Tell on standard error."""
    print(message, file=sys.stderr)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
