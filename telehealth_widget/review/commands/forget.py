"""`telehealth-widget forget`: erase a person's names and texts, or what is older than the policy keeps it."""

from __future__ import annotations

import argparse
import time
from typing import Any

import msgspec

from telehealth_widget.review.archive import Archive
from telehealth_widget.review.commands.common import NOT_WELL, OK, complain, show, subcommand
from telehealth_widget.review.retention import (
    apply_policy,
    comment_files,
    forget,
    load_policy,
    set_aside_copies,
)


def add(commands: Any) -> None:
    """Declare the subcommand."""
    parser = subcommand(
        commands,
        "forget",
        "erase a person's names and texts, for good",
        "Destroy the key of a person's texts in every session they were invited to: names, reasons and kept chat\n"
        "cannot be read again, by anyone. Of an individual session whose one client they are, title and notes go\n"
        "too. Events, measures and the chain stay valid. With --expired instead: all texts of sessions older than the\n"
        "retention policy keeps them. The policy is <journal>.retention.json, for example\n"
        '  {"keep_days": 3650, "studies": {"TRIAL1": {"keep_days": 365}, "TRIAL2": {"legal_hold": true}}}\n'
        "What it holds is not erased in any way until the hold is lifted there, and nothing is while it cannot be\n"
        "read. Of a damaged record everything that can be read counts, and it is told as such: if its study cannot\n"
        "be known, it is held as soon as any study is. Without --yes nothing is erased: it only tells what would be.",
        (
            "telehealth-widget forget P07           what would be erased",
            "telehealth-widget forget P07 --yes     erase it",
            "telehealth-widget forget --expired     what has fallen due",
        ),
    )
    parser.add_argument("code", nargs="?", metavar="CODE", help="the person's code")
    parser.add_argument(
        "--session", action="append", metavar="ID", help="only there; may be repeated"
    )
    parser.add_argument(
        "--expired", action="store_true", help="what the retention policy lets go of"
    )
    parser.add_argument(
        "--policy",
        metavar="FILE",
        help="ages from this policy instead of the journal's own, and further holds; its own holds stay",
    )
    parser.add_argument(
        "--notes", action=argparse.BooleanOptionalAction, help="title and notes too, or not"
    )
    parser.add_argument("--yes", action="store_true", help="do it")
    parser.set_defaults(run=run, parser=parser)


def run(asked: argparse.Namespace) -> int:
    """Erase, or tell what would be erased."""
    if bool(asked.code) == asked.expired:
        asked.parser.error("give the code of a person, or --expired")
    archive = Archive(asked.journal)
    policy = load_policy(asked.policy, archive)
    if asked.expired:
        now_ms = time.time_ns() // 1_000_000
        found = apply_policy(archive, now_ms=now_ms, policy=policy, dry_run=not asked.yes)
    else:
        found = forget(
            archive,
            asked.code,
            sessions=asked.session,
            notes=asked.notes,
            dry_run=not asked.yes,
            policy=policy,
        )
    rows = [msgspec.to_builtins(one) for one in found]
    show(rows, as_json=asked.json, empty="Nothing has fallen due.")
    for copy in set_aside_copies(archive):
        complain(
            f"{copy} was set aside damaged and still holds every key: delete it once it is not needed."
        )
    if any(one.exports_with_texts for one in found):
        complain("Names and texts left in exports before: erase those copies where they are.")
    for path in comment_files(one.session for one in found):
        complain(f"{path} holds reviewers' comments, which may name people: see to it yourself.")
    return OK if all(one.is_settled for one in found) else NOT_WELL
