"""What reviewers write about a session: a file beside the record, one JSON object a line. Never in a journal."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.replay import ReplayComment

ENDING = ".comments.jsonl"
"""How the names of such files end."""
MAX_CHARACTERS = 4_000
MAX_COMMENTS = 10_000


def beside_session(session: str) -> Path:
    """Where comments on a session of a journal are kept, unless somebody says otherwise."""
    return Path.cwd() / f"{session}{ENDING}"


class CommentFile:
    """The comments on one session. The file is made with the first comment, readable by its owner alone."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def read(self) -> list[ReplayComment]:
        """Every comment, in order of the moments they are about.

        Raises:
            TelehealthError: BAD_OPTION if the file holds something else.
        """
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._failed("read", error) from None
        try:
            found = [msgspec.json.decode(x, type=ReplayComment) for x in lines if x.strip()]
        except msgspec.MsgspecError:
            raise TelehealthError(
                ErrorCode.BAD_OPTION,
                f"{self.path} holds something else than comments. Give another file: comments=.",
            ) from None
        return sorted(found, key=lambda one: one.t_ms)

    def add(self, comment: ReplayComment) -> None:
        """Keep one more.

        Raises:
            TelehealthError: BAD_TEXT or BAD_OPTION if it is not one; BAD_OPTION if it cannot be written.
        """
        text = comment.text.strip()
        if not 0 < len(text) <= MAX_CHARACTERS:
            raise TelehealthError(
                ErrorCode.BAD_TEXT, f"A comment has 1 to {MAX_CHARACTERS:,} characters."
            )
        if comment.t_ms < 0 or (comment.to_ms is not None and comment.to_ms <= comment.t_ms):
            raise TelehealthError(
                ErrorCode.BAD_OPTION, "A comment is about a moment, or a stretch that ends later."
            )
        if len(self.read()) >= MAX_COMMENTS:
            raise TelehealthError(
                ErrorCode.BAD_OPTION, f"{self.path} holds {MAX_COMMENTS:,} comments already."
            )
        line = msgspec.json.encode(msgspec.structs.replace(comment, text=text)) + b"\n"
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(file, "ab") as out:
                out.write(line)
        except OSError as error:
            raise self._failed("written", error) from None

    def _failed(self, what: str, error: OSError) -> TelehealthError:
        return TelehealthError(
            ErrorCode.BAD_OPTION,
            f"{self.path} cannot be {what}: {error.strerror}. Give another file: comments=.",
        )


def comment(text: str, t_ms: int, to_ms: int | None = None) -> ReplayComment:
    """A comment that is written now."""
    return ReplayComment(t_ms=t_ms, text=text, at_ms=time.time_ns() // 1_000_000, to_ms=to_ms)
