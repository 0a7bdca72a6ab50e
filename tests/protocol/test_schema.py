"""The generated schema is the one that is committed, and says what the codec enforces."""

from __future__ import annotations

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.events import event_types
from telehealth_widget.protocol.schema import TARGET, rendered, wire_schema


def test_the_committed_schema_is_the_one_that_is_generated() -> None:
    assert TARGET.read_text(encoding="utf-8") == rendered(), (
        "js/src/protocol/schema.json is not up to date. Run: make generate"
    )


def test_every_message_command_and_event_has_a_definition() -> None:
    named = set(wire_schema()["$defs"])
    wanted = {
        kind.__name__
        for union in (m.AnyUpward, m.AnyDownward, c.AnyCommand)
        for kind in union.__args__
    } | {kind.__name__ for kind in event_types()}
    assert wanted <= named


def test_no_command_of_the_server_itself_is_on_the_wire() -> None:
    named = set(wire_schema()["$defs"])
    assert not {kind.__name__ for kind in c.SystemCommand.__args__} & named


def test_every_object_is_closed() -> None:
    open_ones = [
        name
        for name, definition in wire_schema()["$defs"].items()
        if definition.get("type") == "object"
        and definition.get("additionalProperties") is not False
    ]
    assert open_ones == []
