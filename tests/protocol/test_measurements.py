"""Measurements ride in records, and old records still read."""

from __future__ import annotations

import msgspec
import pytest

from telehealth_widget.protocol.codec import decode_record, encode
from telehealth_widget.protocol.events import Record, event_types
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.protocol.measurements import (
    Measurement,
    QualityMeasured,
    Span,
    VoiceMeasured,
    measurement_types,
)


@pytest.mark.parametrize(
    "body",
    [
        VoiceMeasured("p_1", (Span(0, 400), Span(900, 1_200))),
        QualityMeasured("p_1", Span(0, 10_000), rtt_ms=31.5, loss=0.0),
    ],
)
def test_a_record_with_a_measurement_comes_back_as_it_was(body: Measurement) -> None:
    record = Record("s_1", 3, 1_300, 10**12, "p_1", Via.PAGE, body)
    assert decode_record(encode(record)) == record


def test_no_measurement_has_the_name_of_an_event_nor_holds_text() -> None:
    names = {kind.__name__ for kind in measurement_types()}
    assert not names & {kind.__name__ for kind in event_types()}
    for kind in measurement_types():
        assert kind.personal_fields == {}
        assert kind.__struct_config__.frozen
        assert kind.__struct_config__.forbid_unknown_fields
        texts = {x.name for x in msgspec.structs.fields(kind) if x.type is str}
        assert texts == {"person"}


def test_an_unknown_field_is_refused() -> None:
    stored = encode(Record("s_1", 1, 0, 0, "p_1", Via.PAGE, VoiceMeasured("p_1", ())))
    with pytest.raises(msgspec.ValidationError):
        decode_record(stored.replace(b'"spans"', b'"text":"x","spans"'))
