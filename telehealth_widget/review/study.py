"""Many sessions as one table: a row a session and client, with site, provider and condition. Pure but for pandas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from telehealth_widget.core.labels import LABELS
from telehealth_widget.protocol.dates import iso
from telehealth_widget.protocol.kinds import Role
from telehealth_widget.review.definitions import PERSON, SESSION, Definition
from telehealth_widget.review.measures import Measures
from telehealth_widget.review.phases import labels
from telehealth_widget.review.record import SessionRecord

if TYPE_CHECKING:
    import pandas as pd

_NOT_AGAIN = ("session", "part", "from_ms", "to_ms", "role", "person", "simulated")
_OF_PERSON = tuple(x for x in PERSON if x.name not in _NOT_AGAIN)
_OF_SESSION = tuple(
    x
    for x in SESSION
    if x.name in ("live_ms", "speech_ms", "overlap_ms", "silence_ms", "silences", "marks")
)

COLUMNS = (
    Definition("session", "", "Opaque id of the session."),
    Definition("opened_at", "", "UTC, ISO 8601; shifted if a date shift was asked for."),
    *(Definition(x, "", f"From the mark `{x}: …`; empty without one.") for x in LABELS),
    Definition("provider", "", "Code of the session's provider."),
    Definition("client", "", "Code of the client."),
    Definition("simulated", "", "Whether the client is: `yes` or `no`."),
    *_OF_SESSION,
    *_OF_PERSON,
)


def study_rows(
    records: Iterable[SessionRecord], shift_days: int = 0, *, simulated: bool = True
) -> list[dict[str, Any]]:
    """A row for each session and client who came, in the order of the records. Columns: `COLUMNS`.

    `simulated=False` leaves simulated clients out; else the column of that name tells them.
    """
    rows = []
    for record in records:
        measures = Measures(record)
        (session,) = measures.sessions()
        provider = record.codes.get(record.final.provider)
        known = labels(record)
        opened = record.opened_at_ms
        common = {
            "session": record.session,
            "opened_at": None if opened is None else iso(opened, shift_days),
            **{x: known.get(x) for x in LABELS},
            "provider": provider,
        }
        for row in measures.persons():
            if row["role"] != Role.CLIENT.value or (row["simulated"] == "yes" and not simulated):
                continue
            rows.append(
                {
                    **common,
                    "client": row["person"],
                    "simulated": row["simulated"],
                    **{x.name: session[x.name] for x in _OF_SESSION},
                    **{x.name: row[x.name] for x in _OF_PERSON},
                }
            )
    return rows


def study_table(
    records: Iterable[SessionRecord], shift_days: int = 0, *, simulated: bool = True
) -> pd.DataFrame:
    """`study_rows` as a DataFrame.

    Raises:
        TelehealthError: BAD_OPTION if pandas is not installed.
    """
    from telehealth_widget.review.tables import frame

    return frame(study_rows(records, shift_days, simulated=simulated), COLUMNS)


def by(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Means of a study table for each site, provider, condition, … and how many sessions stand behind them."""
    grouped = table.groupby(list(keys), dropna=False)
    means = grouped.mean(numeric_only=True)
    means.insert(0, "sessions", grouped["session"].nunique())
    return means
