"""Where a replay comes from: a session of a journal, or an exported file. Loads it, checks it, records what leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.replay import ReplayCheck
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.comments import ENDING, beside_session
from telehealth_widget.review.loading import load_jsonl
from telehealth_widget.review.record import SessionRecord


class Source(Protocol):
    """One session somewhere."""

    @property
    def comments_path(self) -> Path:
        """Where comments on it are kept, unless somebody says otherwise."""

    def load(self, *, texts: bool, form: str | None, with_comments: bool = False) -> SessionRecord:
        """The record.

        Args:
            texts: names and texts in plain; that is recorded first.
            form: what leaves is of this form, and that is recorded first; None: nothing leaves.
            with_comments: reviewers' comments leave with it: recorded as texts, for they are free text.

        Raises:
            TelehealthError: as of `Archive.load` and `load_jsonl`; BAD_OPTION if it has no texts to give.
        """

    def check(self, record: SessionRecord) -> ReplayCheck:
        """Whether it is what was written."""


class JournalSource:
    """A session of a journal."""

    def __init__(self, archive: Archive, session: str, *, sound_part: bool = False) -> None:
        """`sound_part`: of a damaged record take the rows before the first bad one, without texts."""
        self._archive = archive
        self._session = session
        self._sound_part = sound_part

    @property
    def comments_path(self) -> Path:
        return beside_session(self._session)

    def load(self, *, texts: bool, form: str | None, with_comments: bool = False) -> SessionRecord:
        session, part = self._session, self._sound_part
        if form is not None:
            self._archive.note_export(session, form, texts=texts or with_comments)
            return self._archive.load_noted(session, texts=texts, sound_part=part)
        return self._archive.load(session, texts=texts, sound_part=part)

    def check(self, record: SessionRecord) -> ReplayCheck:
        found = self._archive.verify(self._session)
        problem = None
        if not found.ok:
            problem = f"{found.problem or 'It does not verify.'} First bad row: {found.first_bad}."
        return ReplayCheck(ok=found.ok, rows=found.rows, problem=problem, key=record.key)


class FileSource:
    """An exported record (JSONL). Its texts are sealed, and stay so."""

    def __init__(
        self, path: Path | str, trusted_key: str | None = None, *, sound_part: bool = False
    ) -> None:
        """`sound_part`: of a damaged export take the rows before the first bad one."""
        self._path = Path(path)
        self._trusted_key = trusted_key
        self._sound_part = sound_part

    @property
    def comments_path(self) -> Path:
        return self._path.with_suffix(ENDING)

    def load(self, *, texts: bool, form: str | None, with_comments: bool = False) -> SessionRecord:
        if texts:
            raise TelehealthError(
                ErrorCode.BAD_OPTION,
                "An exported record holds no names and texts; its journal does: Replay(session_id).",
            )
        return load_jsonl(self._path, trusted_key=self._trusted_key, sound_part=self._sound_part)

    def check(self, record: SessionRecord) -> ReplayCheck:
        # Loading it verified it, and tells what is wrong with the rest of a sound part.
        problem = record.problem
        return ReplayCheck(ok=problem is None, rows=len(record), problem=problem, key=record.key)
