"""Parquet, through pyarrow (an extra): typed columns, with unit and meaning in each field's metadata."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.definitions import Definition

_WHOLE = ("n", "t_ms", "from_ms", "to_ms")


def is_installed() -> bool:
    """Whether Parquet can be written here."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        return False
    return True


def write_parquet(
    path: Path, columns: Sequence[Definition], rows: Sequence[dict[str, Any]]
) -> Path:
    """Write the rows.

    Raises:
        TelehealthError: BAD_OPTION if pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise TelehealthError(
            ErrorCode.BAD_OPTION,
            "pyarrow is not installed: pip install 'telehealth-widget[review]'.",
        ) from None

    def kind(column: Definition) -> Any:
        if column.name in _WHOLE or column.unit == "count":
            return pa.int64()
        return pa.float64() if column.unit else pa.string()

    schema = pa.schema(
        [
            pa.field(
                column.name,
                kind(column),
                metadata={"unit": column.unit, "meaning": column.meaning, "source": column.source},
            )
            for column in columns
        ]
    )
    arrays = [
        pa.array([row[field.name] for row in rows], type=field.type, from_pandas=True)
        for field in schema
    ]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path)
    return path
