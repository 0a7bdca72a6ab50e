"""`telehealth-widget export`: sessions as a folder for other tools."""

from __future__ import annotations

import argparse
import json
from typing import Any

from telehealth_widget.review.archive import Archive
from telehealth_widget.review.commands.common import NOT_WELL, OK, complain, subcommand
from telehealth_widget.review.exports.folder import FORMS, Options, export_folder
from telehealth_widget.review.exports.manifest import read_manifest


def add(commands: Any) -> None:
    """Declare the subcommand."""
    parser = subcommand(
        commands,
        "export",
        "export sessions into a checksummed folder",
        "Export sessions into a new folder with a manifest, checksums and a data dictionary. People are codes;\n"
        "names and texts leave only with --texts. Each export is recorded in the journal first, and the manifest is\n"
        "signed. With --shift-days every date is moved, and the signed JSONL, whose bytes hold the true dates, is\n"
        "left out.",
        (
            "telehealth-widget export s_abc --to p07",
            "telehealth-widget export --all --to study --forms csv,bids --shift-days -1000",
        ),
    )
    parser.add_argument("sessions", nargs="*", metavar="SESSION", help="ids; see 'sessions'")
    parser.add_argument("--all", action="store_true", help="every session of the journal")
    parser.add_argument(
        "--to", required=True, metavar="FOLDER", help="a folder that does not exist yet"
    )
    parser.add_argument(
        "--forms",
        metavar="FORM,…",
        help=f"which of {', '.join(FORMS)}; default: all (Parquet if pyarrow is installed)",
    )
    parser.add_argument("--texts", action="store_true", help="names, titles, notes and reasons too")
    parser.add_argument("--shift-days", type=int, metavar="N", help="move every date by N days")
    parser.set_defaults(run=run, parser=parser)


def run(asked: argparse.Namespace) -> int:
    """Write the folder."""
    if asked.all == bool(asked.sessions):
        asked.parser.error("name sessions, or give --all")
    archive = Archive(asked.journal)
    newer: list[str] = []
    sessions = asked.sessions
    if asked.all:
        newer = [x.session for x in archive.sessions() if archive.is_newer(x.session)]
        sessions = [x.session for x in archive.sessions() if x.session not in newer]
    forms = None
    if asked.forms is not None:
        forms = tuple(x.strip() for x in asked.forms.split(",") if x.strip())
    options = Options(forms=forms, texts=asked.texts, shift_days=asked.shift_days)
    folder = export_folder(archive, sessions, asked.to, options)
    manifest = read_manifest(folder)
    if asked.json:
        print(json.dumps(manifest, indent=2, ensure_ascii=False))
    else:
        print(f"{len(manifest['sessions'])} sessions, {len(manifest['files'])} files in {folder}")
    if manifest["left_out"]:
        complain(
            "Parquet is left out: pyarrow is not installed (pip install 'telehealth-widget[review]')."
        )
    for session in newer:
        complain(f"{session} is left out: a newer version wrote it. Update, and export it then.")
    damaged = [x for x in manifest["sessions"] if x["problem"] is not None]
    for one in damaged:
        complain(f"{one['session']}: only the sound part left. {one['problem']}")
    return NOT_WELL if newer or damaged else OK
