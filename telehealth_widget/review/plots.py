"""Ready plots, through matplotlib (an extra). Each returns the figure and shows nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Phase
from telehealth_widget.review.intervals import Interval, intervals
from telehealth_widget.review.measures import Measures, by_window
from telehealth_widget.review.phases import marks, study_phases
from telehealth_widget.review.record import SessionRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, QUIET = "#22303c", "#c9d3da"
SHADES = {
    ("phase", Phase.WAITING.value): "#e6b95c",
    ("phase", Phase.ADMITTED.value): "#a9d3c5",
    ("phase", Phase.PAUSED.value): "#d9c2e0",
    ("speaking", "yes"): "#1f6f78",
    ("microphone", "muted"): "#b5533c",
    ("screen", "on"): "#4a6fa5",
}
"""What is drawn of the lanes; told apart by height and legend too, not by colour alone."""

_HEIGHTS = {"phase": 0.8, "speaking": 0.44, "microphone": 0.2, "screen": 0.2}
_OFFSETS = {"phase": 0.0, "speaking": 0.0, "microphone": 0.3, "screen": -0.3}


def timeline(record: SessionRecord) -> Figure:
    """A lane a person: where they stood, when they spoke, were muted, shared; study phases and marks above."""
    figure, axes = _figure(10, 1.4 + 0.8 * max(1, len(record.codes)))
    everybody = list(record.codes)
    drawn: dict[tuple[str, str], Any] = {}
    for one in intervals(record):
        if (one.kind, one.value) in SHADES:
            drawn[one.kind, one.value] = _bar(axes, everybody.index(one.person), one)
    for phase in study_phases(record):
        axes.axvline(phase.from_ms / 60_000, color=INK, linewidth=0.8, linestyle=":")
        axes.text(phase.from_ms / 60_000, -0.75, f" {phase.name}", fontsize=8, color=INK)
    for mark in marks(record):
        if not mark.is_structural:
            axes.plot(mark.t_ms / 60_000, -0.55, marker="v", color=INK, markersize=5)
    axes.set_yticks(range(len(everybody)), [record.codes[x] for x in everybody])
    axes.set_ylim(len(everybody) - 0.4, -1.0)
    axes.set_xlim(0, max(1, record.end_ms) / 60_000)
    axes.set_xlabel("minutes since the session opened")
    if drawn:
        names = [
            value if kind == "phase" else f"{kind} {value}".replace(" yes", "")
            for kind, value in drawn
        ]
        axes.legend(drawn.values(), names, ncols=len(drawn), fontsize=8, frameon=False, loc="upper center",
                    bbox_to_anchor=(0.5, 1.18))  # fmt: skip
    return figure


def talk_over_time(record: SessionRecord, every_s: float = 60) -> Figure:
    """How much of each window each person spoke."""
    figure, axes = _figure(10, 3)
    parts = by_window(record, every_s)
    rows = Measures(record).persons(parts)
    for code in dict.fromkeys(row["person"] for row in rows):
        own = [row for row in rows if row["person"] == code and row["talk_ms"] is not None]
        middles = [(row["from_ms"] + row["to_ms"]) / 120_000 for row in own]
        shares = [row["talk_ms"] / max(1, row["to_ms"] - row["from_ms"]) for row in own]
        axes.plot(middles, shares, label=code, marker="o", markersize=3)
    axes.set_xlabel("minutes since the session opened")
    axes.set_ylabel("share of the window spoken")
    axes.set_ylim(0, 1)
    if axes.lines:
        axes.legend(frameon=False)
    return figure


def offsets(records: Sequence[SessionRecord]) -> Figure:
    """How floor transfer offsets are distributed: overlaps left of 0, gaps right of it."""
    figure, axes = _figure(6, 3)
    values = [
        turn.offset_ms
        for record in records
        for turn in Measures(record).floor.turns
        if turn.offset_ms is not None
    ]
    axes.hist(values, bins=range(-2_000, 3_001, 100), color="#1f6f78")
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_xlabel("floor transfer offset, ms")
    axes.set_ylabel("turns")
    return figure


def _bar(axes: Any, lane: int, one: Interval) -> Any:
    return axes.barh(
        lane + _OFFSETS[one.kind],
        one.length_ms / 60_000,
        left=one.from_ms / 60_000,
        height=_HEIGHTS[one.kind],
        color=SHADES[one.kind, one.value],
    )


def _figure(width: float, height: float) -> tuple[Figure, Any]:
    """A figure of its own that a notebook shows: pyplot, which keeps every figure for ever, is left alone."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise TelehealthError(
            ErrorCode.BAD_OPTION,
            "matplotlib is not installed: pip install 'telehealth-widget[review]'.",
        ) from None

    class Shown(Figure):
        def _repr_png_(self) -> bytes:
            buffer = BytesIO()
            self.savefig(buffer, format="png", dpi=110)
            return buffer.getvalue()

    figure = Shown(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK)
    return figure, axes
