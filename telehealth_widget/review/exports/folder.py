"""An export of one or more sessions as a folder: every form, a data dictionary, and a manifest with checksums.

```
manifest.json  manifest.signature.json  dictionary.csv  persons.csv  phases.csv  sessions.csv  study.csv  *.parquet
sessions/ID/   record.jsonl  events.csv  intervals.csv  session.eaf  chapters.vtt  marks.vtt
bids/          the same sessions as a BIDS dataset
```
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import telehealth_widget
from telehealth_widget.protocol.dates import iso
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.definitions import EVENTS, INTERVALS, PERSON, SESSION, TABLES
from telehealth_widget.review.exports.bids import write_dataset
from telehealth_widget.review.exports.csv_files import write_csv
from telehealth_widget.review.exports.elan import write_eaf
from telehealth_widget.review.exports.manifest import MANIFEST as MANIFEST
from telehealth_widget.review.exports.manifest import check_folder as check_folder
from telehealth_widget.review.exports.manifest import write_manifest
from telehealth_widget.review.exports.parquet import is_installed, write_parquet
from telehealth_widget.review.exports.rows import event_rows, interval_rows
from telehealth_widget.review.exports.webvtt import write_chapters, write_marks
from telehealth_widget.review.measures import Measures, by_phase
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.study import COLUMNS as STUDY
from telehealth_widget.review.study import study_rows

FORMS = ("jsonl", "csv", "parquet", "bids", "eaf", "vtt")
MAX_SHIFT_DAYS = 36_500


@dataclass(frozen=True)
class Options:
    """How to export."""

    forms: Sequence[str] | None = None
    """None: all of `FORMS`, but for Parquet where its software (an extra) is not installed."""
    texts: bool = False
    """Names, titles, notes and reasons too. Asked for by name only; recorded as such."""
    shift_days: int | None = None
    """All dates moved by so many days. The JSONL is left out then: its signed bytes hold the true dates."""

    @property
    def chosen(self) -> tuple[str, ...]:
        """The forms that are written."""
        left_out = self.left_out
        return tuple(x for x in self.forms or FORMS if x not in left_out)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Forms that nobody chose to do without, and that cannot be written here."""
        return ("parquet",) if self.forms is None and not is_installed() else ()

    def check(self) -> None:
        """
        Raises:
            TelehealthError: BAD_OPTION.
        """
        if self.forms is not None:
            self._check_forms(self.forms)
        if self.shift_days is not None and abs(self.shift_days) > MAX_SHIFT_DAYS:
            raise TelehealthError(
                ErrorCode.BAD_OPTION, f"Shift dates by {MAX_SHIFT_DAYS:,} days at most."
            )

    def _check_forms(self, forms: Sequence[str]) -> None:
        unknown = sorted(set(forms) - set(FORMS))
        if unknown or not forms:
            raise TelehealthError(
                ErrorCode.BAD_OPTION,
                f"Unknown form {', '.join(unknown) or '(none)'}. Known are {', '.join(FORMS)}.",
            )
        if "parquet" in forms and not is_installed():
            raise TelehealthError(
                ErrorCode.BAD_OPTION,
                "Parquet needs pyarrow, which is not installed: pip install 'telehealth-widget[review]'. "
                "Or choose other forms (--forms, forms=).",
            )


def export_folder(
    archive: Archive, sessions: Sequence[str], target: Path | str, options: Options | None = None
) -> Path:
    """Export the sessions into a new folder, whole or not at all. Returns it. A session named twice counts once.

    Once options, place and records are found good, each export is recorded in each session (`RecordExported`), so the
    exported record holds it too. What cannot be recorded does not leave, but for damaged records: of those the sound
    part leaves without texts, and the manifest says so.

    Raises:
        TelehealthError: BAD_OPTION (also: the folder exists, or cannot be written), UNKNOWN_SESSION,
            JOURNAL_UNAVAILABLE (also: a newer version wrote one of the records).
    """
    options = options or Options()
    options.check()
    target = Path(target).absolute()
    try:
        if target.exists():
            raise TelehealthError(
                ErrorCode.BAD_OPTION,
                f"{target} exists already. Choose a new folder for the export.",
            )
        draft = target.with_name(f".{target.name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        try:
            _Export(archive, draft, options).write(list(dict.fromkeys(sessions)))
            draft.rename(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as error:
        raise TelehealthError(
            ErrorCode.BAD_OPTION,
            f"{target} cannot be written: {error.strerror or error}. Check the folder's permissions and the free "
            "space, or choose another place.",
        ) from None
    return target


class _Export:
    def __init__(self, archive: Archive, folder: Path, options: Options) -> None:
        self._archive = archive
        self._folder = folder
        self._options = options
        self._forms = options.chosen
        self._shift = options.shift_days or 0
        self._notes: list[dict[str, Any]] = []

    def write(self, sessions: Sequence[str]) -> None:
        damaged = {session: self._check(session) for session in sessions}
        records = [self._take(session, damaged[session]) for session in sessions]
        for record in records:
            self._session(record)
        self._tables(records)
        if "bids" in self._forms:
            write_dataset(self._folder / "bids", records)
        self._dictionary()
        self._manifest()

    def _check(self, session: str) -> bool:
        """Whether the record is damaged; one that cannot be read at all is refused before anything is recorded."""
        verified = self._archive.verify(session)
        damaged = not verified.ok and verified.first_bad is not None
        self._archive.load(session, sound_part=damaged)
        return damaged

    def _take(self, session: str, damaged: bool) -> SessionRecord:
        """The record, once its leaving is recorded."""
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
        forms = self._forms
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
            if "csv" in self._forms:
                write_csv(self._folder / f"{name}.csv", columns, rows)
            if "parquet" in self._forms:
                write_parquet(self._folder / f"{name}.parquet", columns, rows)
        if "csv" in self._forms:
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
        facts = {
            "version": telehealth_widget.__version__,
            "made_at": iso(time.time_ns() // 1_000_000),
            "forms": list(self._forms),
            "left_out": list(self._options.left_out),
            "texts": self._options.texts,
            "dates_shifted": self._options.shift_days is not None,
            "public_key": self._archive.public_key,
            "sessions": self._notes,
        }
        write_manifest(self._folder, facts, self._archive.reader.signature_of)
