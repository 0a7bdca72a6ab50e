"""CSV (RFC 4180, UTF-8) that no spreadsheet takes for a program."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from telehealth_widget.review.definitions import Definition

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet run a cell: OWASP, CSV Injection."""


def safe(cell: Any) -> Any:
    """The cell as it may stand in a file: text that begins dangerously gets a `'` in front. Numbers stay numbers."""
    if cell is None:
        return ""
    return "'" + cell if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell


def write_csv(
    path: Path, columns: Sequence[Definition | str], rows: Iterable[dict[str, Any]]
) -> Path:
    """Write the rows; empty cells for None."""
    names = [column if isinstance(column, str) else column.name for column in columns]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in rows:
            writer.writerow([safe(row[name]) for name in names])
    return path
