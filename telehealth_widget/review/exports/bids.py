"""A BIDS dataset of behavioural events: `events.tsv` with a sidecar for each client's session.

https://bids-specification.readthedocs.io (1.10): onset and duration in seconds come first, rows are ordered by onset,
what is missing is `n/a`, every further column is described in the sidecar. Onsets count from the opening of the
session.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from telehealth_widget.protocol.kinds import Role
from telehealth_widget.review.exports.rows import interval_rows
from telehealth_widget.review.phases import labels, marks, study_phases
from telehealth_widget.review.record import SessionRecord

VERSION = "1.10.0"
TASK = "telehealth"
COLUMNS = ("onset", "duration", "trial_type", "person", "value")

SIDECAR: dict[str, Any] = {
    "onset": {"Description": "Beginning, since the session opened.", "Units": "s"},
    "duration": {"Description": "Length; 0 for a mark.", "Units": "s"},
    "trial_type": {
        "LongName": "Kind of event",
        "Description": "What lasted or happened.",
        "Levels": {
            "phase": "Where the person stood: waiting, admitted, paused, …",
            "connected": "The person's page was connected.",
            "microphone": "The microphone was offered, on or muted.",
            "camera": "The camera was offered, on or muted.",
            "screen": "A screen was shared.",
            "speaking": "The person's device heard them speak.",
            "quality": "Quality of the person's connection.",
            "study_phase": "A phase of the study protocol.",
            "mark": "An annotation.",
        },
    },
    "person": {
        "LongName": "Pseudonymous code",
        "Description": "Whom it is about; n/a: the session.",
    },
    "value": {"Description": "The phase, state, quality, study phase or label."},
}


def label(code: str) -> str:
    """A code as a BIDS label: letters and digits only; a code that had others gets a suffix that keeps it apart."""
    plain = re.sub(r"[^0-9A-Za-z]", "", code)
    return plain if plain == code else plain + sha256(code.encode()).hexdigest()[:6]


def event_rows(record: SessionRecord) -> list[dict[str, Any]]:
    """The rows of one `events.tsv`, ordered by onset."""
    rows = [
        (x["from_ms"], x["to_ms"], x["kind"], x["person"], x["value"])
        for x in interval_rows(record)
    ]
    rows += [(x.from_ms, x.to_ms, "study_phase", None, x.name) for x in study_phases(record)]
    rows += [(x.t_ms, x.t_ms, "mark", None, x.label) for x in marks(record)]
    rows.sort(key=lambda row: (row[0], row[1], row[2], row[3] or ""))
    return [
        dict(zip(COLUMNS, (a / 1000, (b - a) / 1000, kind, person, value), strict=True))
        for a, b, kind, person, value in rows
    ]


def write_dataset(
    folder: Path, records: Iterable[SessionRecord], name: str = "Telehealth sessions"
) -> Path:
    """Write the dataset into `folder`, which is made. A session stands with each of its clients."""
    folder.mkdir(parents=True)
    _json(
        folder / "dataset_description.json",
        {
            "Name": name,
            "BIDSVersion": VERSION,
            "DatasetType": "raw",
            "GeneratedBy": [{"Name": "telehealth_widget"}],
        },
    )
    (folder / "README").write_text(
        "Metadata of telehealth sessions: who was where, spoke, was muted or shared a screen, and when.\n"
        "No audio, no video, no names. Codes are pseudonymous.\n",
        encoding="utf-8",
    )
    people: dict[str, dict[str, str]] = {}
    for record in records:
        rows = event_rows(record)
        for person in record.final.people.values():
            if person.role is not Role.CLIENT:
                continue
            subject, session = f"sub-{label(person.code)}", f"ses-{label(record.session)}"
            before = people.get(subject, {}).get("simulated")
            people[subject] = {
                "code": person.code,
                "site": labels(record).get("site", "n/a"),
                "simulated": "yes" if person.simulated or before == "yes" else "no",
            }
            place = folder / subject / session / "beh"
            place.mkdir(parents=True, exist_ok=True)
            stem = f"{subject}_{session}_task-{TASK}"
            _tsv(place / f"{stem}_events.tsv", COLUMNS, rows)
            _json(place / f"{stem}_events.json", SIDECAR)
    participants = [{"participant_id": who, **people[who]} for who in sorted(people)]
    _tsv(folder / "participants.tsv", ("participant_id", "code", "site", "simulated"), participants)
    _json(
        folder / "participants.json",
        {
            "code": {"Description": "Pseudonymous code as it was given."},
            "site": {"Description": "Site of the person's last session, from its marks."},
            "simulated": {
                "Description": "Whether the participant was simulated in any of the sessions.",
                "Levels": {
                    "yes": "No person: a simulated client, or synthetic data.",
                    "no": "A person.",
                },
            },
        },
    )
    return folder


def _tsv(path: Path, columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> None:
    lines = ["\t".join(columns)]
    lines += ["\t".join(_cell(row[name]) for name in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(value: Any) -> str:
    """Tabs and line breaks would make other cells; what a spreadsheet would run gets a `'`; nothing is `n/a`."""
    if value is None or value == "":
        return "n/a"
    if isinstance(value, float):
        return f"{value:.3f}"
    text = " ".join(str(value).split())
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def _json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
