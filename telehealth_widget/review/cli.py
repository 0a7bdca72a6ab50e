"""`telehealth-widget`, the command line. Each subcommand is a module of `commands`; only the choice is made here."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from types import ModuleType

from telehealth_widget import __version__
from telehealth_widget.kernel import background
from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.review.commands import doctor, export, forget, replay, sessions, verify
from telehealth_widget.review.commands.common import EXIT_CODES, FAILED, complain

COMMANDS: tuple[ModuleType, ...] = (sessions, export, verify, replay, forget, doctor)
"""In the order in which `--help` lists them."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="telehealth-widget",
        description="Review telehealth sessions: list, export, verify and erase what was recorded. Records hold no "
        "audio and no video; people are codes.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.add(commands)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `commands.common`)."""
    asked = parser().parse_args(words)
    try:
        code: int = asked.run(asked)
        return code
    except TelehealthError as error:
        complain(f"{error.message} [{error.code}]")
        return FAILED
    finally:
        background.stop()
