"""The benchmarks still run, at toy size. How long anything took is not asked here."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.bench.__main__ import ALL
from tests.bench.figures import Figure, median_of_rounds, percentile, table

IN_A_BROWSER = {
    "first_frame",
    "page",
    "waiting_room",
    "session_room",
    "background",
    "connection_test",
    "replay",
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.browser if n in IN_A_BROWSER else ()) for n in ALL],
)
def test_a_benchmark_gives_its_figures_and_their_floors(name: str, tmp_path: Path) -> None:
    figures = ALL[name].run(tmp_path / "scratch", ALL[name].TOY, 1)
    assert figures
    for figure in figures:
        assert math.isfinite(figure.ours), figure
        assert figure.floor is None or figure.floor >= 0, figure
    assert len({figure.name for figure in figures}) == len(figures)
    assert len(table(figures).splitlines()) == len(figures) + 1


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("slow", 3.1, "ms", 2.0, at_most=1.5), False),
        (Figure("quick", 2.9, "ms", 2.0, at_most=1.5), True),
        (Figure("few", 79, "messages/s", 100, at_least=0.8), False),
        (Figure("many", 80, "messages/s", 100, at_least=0.8), True),
        (Figure("small", 50, "KB", at_most=50), True),
        (Figure("large", 51, "KB", at_most=50), False),
        (Figure("no goal", 51, "KB", 260), None),
    ],
)
def test_a_goal_is_met_or_missed_by_the_ratio_where_there_is_a_floor(
    figure: Figure, met: bool | None
) -> None:
    assert figure.met is met


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile([7.0], 99) == 7
    assert median_of_rounds([[1.0], [2.0], [900.0]], 50) == 2
