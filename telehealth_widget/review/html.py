"""A replay as one HTML file that opens from disk, without a network and without a kernel.

The page is closed by its own policy: only the script and the style that stand in it count, by their hashes, and nothing
can be fetched or sent. Whoever writes the file records the export first (`Replay.to_html` and the command line do).
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

import msgspec

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.replay import ReplayData

STATIC = Path(__file__).parents[1] / "static"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Replay of a session</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<div id="replay"></div>
<noscript>This page needs JavaScript to show the replay.</noscript>
<script type="application/json" id="record">{record}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def page(data: ReplayData) -> str:
    """The whole file. Holds exactly what `data` holds."""
    script, style = _part("offline.js"), _part("offline.css")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )
    # No text of a record can end the element that holds it.
    record = msgspec.json.encode(data).decode().replace("<", "\\u003c")
    return _PAGE.format(policy=policy, style=style, record=record, script=script)


def to_html(data: ReplayData, path: Path | str) -> Path:
    """Write the page; returns its path. An existing file is replaced.

    Raises:
        TelehealthError: BAD_OPTION if it cannot be written.
    """
    target = Path(path)
    try:
        target.write_text(page(data), encoding="utf-8", newline="\n")
    except OSError as error:
        raise TelehealthError(
            ErrorCode.BAD_OPTION, f"{target} cannot be written: {error.strerror}."
        ) from None
    return target


@cache
def _part(name: str) -> str:
    """A built file as it may stand in a page: nothing in it ends its element."""
    text = (STATIC / name).read_text(encoding="utf-8")
    if name.endswith(".js"):
        # Inside of strings and templates, the only places where a program has them, these mean the same.
        text = text.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return text


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
