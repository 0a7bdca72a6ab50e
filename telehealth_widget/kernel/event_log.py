"""The record of a session, read from the server: pseudonymous, with codes for people and no text."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from telehealth_widget.protocol.dates import utc
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

if TYPE_CHECKING:
    import pandas as pd

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Verification(Struct, frozen=True):
    """Whether the record is what was written."""

    ok: bool
    rows: int
    """Rows checked."""
    first_bad: int | None = None
    """Number of the first row that cannot be trusted; the number after the last if the end is cut."""
    problem: str | None = None
    """What is wrong, in a sentence."""

    def __bool__(self) -> bool:
        return self.ok

    def _repr_html_(self) -> str:
        if self.ok:
            return f"<p>✓ Verified: {self.rows} rows, nothing changed, nothing missing.</p>"
        where = f" First bad row: {self.first_bad}." if self.first_bad is not None else ""
        return f"<p>✗ Not verified. {html.escape(self.problem or '')}{where}</p>"


class EventLog:
    """The events of a session, in order. Every call reads the record as it stands."""

    COLUMNS = ("n", "t_ms", "at", "event", "person", "actor", "via", "details")

    def __init__(
        self,
        fetch: Callable[[], bytes],
        check: Callable[[], Verification],
        note: Callable[[str], None] = lambda form: None,
    ) -> None:
        """Made by `Session.events`. `note(form)` records that a copy is about to leave, or raises."""
        self._fetch = fetch
        self._check = check
        self._note = note

    def _records(self) -> list[dict[str, Any]]:
        """All but the signed end."""
        lines = (json.loads(line) for line in self._fetch().splitlines())
        return [line["record"] for line in lines if "record" in line]

    def rows(self) -> list[dict[str, Any]]:
        """One dict an event with the keys of `COLUMNS`.

        `n` counts from 1; `t_ms` ms since the session opened; `at` UTC, None if it cannot be a date;
        `person` and `actor` codes (`system` for the server); `details` the other fields, without any
        personal text.
        """
        records = self._records()
        codes = {
            r["body"]["person"]: r["body"]["code"]
            for r in records
            if r["body"]["event"] == "PersonInvited"
        }
        out = []
        for record in records:
            body = dict(record["body"])
            event, person = body.pop("event"), body.pop("person", None)
            body |= body.pop("report", {})  # figures of a connection test stand side by side
            details = {
                key: codes.get(value, value) if isinstance(value, str) else value
                for key, value in body.items()
                if value is not None and not _is_sealed(value)
            }
            details.pop("notebook", None)
            out.append(
                {
                    "n": record["n"],
                    "t_ms": record["t_ms"],
                    "at": utc(record["at_ms"]),
                    "event": event,
                    "person": codes.get(person, person),
                    "actor": codes.get(record["actor"], record["actor"]),
                    "via": record["via"],
                    "details": details,
                }
            )
        return out

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows())

    def __len__(self) -> int:
        return len(self._records())

    def to_pandas(self) -> pd.DataFrame:
        """A DataFrame with one row an event, columns as in `rows`, indexed by `n`.

        Raises:
            TelehealthError: BAD_OPTION if pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise TelehealthError(
                ErrorCode.BAD_OPTION,
                "pandas is not installed: pip install 'telehealth-widget[pandas]'.",
            ) from None
        return pd.DataFrame(self.rows(), columns=list(self.COLUMNS)).set_index("n")

    def to_jsonl(self, path: str | Path) -> Path:
        """Write the stored records, one JSON object a line with its hash, and the signed end.

        Personal texts stay sealed. `telehealth-widget verify` checks the file with the public key alone.

        Returns the path. An existing file is replaced.
        """
        target = Path(path)
        self._note("jsonl")
        target.write_bytes(self._fetch())
        return target

    def to_csv(self, path: str | Path) -> Path:
        """Write `rows` as CSV (UTF-8). Cells that a spreadsheet would take for a formula get a `'`."""
        target = Path(path)
        self._note("csv")
        with target.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self.COLUMNS)
            for row in self.rows():
                at = row["at"]
                cells = {
                    **row,
                    "at": None if at is None else at.isoformat(timespec="milliseconds"),
                    "details": json.dumps(row["details"], ensure_ascii=False, sort_keys=True),
                }
                writer.writerow([_safe(cells[name]) for name in self.COLUMNS])
        return target

    def verify(self) -> Verification:
        """Check every row's hash, the chain and its sealed head."""
        return self._check()

    def __repr__(self) -> str:
        return f"<EventLog of {len(self)} events>"

    def _repr_html_(self) -> str:
        return f"<p>Event log of {len(self)} events. Use <code>.to_pandas()</code> to see them.</p>"


def _is_sealed(value: Any) -> bool:
    """Whether it stands for a personal text; other nested values are figures."""
    return isinstance(value, dict) and value.keys() == {"row", "sha256"}


def _safe(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(_DANGEROUS):
        return "'" + cell
    return "" if cell is None else cell
