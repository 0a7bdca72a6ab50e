"""`Replay`: a recorded session in the room it took place in, as a widget and as one offline HTML file.

The model shares only where the replay is in time. The record goes to a page as a message when the page asks for it, so
that no notebook saves it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import msgspec
import traitlets

from telehealth_widget.protocol.errors import TelehealthError
from telehealth_widget.protocol.replay import ReplayComment, ReplayData
from telehealth_widget.review import html
from telehealth_widget.review.archive import Archive
from telehealth_widget.review.comments import CommentFile, comment
from telehealth_widget.review.record import SessionRecord
from telehealth_widget.review.scene import scene
from telehealth_widget.review.source import FileSource, JournalSource, Source

SLOWEST, FASTEST = 0.5, 16.0


class _Open:
    """`Replay.open(path)` opens an exported record. On a widget, `open()` is ipywidgets' own, which opens its comm."""

    def __get__(self, replay: Replay | None, of: type[Replay]) -> Callable[..., Any]:
        return of.of_file if replay is None else super(Replay, replay).open


class Replay(anywidget.AnyWidget):
    """A recorded session. As the last line of a cell it shows the room as it was; people are codes and silhouettes.

    `Replay(session_id)` takes it from the journal, `Replay.open("p07.jsonl")` from an exported file.
    """

    _esm = html.STATIC / "replay.js"
    _css = html.STATIC / "replay.css"

    time = traitlets.Int(0).tag(sync=True, echo_update=False)
    """Where the replay is: ms since the session opened, 0 to `end_ms`. Set it to go there."""

    selection = traitlets.Tuple(
        traitlets.Int(), traitlets.Int(), allow_none=True, default_value=None
    ).tag(sync=True)
    """The selected range (from, to) in ms since the session opened, or None."""

    speed = traitlets.Float(1.0).tag(sync=True)
    """Times real time, 0.5 to 16."""

    playing = traitlets.Bool(False).tag(sync=True)
    """Whether it plays, in the pages that show it."""

    def __init__(
        self,
        session: str | Any,
        *,
        journal: Path | str | Archive | None = None,
        names: bool = False,
        comments: Path | str | None = None,
        sound_part: bool = False,
        _source: Source | None = None,
    ) -> None:
        """
        Args:
            session: the session's id (or a `Session`).
            journal: another journal than this user's, or an `Archive` of it.
            names: names and texts instead of codes. That is recorded in the journal, and goes to the page only, never
                into a notebook.
            comments: the file of reviewers' comments; default: `SESSION.comments.jsonl` in the working folder, or
                beside an opened file.
            sound_part: of a record that does not verify show the rows before the first bad one, and say so.

        Raises:
            TelehealthError: UNKNOWN_SESSION, JOURNAL_DAMAGED, JOURNAL_UNAVAILABLE, BAD_OPTION.
        """
        if _source is None:
            wanted = str(getattr(session, "session_id", session))
            archive = journal if isinstance(journal, Archive) else Archive(journal)
            _source = JournalSource(archive, wanted, sound_part=sound_part)
        self._source = _source
        self._names = names
        self._record = _source.load(texts=names, form=None)
        self._check = _source.check(self._record)
        self._comments = CommentFile(comments or _source.comments_path)
        self._comments.read()  # what cannot be read is said here, in the cell
        super().__init__()
        self.on_msg(self._asked)

    open = _Open()
    """`Replay.open("p07.jsonl")`, see `of_file`."""

    @classmethod
    def of_file(
        cls,
        path: Path | str,
        *,
        trusted_key: str | None = None,
        comments: Path | str | None = None,
        sound_part: bool = False,
    ) -> Replay:
        """The replay of an exported record (JSONL), verified with its key.

        Args:
            trusted_key: public key (hex) that must have signed it.
            comments: the file of reviewers' comments; default: beside the file, as `NAME.comments.jsonl`.
            sound_part: of a file that does not verify show the rows before the first bad one, and say so.

        Raises:
            TelehealthError: JOURNAL_DAMAGED, naming the first bad row; JOURNAL_UNAVAILABLE if a newer version wrote
                it; BAD_OPTION if it cannot be read.
        """
        return cls(
            "", comments=comments, _source=FileSource(path, trusted_key, sound_part=sound_part)
        )

    # -- the record ---------------------------------------------------------------------------------

    @property
    def record(self) -> SessionRecord:
        """What is replayed, for measures and tables."""
        return self._record

    @property
    def end_ms(self) -> int:
        """The last moment there is."""
        return self._record.end_ms

    @property
    def comments(self) -> list[ReplayComment]:
        """What reviewers wrote, in order of the moments. Kept in a file, never in the journal."""
        return self._comments.read()

    def comment(self, text: str, t_ms: int | None = None, to_ms: int | None = None) -> None:
        """Comment on a moment or a stretch; without times on the selection, or on where the replay is.

        Raises:
            TelehealthError: BAD_TEXT, BAD_OPTION.
        """
        if t_ms is None:
            t_ms, to_ms = self.selection or (self.time, None)
        self._comments.add(comment(text, t_ms, to_ms))
        self._tell_comments()

    def to_html(self, path: Path | str, *, names: bool = False, comments: bool = False) -> Path:
        """Write the replay as one HTML file that opens from disk, without any network. Returns its path.

        That a copy leaves is recorded in the journal first, and whether names or comments went with it.

        Args:
            names: names and texts instead of codes; only from a journal.
            comments: the reviewers' comments too. They are free text.

        Raises:
            TelehealthError: JOURNAL_UNAVAILABLE if it cannot be recorded: then nothing leaves; BAD_OPTION.
        """
        told: Sequence[ReplayComment] = self.comments if comments else ()
        record = self._source.load(texts=names, form="html", with_comments=bool(told))
        check = self._source.check(record)
        return html.to_html(scene(record, names=names, check=check, comments=told), path)

    # -- the page -----------------------------------------------------------------------------------

    @traitlets.validate("time")
    def _within(self, proposal: Any) -> int:
        return max(0, min(int(proposal["value"]), self._record.end_ms))

    @traitlets.validate("selection")
    def _range(self, proposal: Any) -> tuple[int, int] | None:
        if proposal["value"] is None:
            return None
        ends = sorted(max(0, min(x, self._record.end_ms)) for x in proposal["value"])
        return (ends[0], ends[1]) if ends[0] < ends[1] else None

    @traitlets.validate("speed")
    def _pace(self, proposal: Any) -> float:
        return max(SLOWEST, min(float(proposal["value"]), FASTEST))

    def _scene(self) -> ReplayData:
        comments: list[ReplayComment] = []
        with contextlib.suppress(TelehealthError):  # the replay is more than what is written of it
            comments = self._comments.read()
        return scene(self._record, names=self._names, check=self._check, comments=comments)

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A page asks for the record, or wants a comment kept."""
        match content:
            case {"ask": "record"}:
                self.send({"tell": "record"}, [msgspec.json.encode(self._scene())])
            case {"ask": "comment", "id": int(number), "comment": dict(given)}:
                try:
                    self._comments.add(msgspec.convert(given, ReplayComment))
                except (TelehealthError, msgspec.ValidationError):
                    self.send({"tell": "lost", "id": number})
                else:
                    self.send({"tell": "kept", "id": number})
                    self._tell_comments()

    def _tell_comments(self) -> None:
        self.send({"tell": "comments"}, [msgspec.json.encode(self._comments.read())])

    def __repr__(self) -> str:
        return f"<Replay of {self._record.session}: {self.end_ms / 1000:.0f} s>"
