"""ELAN (.eaf, format 3.0): a tier for each person and lane, one for marks, one for study phases.

https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from telehealth_widget.protocol.dates import iso
from telehealth_widget.review.exports.rows import interval_rows
from telehealth_widget.review.phases import marks, study_phases
from telehealth_widget.review.record import SessionRecord

Annotation = tuple[int, int, str]

MARKS_TIER = "marks"
PHASES_TIER = "study phases"
MARK_MS = 1
"""Annotations must last."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = "1970-01-01T00:00:00.000+00:00"


def tiers(record: SessionRecord) -> dict[str, list[Annotation]]:
    """Tier → its annotations in order. On one tier none overlap, as ELAN requires."""
    found: dict[str, list[Annotation]] = {}
    for row in interval_rows(record):
        value = row["kind"] if row["value"] == "yes" else row["value"]
        annotation = row["from_ms"], row["to_ms"], value
        found.setdefault(f"{row['person']} {row['kind']}", []).append(annotation)
    for tier, stretches in found.items():
        found[tier] = _apart(stretches)
    found[PHASES_TIER] = [
        (x.from_ms, x.to_ms, x.name) for x in study_phases(record) if x.to_ms > x.from_ms
    ]
    together: dict[int, list[str]] = {}
    for mark in marks(record):
        together.setdefault(mark.t_ms, []).append(mark.label)
    found[MARKS_TIER] = [(t, t + MARK_MS, "; ".join(labels)) for t, labels in together.items()]
    return found


def write_eaf(path: Path, record: SessionRecord, shift_days: int = 0) -> Path:
    """Write the file. It names no media: there is none."""
    opened = record.opened_at_ms
    root = ET.Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "telehealth_widget",
            "DATE": (iso(opened, shift_days) if opened is not None else None) or _EPOCH,
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
        },
    )
    ET.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    order = ET.SubElement(root, "TIME_ORDER")
    everything = tiers(record)
    moments = sorted({t for found in everything.values() for a, b, _ in found for t in (a, b)})
    slots = {t: f"ts{number}" for number, t in enumerate(moments, 1)}
    for t, slot in slots.items():
        ET.SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": slot, "TIME_VALUE": str(t)})
    number = 0
    for name, stretches in everything.items():
        tier = ET.SubElement(
            root, "TIER", {"LINGUISTIC_TYPE_REF": "default-lt", "TIER_ID": _clean(name)}
        )
        for start, stop, value in stretches:
            number += 1
            outer = ET.SubElement(tier, "ANNOTATION")
            inner = ET.SubElement(
                outer,
                "ALIGNABLE_ANNOTATION",
                {
                    "ANNOTATION_ID": f"a{number}",
                    "TIME_SLOT_REF1": slots[start],
                    "TIME_SLOT_REF2": slots[stop],
                },
            )
            ET.SubElement(inner, "ANNOTATION_VALUE").text = _clean(value)
    ET.SubElement(
        root,
        "LINGUISTIC_TYPE",
        {
            "GRAPHIC_REFERENCES": "false",
            "LINGUISTIC_TYPE_ID": "default-lt",
            "TIME_ALIGNABLE": "true",
        },
    )
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return path


def _apart(annotations: list[Annotation]) -> list[Annotation]:
    """Cut each off where the next one begins (measurements of quality may overlap)."""
    out: list[Annotation] = []
    for start, stop, value in annotations:
        if out and out[-1][1] > start:
            out[-1] = (out[-1][0], start, out[-1][2])
            if out[-1][0] >= start:
                out.pop()
        out.append((start, stop, value))
    return out


def _clean(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)
