"""Opening a long record, beside reading its rows from SQLite and decoding them; seeking in it, short and long.

The mix is that of a real session: nearly all rows are measurements, one in fifty changes what is shown.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from telehealth_widget.journal.reader import JournalReader
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Role, SessionKind, Source, Via
from telehealth_widget.protocol.measurements import QualityMeasured, Span, VoiceMeasured
from telehealth_widget.review.loading import load_from_journal, without_collector
from tests.bench.figures import Figure, percentile

SESSION = "s_benchmark"
STEP_MS = 10
GROUP = 20_000
BEGINS_AT_MS = 1_800_000_000_000


@dataclass(frozen=True)
class Sizes:
    rounds: int = 3
    short: int = 10_000
    long: int = 1_000_000
    seeks: int = 2_000


TOY = Sizes(rounds=1, short=200, long=1_000, seeks=20)


def body(n: int) -> e.AnyBody:
    """Row `n` (from 0) of a session of three people."""
    who = f"p_{n % 3}"
    if n == 0:
        return e.SessionOpened("Benchmark", SessionKind.INDIVIDUAL, "all", 120_000, None, "p_0")
    if n < 4:
        role = Role.PROVIDER if n == 1 else Role.CLIENT
        return e.PersonInvited(f"p_{n - 1}", f"P{n}", role, None, None, 2 * BEGINS_AT_MS, False)
    if n < 7:
        return e.PersonAdmitted(who)
    if n % 50 == 0:
        kind = e.MediaMuted if n % 100 else e.MediaUnmuted
        return kind(who, Source.MICROPHONE)
    if n % 2:
        return QualityMeasured(who, Span(n, n + 10), 40.0, 3.0, 0.01, 500.0, 400.0)
    return VoiceMeasured(who, (Span(n * 10, n * 10 + 5), Span(n * 10 + 6, n * 10 + 8)))


def write(path: Path, rows: int) -> None:
    with closing(SqliteJournal.open(path)) as journal:
        for first in range(0, rows, GROUP):
            drafts = [
                e.Draft(n * STEP_MS, BEGINS_AT_MS + n * STEP_MS, "p_0", Via.PAGE, body(n))
                for n in range(first, min(first + GROUP, rows))
            ]
            journal.append(SESSION, drafts).result()


def bare(path: Path) -> float:
    """Seconds to read the rows and decode each, with the garbage collector off as ours has it."""
    with closing(sqlite3.connect(path)) as connection, without_collector():
        began = time.perf_counter()
        rows = connection.execute(
            "SELECT record FROM records WHERE session = ? ORDER BY n", (SESSION,)
        )
        records = [codec.decode_record(stored) for (stored,) in rows]
        took = time.perf_counter() - began
        del records
    return took


def measure(path: Path, sizes: Sizes, dice: Random) -> tuple[float, float, float]:
    """(ours, floor) in s for opening, medians over rounds, and p95 of a seek in ms."""
    reader = JournalReader(path)
    ours, floors, seeks = [], [], []
    for _ in range(sizes.rounds):
        floors.append(bare(path))
        began = time.perf_counter()
        record = load_from_journal(reader, SESSION)
        ours.append(time.perf_counter() - began)
        round_of_seeks = []
        for _ in range(sizes.seeks):
            t_ms = dice.randrange(record.end_ms)
            began = time.perf_counter()
            record.views_at(t_ms)
            round_of_seeks.append((time.perf_counter() - began) * 1000)
        seeks.append(percentile(round_of_seeks, 95))
        del record
    return statistics.median(ours), statistics.median(floors), statistics.median(seeks)


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    dice = Random(seed)
    results = []
    for rows in (sizes.short, sizes.long):
        place = folder / f"review-{rows}"
        place.mkdir(parents=True)
        write(place / "journal.sqlite3", rows)
        results.append(measure(place / "journal.sqlite3", sizes, dice))
        shutil.rmtree(place)
    (_, _, short_seek), (ours, floor, long_seek) = results
    return [
        Figure(
            f"open a record of {sizes.long:,} rows",
            ours,
            "s",
            floor,
            "the same rows from bare SQLite, decoded",
            at_most=1.5,
        ),
        Figure(f"seek in {sizes.long:,} rows, p95", long_seek, "ms", at_most=20),
        Figure(
            f"seek in {sizes.long:,} rows beside {sizes.short:,}, p95",
            long_seek,
            "ms",
            short_seek,
            f"a seek in {sizes.short:,} rows",
            at_most=2,
        ),
    ]
