"""An export of one or more sessions as a folder: every form, a data dictionary, and a manifest with checksums.

```
manifest.json  dictionary.csv  persons.csv  phases.csv  sessions.csv  study.csv  *.parquet
sessions/ID/   record.jsonl  events.csv  intervals.csv  session.eaf  chapters.vtt  marks.vtt
bids/          the same sessions as a BIDS dataset
```
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import telehealth_widget
from telehealth_widget.core.dates import iso
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.definitions import EVENTS, INTERVALS, PERSON, SESSION, TABLES
from telehealth_widget.review.exports.bids import write_dataset
from telehealth_widget.review.exports.csv_files import write_csv
from telehealth_widget.review.exports.elan import write_eaf
from telehealth_widget.review.exports.parquet import write_parquet
from telehealth_widget.review.exports.rows import event_rows, interval_rows
from telehealth_widget.review.exports.webvtt import write_chapters, write_marks
from telehealth_widget.review.loading import verify_jsonl
from telehealth_widget.review.measures import Measures, by_phase
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.study import COLUMNS as STUDY
from telehealth_widget.review.study import study_rows

FORMS = ("jsonl", "csv", "parquet", "bids", "eaf", "vtt")
MANIFEST = "manifest.json"
MAX_SHIFT_DAYS = 36_500


@dataclass(frozen=True)
class Options:
    """How to export."""

    forms: Sequence[str] = FORMS
    texts: bool = False
    """Names, titles, notes and reasons too. Asked for by name only; recorded as such."""
    shift_days: int | None = None
    """All dates moved by so many days. The JSONL is left out then: its signed bytes hold the true dates."""

    def check(self) -> None:
        """
        Raises:
            TelehealthError: BAD_OPTION.
        """
        unknown = sorted(set(self.forms) - set(FORMS))
        if unknown or not self.forms:
            raise TelehealthError(
                ErrorCode.BAD_OPTION,
                f"Unknown form {', '.join(unknown) or '(none)'}. Known are {', '.join(FORMS)}.",
            )
        if self.shift_days is not None and abs(self.shift_days) > MAX_SHIFT_DAYS:
            raise TelehealthError(
                ErrorCode.BAD_OPTION, f"Shift dates by {MAX_SHIFT_DAYS:,} days at most."
            )


def export_folder(
    archive: Archive, sessions: Sequence[str], target: Path | str, options: Options | None = None
) -> Path:
    """Export the sessions into a new folder, whole or not at all. Returns it.

    Each export is recorded in each session first (`RecordExported`), so the exported record holds it too. What cannot
    be recorded does not leave, but for damaged records: of those the sound part leaves without texts, and the manifest
    says so.

    Raises:
        TelehealthError: BAD_OPTION (also: the folder exists), UNKNOWN_SESSION, JOURNAL_UNAVAILABLE.
    """
    options = options or Options()
    options.check()
    target = Path(target)
    if target.exists():
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"{target} exists already. Choose a new folder for the export."
        )
    draft = target.with_name(f".{target.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    try:
        _Export(archive, draft, options).write(sessions)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target


class _Export:
    def __init__(self, archive: Archive, folder: Path, options: Options) -> None:
        self._archive = archive
        self._folder = folder
        self._options = options
        self._shift = options.shift_days or 0
        self._notes: list[dict[str, Any]] = []

    def write(self, sessions: Sequence[str]) -> None:
        records = [self._take(session) for session in sessions]
        for record in records:
            self._session(record)
        self._tables(records)
        if "bids" in self._options.forms:
            write_dataset(self._folder / "bids", records)
        self._dictionary()
        self._manifest()

    def _take(self, session: str) -> SessionRecord:
        """The record, once its leaving is recorded."""
        verified = self._archive.verify(session)
        damaged = not verified.ok and verified.first_bad is not None
        texts = self._options.texts
        recorded = True
        try:
            self._archive.note_export(session, "folder", texts=texts)
        except TelehealthError as error:
            if not damaged or texts or error.code is ErrorCode.UNKNOWN_SESSION:
                raise
            recorded = False
        record = self._archive.load_noted(session, texts=texts, sound_part=damaged)
        self._notes.append(
            {
                "session": session,
                "rows": len(record),
                "ended": record.ended,
                "recorded": recorded,
                "problem": record.problem,
            }
        )
        return record

    def _session(self, record: SessionRecord) -> None:
        place = self._folder / "sessions" / record.session
        place.mkdir(parents=True)
        forms = self._options.forms
        if "jsonl" in forms and self._options.shift_days is None:
            with (place / "record.jsonl").open("wb") as file:
                file.writelines(self._archive.reader.exported(record.session))
        events, lanes = event_rows(record, self._shift), interval_rows(record)
        for name, columns, rows in (("events", EVENTS, events), ("intervals", INTERVALS, lanes)):
            if "csv" in forms:
                write_csv(place / f"{name}.csv", columns, rows)
            if "parquet" in forms:
                write_parquet(place / f"{name}.parquet", columns, rows)
        if "eaf" in forms:
            write_eaf(place / "session.eaf", record, self._shift)
        if "vtt" in forms:
            write_chapters(place / "chapters.vtt", record)
            write_marks(place / "marks.vtt", record)

    def _tables(self, records: Sequence[SessionRecord]) -> None:
        measured = [(record, Measures(record)) for record in records]
        persons = [row for _, m in measured for row in m.persons()]
        phases = [row for record, m in measured for row in m.persons(by_phase(record))]
        totals = [row for _, m in measured for row in m.sessions()]
        for name, columns, rows in (
            ("persons", PERSON, persons),
            ("phases", PERSON, phases),
            ("sessions", SESSION, totals),
        ):
            if "csv" in self._options.forms:
                write_csv(self._folder / f"{name}.csv", columns, rows)
            if "parquet" in self._options.forms:
                write_parquet(self._folder / f"{name}.parquet", columns, rows)
        if "csv" in self._options.forms:
            study = study_rows(records, self._shift)
            write_csv(self._folder / "study.csv", STUDY, study)

    def _dictionary(self) -> None:
        rows = [
            {
                "table": table,
                "column": x.name,
                "unit": x.unit,
                "meaning": x.meaning,
                "source": x.source,
            }
            for table, columns in {**TABLES, "study": STUDY}.items()
            for x in columns
        ]
        write_csv(
            self._folder / "dictionary.csv", ("table", "column", "unit", "meaning", "source"), rows
        )

    def _manifest(self) -> None:
        files = [
            {
                "path": path.relative_to(self._folder).as_posix(),
                "bytes": path.stat().st_size,
                "sha256": sha256(path.read_bytes()).hexdigest(),
            }
            for path in sorted(self._folder.rglob("*"))
            if path.is_file()
        ]
        manifest = {
            "format": "telehealth_widget export 1",
            "version": telehealth_widget.__version__,
            "made_at": iso(time.time_ns() // 1_000_000),
            "texts": self._options.texts,
            "dates_shifted": self._options.shift_days is not None,
            "public_key": self._archive.public_key,
            "sessions": self._notes,
            "files": files,
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (self._folder / MANIFEST).write_text(text, encoding="utf-8")


def check_folder(folder: Path | str, trusted_key: str | None = None) -> list[str]:
    """What is wrong with an exported folder, one sentence a fault: checksums, missing and added files, each record's
    chain and signature. Empty if all is well.

    The manifest itself is only as good as where it came from; the records in it are signed.

    Raises:
        TelehealthError: BAD_OPTION if there is no manifest, or it cannot be understood.
    """
    folder = Path(folder)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        listed = {str(x["path"]): str(x["sha256"]) for x in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"{folder} holds no {MANIFEST} that can be read."
        ) from None
    there = {x.relative_to(folder).as_posix() for x in folder.rglob("*") if x.is_file()} - {
        MANIFEST
    }
    faults = [f"{path} is missing." for path in sorted(set(listed) - there)]
    faults += [f"{path} is not in the manifest." for path in sorted(there - set(listed))]
    for path in sorted(there & set(listed)):
        if sha256((folder / path).read_bytes()).hexdigest() != listed[path]:
            faults.append(f"{path} was changed.")
        if path.endswith(".jsonl"):
            problem = verify_jsonl(folder / path, trusted_key).verification.problem
            if problem is not None:
                faults.append(f"{path}: {problem}")
    return faults
