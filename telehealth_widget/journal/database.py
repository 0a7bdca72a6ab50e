"""The SQLite file: schema, connections, permissions, what happens to a damaged one.

No record is written or read here, and no thread belongs here.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
import time
from pathlib import Path

from telehealth_widget.journal.keys import make_private_folder, sync_folder
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

SCHEMA_VERSION = 1
APPLICATION_ID = 0x54485731
"""`THW1`, so that another program's database is never taken for a journal."""

BUSY_TIMEOUT_S = 5.0
"""How long to wait for another program that holds the file."""

# WITHOUT ROWID: nothing is stored twice, so that verification reads every stored byte of a row; a
# session's rows lie together; single commits are a fifth faster, groups of hundreds a tenth slower.
# Foreign keys cost nothing measurable; deferred, since a head is written after its rows.
_HEAD = "TEXT NOT NULL REFERENCES heads (session) DEFERRABLE INITIALLY DEFERRED"
SCHEMA = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE heads (session TEXT PRIMARY KEY, n INTEGER NOT NULL, hash BLOB NOT NULL, "
    "mac BLOB NOT NULL) WITHOUT ROWID",
    f"CREATE TABLE records (session {_HEAD}, n INTEGER NOT NULL, record BLOB NOT NULL, "
    "hash BLOB NOT NULL, PRIMARY KEY (session, n)) WITHOUT ROWID",
    f"CREATE TABLE personal (session {_HEAD}, row TEXT NOT NULL, owner TEXT NOT NULL, "
    "ciphertext BLOB NOT NULL, PRIMARY KEY (session, row)) WITHOUT ROWID",
    f"CREATE TABLE keys (session {_HEAD}, owner TEXT NOT NULL, wrapped BLOB NOT NULL, "
    "PRIMARY KEY (session, owner)) WITHOUT ROWID",
    f"CREATE TABLE tombstones (session {_HEAD}, owner TEXT NOT NULL, at_ms INTEGER NOT NULL, "
    "PRIMARY KEY (session, owner)) WITHOUT ROWID",
    f"CREATE TABLE invites (hash BLOB PRIMARY KEY, session {_HEAD}, person TEXT NOT NULL, "
    "serial INTEGER NOT NULL) WITHOUT ROWID",
    f"CREATE TABLE resumes (connection TEXT PRIMARY KEY, session {_HEAD}, person TEXT NOT NULL, "
    "serial INTEGER NOT NULL, hash BLOB NOT NULL, previous BLOB, page TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX resumes_by_hash ON resumes (hash)",
    "CREATE INDEX resumes_by_previous ON resumes (previous)",
    f"CREATE TABLE seats (session {_HEAD}, person TEXT NOT NULL, connection TEXT NOT NULL, "
    "page TEXT NOT NULL, agent TEXT NOT NULL, PRIMARY KEY (session, person)) WITHOUT ROWID",
)

_OTHER_KEY = (
    "The key file is not the one of this journal. Put the right one back from a copy, or "
    "move the journal away to start a new one."
)


class _Damaged(Exception):
    """SQLite cannot make sense of the file, or our tables are not in it."""


class _SetAside(Exception):
    """The damaged file stands somewhere else now."""

    def __init__(self, aside: Path) -> None:
        super().__init__(aside)
        self.aside = aside


def connect(path: Path) -> sqlite3.Connection:
    """A connection with our settings, in autocommit mode. The file must exist.

    It may be used by any one thread at a time: the caller guards it.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    connection = _dial(path)
    try:
        _configure(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """The same for a connection that cannot write.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    connection = connect(path)
    connection.execute("PRAGMA query_only = ON")
    connection.text_factory = _lenient  # a damaged text must not stop a verification
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that leaves the file, its log and its owner alone. The file must exist.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.text_factory = _lenient
    return connection


def recognise_file(path: Path, key_check: bytes) -> None:
    """Refuse what is not a journal of this version and of this key, without writing to it.

    A damaged journal passes if it can still be told that it is one.

    Raises:
        TelehealthError: JOURNAL_UNAVAILABLE with the remedy; JOURNAL_DAMAGED if nothing of it can be read.
    """
    try:
        connection = connect_read_only(path)
        try:
            _recognise(connection)
            kept = connection.execute("SELECT value FROM meta WHERE name = 'key'").fetchone()
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if means_damage(error):
            raise TelehealthError(
                ErrorCode.JOURNAL_DAMAGED,
                f"Nothing of the journal {path.name} can be read. Keep it, and look for a copy.",
            ) from None
        raise TelehealthError(
            ErrorCode.JOURNAL_UNAVAILABLE,
            f"The journal {path} cannot be read: {error}. Check the folder's permissions.",
        ) from None
    if kept is not None and not hmac.compare_digest(bytes(kept[0]), key_check):
        raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, _OTHER_KEY)


