"""Appending to the journal, beside bare SQLite that writes the same rows in the same groups.

Two floors. *Behind a thread*: raw SQLite in groups of the very sizes that the journal just formed, by a thread with a
queue that answers each append with a future, as whatever must not stall a server's loop has to; the goal is held
against it. (Left to itself, which groups a thread forms is luck, and with it the ratio.) Its answers reach the loop
plainly, the journal's by the product's own way (`rooms/answers.py`), and for comparison plainly too. *Bare*: one
insert a row straight from the measuring thread, with no thread to hand over to and no answer to await; it tells how
much of the distance is the hand-over.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from unittest.mock import patch

from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.journal.writer import Writer
from telehealth_widget.protocol import codec
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.kinds import Source, Via
from telehealth_widget.rooms.answers import Answers
from tests.bench.figures import Figure

Append = Callable[[], Future[Any]]
WhenDone = Callable[[Future[Any], Callable[[Future[Any]], None]], None]
"""Lets the loop hear of an answer."""

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


TOY = Sizes(rounds=2, single=5, concurrent=16, writers=4, burst=16, bursts=1)


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
    """The same rows in the same groups, by a thread that answers each append with a future."""

    def __init__(self, bare: Bare) -> None:
        self._bare = bare
        self._queue: SimpleQueue[Future[None]] = SimpleQueue()
        self._groups: SimpleQueue[int] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def group_as(self, groups: Iterable[int]) -> None:
        """The sizes of the next commits: their sum is how many appends follow."""
        for size in groups:
            self._groups.put(size)

    def append(self) -> Future[None]:
        future: Future[None] = Future()
        self._queue.put(future)
        return future

    def _run(self) -> None:
        while size := self._groups.get():
            futures = [self._queue.get() for _ in range(size)]
            self._bare.commit(size)
            for future in futures:
                future.set_result(None)

    def close(self) -> None:
        self._groups.put(0)
        self._thread.join()


@contextmanager
def sizes_of_groups() -> Iterator[list[int]]:
    """Of the journal's commits during the block."""
    sizes: list[int] = []
    attempt = Writer._attempt

    def counted(self: Writer, group: list[Any]) -> Any:
        sizes.append(len(group))
        return attempt(self, group)

    with patch.object(Writer, "_attempt", counted):
        yield sizes


def plainly(future: Future[Any], act: Callable[[Future[Any]], None]) -> None:
    """As `asyncio.wrap_future` does: each answer wakes the loop."""
    loop = asyncio.get_running_loop()
    future.add_done_callback(lambda done: loop.call_soon_threadsafe(act, done))


async def at_a_time(append: Append, when_done: WhenDone, appends: int, under_way: int) -> float:
    """Appends a second, each begun when one of so many was answered."""
    over = asyncio.get_running_loop().create_future()
    begun = answered = 0

    def begin() -> None:
        nonlocal begun
        begun += 1
        when_done(append(), answer)

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


async def in_bursts(append: Append, when_done: WhenDone, appends: int, burst: int) -> float:
    """Appends a second, the next burst begun when all of one are answered."""
    began = time.perf_counter()
    for _ in range(appends // burst):
        await at_a_time(append, when_done, burst, burst)
    return appends / (time.perf_counter() - began)


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    folder.mkdir(parents=True, exist_ok=True)
    bare = Bare(folder / "bare.sqlite3")
    behind_bare = Bare(folder / "behind.sqlite3")
    behind = BehindThread(behind_bare)
    journal = SqliteJournal.open(folder / "journal.sqlite3")
    numbers = itertools.count(1)
    answers = Answers()

    def append() -> Future[tuple[e.Record, ...]]:
        return journal.append(SESSION, (draft(next(numbers)),))

    kinds = {
        "one at a time": (sizes.single, 1),
        f"{sizes.writers} at a time": (sizes.concurrent, sizes.writers),
        f"bursts of {sizes.burst}": (sizes.burst * sizes.bursts, sizes.burst),
    }
    ours: dict[str, list[float]] = {name: [] for name in kinds}
    plain: dict[str, list[float]] = {name: [] for name in kinds}
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
        gc.collect()
        gc.freeze()  # what was imported is not walked meanwhile: a pause of 6 ms would be a burst's whole time
        # By itself: who comes next after a loop without a second thread finds both of theirs on one core.
        for _ in range(sizes.rounds):
            for name, (appends, group) in kinds.items():
                inline[name].append(bare.commits(appends, group))
        for number in range(sizes.rounds):
            for name, (appends, group) in kinds.items():
                drive = in_bursts if group == sizes.burst else at_a_time
                # In turns, since who comes first after another kind is slower by a tenth, whoever that is.
                if number % 2:
                    plain[name].append(await drive(append, plainly, appends, group))
                with sizes_of_groups() as groups:
                    ours[name].append(await drive(append, answers.when_done, appends, group))
                behind.group_as(groups)
                threaded[name].append(await drive(behind.append, plainly, appends, group))
                if number % 2 == 0:
                    plain[name].append(await drive(append, plainly, appends, group))
    finally:
        gc.unfreeze()
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
                "the same SQLite by a thread with a queue and futures, in the same groups",
                at_least=0.7,
            ),
            Figure(
                f"journal append, {name}, both handed over plainly",
                statistics.median(plain[name]),
                "appends/s",
                statistics.median(threaded[name]),
                "the same floor",
            ),
        )
    ]


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
