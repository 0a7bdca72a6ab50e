"""Journals changed at random, in the file and through SQL: each change is found, nothing is deleted, what verifies
stays readable, and the server starts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.protocol.kinds import Role, SessionKind, Via
from telehealth_widget.rooms.clock import Clock
from telehealth_widget.rooms.directory import Rooms
from tests.rooms.conftest import ORIGIN
from tests.soak.card import Line, line

NAME = "journal.sqlite3"
SESSIONS = ("s_one", "s_two", "s_three")
RECORD = {
    "records": "session, n, record, hash",
    "heads": "session, n, hash, mac",
    "personal": "session, row, owner, ciphertext",
    "keys": "session, owner, wrapped",
}
"""What the chain covers. Links, resume tokens and seats lie beside it: damaged, they lead nowhere."""


class Original:
    """A journal of three sessions, as it was written."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.keyring = Keyring.open(folder / (NAME + ".key"), create=True)
        journal = SqliteJournal.open(self.path, self.keyring)
        for number, session in enumerate(SESSIONS):
            journal.append(session, [_draft(n, session) for n in range(40 + 10 * number)]).result()
        self.records = {session: journal.read(session) for session in SESSIONS}
        self.lines = {session: list(journal.exported(session)) for session in SESSIONS}
        journal.close()
        self.rows = dump(self.path)


def _draft(n: int, session: str) -> e.Draft:
    body: e.AnyEvent
    if n == 0:
        body = e.SessionOpened(
            title="Intake",
            kind=SessionKind.INDIVIDUAL,
            names="all",
            hold_ms=120_000,
            notebook=None,
            provider="p_0",
        )
    elif n < 8:
        body = e.PersonInvited(
            person=f"p_{n - 1}",
            code=f"P{n - 1}",
            role=Role.PROVIDER if n == 1 else Role.CLIENT,
            name=f"Person {n} of {session}",
            language=None,
            expires_at_ms=2_000_000_000_000,
            simulated=False,
        )
    elif n % 3:
        body = e.MarkPlaced(label=f"m{n}", note=f"note {n} " * 20 if n % 2 else None)
    else:
        body = e.PersonNamed(person=f"p_{n % 7}", name=f"Name {n}")
    return e.Draft(t_ms=n, at_ms=1_800_000_000_000 + n, actor="p_0", via=Via.KERNEL, body=body)


def dump(path: Path) -> dict[str, Any]:
    """The stored bytes of what the chain covers, read with nothing of ours; the error where SQLite stumbles."""
    found: dict[str, Any] = {}
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        for table, columns in RECORD.items():
            try:
                read = ", ".join(f"{x}, typeof({x})" for x in columns.split(", "))
                found[table] = connection.execute(f"SELECT {read} FROM {table}").fetchall()
            except (sqlite3.Error, UnicodeDecodeError) as error:
                found[table] = str(error)
    return found


# -- changes ----------------------------------------------------------------------------------------


def flip_bits(path: Path, random: Random) -> str:
    """One to eight bytes anywhere in the file."""
    raw = bytearray(path.read_bytes())
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
    path.write_bytes(raw)
    return "bytes flipped"


def flip_a_row(path: Path, random: Random) -> str:
    """One byte of a stored record, hash, text or key."""
    raw = bytearray(path.read_bytes())
    with contextlib.closing(sqlite3.connect(path)) as connection:
        table, column = random.choice(
            [("records", "record"), ("records", "hash"), ("personal", "ciphertext")]
        )
        (stored,) = random.choice(connection.execute(f"SELECT {column} FROM {table}").fetchall())
    at = raw.find(stored[:40])
    if at >= 0:
        raw[at + random.randrange(min(40, len(stored)))] ^= 1 << random.randrange(8)
    path.write_bytes(raw)
    return "row flipped"


def cut_the_file(path: Path, random: Random) -> str:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(random.randrange(size))
    return "file cut"


