"""How fast a replay's page follows a scrub, and how large its file is: 50 minutes, three people."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from telehealth_widget.review.html import to_html
from telehealth_widget.review.scene import scene
from tests.bench.figures import Figure, percentile
from tests.browser.lab import chromium
from tests.review.test_html import three_people

SCRUB = """
async (frames) => {
  const slider = document.querySelector("input[type=range]");
  const end = Number(slider.max);
  const next = () => new Promise((done) => requestAnimationFrame(done));
  const gaps = [];
  let before = await next();
  for (let i = 0; i < frames; i++) {
    slider.value = String(Math.round(end * (0.5 - 0.5 * Math.cos((i / frames) * 6.283))));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const now = await next();
    gaps.push(now - before);
    before = now;
  }
  return gaps;
}
"""
"""Moves the slider through the whole session and back, once a frame; tells the time between frames, ms."""


@dataclass(frozen=True)
class Sizes:
    rounds: int = 3
    frames: int = 600


TOY = Sizes(rounds=1, frames=20)


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    folder.mkdir(parents=True, exist_ok=True)
    page_file = to_html(scene(three_people()), folder / "replay.html")
    rates, worst = [], []
    with sync_playwright() as running:
        browser = chromium(running)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(page_file.resolve().as_uri())
        page.get_by_role("slider", name="Time").wait_for()
        for _ in range(sizes.rounds):
            gaps = page.evaluate(SCRUB, sizes.frames)
            rates.append(1000 * len(gaps) / sum(gaps))
            worst.append(percentile(gaps, 95))
        browser.close()
    return [
        Figure("scrubbing a replay", statistics.median(rates), "frames/s", at_least=50),
        Figure("scrubbing a replay, time between frames, p95", statistics.median(worst), "ms"),
        Figure(
            "offline replay of 50 minutes, three people",
            page_file.stat().st_size / 1024,
            "KB",
            at_most=500,
        ),
    ]
