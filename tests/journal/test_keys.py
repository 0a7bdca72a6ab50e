"""The keyring and its file."""

from __future__ import annotations

import os

import pytest

from telehealth_widget.journal import keys
from telehealth_widget.journal.keys import Keyring
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

PINNED = "d90656112917dd0bf386384db909bcc37faa1325a1d6360a449b41713f641ff9"
"""`derive("a")` of the secret 00 01 … 1f."""

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def mode_of(path):
    return path.stat().st_mode & 0o777


@posix
def test_a_new_key_file_and_its_folder_are_private_whatever_the_umask(tmp_path):
    path = tmp_path / "new" / "j.key"
    before = os.umask(0)
    try:
        Keyring.open(path)
    finally:
        os.umask(before)
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700
    assert path.stat().st_size == 32
    assert list(path.parent.iterdir()) == [path]


def test_the_same_file_gives_the_same_keyring(tmp_path):
    path = tmp_path / "j.key"
    assert Keyring.open(path).derive("x") == Keyring.open(path).derive("x")
    assert Keyring.open(path).check_value == Keyring.open(path, create=False).check_value


def test_keyrings_in_memory_differ():
    assert Keyring.in_memory().derive("x") != Keyring.in_memory().derive("x")


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused_with_the_command_that_helps(tmp_path, mode):
    path = tmp_path / "j.key"
    Keyring.open(path)
    path.chmod(mode)
    with pytest.raises(TelehealthError) as caught:
        Keyring.open(path)
    assert caught.value.code is ErrorCode.JOURNAL_UNAVAILABLE
    assert f"chmod 600 '{path}'" in str(caught.value)


def test_a_missing_key_of_an_old_journal_is_not_replaced(tmp_path):
    path = tmp_path / "j.key"
    with pytest.raises(TelehealthError, match="key of this journal is missing"):
        Keyring.open(path, create=False)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_file_that_is_no_key_is_refused_and_kept(tmp_path, content):
    path = tmp_path / "j.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(TelehealthError, match="not a key of 32 bytes"):
        Keyring.open(path)
    assert path.read_bytes() == content


def test_a_key_that_cannot_be_read_is_an_error_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TelehealthError, match="cannot be read or made"):
        Keyring.open(tmp_path / "file" / "j.key")


def test_a_rival_that_was_faster_wins(tmp_path, monkeypatch):
    path = tmp_path / "j.key"
    first = Keyring.open(path)
    load, calls = keys._load, []

    def not_there_at_first(path):
        calls.append(path)
        return load(path) if len(calls) > 1 else None

    monkeypatch.setattr(keys, "_load", not_there_at_first)
    assert Keyring.open(path).derive("x") == first.derive("x")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_system_without_hard_links_still_gets_a_key(tmp_path, monkeypatch):
    def no_links(*_):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    first = Keyring.open(tmp_path / "j.key")
    assert Keyring.open(tmp_path / "j.key").derive("x") == first.derive("x")


def test_derived_secrets_have_32_bytes_and_differ_by_purpose():
    ring = Keyring(bytes(range(32)))
    assert len(ring.derive("a")) == 32
    assert len({ring.derive("a"), ring.derive("b"), ring.mac(b"a")}) == 3
    # Pinned: a change here would make every journal unreadable.
    assert ring.derive("a").hex() == PINNED


def test_a_wrapped_key_opens_only_in_its_own_context_and_keyring():
    ring = Keyring.in_memory()
    wrapped = ring.wrap(b"k" * 32, b"context")
    assert len(wrapped) == keys.WRAPPED_BYTES
    assert b"kkkk" not in wrapped
    assert ring.unwrap(wrapped, b"context") == b"k" * 32
    assert ring.unwrap(wrapped, b"other") is None
    assert ring.unwrap(wrapped[:-1], b"context") is None
    assert ring.unwrap(bytes(60), b"context") is None
    assert Keyring.in_memory().unwrap(wrapped, b"context") is None


def test_a_persons_key_is_bound_to_session_and_person():
    ring = Keyring.in_memory()
    wrapped, cipher = ring.new_person_key("s", "p")
    text = cipher.encrypt(bytes(12), b"text", None)
    assert ring.person_key("s", "p", wrapped).decrypt(bytes(12), text, None) == b"text"
    assert ring.person_key("s", "q", wrapped) is None
    assert ring.person_key("t", "p", wrapped) is None


def test_a_keyring_never_shows_its_secret():
    ring = Keyring(b"secret--" * 4)
    assert "secret" not in repr(ring)
    assert "secret" not in str(ring)


def test_a_secret_of_another_length_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")
