"""Old shapes of records."""

from __future__ import annotations

import json

import msgspec
import pytest

from telehealth_widget.journal.upcast import UPCASTS, current

OLD = b'{"session":"s","n":1,"body":{"event":"PersonLetIn","who":"p_a"}}'


def renamed(body):
    return {"event": "PersonAllowed", "person": body["who"]}


def renamed_again(body):
    return {**body, "event": "PersonAdmitted"}


def test_nothing_has_been_renamed_yet_and_bytes_pass_unchanged():
    assert dict(UPCASTS) == {}
    assert current(OLD) is OLD


def test_steps_follow_each_other_to_the_current_shape():
    steps = {"PersonLetIn": renamed, "PersonAllowed": renamed_again}
    assert json.loads(current(OLD, steps)) == {
        "session": "s",
        "n": 1,
        "body": {"event": "PersonAdmitted", "person": "p_a"},
    }


def test_records_of_other_events_pass_unchanged():
    assert current(OLD, {"SessionEnded": renamed}) is OLD


def test_a_step_that_keeps_the_tag_runs_once():
    again = current(OLD, {"PersonLetIn": lambda body: {**body, "x": body.get("x", 0) + 1}})
    assert json.loads(again)["body"]["x"] == 1


def test_what_is_no_record_is_an_error_of_decoding():
    with pytest.raises(msgspec.DecodeError):
        current(b"[", {"PersonLetIn": renamed})
    with pytest.raises(msgspec.DecodeError):
        current(b"[]", {"PersonLetIn": renamed})
