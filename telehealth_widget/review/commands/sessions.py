"""`telehealth-widget sessions`: what is in the journal."""

from __future__ import annotations

import argparse
from typing import Any

from telehealth_widget.journal.reader import WrittenByNewer
from telehealth_widget.protocol.dates import iso
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.commands.common import NOT_WELL, OK, show, subcommand
from telehealth_widget.review.phases import labels

DAMAGED, NEWER = "damaged", "newer version"
"""States of records that cannot be listed in full: 'verify' and 'doctor' say what to do."""


def add(commands: Any) -> None:
    """Declare the subcommand."""
    parser = subcommand(
        commands,
        "sessions",
        "list the sessions of a journal",
        "List every session: when it opened, minutes from the first admission to the end, who was invited (codes\n"
        "only), and its labels.",
        ("telehealth-widget sessions", "telehealth-widget sessions --json | jq '.[].session'"),
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Print the list."""
    archive = Archive(asked.journal)
    rows = [_row(archive, entry.session, entry.rows) for entry in archive.sessions()]
    show(rows, as_json=asked.json, empty="There is no session in this journal.")
    return NOT_WELL if any(row["state"] in (DAMAGED, NEWER) for row in rows) else OK


def _row(archive: Archive, session: str, rows: int) -> dict[str, Any]:
    try:
        record = archive.load(session)
    except TelehealthError as error:
        is_newer = isinstance(error, WrittenByNewer)
        if not is_newer and error.code is not ErrorCode.JOURNAL_DAMAGED:
            raise
        empty = dict.fromkeys(("opened", "minutes", "people", "study", "site", "condition"))
        return {"session": session, "state": NEWER if is_newer else DAMAGED, "rows": rows, **empty}
    opened = record.opened_at_ms
    known = labels(record)
    started = record.final.started_t_ms
    return {
        "session": session,
        "state": record.final.phase.value,
        "rows": len(record),
        "opened": None if opened is None else iso(opened),
        "minutes": None if started is None else round((record.end_ms - started) / 60_000, 1),
        "people": " ".join(record.codes.values()),
        "study": known.get("study"),
        "site": known.get("site"),
        "condition": known.get("condition"),
    }
