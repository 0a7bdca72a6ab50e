"""Drafts to rows and back."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telehealth_widget.journal import rows
from telehealth_widget.journal.chain import Row, genesis, link
from telehealth_widget.protocol import codec
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.events import Sealed

CIPHER = AESGCM(bytes(32))


def prepared(drafts, head=None):
    return rows.prepare("s", head or genesis("s"), drafts, lambda owner: CIPHER)


def test_drafts_are_numbered_and_chained_onto_the_head(make):
    one = prepared([make.ready(1)])
    two = prepared([make.ready(2), make.ready(3)], one.head)
    assert [row.n for row in one.rows + two.rows] == [1, 2, 3]
    assert two.rows[0].hash == link(one.head.hash, two.rows[0].record)
    assert two.head == (3, two.rows[-1].hash)


def test_the_callers_records_are_plain_and_the_stored_ones_sealed(make):
    made = prepared([make.named("Ada")])
    assert made.records[0].body.name == "Ada"
    stored = codec.decode_record(made.rows[0].record)
    assert isinstance(stored.body.name, Sealed)
    assert stored.body.name.row == made.personal[0].row


def test_a_stored_record_is_the_encoding_of_the_record_itself(make):
    made = prepared([make.ready()])
    assert made.rows[0].record == codec.encode(made.records[0])


def test_restoring_gives_the_callers_record_again(make):
    made = prepared([make.ready(), make.named("Ada")])
    texts = {text.row: text for text in made.personal}
    again = [rows.restore("s", row.record, texts.get, lambda o: CIPHER) for row in made.rows]
    assert again == list(made.records)


@pytest.mark.parametrize("stored", [b"", b"{}", b'{"body":{"event":"Unheard"}}', b"\xff"])
def test_bytes_that_are_no_record_are_damage(stored):
    with pytest.raises(TelehealthError) as caught:
        rows.restore("s", stored, lambda row: None, lambda owner: None)
    assert caught.value.code is ErrorCode.JOURNAL_DAMAGED


def test_side_entries_must_be_findable(make):
    good = [make.invite(b"t"), make.resume(b"t"), make.resume(b"t", b"u"), make.seat("c")]
    rows.check_side("s", good)
    with pytest.raises(ValueError, match="another session"):
        rows.check_side("other", [make.invite(b"t")])
    short = make.resume(b"t", b"u")
    for changes in ({"hash": b"short"}, {"previous": b"short"}, {"hash": "x" * 32}):
        entry = type(short)(**{f: getattr(short, f) for f in short.__struct_fields__} | changes)
        with pytest.raises(ValueError, match="32 bytes"):
            rows.check_side("s", [entry])


def test_times_are_read_from_records_of_any_version():
    assert rows.times_of(b'{"t_ms":5,"at_ms":6,"body":{"event":"Unheard"},"new":1}').t_ms == 5
    for damaged in (None, b"", b"[", b'{"t_ms":"x"}', b"\xff"):
        assert rows.times_of(damaged) == rows.Times(0, 0)


def test_inspection_passes_over_rows_without_sealed_text(make):
    inspect = rows.inspector(lambda row: None, lambda owner: "no key")
    assert inspect(prepared([make.ready()]).rows[0]) is None
    label = Row(1, b'{"body":{"event":"MarkPlaced","label":"\\"sha256\\""}}', b"")
    assert inspect(label) is None
