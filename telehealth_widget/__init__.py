"""A telehealth video session inside a Jupyter notebook.

`from telehealth_widget import Session` in a cell; see notebooks/01_first_session.ipynb. Names are loaded when
they are asked for: the Jupyter server never loads the widget, a kernel never loads the server.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telehealth_widget.kernel.session import Session
    from telehealth_widget.protocol.errors import CommandRefused, ErrorCode, TelehealthError
    from telehealth_widget.review.replay import Replay

__version__ = "0.1.0"

_HOMES = {
    "Replay": "telehealth_widget.review.replay",
    "Session": "telehealth_widget.kernel.session",
    "CommandRefused": "telehealth_widget.protocol.errors",
    "ErrorCode": "telehealth_widget.protocol.errors",
    "TelehealthError": "telehealth_widget.protocol.errors",
}

__all__ = ["CommandRefused", "ErrorCode", "Replay", "Session", "TelehealthError", "__version__"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Where the Jupyter server finds the extension."""
    extension = import_module("telehealth_widget.server.extension")
    return [{"module": "telehealth_widget.server.extension", "app": extension.TelehealthWidget}]
