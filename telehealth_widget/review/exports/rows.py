"""The rows of the tables `events` and `intervals`, with codes for ids. Columns: `definitions`. Pure."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from telehealth_widget.protocol.dates import DAY_MS, iso
from telehealth_widget.protocol.events import Sealed
from telehealth_widget.review.intervals import intervals
from telehealth_widget.review.record import SessionRecord

Row = dict[str, Any]

_LEFT_OUT = ("notebook",)
"""A keyed digest that only the server can make anything of."""


def event_rows(record: SessionRecord, shift_days: int = 0) -> list[Row]:
    """One row a record, events and measurements alike, in order."""
    rows = []
    for one, t_ms in zip(record.records, record.times, strict=True):
        fields = {name: getattr(one.body, name) for name in one.body.__struct_fields__}
        person = fields.pop("person", None)
        rows.append(
            {
                "n": one.n,
                "t_ms": t_ms,
                "at": iso(one.at_ms, shift_days),
                "event": type(one.body).__name__,
                "person": record.codes.get(person, person) if person else None,
                "actor": record.codes.get(one.actor, one.actor),
                "via": one.via.value,
                "details": _details(record, fields, shift_days),
            }
        )
    return rows


def interval_rows(record: SessionRecord) -> list[Row]:
    """One row for each stretch on each lane."""
    return [
        {
            "person": record.codes.get(one.person, one.person),
            "kind": one.kind,
            "from_ms": one.from_ms,
            "to_ms": one.to_ms,
            "value": one.value,
        }
        for one in intervals(record)
    ]


def _details(record: SessionRecord, fields: dict[str, Any], shift_days: int) -> str:
    kept: dict[str, Any] = {}
    for name, value in fields.items():
        if value is None or isinstance(value, Sealed) or name in _LEFT_OUT:
            continue
        if name.endswith("_at_ms"):
            value = value + shift_days * DAY_MS
        elif isinstance(value, str):
            value = record.codes.get(value, value)
        kept[name] = msgspec.to_builtins(value)
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)
