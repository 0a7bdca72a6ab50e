"""What a benchmark hands back, percentiles, facts about the machine, the table. Nothing is measured here."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Figure:
    """One measured thing, beside its floor."""

    name: str
    ours: float
    unit: str
    floor: float | None = None
    """The same thing done with as little as possible, measured in turns with ours; or a named constant."""
    floor_name: str = ""
    at_most: float | None = None
    """Goal for the ratio (or for `ours` where there is no floor)."""
    at_least: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.floor if self.floor else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        value = self.ratio if self.floor else self.ours
        if value is None or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or value <= self.at_most) and (
            self.at_least is None or value >= self.at_least
        )

    def as_json(self) -> dict[str, Any]:
        ratio = self.ratio
        return {
            **asdict(self),
            "ours": rounded(self.ours),
            "floor": None if self.floor is None else rounded(self.floor),
            "ratio": None if ratio is None else rounded(ratio),
            "met": self.met,
        }


def rounded(value: float) -> float:
    """Four significant digits."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, max(0, 3 - math.floor(math.log10(abs(value)))))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def median_of_rounds(rounds: Sequence[Sequence[float]], percent: float) -> float:
    """The median over rounds of each round's percentile: one disturbed round does not carry the figure."""
    return statistics.median(percentile(r, percent) for r in rounds)


def machine(folder: Path) -> dict[str, Any]:
    """What the figures depend on. `folder`: where the journals of the run stand."""
    return {
        "cpus": os.cpu_count(),
        "cpu": _cpu_model(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_at_start": [round(x, 2) for x in os.getloadavg()],
        "file_system": _file_system(folder),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{
            name: importlib.metadata.version(name)
            for name in ("tornado", "msgspec", "cryptography", "playwright", "telehealth-widget")
        },
    }


def _cpu_model() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def _file_system(folder: Path) -> str:
    where = str(folder.resolve())
    mounts = [p for p in psutil.disk_partitions(all=True) if where.startswith(p.mountpoint)]
    return max(mounts, key=lambda p: len(p.mountpoint)).fstype if mounts else ""


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text."""
    lines = [("", "ours", "floor", "ratio", "goal", "")]
    for figure in figures:
        goal = ""
        if figure.at_most is not None:
            goal = f"≤ {figure.at_most:g}"
        elif figure.at_least is not None:
            goal = f"≥ {figure.at_least:g}"
        if goal:
            goal += "×" if figure.floor else f" {figure.unit}"
        lines.append(
            (
                figure.name,
                f"{rounded(figure.ours):g} {figure.unit}",
                f"{rounded(figure.floor):g} {figure.unit}" if figure.floor else "",
                f"{figure.ratio:.2f}×" if figure.ratio is not None else "",
                goal,
                {True: "met", False: "MISSED", None: ""}[figure.met],
            )
        )
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i in (0, 5) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
