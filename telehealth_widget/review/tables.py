"""Tidy DataFrames of one record, through pandas (an extra). Columns: `definitions`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.definitions import EVENTS, INTERVALS, PERSON, SESSION, Definition
from telehealth_widget.review.exports.rows import event_rows, interval_rows
from telehealth_widget.review.measures import Measures, by_phase, by_window, whole
from telehealth_widget.review.record import SessionRecord

if TYPE_CHECKING:
    import pandas as pd


def frame(rows: Iterable[dict[str, Any]], columns: Sequence[Definition]) -> pd.DataFrame:
    """Rows as a DataFrame: whole numbers where they are whole (`Int64`, missing allowed), text, floats.

    Raises:
        TelehealthError: BAD_OPTION if pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise TelehealthError(
            ErrorCode.BAD_OPTION,
            "pandas is not installed: pip install 'telehealth-widget[review]'.",
        ) from None
    table = pd.DataFrame(list(rows), columns=[x.name for x in columns])
    for column in columns:
        if column.unit == "count" or column.name in ("from_ms", "to_ms", "t_ms"):
            table[column.name] = table[column.name].astype("Int64")
        elif column.unit:
            table[column.name] = table[column.name].astype("float64")
    return table


def persons(record: SessionRecord, *, per: str = "session", every_s: float = 60) -> pd.DataFrame:
    """A row a person, for the session, for each study phase (`per="phase"`) or window (`per="window"`)."""
    return frame(Measures(record).persons(_parts(record, per, every_s)), PERSON)


def sessions(record: SessionRecord, *, per: str = "session", every_s: float = 60) -> pd.DataFrame:
    """A row for the session, for each study phase or window."""
    return frame(Measures(record).sessions(_parts(record, per, every_s)), SESSION)


def events(record: SessionRecord) -> pd.DataFrame:
    """A row a record."""
    return frame(event_rows(record), EVENTS)


def lanes(record: SessionRecord) -> pd.DataFrame:
    """A row for each stretch on each person's lanes."""
    return frame(interval_rows(record), INTERVALS)


def _parts(record: SessionRecord, per: str, every_s: float) -> Any:
    if per == "session":
        return whole(record)
    if per == "phase":
        return by_phase(record)
    if per == "window":
        return by_window(record, every_s)
    raise TelehealthError(ErrorCode.BAD_OPTION, 'per= is "session", "phase" or "window".')
