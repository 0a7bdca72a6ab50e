"""A guest site and a kernels' door on free ports, with the built front end replaced; usable outside of pytest."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from telehealth_widget.server import guest

from ..server.conftest import Premises


@contextlib.asynccontextmanager
async def open_site(**settings: Any) -> AsyncIterator[Premises]:
    """A running guest site, closed at the end with every socket of it."""
    with tempfile.TemporaryDirectory() as folder:
        static, before = Path(folder), guest.STATIC
        (static / guest.WORDS).mkdir(parents=True)
        (static / guest.WORDS / "es.js").write_text("built es")
        for name, _ in guest.ASSETS.values():
            (static / name).write_text(f"built {name}")
        guest.STATIC = static
        try:
            made = Premises(**settings)
            await made.open()
            try:
                yield made
            finally:
                await made.close()
        finally:
            guest.STATIC = before
