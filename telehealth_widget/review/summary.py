"""One session on one page of HTML: for a notebook's output, or a file that needs nothing else. Codes, no names."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from telehealth_widget.core.labels import LABELS
from telehealth_widget.protocol.dates import iso
from telehealth_widget.review.measures import Measures, Row, by_phase
from telehealth_widget.review.phases import labels, marks
from telehealth_widget.review.record import SessionRecord

_PERSONS = (
    ("person", "Who"),
    ("role", "Role"),
    ("simulated", "Simulated"),
    ("first_wait_ms", "First wait"),
    ("in_session_ms", "In session"),
    ("talk_ms", "Spoke"),
    ("talk_share", "Talk share"),
    ("turns", "Turns"),
    ("mean_turn_ms", "Mean turn"),
    ("response_latency_ms", "Response latency"),
    ("interruptions", "Interruptions"),
    ("muted_ms", "Muted"),
    ("camera_off_ms", "Camera off"),
    ("share_ms", "Shared"),
    ("chats", "Messages"),
    ("reconnections", "Reconnections"),
    ("rtt_ms", "Round trip"),
)
_SECONDS = frozenset(
    {
        *("first_wait_ms", "in_session_ms", "talk_ms", "muted_ms", "camera_off_ms", "share_ms"),
        *("live_ms", "speech_ms", "overlap_ms", "silence_ms"),
    }
)
_PARTS = (
    ("part", "Part"),
    ("live_ms", "Length"),
    ("speech_ms", "Speech"),
    ("overlap_ms", "Overlap"),
    ("silence_ms", "Silence"),
    ("silences", "Long silences"),
    ("floor_transfers", "Floor transfers"),
    ("median_offset_ms", "Median offset"),
    ("marks", "Marks"),
)

_STYLE = """
.thw-summary{font:14px/1.5 system-ui,sans-serif;color:inherit;max-width:60rem}
.thw-summary table{border-collapse:collapse;margin:.5rem 0 1rem;display:block;overflow-x:auto}
.thw-summary caption{text-align:left;font-weight:600;padding:.25rem 0}
.thw-summary th,.thw-summary td{padding:.25rem .75rem .25rem 0;text-align:right;white-space:nowrap}
.thw-summary th:first-child,.thw-summary td:first-child{text-align:left}
.thw-summary thead th{border-bottom:1px solid currentColor}
"""


class Summary:
    """As the last line of a cell it shows the page; `str()` gives its HTML."""

    def __init__(self, record: SessionRecord) -> None:
        self._record = record

    def __str__(self) -> str:
        """The page as a fragment of HTML."""
        record = self._record
        measures = Measures(record)
        parts = [*measures.sessions(), *measures.sessions(by_phase(record))]
        return (
            f'<style>{_STYLE}</style><section class="thw-summary" aria-label="Summary of a session">'
            f"<h2>Session {html.escape(record.session)}</h2>{self._facts()}"
            f"{_people(measures.persons())}"
            f"{_table('Session and study phases', _PARTS, parts)}"
            f"{self._marks()}</section>"
        )

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"<Summary of session {self._record.session}>"

    def page(self) -> str:
        """A whole document."""
        title = f"Session {html.escape(self._record.session)}"
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width"></head><body><main>{self}</main></body></html>\n'
        )

    def _facts(self) -> str:
        record = self._record
        opened = record.opened_at_ms
        facts = [f"opened {iso(opened)}" if opened is not None and iso(opened) else "no date"]
        facts.append(f"{_duration(record.end_ms)} long" + ("" if record.ended else ", not ended"))
        known = labels(record)
        facts += [f"{x} {known[x]}" for x in LABELS if x in known]
        if record.clock_faults:
            facts.append(f"the clock went back {record.clock_faults} times")
        warning = f"<p><strong>{html.escape(record.problem)}</strong></p>" if record.problem else ""
        return f"<p>{html.escape(' · '.join(facts))}</p>{warning}"

    def _marks(self) -> str:
        rows = [
            {"t": _duration(x.t_ms), "label": x.label}
            for x in marks(self._record)
            if not x.is_structural
        ]
        return _table("Marks", (("t", "At"), ("label", "Label")), rows) if rows else ""


def _people(rows: Sequence[Row]) -> str:
    """Measures down, people across: there are many measures, and few people."""
    columns = [("measure", ""), *((str(i), row["person"]) for i, row in enumerate(rows))]
    turned = [
        {"measure": title, **{str(i): _cell(name, row[name]) for i, row in enumerate(rows)}}
        for name, title in _PERSONS
        if name != "person"
    ]
    return _table("People", columns, turned)


def _table(caption: str, columns: Sequence[tuple[str, str]], rows: Sequence[Row]) -> str:
    head = "".join(f'<th scope="col">{html.escape(title)}</th>' for _, title in columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(_cell(name, row[name]))}</td>" for name, _ in columns)
        + "</tr>"
        for row in rows
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name in _SECONDS:
        return _duration(value)
    if name == "talk_share":
        return f"{value:.0%}"
    return f"{value:,.0f} ms" if name.endswith("_ms") else str(value)


def _duration(t_ms: float) -> str:
    minutes, seconds = divmod(round(t_ms / 1000), 60)
    return f"{minutes}:{seconds:02}"
