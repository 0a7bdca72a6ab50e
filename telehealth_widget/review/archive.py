"""One journal as reviewers use it: what is in it, one record of it, and the few acts that must be recorded.

Reading never needs the journal's owner. Noting an export and forgetting a person are written by whoever owns the
journal: the running server, asked at the kernels' door, or, if none runs, this process while it holds the lock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from jupyter_core.paths import jupyter_data_dir

from telehealth_widget.journal.contract import SessionEntry, Verification
from telehealth_widget.journal.reader import JournalReader, WrittenByNewer, key_path
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.kernel import background
from telehealth_widget.kernel.discovery import ask_door
from telehealth_widget.link import runtime_file
from telehealth_widget.link.runtime_file import RuntimeFile
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import SYSTEM, Draft, RecordExported
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.review.loading import load_from_journal
from telehealth_widget.review.record import SessionRecord

ASK_WITHIN_S = 30.0


def journal_path(given: Path | str | None = None) -> Path:
    """The journal that is meant: the given one, else a running server's, else the default place.

    Raises:
        TelehealthError: BAD_OPTION if servers with several journals run.
    """
    if given is not None:
        return Path(given).expanduser().resolve()
    running = {one.journal for one in runtime_file.all_running() if one.journal}
    if len(running) > 1:
        raise TelehealthError(
            ErrorCode.BAD_OPTION,
            f"Several journals are in use: {', '.join(sorted(running))}. Say which one: journal=.",
        )
    if running:
        return Path(running.pop())
    return Path(jupyter_data_dir()).resolve() / "telehealth_widget" / "journal.sqlite3"


class Archive:
    """`Archive()` is this user's journal; `Archive("…/journal.sqlite3")` another one, also one that was set aside."""

    def __init__(self, journal: Path | str | None = None) -> None:
        """
        Raises:
            TelehealthError: JOURNAL_UNAVAILABLE or JOURNAL_DAMAGED with the remedy; BAD_OPTION.
        """
        self.path = journal_path(journal)
        self._reader = JournalReader(self.path)

    def __repr__(self) -> str:
        return f"<Archive of {len(self.sessions())} sessions>"

    @property
    def reader(self) -> JournalReader:
        """The journal, read only."""
        return self._reader

    @property
    def set_aside(self) -> bool:
        """Whether this is what remained of a damaged journal."""
        return key_path(self.path).name != f"{self.path.name}.key"

    @property
    def public_key(self) -> str:
        """What others verify exports of this journal with, hex."""
        return self._reader.public_key

    def sessions(self) -> list[SessionEntry]:
        """Every session, the one written to most recently last."""
        return self._reader.sessions()

    def verify(self, session: str) -> Verification:
        """Whether the record is what was written; `first_bad` names the first bad row."""
        return self._reader.verify(session)

    def is_newer(self, session: str) -> bool:
        """Whether a newer version wrote some of a record that is sound: then it cannot be read here."""
        found = self._reader.understood(session)
        return found.sound and not found.complete

    def load(self, session: str, *, texts: bool = False, sound_part: bool = False) -> SessionRecord:
        """The record of a session, with codes for people and no text.

        Args:
            texts: names and texts in plain. That is itself recorded first, and refused if it cannot be.
            sound_part: of a damaged record give the rows before the first bad one, with `problem` set.

        Raises:
            TelehealthError: UNKNOWN_SESSION, JOURNAL_DAMAGED or JOURNAL_UNAVAILABLE.
        """
        if texts:
            self.note_export(session, "view", texts=True)
        return self.load_noted(session, texts=texts, sound_part=sound_part)

    def load_noted(
        self, session: str, *, texts: bool = False, sound_part: bool = False
    ) -> SessionRecord:
        """The same for whoever has recorded the export already (`note_export`)."""
        return load_from_journal(self._reader, session, texts=texts, sound_part=sound_part)

    def records(self) -> Iterator[SessionRecord]:
        """Every record that can be read, the one written to most recently last. Left out are damaged ones, and those
        that a newer version wrote."""
        for entry in self.sessions():
            try:
                yield self.load(entry.session)
            except WrittenByNewer:
                continue
            except TelehealthError as error:
                if error.code is not ErrorCode.JOURNAL_DAMAGED:
                    raise

    # -- acts -------------------------------------------------------------------------------------

    def note_export(self, session: str, form: str, *, texts: bool) -> None:
        """Record that a copy is about to leave the journal.

        Raises:
            TelehealthError: UNKNOWN_SESSION, or JOURNAL_UNAVAILABLE: then nothing may leave.
        """
        door = self._door()
        if door is not None:
            _ask(door, f"/sessions/{session}/exports", {"form": form, "texts": texts})
            return
        with self._owned() as journal:
            last = next((x for x in journal.sessions() if x.session == session), None)
            if last is None:
                raise TelehealthError(ErrorCode.UNKNOWN_SESSION)
            now_ms = time.time_ns() // 1_000_000
            t_ms = last.last_t_ms + max(0, now_ms - last.last_at_ms)
            body = RecordExported(form=form, texts=texts)
            journal.append(session, [Draft(t_ms, now_ms, SYSTEM, Via.KERNEL, body)]).result()

    def forget(self, session: str, owner: str) -> None:
        """Destroy the key of a person's texts (or of `OF_SESSION`) in one session. See `retention.forget`.

        Raises:
            TelehealthError: UNKNOWN_SESSION; WRONG_PHASE while a running server has the session open;
                JOURNAL_UNAVAILABLE if a copy of the key may remain: then do it again.
        """
        door = self._door()
        if door is not None:
            _ask(door, f"/sessions/{session}/forget", {"owner": owner})
            return
        with self._owned() as journal:
            journal.forget(session, owner).result()

    def _door(self) -> RuntimeFile | None:
        """The running server that owns this journal."""
        for one in runtime_file.all_running():
            if one.door is not None and one.journal is not None and Path(one.journal) == self.path:
                return one
        return None

    @contextmanager
    def _owned(self) -> Iterator[SqliteJournal]:
        """The journal as its owner, for as long as it takes."""
        if self.set_aside:
            raise TelehealthError(
                ErrorCode.JOURNAL_DAMAGED,
                "A journal that was set aside is only read, never written.",
            )
        with closing(
            SqliteJournal.open(self.path, owner_note="telehealth-widget review")
        ) as journal:
            if journal.problem is not None:
                raise TelehealthError(ErrorCode.JOURNAL_DAMAGED, journal.problem)
            yield journal


def _ask(server: RuntimeFile, path: str, body: dict[str, Any]) -> Any:
    answer = background.wait(ask_door(path, body, server=server), ASK_WITHIN_S)
    return msgspec.json.decode(answer)
