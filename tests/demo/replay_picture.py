"""The picture of a replay in the README: `python -m tests.demo.replay_picture notebooks/pictures/replay.jpg`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from telehealth_widget.review.archive import Archive
from telehealth_widget.review.html import to_html
from telehealth_widget.review.scene import scene
from telehealth_widget.review.source import JournalSource
from telehealth_widget.review.synthetic import write
from tests.browser.lab import chromium

SESSION = "syn1_002"
MOMENT_MS = 8 * 60_000


def shoot(browser: Browser, target: Path) -> None:
    """One moment of the synthetic study, as its offline page shows it."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder, seed=1)
        archive = Archive(Path(folder) / "journal.sqlite3")
        source = JournalSource(archive, SESSION)
        record = source.load(texts=False, form=None)
        page = browser.new_page(
            viewport={"width": 1200, "height": 720}, color_scheme="light", locale="en-GB"
        )
        html = to_html(scene(record, check=source.check(record)), Path(folder) / "replay.html")
        page.goto(html.as_uri())
        page.get_by_role("slider", name="Time").fill(str(MOMENT_MS))
        page.get_by_role("button", name="Next event").click()
        page.screenshot(path=str(target), type="jpeg", quality=60)
        page.close()


if __name__ == "__main__":
    with sync_playwright() as running:
        shoot(chromium(running), Path(sys.argv[1]))
