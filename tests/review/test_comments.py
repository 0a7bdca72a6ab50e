"""Reviewers' comments: a file beside the record."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.replay import ReplayComment
from telehealth_widget.review import comments
from telehealth_widget.review.comments import MAX_CHARACTERS, CommentFile, comment


def test_comments_come_back_in_order_of_their_moments(tmp_path: Path) -> None:
    kept = CommentFile(tmp_path / "c.jsonl")
    assert kept.read() == []
    later = comment("The repair", 9_000, 12_000)
    kept.add(later)
    kept.add(ReplayComment(t_ms=1_000, text="  Look here\n", at_ms=5))
    assert kept.read() == [ReplayComment(t_ms=1_000, text="Look here", at_ms=5), later]
    assert len((tmp_path / "c.jsonl").read_text().splitlines()) == 2


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    kept = CommentFile(tmp_path / "c.jsonl")
    kept.add(comment("Mine", 1))
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (comment(" ", 1), ErrorCode.BAD_TEXT),
        (comment("x" * (MAX_CHARACTERS + 1), 1), ErrorCode.BAD_TEXT),
        (comment("x", -1), ErrorCode.BAD_OPTION),
        (comment("x", 5, 5), ErrorCode.BAD_OPTION),
    ],
)
def test_what_is_no_comment_is_refused(
    tmp_path: Path, given: ReplayComment, code: ErrorCode
) -> None:
    kept = CommentFile(tmp_path / "c.jsonl")
    with pytest.raises(TelehealthError) as caught:
        kept.add(given)
    assert caught.value.code is code
    assert not kept.path.exists()


def test_a_full_file_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comments, "MAX_COMMENTS", 1)
    kept = CommentFile(tmp_path / "c.jsonl")
    kept.add(comment("One", 1))
    with pytest.raises(TelehealthError, match="already"):
        kept.add(comment("Two", 2))


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("my notes\n")
    with pytest.raises(TelehealthError, match="something else than comments"):
        CommentFile(path).add(comment("x", 1))
    assert path.read_text() == "my notes\n"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(TelehealthError, match="cannot be read"):
        CommentFile(tmp_path).read()
    with pytest.raises(TelehealthError, match="cannot be written"):
        CommentFile(tmp_path / "missing" / "c.jsonl").add(comment("x", 1))
