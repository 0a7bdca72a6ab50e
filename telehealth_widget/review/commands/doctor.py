"""`telehealth-widget doctor`: is everything in place?"""

from __future__ import annotations

import argparse
import importlib.util
import os
import stat
import sys
from typing import Any

from telehealth_widget import __version__
from telehealth_widget.journal.lock import refuse_network
from telehealth_widget.journal.reader import key_path
from telehealth_widget.journal.signature import fingerprint
from telehealth_widget.link import runtime_file
from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.review.archive import Archive, journal_path
from telehealth_widget.review.commands.common import NOT_WELL, OK, show, subcommand
from telehealth_widget.review.retention import load_policy, set_aside_copies

EXTRAS = {"pandas": "tables", "pyarrow": "Parquet", "matplotlib": "plots"}


def add(commands: Any) -> None:
    """Declare the subcommand."""
    parser = subcommand(
        commands,
        "doctor",
        "check the installation, the journal and its key",
        "Look at the installation, the servers that run, the journal, its key and its policy, and say what is\n"
        "not as it should be. Prints the public key with which others verify exports. Changes nothing.",
        ("telehealth-widget doctor",),
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Print one line a finding."""
    rows = [*_installation(), *_journal(asked.journal)]
    show(rows, as_json=asked.json, empty="")
    return OK if all(row["ok"] for row in rows) else NOT_WELL


def _finding(what: str, ok: bool, found: str) -> dict[str, Any]:
    return {"what": what, "ok": ok, "found": found}


def _installation() -> list[dict[str, Any]]:
    rows = [_finding("version", True, f"{__version__}, Python {sys.version.split()[0]}")]
    for module, use in EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        hint = "installed" if there else "not installed: pip install 'telehealth-widget[review]'"
        rows.append(_finding(f"{module} ({use}, optional)", True, hint))
    running = runtime_file.all_running()
    for one in running:
        rows.append(_finding(f"server {one.pid}", one.door is not None, one.problem or "running"))
    if not running:
        rows.append(_finding("server", True, "none is running"))
    return rows


def _journal(given: str | None) -> list[dict[str, Any]]:
    try:
        path = journal_path(given)
        rows = [_finding("journal", path.is_file(), str(path))]
        if not path.is_file():
            rows[0]["found"] += ": none yet; the first session makes it"
            rows[0]["ok"] = given is None
            return rows
        refuse_network(path)
        archive = Archive(path)
    except TelehealthError as error:
        return [_finding("journal", False, error.message)]
    for part in (path, key_path(path)):
        mode = stat.S_IMODE(part.stat().st_mode)
        private = os.name != "posix" or not mode & 0o077
        rows.append(_finding(f"mode of {part.name}", private, f"{mode:03o}"))
    bad = [x.session for x in archive.sessions() if not archive.verify(x.session).ok]
    count = len(archive.sessions())
    verdict = f"{count} verify" if not bad else f"do not verify: {', '.join(bad)}"
    rows.append(_finding("sessions", not bad, verdict))
    newer = [x.session for x in archive.sessions() if archive.is_newer(x.session)]
    if newer:
        hint = "a newer version wrote these; update with pip install -U telehealth-widget: "
        rows.append(_finding("newer version", False, hint + ", ".join(newer)))
    for copy in set_aside_copies(archive):
        rows.append(_finding("set aside", False, f"{copy.name}: damaged; still holds keys"))
    try:
        load_policy(None, archive)
        rows.append(_finding("retention policy", True, "can be read, or there is none"))
    except TelehealthError as error:
        rows.append(_finding("retention policy", False, error.message))
    key = archive.public_key
    rows.append(_finding("public key", True, f"{key} ({fingerprint(key)})"))
    return rows
