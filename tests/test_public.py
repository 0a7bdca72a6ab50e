"""The public names, and what importing a part of the package loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

import telehealth_widget


def test_the_public_names_are_these() -> None:
    assert telehealth_widget.__all__ == [
        "CommandRefused",
        "ErrorCode",
        "Replay",
        "Session",
        "TelehealthError",
        "__version__",
    ]
    assert dir(telehealth_widget) == sorted(telehealth_widget.__all__)


def test_every_public_name_is_there() -> None:
    for name in telehealth_widget.__all__:
        assert getattr(telehealth_widget, name) is not None
    with pytest.raises(
        AttributeError, match="module 'telehealth_widget' has no attribute 'Nothing'"
    ):
        telehealth_widget.Nothing  # noqa: B018


def test_jupyter_finds_the_extension() -> None:
    (point,) = telehealth_widget._jupyter_server_extension_points()
    assert point["module"] == "telehealth_widget.server.extension"
    assert point["app"].name == "telehealth_widget"


@pytest.mark.parametrize(
    ("module", "not_loaded"),
    [
        ("telehealth_widget", ["anywidget", "aiortc", "jupyter_server", "msgspec", "tornado"]),
        (
            "telehealth_widget.server.extension",
            ["anywidget", "ipywidgets", "aiortc", "av", "numpy", "telehealth_widget.kernel"],
        ),
        (
            "telehealth_widget.kernel.session",
            [
                "jupyter_server",
                "aiortc",
                "av",
                "sqlite3",
                "telehealth_widget.server",
                "telehealth_widget.rooms",
                "telehealth_widget.journal",
                "telehealth_widget.core",
            ],
        ),
    ],
)
def test_importing_one_side_does_not_load_the_other(module: str, not_loaded: list[str]) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & {set(not_loaded)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == []
