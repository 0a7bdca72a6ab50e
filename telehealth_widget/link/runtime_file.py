"""The file by which kernels find the room server of their user: who it is, and how to knock.

Mode 0600 in Jupyter's runtime folder; it holds the host token, so it is never logged and never synced.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

ENVIRONMENT = "TELEHEALTH_WIDGET_RUNTIME"
"""Names the runtime file to kernels that the server starts. Holds a path, never a token."""

_PREFIX = "telehealth_widget-"


@dataclass(frozen=True)
class RuntimeFile:
    """What a kernel needs to reach the server."""

    pid: int
    door: str | None
    """`http://127.0.0.1:PORT` of the kernels' door; None if the server could not start."""
    token: str | None
    """The host token; worth nothing after this server stops."""
    guest_site: str | None
    """Public address of the guest site."""
    problem_code: str | None = None
    problem: str | None = None
    """Why there is no door, in a sentence that says what to do."""
    journal: str | None = None
    """Path of the journal that the server owns; other programs of this user may read it."""

    def __repr__(self) -> str:
        return f"RuntimeFile(pid={self.pid}, door={self.door!r})"


def path_for(pid: int) -> Path:
    """Where the server of this process id keeps its file."""
    return Path(jupyter_runtime_dir()) / f"{_PREFIX}{pid}.json"


def write(found: RuntimeFile) -> Path:
    """Write the file with mode 0600, whole or not at all."""
    path = path_for(found.pid)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(found), file)
    os.replace(part, path)
    return path


def read(path: Path) -> RuntimeFile | None:
    """The file's content, or None if it is gone, half written or of a process that is gone."""
    try:
        found = RuntimeFile(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if _is_running(found.pid) else None


def remove(pid: int) -> None:
    """The server stops."""
    path_for(pid).unlink(missing_ok=True)


def all_running() -> list[RuntimeFile]:
    """Every room server of this user on this machine."""
    folder = Path(jupyter_runtime_dir())
    found = (read(path) for path in sorted(folder.glob(f"{_PREFIX}*.json")))
    return [x for x in found if x is not None]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
