"""Appending to the journal, beside bare SQLite that writes the same rows in the same groups.

The floor is one insert a row straight from the measuring thread: no thread to hand over to, no chain, no sealed
head, no answer to await.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Source, Via
from tests.bench.figures import Figure

SESSION = "s_benchmark"
ROW = "INSERT INTO records (session, n, record, hash) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True)
class Sizes:
    rounds: int = 10
    single: int = 300
    """Appends one after the other, in a round."""
    concurrent: int = 1_600
    writers: int = 8
    burst: int = 256
    bursts: int = 12


TOY = Sizes(rounds=1, single=5, concurrent=16, writers=4, burst=16, bursts=1)


def draft(n: int) -> e.Draft:
    """What muting someone leaves in the record."""
    return e.Draft(
        t_ms=n,
        at_ms=1_800_000_000_000 + n,
        actor="p_abcdefghijklmnop",
        via=Via.WIDGET,
        body=e.MediaMuted(person="p_qrstuvwxyzabcdef", source=Source.MICROPHONE),
    )


class Bare:
    """SQLite with the journal's durability, and nothing else."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE records (session TEXT, n INTEGER, record BLOB, hash BLOB, "
            "PRIMARY KEY (session, n)) WITHOUT ROWID"
        )
        made = draft(0)
        self._record = codec.encode(
            e.Record(SESSION, 1, made.t_ms, made.at_ms, made.actor, made.via, made.body)
        )
        self._n = 0

    def commit(self, rows: int) -> None:
        """One transaction of so many rows."""
        self._connection.execute("BEGIN IMMEDIATE")
        for _ in range(rows):
            self._n += 1
            self._connection.execute(ROW, (SESSION, self._n, self._record, b"h" * 32))
        self._connection.execute("COMMIT")

    def commits(self, rows: int, group: int) -> float:
        """Rows a second."""
        began = time.perf_counter()
        for _ in range(rows // group):
            self.commit(group)
        return rows / (time.perf_counter() - began)

    def commit_ms(self, count: int) -> list[float]:
        """How long single commits of one row take."""
        took = []
        for _ in range(count):
            began = time.perf_counter()
            self.commit(1)
            took.append((time.perf_counter() - began) * 1000)
        return took

    def close(self) -> None:
        self._connection.close()


async def one_by_one(journal: SqliteJournal, writers: int, each: int) -> float:
    """Appends a second of so many writers that each await their own."""

    async def write() -> None:
        for n in range(each):
            await asyncio.wrap_future(journal.append(SESSION, (draft(n),)))

    began = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(writers)))
    return writers * each / (time.perf_counter() - began)


async def in_bursts(journal: SqliteJournal, burst: int, bursts: int) -> float:
    """Appends a second, handed over in bursts."""
    began = time.perf_counter()
    for _ in range(bursts):
        await asyncio.gather(
            *(asyncio.wrap_future(journal.append(SESSION, (draft(n),))) for n in range(burst))
        )
    return burst * bursts / (time.perf_counter() - began)


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    folder.mkdir(parents=True, exist_ok=True)
    bare = Bare(folder / "bare.sqlite3")
    journal = SqliteJournal.open(folder / "journal.sqlite3")
    kinds = {
        "one at a time": [sizes.single, 1],
        f"{sizes.writers} at a time": [sizes.concurrent, sizes.writers],
        f"bursts of {sizes.burst}": [sizes.burst * sizes.bursts, sizes.burst],
    }
    rates: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in kinds}
    try:
        opened = e.SessionOpened(
            title="Benchmark",
            kind="individual",
            names="all",
            hold_ms=120_000,
            notebook=None,
            provider="p_abcdefghijklmnop",
        )
        first = e.Draft(t_ms=0, at_ms=0, actor=e.SYSTEM, via=Via.SYSTEM, body=opened)
        await asyncio.wrap_future(journal.append(SESSION, (first,)))
        for _ in range(sizes.rounds):
            for name, (rows, group) in kinds.items():
                ours, floor = rates[name]
                floor.append(bare.commits(rows, group))
                if group == sizes.burst:
                    ours.append(await in_bursts(journal, group, rows // group))
                else:
                    ours.append(await one_by_one(journal, group, rows // group))
    finally:
        journal.close()
        bare.close()
    return [figure(f"journal append, {name}", *rates[name]) for name in kinds]


def figure(name: str, ours: Sequence[float], floor: Sequence[float]) -> Figure:
    return Figure(
        name,
        statistics.median(ours),
        "appends/s",
        statistics.median(floor),
        "bare SQLite, WAL, synchronous=FULL",
        at_least=0.7,
    )


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
