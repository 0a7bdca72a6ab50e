"""One JupyterLab and one browser for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .home import shared


@pytest.fixture(scope="package", autouse=True)
def _one_lab_and_browser() -> Iterator[None]:
    with shared():
        yield
