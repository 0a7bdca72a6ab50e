"""JSON Schema of everything on the wire, from the msgspec types: the one source for TypeScript.

`python -m telehealth_widget.protocol.schema` writes `js/src/protocol/schema.json`; `npm run generate` in `js/`
makes `types.ts` from it (`make generate` does both). A test regenerates both and compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from telehealth_widget.protocol.errors import ErrorCode
from telehealth_widget.protocol.events import Record
from telehealth_widget.protocol.messages import AnyDownward, AnyUpward
from telehealth_widget.protocol.replay import ReplayData

TARGET = Path(__file__).parents[2] / "js" / "src" / "protocol" / "schema.json"


def wire_schema() -> dict[str, Any]:
    """One schema whose `$defs` hold every message, row, command and event, and what a replay shows."""
    (upward, downward, *_), definitions = msgspec.json.schema_components(
        [AnyUpward, AnyDownward, Record, ErrorCode, ReplayData],
        ref_template="#/$defs/{name}",
    )
    upward.pop("discriminator", None)
    downward.pop("discriminator", None)
    for definition in definitions.values():
        _plain(definition)
    definitions["AnyUpward"] = {"title": "AnyUpward", **upward}
    definitions["AnyDownward"] = {"title": "AnyDownward", **downward}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wire",
        "type": "object",
        "properties": {
            "upward": {"$ref": "#/$defs/AnyUpward"},
            "downward": {"$ref": "#/$defs/AnyDownward"},
        },
        "required": ["upward", "downward"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _plain(node: Any) -> None:
    """Drop what a TypeScript type cannot say (lengths of arrays become tuples, discriminators repeat the tag)."""
    if isinstance(node, dict):
        for key in ("discriminator", "maxItems", "minItems", "default"):
            if (key in node and not isinstance(node[key], dict | list)) or key == "discriminator":
                node.pop(key, None)
        if node.get("type") == "object" and "properties" in node:
            node["additionalProperties"] = False
        for value in node.values():
            _plain(value)
    elif isinstance(node, list):
        for value in node:
            _plain(value)


def rendered() -> str:
    """The text of `schema.json`."""
    return json.dumps(wire_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(rendered())
    print(f"wrote {TARGET}")
