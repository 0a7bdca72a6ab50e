"""The report of a connection test: closed and bounded, since it comes from a page."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from telehealth_widget.protocol.connection import Cause, ConnectionReport, Route, Verdict

FULL = ConnectionReport(
    verdict=Verdict.FAIR,
    causes=(Cause.SLOW_UP, Cause.FAR),
    route=Route.RELAYED,
    rtt_ms=310,
    jitter_ms=4,
    loss_up_percent=0.5,
    loss_down_percent=0.0,
    up_kbps=800,
    down_kbps=4_000,
    camera_width=640,
    camera_height=480,
    camera_fps=20,
    microphone_heard=True,
    speaker_heard=False,
)


def test_a_report_survives_the_way_there() -> None:
    assert msgspec.json.decode(msgspec.json.encode(FULL), type=ConnectionReport) == FULL
    bare = ConnectionReport(Verdict.BLOCKED)
    assert msgspec.json.encode(bare) == b'{"verdict":"blocked"}'


@pytest.mark.parametrize(
    "change",
    [
        {"address": "192.0.2.1"},
        {"verdict": "splendid"},
        {"route": "192.0.2.1"},
        {"causes": ["my house"]},
        {"causes": ["far"] * 5},
        {"rtt_ms": -1},
        {"rtt_ms": 60_001},
        {"rtt_ms": "fast"},
        {"loss_up_percent": 101},
        {"loss_down_percent": -0.1},
        {"up_kbps": 10**9},
        {"camera_width": 20_000},
        {"microphone_heard": 1},
    ],
)
def test_what_is_no_figure_of_a_test_is_refused(change: dict[str, Any]) -> None:
    raw = msgspec.to_builtins(FULL) | change
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw, ConnectionReport)
