"""One server a journal: the exclusive lock, its owner's note, and where a journal must not lie.

What is inside the journal does not belong here. POSIX: `flock`, which ends with the process,
however it ends. Windows: a lock on one byte far behind the note. Network file systems are known
where the kernel lists its mounts in /proc; elsewhere nothing is refused, and a local disk is up to
the user.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from pathlib import Path

import msgspec

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

MOUNTS = Path("/proc/self/mountinfo")

NETWORK_TYPES = frozenset(
    (
        "9p",
        "acfs",
        "afs",
        "auristorfs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "fhgfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "panfs",
        "pvfs2",
        "smb",
        "smb3",
        "smbfs",
        "vboxsf",
        "wekafs",
    )
)
"""File systems where locks or shared memory may not reach every machine that has the file."""

NETWORK_FUSE = frozenset(
    (
        "ceph",
        "ceph-fuse",
        "davfs",
        "davfs2",
        "gcsfuse",
        "gluster",
        "glusterfs",
        "goofys",
        "juicefs",
        "rclone",
        "s3fs",
        "smbnetfs",
        "sshfs",
        "vmhgfs-fuse",
    )
)
"""The same below `fuse.`."""

_WINDOWS_BYTE = 1 << 30
_NOTE_BYTES = 4096


class Owner(msgspec.Struct, frozen=True):
    """Who holds a journal, as its lock file says."""

    pid: int
    note: str
    """The owner's address or name, for people; may be empty."""
    started_at_ms: int
    """UTC, ms since the epoch."""


class JournalLock:
    """The exclusive right to write a journal; held until `release` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        """Prefer `acquire`."""
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, path: Path, note: str = "") -> JournalLock:
        """Take the lock file (made 0600, never removed) and write who we are into it.

        Raises:
            TelehealthError: JOURNAL_OWNED, naming the owner and the remedy.
            OSError: the file cannot be opened.
        """
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            if not _try_lock(descriptor):
                raise TelehealthError(ErrorCode.JOURNAL_OWNED, _owned(read_owner(path)))
            owner = Owner(pid=os.getpid(), note=note, started_at_ms=time.time_ns() // 1_000_000)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, msgspec.json.encode(owner))
        except BaseException:
            os.close(descriptor)
            raise
        return cls(descriptor)

    def release(self) -> None:
        """Let others in. May be called again."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):  # a note of someone gone only misleads
                os.ftruncate(descriptor, 0)
            if sys.platform == "win32":
                os.lseek(descriptor, _WINDOWS_BYTE, os.SEEK_SET)
                msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
            os.close(descriptor)


def read_owner(path: Path) -> Owner | None:
    """Who the lock file names; None if it says nothing. Does not tell whether they are alive."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_NOTE_BYTES), type=Owner)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def refuse_network(path: Path, mounts: str | None = None) -> None:
    """Refuse a journal on a network file system.

    `mounts`: text in the form of /proc/self/mountinfo; read from there if None.

    Raises:
        TelehealthError: JOURNAL_ON_NETWORK, naming the type and the remedy.
    """
    if mounts is None:
        try:
            mounts = MOUNTS.read_text(errors="surrogateescape")
        except OSError:
            return
    kind = type_at(path, mounts)
    if is_network(kind):
        raise TelehealthError(
            ErrorCode.JOURNAL_ON_NETWORK,
            f"The journal must not lie on a network file system ({kind}): its write-ahead log can "
            "be lost there. Set another journal path on a local disk: TelehealthWidget.journal.",
        )


def is_network(kind: str | None) -> bool:
    """Whether a file system of this type may be shared between machines."""
    if kind is None:
        return False
    return kind in NETWORK_TYPES or (
        kind.startswith("fuse.") and kind.removeprefix("fuse.") in NETWORK_FUSE
    )


def type_at(path: Path, mounts: str) -> str | None:
    """Type of the file system that holds `path` (absolute, symlinks resolved): the longest mount
    point that contains it, of equal ones the last; None if the table has none."""
    best, kind = -1, None
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields, rest = before.split(" "), after.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), rest[0]
    return kind


def _try_lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        os.lseek(descriptor, _WINDOWS_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owned(owner: Owner | None) -> str:
    who = "Another server"
    if owner is not None:
        who += f" (process {owner.pid}{', ' + owner.note if owner.note else ''})"
    return (
        f"{who} keeps this journal. Use that server, or set another journal path: "
        "TelehealthWidget.journal."
    )
