"""Old shapes of stored records to the current one. Every reader goes through `current`.

Stored bytes are never rewritten: the chain covers them. To rename an event or change its shape, add
an entry to `UPCASTS` and keep a stored sample of the old shape in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes an old body (with its `event` tag) and returns the body one step newer."""

UPCASTS: Mapping[str, Upcast] = {}
"""Old tag → the step to the next shape. One that keeps the tag must accept the new shape too."""


def current(stored: bytes, upcasts: Mapping[str, Upcast] = UPCASTS) -> bytes:
    """The record's bytes in the shape that `codec.decode_record` knows.

    Raises:
        msgspec.DecodeError: not a record at all.
    """
    if not upcasts:
        return stored
    record = msgspec.json.decode(stored, type=dict[str, Any])
    body = record.get("body")
    seen: set[str] = set()
    while isinstance(body, dict):
        tag = body.get("event")
        if not isinstance(tag, str) or tag in seen or tag not in upcasts:
            break
        seen.add(tag)
        body = upcasts[tag](body)
    if not seen:
        return stored
    return msgspec.json.encode({**record, "body": body})
