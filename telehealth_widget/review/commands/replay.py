"""`telehealth-widget replay`: a session as one HTML file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from telehealth_widget.review.archive import Archive
from telehealth_widget.review.commands.common import NOT_WELL, OK, show, subcommand
from telehealth_widget.review.html import to_html
from telehealth_widget.review.scene import scene
from telehealth_widget.review.source import FileSource, JournalSource, Source


def add(commands: Any) -> None:
    """Declare the subcommand."""
    parser = subcommand(
        commands,
        "replay",
        "write a session's replay as one HTML file",
        "Write the replay of a session as one HTML file: the room as it was, with silhouettes for faces and codes\n"
        "for names, a timeline, and every event. It opens from disk and never uses a network. That it was made is\n"
        "recorded in the journal first. An exported record (.jsonl) is replayed without any journal, once it verifies.",
        (
            "telehealth-widget replay s_abc -o p07.html",
            "telehealth-widget replay p07.jsonl -o p07.html --key 3f…",
        ),
    )
    parser.add_argument("source", metavar="SESSION|FILE", help="a session's id, or a .jsonl file")
    parser.add_argument(
        "-o", "--output", metavar="PATH", help="the HTML file; default: named after the session"
    )
    parser.add_argument("--names", action="store_true", help="names and texts too (recorded)")
    parser.add_argument("--key", metavar="HEX", help="public key that must have signed the file")
    parser.add_argument(
        "--sound-part",
        action="store_true",
        help="of a record that does not verify, the rows before the first bad one",
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Write the file."""
    source: Source
    if asked.source.endswith(".jsonl") or Path(asked.source).is_file():
        source = FileSource(asked.source, asked.key, sound_part=asked.sound_part)
    else:
        source = JournalSource(Archive(asked.journal), asked.source, sound_part=asked.sound_part)
    record = source.load(texts=asked.names, form="html")
    check = source.check(record)
    data = scene(record, names=asked.names, check=check)
    written = to_html(data, asked.output or f"{record.session}.html")
    rows = [
        {
            "session": record.session,
            "file": str(written),
            "bytes": written.stat().st_size,
            "names": asked.names,
        }
    ]
    show(rows, as_json=asked.json, empty="")
    return OK if check.ok else NOT_WELL
