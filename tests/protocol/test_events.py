"""Every event says which of its fields are personal and whose they are."""

from __future__ import annotations

import msgspec
import pytest

from telehealth_widget.protocol.codec import decode_record
from telehealth_widget.protocol.connection import Route, Verdict
from telehealth_widget.protocol.events import (
    OF_SESSION,
    Event,
    Sealed,
    SessionOpened,
    event_types,
    with_fields,
)
from telehealth_widget.protocol.kinds import Role, SessionKind, Source
from telehealth_widget.protocol.measurements import measurement_types

FREE_TEXT = {"title", "name", "note", "reason", "text", "address", "email", "phone"}


def fields_of(kind: type[Event]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(kind)}


@pytest.mark.parametrize("kind", event_types(), ids=lambda k: k.__name__)
def test_personal_fields_and_their_owners_are_fields(kind: type[Event]) -> None:
    fields = fields_of(kind)
    for personal, owner in kind.personal_fields.items():
        assert personal in fields
        assert owner == OF_SESSION or owner in fields
        assert Sealed in getattr(fields[personal].type, "__args__", ())


@pytest.mark.parametrize("kind", event_types(), ids=lambda k: k.__name__)
def test_every_free_text_is_declared_personal(kind: type[Event]) -> None:
    fields = fields_of(kind)
    sealable = {n for n, f in fields.items() if Sealed in getattr(f.type, "__args__", ())}
    assert sealable == set(kind.personal_fields)
    assert (FREE_TEXT & set(fields)) <= set(kind.personal_fields)


def test_what_is_written_has_a_field_in_the_one_event_of_sessions_that_keep_it() -> None:
    fields = {kind.__name__: set(fields_of(kind)) for kind in event_types()}
    assert fields["ChatSent"] == {"person", "message", "to", "characters"}
    assert fields["CaptionSent"] == {"person", "characters"}
    assert [name for name, found in fields.items() if "text" in found] == ["ChatKept"]


@pytest.mark.parametrize("kind", event_types(), ids=lambda k: k.__name__)
def test_an_event_is_in_the_past_tense_and_frozen(kind: type[Event]) -> None:
    past = ("ed", "Ready", "Lost", "Left", "Sent", "Kept", "LetWait", "SentBack")
    assert kind.__name__.endswith(past)
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.forbid_unknown_fields
    assert kind.__struct_config__.tag == kind.__name__


def test_fields_are_replaced_in_a_copy() -> None:
    kind = next(kind for kind in event_types() if kind.__name__ == "PersonNamed")
    event = kind(person="p_1", name="Ana")
    sealed = Sealed(row="r_1", sha256="0" * 64)
    assert with_fields(event, name=sealed).name == sealed
    assert event.name == "Ana"


def test_a_session_opened_before_places_could_be_shown_shows_none() -> None:
    stored = (
        b'{"session":"s_1","n":1,"t_ms":0,"at_ms":0,"actor":"system","via":"system","body":'
        b'{"event":"SessionOpened","title":"t","kind":"group","names":"all","hold_ms":1000,'
        b'"notebook":null,"provider":"p_1"}}'
    )
    body = decode_record(stored).body
    assert isinstance(body, SessionOpened)
    assert body.show_place is False
    assert (body.share, body.keep_chat, body.warn_min) == ("all", False, ())
    assert (body.end_when_empty_ms, body.max_duration_ms) == (None, None)


def test_words_on_disk_are_pinned() -> None:
    """Renaming one of these breaks stored journals: add an upcast first."""
    assert [r.value for r in Role] == ["provider", "client", "supervisor"]
    assert [k.value for k in SessionKind] == ["individual", "group"]
    assert [v.value for v in Verdict] == ["good", "fair", "poor", "blocked"]
    assert [r.value for r in Route] == ["direct", "reflexive", "relayed"]
    assert [s.value for s in Source] == ["camera", "microphone", "screen"]
    assert [k.__name__ for k in event_types()] == [
        "SessionOpened",
        "PersonInvited",
        "InviteExtended",
        "InviteRevoked",
        "InviteReissued",
        "PersonNamed",
        "PersonUnnamed",
        "LanguageChanged",
        "PersonArrived",
        "ConnectionLost",
        "ConnectionRestored",
        "PersonReady",
        "PersonAdmitted",
        "StaffJoined",
        "SessionStarted",
        "PersonDeclined",
        "PersonLetWait",
        "PersonSentBack",
        "PersonRemoved",
        "PersonPaused",
        "PersonResumed",
        "PersonLeft",
        "MediaPublished",
        "MediaUnpublished",
        "MediaMuted",
        "MediaUnmuted",
        "MediaAsked",
        "AskAnswered",
        "ChatSent",
        "ChatKept",
        "CaptionSent",
        "IdentityVerified",
        "IdentityUnverified",
        "ArrivalAnnounced",
        "ConnectionTested",
        "MarkPlaced",
        "EndAnnounced",
        "SessionEnded",
        "RecordExported",
    ]
    assert [k.__name__ for k in measurement_types()] == ["VoiceMeasured", "QualityMeasured"]
