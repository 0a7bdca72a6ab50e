"""Appending to the journal, beside bare SQLite that writes the same rows in the same groups.

Two floors. *Behind a thread*: raw SQLite that groups as the journal does, by a thread with a queue that answers each
append with a future, as whatever must not stall a server's loop has to; the goal is held against it. *Bare*: one
insert a row straight from the measuring thread, with no thread to hand over to and no answer to await; it tells how
much of the distance is the hand-over.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.journal.writer import GROUP_APPENDS
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Source, Via
from tests.bench.figures import Figure

Append = Callable[[], Future[Any]]

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
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
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


class BehindThread:
    """The same rows, by a thread that groups what waits and answers each with a future."""

    def __init__(self, bare: Bare) -> None:
        self._bare = bare
        self._queue: SimpleQueue[Future[None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def append(self) -> Future[None]:
        future: Future[None] = Future()
        self._queue.put(future)
        return future

    def _run(self) -> None:
        while True:
            group = [self._queue.get()]
            while group[-1] is not None and len(group) < GROUP_APPENDS:
                try:
                    group.append(self._queue.get_nowait())
                except Empty:
                    break
            futures = [future for future in group if future is not None]
            if futures:
                self._bare.commit(len(futures))
            for future in futures:
                future.set_result(None)
            if len(futures) < len(group):
                return

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()


async def at_a_time(append: Append, appends: int, under_way: int) -> float:
    """Appends a second, each begun when one of so many was answered; answers reach the loop as a room's do."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    begun = answered = 0

    def begin() -> None:
        nonlocal begun
        begun += 1
        append().add_done_callback(lambda done: loop.call_soon_threadsafe(answer, done))

    def answer(done: Future[Any]) -> None:
        nonlocal answered
        done.result()
        answered += 1
        if answered == appends:
            over.set_result(None)
        elif begun < appends:
            begin()

    began = time.perf_counter()
    for _ in range(under_way):
        begin()
    await over
    return appends / (time.perf_counter() - began)


async def in_bursts(append: Append, appends: int, burst: int) -> float:
    """Appends a second, the next burst begun when all of one are answered."""
    began = time.perf_counter()
    for _ in range(appends // burst):
        await at_a_time(append, burst, burst)
    return appends / (time.perf_counter() - began)


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    folder.mkdir(parents=True, exist_ok=True)
    bare = Bare(folder / "bare.sqlite3")
    behind_bare = Bare(folder / "behind.sqlite3")
    behind = BehindThread(behind_bare)
    journal = SqliteJournal.open(folder / "journal.sqlite3")
    numbers = itertools.count(1)

    def append() -> Future[tuple[e.Record, ...]]:
        return journal.append(SESSION, (draft(next(numbers)),))

    kinds = {
        "one at a time": (sizes.single, 1),
        f"{sizes.writers} at a time": (sizes.concurrent, sizes.writers),
        f"bursts of {sizes.burst}": (sizes.burst * sizes.bursts, sizes.burst),
    }
    ours: dict[str, list[float]] = {name: [] for name in kinds}
    inline: dict[str, list[float]] = {name: [] for name in kinds}
    threaded: dict[str, list[float]] = {name: [] for name in kinds}
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
            for name, (appends, group) in kinds.items():
                drive = in_bursts if group == sizes.burst else at_a_time
                inline[name].append(bare.commits(appends, group))
                ours[name].append(await drive(append, appends, group))
                threaded[name].append(await drive(behind.append, appends, group))
    finally:
        journal.close()
        behind.close()
        behind_bare.close()
        bare.close()
    return [
        figure
        for name in kinds
        for figure in (
            Figure(
                f"journal append, {name}",
                statistics.median(ours[name]),
                "appends/s",
                statistics.median(inline[name]),
                "bare SQLite in the measuring thread, WAL, synchronous=FULL",
            ),
            Figure(
                f"journal append, {name}, behind a thread",
                statistics.median(ours[name]),
                "appends/s",
                statistics.median(threaded[name]),
                "the same SQLite by a thread with a queue and futures",
                at_least=0.7,
            ),
        )
    ]


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
