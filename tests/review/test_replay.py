"""The replay widget: what its model shares, what a page is told, and what never gets into a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from telehealth_widget import Replay
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import RecordExported
from telehealth_widget.protocol.replay import ReplayComment, ReplayData
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.exports.folder import Options, export_folder

SESSION = "syn7_001"
NAMES = ("Synthetic client", "Synthetic provider", "A synthetic note")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, list[bytes]]]:
    """What the kernel sent to pages."""
    found: list[tuple[Any, list[bytes]]] = []

    def send(self: Replay, content: Any, buffers: Any = None) -> None:
        found.append((content, buffers or []))

    monkeypatch.setattr(Replay, "send", send)
    return found


@pytest.fixture
def replay(own_archive: Archive, tmp_path: Path) -> Replay:
    return Replay(SESSION, journal=own_archive, comments=tmp_path / "c.jsonl")


def ask(replay: Replay, content: Any) -> None:
    replay._handle_custom_msg(content, [])


def test_a_page_gets_the_record_when_it_asks(
    replay: Replay, sent: list[tuple[Any, list[bytes]]]
) -> None:
    ask(replay, {"ask": "record"})
    ((content, (document,)),) = sent
    data = msgspec.json.decode(document, type=ReplayData)
    assert content == {"tell": "record"}
    assert (data.session, data.end_ms, data.names) == (SESSION, replay.end_ms, False)
    assert data.check is not None
    assert data.check.ok
    assert not any(name in document.decode() for name in NAMES)


def test_the_model_holds_nothing_of_the_record(own_archive: Archive) -> None:
    replay = Replay(SESSION, journal=own_archive, names=True)
    state = {k: v for k, v in replay.get_state().items() if k not in ("_esm", "_css")}
    text = json.dumps(state, default=str) + repr(replay) + json.dumps(replay._repr_mimebundle_()[0])
    for canary in (*NAMES, "P01", "T1"):
        assert canary not in text


def test_names_go_to_a_page_only_when_asked_for_and_that_is_recorded(
    own_archive: Archive, sent: list[tuple[Any, list[bytes]]]
) -> None:
    replay = Replay(SESSION, journal=own_archive, names=True)
    ask(replay, {"ask": "record"})
    assert "Synthetic client" in sent[0][1][0].decode()
    last = own_archive.load(SESSION).records[-1].body
    assert last == RecordExported(form="view", texts=True)


def test_time_selection_and_speed_stay_within_the_session(replay: Replay) -> None:
    replay.time = -5
    assert replay.time == 0
    replay.time = 10**12
    assert replay.time == replay.end_ms
    replay.selection = (9_000, 4_000)
    assert replay.selection == (4_000, 9_000)
    replay.selection = (5, 5)
    assert replay.selection is None
    replay.selection = (-1, 10**12)
    assert replay.selection == (0, replay.end_ms)
    replay.speed = 100
    assert replay.speed == 16


def test_comments_go_to_their_file_and_to_every_page(
    replay: Replay, sent: list[tuple[Any, list[bytes]]], own_archive: Archive
) -> None:
    rows = len(own_archive.load(SESSION))
    given = {"t_ms": 3_000, "text": "Look here", "at_ms": 1}
    ask(replay, {"ask": "comment", "id": 1, "comment": given})
    assert [x for x, _ in sent] == [{"tell": "kept", "id": 1}, {"tell": "comments"}]
    replay.selection = (4_000, 6_000)
    replay.comment("And here")
    assert [(x.t_ms, x.to_ms, x.text) for x in replay.comments] == [
        (3_000, None, "Look here"),
        (4_000, 6_000, "And here"),
    ]
    assert len(own_archive.load(SESSION)) == rows, "nothing of it is in the journal"


@pytest.mark.parametrize(
    "content",
    [
        {"ask": "comment", "id": 1, "comment": {"t_ms": 1, "text": "", "at_ms": 1}},
        {"ask": "comment", "id": 1, "comment": {"t_ms": "x"}},
    ],
)
def test_what_is_no_comment_is_answered_so(
    replay: Replay, sent: list[tuple[Any, list[bytes]]], content: Any
) -> None:
    ask(replay, content)
    assert [x for x, _ in sent] == [{"tell": "lost", "id": 1}]
    assert replay.comments == []


@pytest.mark.parametrize("content", [None, 5, {}, {"ask": "files"}, {"ask": "comment", "id": "1"}])
def test_other_messages_are_ignored(
    replay: Replay, sent: list[tuple[Any, list[bytes]]], content: Any
) -> None:
    ask(replay, content)
    assert sent == []


def test_an_exported_file_is_replayed_without_a_journal(
    own_archive: Archive, tmp_path: Path
) -> None:
    folder = export_folder(own_archive, [SESSION], tmp_path / "out", Options(forms=("jsonl",)))
    path = folder / "sessions" / SESSION / "record.jsonl"
    own_archive.path.unlink()
    replay = Replay.open(path, trusted_key=own_archive.public_key)
    assert replay.record.session == SESSION
    page = replay.to_html(tmp_path / "p.html").read_text()
    assert f'"session":"{SESSION}"' in page
    with pytest.raises(TelehealthError, match="holds no names"):
        replay.to_html(tmp_path / "q.html", names=True)
    assert not (tmp_path / "q.html").exists()


def test_a_file_is_recorded_first_and_comments_go_only_when_asked_for(
    replay: Replay, own_archive: Archive, tmp_path: Path
) -> None:
    replay.comment("Free words", 1_000)
    plain = replay.to_html(tmp_path / "p.html").read_text()
    full = replay.to_html(tmp_path / "q.html", names=True, comments=True).read_text()
    assert "Free words" not in plain
    assert not any(name in plain for name in NAMES)
    assert "Free words" in full
    assert "Synthetic client" in full
    replay.to_html(tmp_path / "r.html", comments=True)
    left = [x.body for x in own_archive.load(SESSION).records][-3:]
    texts = [False, True, True]  # comments are free text, whomever they name
    assert left == [RecordExported("html", x) for x in texts]


def test_what_cannot_be_recorded_does_not_leave(
    replay: Replay, own_archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise TelehealthError(ErrorCode.JOURNAL_UNAVAILABLE)

    monkeypatch.setattr(own_archive, "note_export", refuse)
    with pytest.raises(TelehealthError):
        replay.to_html(tmp_path / "p.html")
    assert not (tmp_path / "p.html").exists()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda archive: Replay("s_none", journal=archive), ErrorCode.UNKNOWN_SESSION),
        (lambda archive: Replay.open("missing.jsonl"), ErrorCode.BAD_OPTION),
    ],
)
def test_what_is_not_there_is_said(
    archive: Archive, make: Callable[[Archive], Replay], code: ErrorCode
) -> None:
    with pytest.raises(TelehealthError) as caught:
        make(archive)
    assert caught.value.code is code


def test_comments_of_a_page_are_of_their_type() -> None:
    assert msgspec.convert({"t_ms": 1, "text": "x", "at_ms": 2}, ReplayComment).to_ms is None
