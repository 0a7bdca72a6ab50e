"""The review notebook runs from a fresh kernel, and names nobody."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "07_review.ipynb"


@pytest.fixture(scope="module")
def executed() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of the notebook machinery; the kernel is a process of its own
        from nbclient import NotebookClient

        notebook = nbformat.read(NOTEBOOK, as_version=4)
        client = NotebookClient(notebook, timeout=120, kernel_name="python3")
        client.execute(cwd=str(NOTEBOOK.parent))
    return notebook


def outputs(notebook: Any) -> str:
    return "\n".join(str(cell.get("outputs", "")) for cell in notebook.cells)


def test_every_cell_runs_and_shows_what_it_says(executed: Any) -> None:
    text = outputs(executed)
    assert "values compared, all equal" in text
    assert "image/png" in text
    assert "thw-summary" in text
    assert "first_bad=" in text
    assert "Row " in text
    assert "application/vnd.jupyter.widget-view+json" in text
    assert "syn1_002.html" in text
    assert "'error'" not in text


def test_no_name_is_in_any_output(executed: Any) -> None:
    text = outputs(executed)
    assert "Synthetic client" not in text
    assert "Synthetic provider" not in text


def test_it_is_committed_without_outputs() -> None:
    saved = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in saved.cells)
