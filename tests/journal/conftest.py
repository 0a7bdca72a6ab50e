"""Both stores behind one handle that can also tamper, and drafts to fill them with."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from telehealth_widget.journal.chain import Head, Row, genesis, head_message, link
from telehealth_widget.journal.contract import InviteEntry, ResumeEntry, SeatEntry
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.memory import MemoryJournal
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Draft, MarkPlaced, PersonNamed, PersonReady
from telehealth_widget.protocol.kinds import Agent, Via


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


class Make:
    """Drafts and entries with what a test cares about."""

    def ready(self, t_ms: int = 0, person: str = "p_a") -> Draft:
        body = PersonReady(person=person, camera=True, microphone=True)
        return Draft(t_ms=t_ms, at_ms=1_000_000 + t_ms, actor=person, via=Via.PAGE, body=body)

    def named(self, name: Any, person: str = "p_a") -> Draft:
        body = PersonNamed(person=person, name=name)
        return Draft(t_ms=0, at_ms=1_000_000, actor=person, via=Via.PAGE, body=body)

    def mark(self, note: str | None) -> Draft:
        body = MarkPlaced(label="cue", note=note)
        return Draft(t_ms=0, at_ms=1_000_000, actor="p_a", via=Via.KERNEL, body=body)

    def poison(self) -> Draft:
        """A draft that cannot be encoded."""
        return self.named("\ud800")

    def invite(self, token: bytes, session: str = "s", serial: int = 1) -> InviteEntry:
        return InviteEntry(
            hash=sha256(token).digest(), session=session, person="p_a", serial=serial
        )

    def resume(
        self, token: bytes, previous: bytes | None = None, connection: str = "c"
    ) -> ResumeEntry:
        return ResumeEntry(
            connection=connection,
            session="s",
            person="p_a",
            serial=1,
            hash=sha256(token).digest(),
            previous=sha256(previous).digest() if previous else None,
            page="g",
        )

    def seat(self, connection: str, person: str = "p_a", session: str = "s") -> SeatEntry:
        return SeatEntry(session, person, connection, page="g", agent=Agent.PYTHON)

    def refused(self, future: Any) -> str:
        """The sentence of an append that was not written."""
        with pytest.raises(TelehealthError) as caught:
            future.result(10)
        assert caught.value.code is ErrorCode.JOURNAL_UNAVAILABLE
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        return str(caught.value)


@pytest.fixture
def make() -> Make:
    return Make()


class MemoryStore:
    """The store in memory, and a hand inside it."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()

    def rows(self, session: str = "s") -> list[Row]:
        return list(self.journal._rows[session])

    def replace_rows(self, rows: list[Row], session: str = "s") -> None:
        self.journal._rows[session] = rows

    def point_head_at(self, row: Row, session: str = "s") -> None:
        head = self.journal._heads[session]
        self.journal._heads[session] = head._replace(n=row.n, hash=row.hash)

    def drop_head(self, session: str = "s") -> None:
        del self.journal._heads[session]

    def change_texts(self, change: Callable[[bytes], bytes]) -> None:
        for key, text in self.journal._personal.items():
            changed = text._replace(ciphertext=change(text.ciphertext))
            self.journal._personal[key] = changed

    def drop_texts(self) -> None:
        self.journal._personal.clear()

    def change_keys(self, change: Callable[[bytes], bytes]) -> None:
        for key, wrapped in self.journal._keys.items():
            self.journal._keys[key] = change(wrapped)

    def drop_keys(self) -> None:
        self.journal._keys.clear()

    def wrapped_keys(self) -> list[bytes]:
        return list(self.journal._keys.values())

    def stored_bytes(self) -> bytes:
        return repr(vars(self.journal)).encode() + b"".join(
            row.record for rows in self.journal._rows.values() for row in rows
        )


class SqliteStore:
    """The store on disk, and another program that writes to its file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "kept" / "journal.db"
        self.journal = SqliteJournal.open(self.path)

    def execute(self, sql: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            return connection.execute(sql, values).fetchall()

    def rows(self, session: str = "s") -> list[Row]:
        found = self.execute(
            "SELECT n, record, hash FROM records WHERE session = ? ORDER BY n", session
        )
        return [Row(*row) for row in found]

    def replace_rows(self, rows: list[Row], session: str = "s") -> None:
        self.execute("DELETE FROM records WHERE session = ?", session)
        for row in rows:
            self.execute("INSERT INTO records VALUES (?, ?, ?, ?)", session, *row)

    def point_head_at(self, row: Row, session: str = "s") -> None:
        self.execute("UPDATE heads SET n = ?, hash = ? WHERE session = ?", row.n, row.hash, session)

    def drop_head(self, session: str = "s") -> None:
        self.execute("DELETE FROM heads WHERE session = ?", session)

    def change_texts(self, change: Callable[[bytes], bytes]) -> None:
        for row, ciphertext in self.execute("SELECT row, ciphertext FROM personal"):
            self.execute(
                "UPDATE personal SET ciphertext = ? WHERE row = ?", change(ciphertext), row
            )

    def drop_texts(self) -> None:
        self.execute("DELETE FROM personal")

    def change_keys(self, change: Callable[[bytes], bytes]) -> None:
        for owner, wrapped in self.execute("SELECT owner, wrapped FROM keys"):
            self.execute("UPDATE keys SET wrapped = ? WHERE owner = ?", change(wrapped), owner)

    def drop_keys(self) -> None:
        self.execute("DELETE FROM keys")

    def wrapped_keys(self) -> list[bytes]:
        return [wrapped for (wrapped,) in self.execute("SELECT wrapped FROM keys")]

    def stored_bytes(self) -> bytes:
        """Every file of the journal but the master key's."""
        files = [p for p in self.path.parent.iterdir() if p.suffix != ".key"]
        assert {p.name for p in files} >= {"journal.db", "journal.db-wal", "journal.db-shm"}
        return b"".join(p.read_bytes() for p in files)

    def reopen(self) -> None:
        self.journal.close()
        self.journal = SqliteJournal.open(self.path)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MemoryStore | SqliteStore]:
    made = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path)
    yield made
    made.journal.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path)
    yield made
    made.journal.close()


def made_newer(path: Path, session: str) -> None:
    """Append an event that only a later version knows, as that version would."""
    keyring = Keyring.open(path.with_name(path.name + ".key"), create=False)
    with closing(sqlite3.connect(path)) as connection, connection:
        n, before = connection.execute(
            "SELECT n, hash FROM heads WHERE session = ?", (session,)
        ).fetchone()
        record = {"session": session, "n": n + 1, "t_ms": 0, "at_ms": 0, "actor": "system"}
        record |= {"via": "system", "body": {"event": "MoodGuessed", "person": "p_1"}}
        stored = json.dumps(record, separators=(",", ":")).encode()
        head = Head(n + 1, link(before, stored))
        connection.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?)", (session, n + 1, stored, head.hash)
        )
        connection.execute(
            "UPDATE heads SET n = ?, hash = ?, mac = ? WHERE session = ?",
            (*head, keyring.mac(head_message(session, head)), session),
        )


@pytest.fixture
def rechained() -> Callable[[list[Row], str], list[Row]]:
    """Compute a plain chain anew, as anyone without the key can."""

    def rechain(rows: list[Row], session: str = "s") -> list[Row]:
        out, previous = [], genesis(session).hash
        for n, row in enumerate(rows, 1):
            previous = link(previous, row.record)
            out.append(Row(n, row.record, previous))
        return out

    return rechain
