"""axe-core on what a page shows."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from .lab import ROOT

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source() -> str:
    return (ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js").read_text()


def violations(page: Page, within: str | None = None) -> list[str]:
    """What axe finds, as readable lines; `within` is a selector (in JupyterLab, our own part)."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_source())
    rules = {"region": {"enabled": within is None}}
    found = page.evaluate(
        "async ([within, tags, rules]) => (await window.axe.run(within ?? document, "
        "{ runOnly: { type: 'tag', values: tags }, rules })).violations",
        [within, TAGS, rules],
    )
    return [
        f"{v['id']} ({v['impact']}): {n['html'][:160]} — {n['failureSummary'][:300]}"
        for v in found
        for n in v["nodes"]
    ]
