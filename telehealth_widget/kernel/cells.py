"""Which cell of the notebook runs just now."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from IPython import get_ipython


@dataclass(frozen=True)
class Run:
    """One run of a cell."""

    cell: str
    """Id of the cell; where the front end tells none, its source."""
    request: str
    """Id of the request that runs it: a new one each time."""


def running() -> Run | None:
    """The run that this call belongs to; None outside of a notebook's cell (a script, a callback, a terminal)."""
    if threading.current_thread() is not threading.main_thread():
        return None
    parent: dict[str, Any] = getattr(get_ipython(), "get_parent", dict)()
    header, content = parent.get("header", {}), parent.get("content", {})
    cell = parent.get("metadata", {}).get("cellId") or content.get("code")
    if header.get("msg_type") != "execute_request" or not cell:
        return None
    return Run(cell, header["msg_id"])