def open_database(path: Path, key_check: bytes) -> tuple[sqlite3.Connection, str | None]:
    """The writing connection of a sound journal, and a sentence if a damaged one was set aside.

    Makes file and folder if missing. The caller holds the journal's lock.

    Raises:
        TelehealthError: JOURNAL_UNAVAILABLE, with the remedy: a newer schema, another program's
            file, another journal's key, no permission, no space.
    """
    try:
        try:
            return _open(path, key_check), None
        except _SetAside as damaged:
            aside = damaged.aside
            connection = _open(path, key_check)
    except (OSError, sqlite3.Error, _SetAside) as error:
        detail = error.strerror if isinstance(error, OSError) else str(error)
        raise TelehealthError(
            ErrorCode.JOURNAL_UNAVAILABLE,
            f"The journal {path} cannot be opened: {detail}. Check the folder's permissions and "
            "the free space, or set another journal path: TelehealthWidget.journal.",
        ) from None
    return connection, (
        f"The journal was damaged. It was set aside as {aside.name} in the same folder, and a new "
        "one was started: sessions and links from before are not in it."
    )


def set_aside(path: Path) -> Path:
    """Rename the database with its log files; nothing is deleted. Returns the database's new path.

    SQLite finds `-wal` and `-shm` by name, so they keep their endings behind the new name.
    """
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    again = 1
    while aside.exists():
        again += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{again}")
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    sync_folder(path.parent)
    return aside


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at the path now; None if none does."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _open(path: Path, key_check: bytes) -> sqlite3.Connection:
    _make_private(path)
    connection = _dial(path)
    try:
        if not _is_writable_format(path):
            raise _Damaged
        _recognise(connection)
        _configure(connection)
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise TelehealthError(
                ErrorCode.JOURNAL_UNAVAILABLE,
                f"The file system of {path} cannot hold a write-ahead log. Set another journal "
                "path on a local disk: TelehealthWidget.journal.",
            )
        _bring_up(connection, key_check)
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _Damaged
        for ending in ("-wal", "-shm"):
            _restrict(path.with_name(path.name + ending))
    except BaseException as error:
        if isinstance(error, _Damaged) or means_damage(error):
            raise _SetAside(_close_and_set_aside(connection, path)) from error
        connection.close()
        raise
    return connection


def _close_and_set_aside(connection: sqlite3.Connection, path: Path) -> Path:
    """Closing folds the log into a database that is still in place, and deletes it: that would
    change what is to be examined. So the files move first, where open ones can be moved."""
    if os.name == "posix":
        aside = set_aside(path)
        connection.close()
    else:
        connection.close()
        aside = set_aside(path)
    return aside


def _dial(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )


def _configure(connection: sqlite3.Connection) -> None:
    for setting in (
        "synchronous = FULL",
        "fullfsync = ON",  # macOS: fsync alone leaves data in the drive's cache
        "checkpoint_fullfsync = ON",
        "foreign_keys = ON",
        "secure_delete = ON",
        "trusted_schema = OFF",
        "temp_store = MEMORY",
        f"journal_size_limit = {16 * 1024 * 1024}",
    ):
        connection.execute(f"PRAGMA {setting}")


def _make_private(path: Path) -> None:
    """SQLite gives its log files the mode of the database, so that is made first."""
    make_private_folder(path.parent)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        sync_folder(path.parent)
    except FileExistsError:
        _restrict(path)


def _restrict(path: Path) -> None:
    if os.name == "posix" and path.exists():
        path.chmod(0o600)


def _is_writable_format(path: Path) -> bool:
    """Whether the header's format versions (bytes 18 and 19) are ones that SQLite writes.

    With another one it opens the file for reading only, and every append would fail.
    https://www.sqlite.org/fileformat.html#file_format_version_numbers
    """
    with path.open("rb") as file:
        header = file.read(20)
    return len(header) < 20 or (header[18] in (1, 2) and header[19] in (1, 2))


def _recognise(connection: sqlite3.Connection) -> None:
    """Refuse what is not ours before anything in it is touched."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if application != APPLICATION_ID and not empty:
        raise TelehealthError(
            ErrorCode.JOURNAL_UNAVAILABLE,
            "The journal's file is a database of another program. Set another journal path: "
            "TelehealthWidget.journal.",
        )
    if version > SCHEMA_VERSION:
        raise TelehealthError(
            ErrorCode.JOURNAL_UNAVAILABLE,
            f"This journal was written by a newer version (schema {version}, this one knows "
            f"{SCHEMA_VERSION}). Update telehealth_widget, or set another journal path: "
            "TelehealthWidget.journal.",
        )


def _bring_up(connection: sqlite3.Connection, key_check: bytes) -> None:
    """Make the tables of a new file; check those of an old one, and that the key is theirs."""
    stored = [row[0] for row in connection.execute("SELECT sql FROM sqlite_master") if row[0]]
    if not stored:
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('key', ?)", (key_check,))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
        return
    kept = None
    # Word for word: a changed name of a column would only show when it is read.
    if set(stored) == set(SCHEMA):
        kept = connection.execute("SELECT value FROM meta WHERE name = 'key'").fetchone()
    if kept is None:
        raise _Damaged
    if not hmac.compare_digest(bytes(kept[0]), key_check):
        raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE, _OTHER_KEY)


def means_damage(error: BaseException) -> bool:
    """Whether SQLite found the file itself damaged, rather than full, busy or out of reach."""
    if isinstance(error, UnicodeDecodeError):
        return True  # its message quotes the damaged schema, and Python cannot decode that
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_ERROR and str(error).startswith("no such "):
        return True  # our statements are fixed: what they name was there
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _lenient(raw: bytes) -> str:
    return raw.decode(errors="replace")