def overwrite_a_page(path: Path, random: Random) -> str:
    raw = bytearray(path.read_bytes())
    page = random.randrange(len(raw) // 4096)
    raw[page * 4096 : page * 4096 + 4096] = random.choice([bytes(4096), random.randbytes(4096)])
    path.write_bytes(raw)
    return "page overwritten"


def _sql(path: Path, act: Callable[[sqlite3.Connection], None]) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        act(connection)
        connection.commit()


def _rows(connection: sqlite3.Connection, table: str) -> list[Any]:
    return connection.execute(f"SELECT {RECORD[table]} FROM {table}").fetchall()


def _where(table: str) -> str:
    keys = {"records": ("session", "n"), "personal": ("session", "row"), "heads": ("session",)}
    return " AND ".join(f"{x} = ?" for x in keys.get(table, ("session", "owner")))


def _key(table: str, row: Any) -> tuple[Any, ...]:
    return (row[0],) if table == "heads" else (row[0], row[1])


def remove_a_row(path: Path, random: Random) -> str:
    table = random.choice(list(RECORD))

    def act(connection: sqlite3.Connection) -> None:
        row = random.choice(_rows(connection, table))
        connection.execute(f"DELETE FROM {table} WHERE {_where(table)}", _key(table, row))

    _sql(path, act)
    return f"{table}: row removed"


def cut_the_end(path: Path, random: Random) -> str:
    def act(connection: sqlite3.Connection) -> None:
        session = random.choice(SESSIONS)
        connection.execute(
            "DELETE FROM records WHERE session = ? AND n > ?", (session, random.randrange(0, 39))
        )

    _sql(path, act)
    return "records: end removed"


def swap_rows(path: Path, random: Random) -> str:
    def act(connection: sqlite3.Connection) -> None:
        session = random.choice(SESSIONS)
        one, two = random.sample(range(1, 40), 2)
        where = "UPDATE records SET n = ? WHERE session = ? AND n = ?"
        for to, at in ((-1, one), (one, two), (two, -1)):
            connection.execute(where, (to, session, at))

    _sql(path, act)
    return "records: rows swapped"


def double_a_row(path: Path, random: Random) -> str:
    def act(connection: sqlite3.Connection) -> None:
        session, n, record, hash_ = random.choice(_rows(connection, "records"))
        last = connection.execute(
            "SELECT max(n) FROM records WHERE session = ?", (session,)
        ).fetchone()[0]
        connection.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?)", (session, last + 1, record, hash_)
        )

    _sql(path, act)
    return "records: row doubled"


def move_a_row(path: Path, random: Random) -> str:
    def act(connection: sqlite3.Connection) -> None:
        one, two = random.sample(SESSIONS, 2)
        n = random.randrange(1, 40)
        row = connection.execute(
            "SELECT record, hash FROM records WHERE session = ? AND n = ?", (one, n)
        ).fetchone()
        connection.execute(
            "UPDATE records SET record = ?, hash = ? WHERE session = ? AND n = ?", (*row, two, n)
        )

    _sql(path, act)
    return "records: row from another session"


def edit_a_value(path: Path, random: Random) -> str:
    table = random.choice(list(RECORD))

    def act(connection: sqlite3.Connection) -> None:
        columns = RECORD[table].split(", ")
        row = random.choice(_rows(connection, table))
        column = random.randrange(1, len(columns))
        value = row[column]
        if isinstance(value, bytes):
            changed = bytearray(value)
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
            new: Any = random.choice([bytes(changed), value[:-1], value + b" ", b"", None, 7])
        elif isinstance(value, int):
            new = value + random.choice((-1, 1, 1000))
        else:
            new = value + "x"
        connection.execute(
            f"UPDATE OR REPLACE {table} SET {columns[column]} = ? WHERE {_where(table)}",
            (new, *_key(table, row)),
        )

    with contextlib.suppress(sqlite3.IntegrityError):  # NULL where the schema forbids it
        _sql(path, act)
    return f"{table}: value edited"


CHANGES = (
    flip_bits,
    flip_bits,
    flip_a_row,
    flip_a_row,
    cut_the_file,
    overwrite_a_page,
    remove_a_row,
    cut_the_end,
    swap_rows,
    double_a_row,
    move_a_row,
    edit_a_value,
    edit_a_value,
)


# -- what is expected ---------------------------------------------------------------------------------


