"""Records from files: an export (JSONL) or a journal, checked or told apart from what cannot be trusted."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telehealth_widget.journal.reader import JournalReader, decode_records
from telehealth_widget.journal.signature import Checked, check_export
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.record import SessionRecord


def verify_jsonl(path: Path | str, trusted_key: str | None = None) -> Checked:
    """Check an exported record with its public key alone. `verification.first_bad` names the first bad row.

    Raises:
        TelehealthError: BAD_OPTION if the file cannot be read.
    """
    return check_export(_content(Path(path)), trusted_key)


def load_jsonl(
    path: Path | str, *, trusted_key: str | None = None, sound_part: bool = False
) -> SessionRecord:
    """The record of an exported file, its texts sealed.

    Args:
        trusted_key: public key (hex) that must have signed it.
        sound_part: of a damaged export give the rows before the first bad one, with `problem` set.

    Raises:
        TelehealthError: JOURNAL_DAMAGED, naming the first bad row; JOURNAL_UNAVAILABLE if a newer version wrote it;
            BAD_OPTION if the file cannot be read.
    """
    checked = verify_jsonl(path, trusted_key)
    problem = checked.verification.problem
    if problem is not None and not (sound_part and checked.session):
        raise TelehealthError(
            ErrorCode.JOURNAL_DAMAGED,
            f"{Path(path).name} does not verify. {problem} First bad row: "
            f"{checked.verification.first_bad}.",
        )
    with without_collector():
        records = decode_records(list(checked.records))
        return SessionRecord(checked.session or "", records, problem=problem, key=checked.key)


def load_from_journal(
    reader: JournalReader, session: str, *, texts: bool = False, sound_part: bool = False
) -> SessionRecord:
    """The record of a session in a journal, which somebody else may own.

    It is not verified here unless `sound_part` is asked for: `reader.verify` does that.

    Args:
        texts: names and texts in plain, where their keys exist. Whoever asks must have it recorded first.
        sound_part: of a record that does not verify give the rows before the first bad one, without texts, and with
            `problem` set.

    Raises:
        TelehealthError: UNKNOWN_SESSION, JOURNAL_DAMAGED or JOURNAL_UNAVAILABLE.
    """
    with without_collector():
        if sound_part:
            found = reader.verify(session)
            if not found.ok and found.first_bad is not None:
                return SessionRecord(session, reader.sound_part(session), problem=found.problem)
        try:
            records = reader.read(session, texts=texts)
        except TelehealthError:
            # A changed byte can look like what a newer version wrote; the chain knows.
            found = reader.verify(session)
            if found.ok:
                raise
            raise TelehealthError(
                ErrorCode.JOURNAL_DAMAGED,
                f"The record of {session} does not verify. {found.problem} First bad row: "
                f"{found.first_bad}.",
            ) from None
        if not records:
            raise TelehealthError(ErrorCode.UNKNOWN_SESSION)
        return SessionRecord(session, records, key=reader.public_key)


@contextmanager
def without_collector() -> Iterator[None]:
    """Millions of small objects that all stay: looking for garbage among them would take most of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"{path} cannot be read: {error.strerror}."
        ) from None
