"""Who may open a journal, and where it may lie."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from telehealth_widget.journal.lock import (
    JournalLock,
    is_network,
    read_owner,
    refuse_network,
    type_at,
)
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

MOUNTS = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:40 / /home rw,relatime shared:1 master:2 - nfs4 server:/home rw,vers=4.2
31 30 254:1 / /home/ada/local rw,relatime - xfs /dev/vdb rw
32 27 0:41 / /mnt/My\040Share rw - cifs //server/share rw
33 27 0:42 / /mnt/ssh rw - fuse.sshfs ada@server:/ rw
34 27 0:43 / /mnt/twice rw - ext4 /dev/vdc rw
35 27 0:44 / /mnt/twice rw - 9p host rw
36 27 0:45 / /mnt/usb rw - fuseblk /dev/sda1 rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/journal.db", "ext4"),
        ("/home/ada/journal.db", "nfs4"),
        ("/home/ada/local/journal.db", "xfs"),
        ("/home/ada/locally/journal.db", "nfs4"),
        ("/homestead/journal.db", "ext4"),
        ("/mnt/My Share/journal.db", "cifs"),
        ("/mnt/ssh/x/y/journal.db", "fuse.sshfs"),
        ("/mnt/twice/journal.db", "9p"),
        ("/mnt/usb/journal.db", "fuseblk"),
    ],
)
def test_the_longest_mount_point_tells_the_file_system(path, kind):
    assert type_at(Path(path), MOUNTS) == kind


def test_a_table_without_a_fitting_mount_tells_nothing():
    assert type_at(Path("/x"), "") is None
    refuse_network(Path("/x"), "")


@pytest.mark.parametrize(
    "kind",
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "fuse.sshfs",
        "fuse.glusterfs",
        "lustre",
        "ceph",
        "afs",
    ],
)
def test_network_file_systems_are_recognised(kind):
    assert is_network(kind)


@pytest.mark.parametrize(
    "kind", [None, "ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk", "fuse.mergerfs", "zfs"]
)
def test_local_file_systems_are_not_refused(kind):
    assert not is_network(kind)


def test_a_journal_on_the_network_is_refused_with_the_remedy():
    with pytest.raises(TelehealthError) as caught:
        refuse_network(Path("/home/ada/journal.db"), MOUNTS)
    assert caught.value.code is ErrorCode.JOURNAL_ON_NETWORK
    assert "nfs4" in str(caught.value)
    assert "TelehealthWidget.journal" in str(caught.value)
    refuse_network(Path("/home/ada/local/journal.db"), MOUNTS)


def test_without_a_mount_table_nothing_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("telehealth_widget.journal.lock.MOUNTS", tmp_path / "none")
    refuse_network(Path("/home/ada/journal.db"))


def test_a_second_opener_learns_who_the_owner_is_and_what_to_do(tmp_path):
    path = tmp_path / "j.lock"
    lock = JournalLock.acquire(path, "http://localhost:8888/")
    with pytest.raises(TelehealthError) as caught:
        JournalLock.acquire(path, "another")
    assert caught.value.code is ErrorCode.JOURNAL_OWNED
    sentence = str(caught.value)
    assert f"process {os.getpid()}, http://localhost:8888/" in sentence
    assert "TelehealthWidget.journal" in sentence
    lock.release()


def test_the_note_is_private_and_says_who(tmp_path):
    path = tmp_path / "j.lock"
    lock = JournalLock.acquire(path, "note")
    owner = read_owner(path)
    assert (owner.pid, owner.note) == (os.getpid(), "note")
    assert owner.started_at_ms > 1_600_000_000_000
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    lock.release()


def test_a_released_lock_can_be_taken_and_names_nobody(tmp_path):
    path = tmp_path / "j.lock"
    lock = JournalLock.acquire(path)
    lock.release()
    lock.release()
    assert read_owner(path) is None
    JournalLock.acquire(path).release()


def test_an_owner_who_left_no_note_is_still_an_owner(tmp_path):
    path = tmp_path / "j.lock"
    lock = JournalLock.acquire(path)
    path.write_text("{")
    with pytest.raises(TelehealthError, match=r"^Another server keeps this journal\."):
        JournalLock.acquire(path)
    lock.release()


def test_nobody_owns_a_lock_file_that_is_not_there(tmp_path):
    assert read_owner(tmp_path / "none") is None


def test_a_killed_owner_leaves_no_lock_behind(tmp_path):
    path = tmp_path / "j.lock"
    code = (
        "import sys, time; from pathlib import Path\n"
        "from telehealth_widget.journal.lock import JournalLock\n"
        "lock = JournalLock.acquire(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as owner:
        assert owner.stdout.readline() == b"held\n"
        with pytest.raises(TelehealthError, match=f"process {owner.pid}"):
            JournalLock.acquire(path)
        owner.kill()
    lock = JournalLock.acquire(path)
    assert read_owner(path).pid == os.getpid()
    lock.release()


ROOT = Path(__file__).parents[2]
