"""`telehealth-widget verify`: is it what was written?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from telehealth_widget.journal.signature import fingerprint
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.commands.common import NOT_WELL, OK, show, subcommand
from telehealth_widget.review.exports.manifest import check_folder, is_unsigned, read_manifest
from telehealth_widget.review.loading import verify_jsonl


def add(commands: Any) -> None:
    """Declare the subcommand."""
    parser = subcommand(
        commands,
        "verify",
        "check records, exported files or folders",
        "Check every row of the journal's sessions, of exported JSONL files, or of exported folders, and name the\n"
        "first bad row. Exports need no journal and no secret: give the public key you were told (--key). Without\n"
        "it an export is checked against the key it names itself; compare that with the one you know. Folders made\n"
        "before manifests were signed do not pass with --key, the records in them do. Reviewers' comments beside a\n"
        "record are passed over.",
        (
            "telehealth-widget verify                       every session of the journal",
            "telehealth-widget verify s_abc                 one session",
            "telehealth-widget verify p07.jsonl --key 3f1c… an export, with the public key alone",
            "telehealth-widget verify study/                an exported folder",
        ),
    )
    parser.add_argument("what", nargs="*", metavar="SESSION|FILE|FOLDER")
    parser.add_argument(
        "--key", metavar="HEX", help="public key that must have signed (see 'doctor')"
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Print one line a thing checked."""
    rows = [_one(asked, what) for what in asked.what] if asked.what else _journal(asked)
    show(rows, as_json=asked.json, empty="There is no session in this journal.")
    return OK if all(row["ok"] for row in rows) else NOT_WELL


def _one(asked: argparse.Namespace, what: str) -> dict[str, Any]:
    path = Path(what)
    if path.is_dir():
        faults = check_folder(path, asked.key)
        key = None if faults or is_unsigned(path) else read_manifest(path)["public_key"]
        return _row(what, not faults, None, None, " ".join(faults) or None, key)
    if path.is_file():
        checked = verify_jsonl(path, asked.key)
        found = checked.verification
        return _row(what, found.ok, found.rows, found.first_bad, found.problem, checked.key)
    archive = Archive(asked.journal)
    if what not in {x.session for x in archive.sessions()}:
        raise TelehealthError(
            ErrorCode.UNKNOWN_SESSION,
            f"{what} is neither a file, nor a folder, nor a session of the journal {archive.path}.",
        )
    return _session(archive, what, asked.key)


def _journal(asked: argparse.Namespace) -> list[dict[str, Any]]:
    archive = Archive(asked.journal)
    return [_session(archive, entry.session, asked.key) for entry in archive.sessions()]


def _session(archive: Archive, session: str, key: str | None) -> dict[str, Any]:
    found = archive.verify(session)
    ok, problem = found.ok, found.problem
    if ok and key is not None and key.lower() != archive.public_key:
        ok, problem = False, "This journal signs with another key than the one you trust."
    return _row(session, ok, found.rows, found.first_bad, problem, None)


def _row(
    what: str,
    ok: bool,
    rows: int | None,
    first_bad: int | None,
    problem: str | None,
    key: str | None,
) -> dict[str, Any]:
    return {
        "what": what,
        "ok": ok,
        "rows": rows,
        "first_bad": first_bad,
        "problem": problem,
        "signed_by": fingerprint(key) if key else None,
    }
