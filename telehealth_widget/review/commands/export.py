"""`telehealth-widget export`: sessions as a folder for other tools."""

from __future__ import annotations

import argparse
import json
from typing import Any

from telehealth_widget.review.archive import Archive
from telehealth_widget.review.commands.common import OK, subcommand
from telehealth_widget.review.exports.folder import FORMS, Options, export_folder


def add(commands: Any) -> None:
    """Declare the subcommand."""
    parser = subcommand(
        commands,
        "export",
        "export sessions into a checksummed folder",
        "Export sessions into a new folder with a manifest, checksums and a data dictionary. People are codes;\n"
        "names and texts leave only with --texts. Each export is recorded in the journal first. With\n"
        "--shift-days every date is moved, and the signed JSONL, whose bytes hold the true dates, is left out.",
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
        default=",".join(FORMS),
        metavar="FORM,…",
        help=f"which of {', '.join(FORMS)}; default: all",
    )
    parser.add_argument("--texts", action="store_true", help="names, titles, notes and reasons too")
    parser.add_argument("--shift-days", type=int, metavar="N", help="move every date by N days")
    parser.set_defaults(run=run, parser=parser)


def run(asked: argparse.Namespace) -> int:
    """Write the folder."""
    if asked.all == bool(asked.sessions):
        asked.parser.error("name sessions, or give --all")
    archive = Archive(asked.journal)
    sessions = [x.session for x in archive.sessions()] if asked.all else asked.sessions
    forms = tuple(x.strip() for x in asked.forms.split(",") if x.strip())
    options = Options(forms=forms, texts=asked.texts, shift_days=asked.shift_days)
    folder = export_folder(archive, sessions, asked.to, options)
    if asked.json:
        print((folder / "manifest.json").read_text(encoding="utf-8"), end="")
        return OK
    files = len(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"])
    print(f"{len(sessions)} sessions, {files} files in {folder}")
    return OK
