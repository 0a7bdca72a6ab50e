"""Sealing and unsealing single events."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from telehealth_widget.journal.seal import seal, unseal
from telehealth_widget.protocol.events import (
    OF_SESSION,
    MarkPlaced,
    PersonAdmitted,
    PersonDeclined,
    PersonNamed,
    Sealed,
    event_types,
)

CIPHERS = {owner: AESGCM(bytes([i]) * 32) for i, owner in enumerate(("p_a", "p_b", OF_SESSION))}


def sealed_name(name="Ada", person="p_a"):
    event, rows = seal("s", PersonNamed(person=person, name=name), CIPHERS.__getitem__)
    return event, rows[0]


def test_a_sealed_event_names_the_row_and_the_hash_of_its_ciphertext():
    event, row = sealed_name()
    assert event.name == Sealed(row=row.row, sha256=sha256(row.ciphertext).hexdigest())
    assert (row.session, row.owner) == ("s", "p_a")
    assert b"Ada" not in row.ciphertext
    assert len(row.ciphertext) == 12 + 3 + 16


def test_what_was_sealed_opens_again():
    event, row = sealed_name("Zoë 🙂")
    opened = unseal("s", event, {row.row: row}.get, CIPHERS.get)
    assert opened == PersonNamed(person="p_a", name="Zoë 🙂")


def test_the_same_text_never_gives_the_same_row_twice():
    (_, one), (_, two) = sealed_name(), sealed_name()
    assert one.row != two.row
    assert one.ciphertext != two.ciphertext


def test_text_of_no_single_person_is_under_the_key_of_the_session():
    _, rows = seal("s", MarkPlaced(label="cue", note="text"), CIPHERS.__getitem__)
    assert [row.owner for row in rows] == [OF_SESSION]


@pytest.mark.parametrize(
    "event",
    [
        PersonAdmitted(person="p_a"),
        PersonDeclined(person="p_a", reason=None),
        PersonNamed(person="p_a", name=Sealed(row="r", sha256="0")),
    ],
)
def test_events_without_plain_text_stay_and_ask_for_no_key(event):
    def no_key(owner):
        raise AssertionError(owner)

    sealed, rows = seal("s", event, no_key)
    assert sealed is event
    assert rows == ()


def test_a_text_opens_only_in_its_session_row_and_for_its_person():
    event, row = sealed_name()
    find = {row.row: row, "elsewhere": row}.get
    assert unseal("other", event, find, CIPHERS.get) is event
    moved = PersonNamed(person="p_a", name=Sealed(row="elsewhere", sha256=event.name.sha256))
    assert unseal("s", moved, find, CIPHERS.get) is moved
    of_another = PersonNamed(person="p_b", name=event.name)
    same_key = {"p_a": CIPHERS["p_a"], "p_b": CIPHERS["p_a"]}.get
    assert unseal("s", of_another, find, same_key) is of_another


def test_without_key_row_or_sound_ciphertext_the_field_stays_sealed():
    event, row = sealed_name()
    assert unseal("s", event, {row.row: row}.get, lambda owner: None) is event
    assert unseal("s", event, lambda row: None, CIPHERS.get) is event
    for damaged in (b"", b"short", row.ciphertext[:-1] + b"x"):
        bad = row._replace(ciphertext=damaged)
        assert unseal("s", event, {row.row: bad}.get, CIPHERS.get) is event


def test_something_else_in_a_personal_field_is_an_error():
    with pytest.raises(TypeError, match=r"PersonNamed\.name"):
        seal("s", PersonNamed(person="p_a", name=7), CIPHERS.__getitem__)


def test_every_personal_field_of_every_event_has_an_owner_it_can_find():
    for event in event_types():
        fields = set(event.__struct_fields__)
        for field, owner in event.personal_fields.items():
            assert field in fields
            assert owner == OF_SESSION or owner in fields