async def look(original: Original, path: Path) -> tuple[str, list[str]]:
    """How the change was found, and what is wrong."""
    problems: list[str] = []
    damaged = path.read_bytes()
    before = dump(path)
    try:
        journal = SqliteJournal.open(path, original.keyring)
    except TelehealthError as error:
        # Not ours any more by its header: refused with the remedy, and left as it was.
        if path.read_bytes() != damaged:
            problems.append("a refused file was changed")
        return f"refused ({error.code})", problems
    try:
        if journal.problem is not None:
            asides = [x for x in path.parent.iterdir() if ".damaged-" in x.name]
            if not any(x.read_bytes() == damaged for x in asides):
                problems.append("the file set aside is not the damaged one")
            problems += await _starts(journal, original)
            return "set aside", problems
        found = False
        for session in SESSIONS:
            verified = journal.verify(session)
            if verified.ok:
                # What verifies is all there, and reads as it was written.
                if journal.read(session) != original.records[session]:
                    problems.append("a session that verifies reads otherwise")
                continue
            found = True
            if not verified.problem:
                problems.append("a session does not verify, and nothing says why")
            with contextlib.suppress(TelehealthError):
                lines = _lines(journal, session, verified.rows)
                if lines != original.lines[session][: verified.rows]:
                    problems.append("rows before the first bad one are not exported")
        if not found:
            problems.append("not found")
        problems += await _starts(journal, original)
    finally:
        journal.close()
    after = dump(path)
    for table, rows in before.items():
        if isinstance(rows, list) and not set(rows) <= set(after[table]):
            problems.append("a stored row was changed or deleted")
    return "verify", problems


def _lines(journal: SqliteJournal, session: str, rows: int) -> list[bytes]:
    """The first rows of an export; it may end early where the file is unreadable."""
    found: list[bytes] = []
    for exported in journal.exported(session):
        if len(found) == rows:
            break
        found.append(exported)
    return found


async def _starts(journal: SqliteJournal, original: Original) -> list[str]:
    """A server on this journal: it starts, opens a session, and gives sound ones back."""
    rooms = Rooms(
        journal,
        original.keyring,
        link_of=lambda token, _language: f"{ORIGIN}/join#{token}",
        ice_for=lambda person: m.Ice(servers=(), relay_only=False, expires_at_ms=0),
        clock=Clock(),
    )
    problems = []
    sound = [x for x in SESSIONS if journal.verify(x).ok]
    try:
        await rooms.start()
        missing = [x for x in sound if x not in rooms._rooms]
        if missing:
            problems.append("a sound session is left out")
    except TelehealthError as error:
        problems.append(f"the server does not start ({error.code})")
    else:
        if journal.problem is not None or sound:
            opening = c.Open("New", "individual", "all", 120_000, None, "T1", None)
            try:
                await rooms.open_session(opening, new=True)
            except TelehealthError as error:
                problems.append(f"no new session can be opened ({error.code})")
    finally:
        rooms.stop()
    return problems


async def damage(count: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """How `count` changes were found, and the problems."""
    random = Random(seed)
    ways: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as raw:
        (Path(raw) / "original").mkdir()
        original = Original(Path(raw) / "original")
        while ways.total() < count:
            folder = Path(raw) / f"changed{ways.total()}"
            folder.mkdir(exist_ok=True)
            path = folder / NAME
            shutil.copy(original.path, path)
            what = random.choice(CHANGES)(path, random)
            with contextlib.suppress(sqlite3.Error):
                if dump(path) == original.rows:
                    continue  # a byte that holds nothing of the record
            way, wrong = await look(original, path)
            ways[way] += 1
            for problem in wrong:
                problems[f"{what}: {problem}"] += 1
            shutil.rmtree(folder)
    return ways, problems


@line("journals changed at random, in the file and through SQL", ci=150, soak=1_000)
def damaged(count: int, seed: int) -> Line:
    logging.getLogger("telehealth_widget").setLevel(logging.CRITICAL)  # it names each left out
    try:
        ways, problems = asyncio.run(damage(count, seed))
    finally:
        logging.getLogger("telehealth_widget").setLevel(logging.NOTSET)
    return Line(
        ways.total(),
        "all found, nothing deleted, what verifies readable, the server starts"
        if not problems
        else "; ".join(f"{n}× {what}" for what, n in problems.most_common(12)),
        ", ".join(f"{n} by {way}" for way, n in ways.most_common()),
        ok=not problems,
    )
