"""Pictures of every gallery screen, and what axe finds on it. Needs `npm run gallery`, Playwright and Chromium.

Usage: python gallery/shoot.py OUT [NAME ...] (only screens whose name contains one of NAME)
"""

from __future__ import annotations

import functools
import http.server
import shutil
import sys
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

DIST = Path(__file__).parent / "dist"
SIZES = {360: 780, 820: 1100, 1440: 900}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the gallery without a log."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def violations(page: Page) -> list[str]:
    """What axe finds, one line each."""
    page.add_script_tag(path=str(DIST / "axe.min.js"))
    # A notebook's page has its own headings and landmarks; a part of it need not repeat them.
    rules = {"page-has-heading-one": {"enabled": "screen=3" not in page.url}}
    result = page.evaluate(
        "rules => axe.run(document, {resultTypes: ['violations'], rules})", rules
    )
    found = [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')[:220]!r}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
    return found


def main() -> int:
    """Shoot and check; returns 1 if axe found anything."""
    out = Path(sys.argv[1])
    wanted = sys.argv[2:]
    out.mkdir(parents=True, exist_ok=True)
    handler = functools.partial(Quiet, directory=str(DIST))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/index.html"
    bad = 0
    with sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio"],
        )
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
            page = context.new_page()
            page.on("pageerror", lambda error: print("ERROR", error))
            page.goto(base)
            names = str(page.locator("html").get_attribute("data-screens")).split()
            for name in names:
                if wanted and not any(part in name for part in wanted):
                    continue
                for width, height in SIZES.items():
                    embedded = name[0] == "3"
                    if embedded and width == 360:
                        width = 512
                    page.set_viewport_size({"width": width, "height": height})
                    page.goto(f"{base}?screen={name}&lab={scheme}")
                    page.wait_for_timeout(450)
                    page.screenshot(path=str(out / f"{name}-{width}-{scheme}.png"))
                    wide = page.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                    )
                    if wide > 0:
                        bad += 1
                        print(f"{name} {width} {scheme}: {wide} px too wide")
                    for line in violations(page):
                        bad += 1
                        print(f"{name} {width} {scheme}: {line}")
        browser.close()
    server.shutdown()
    print(f"{bad} findings")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
