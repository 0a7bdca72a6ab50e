"""Every code has a sentence, and every sentence says what to do next."""

from __future__ import annotations

import re

import pytest

from telehealth_widget.protocol.errors import (
    SENTENCES,
    CommandRefused,
    ErrorCode,
    TelehealthError,
)


@pytest.mark.parametrize("code", ErrorCode)
def test_a_code_has_a_sentence_that_ends_with_a_full_stop(code: ErrorCode) -> None:
    sentence = SENTENCES[code]
    assert re.fullmatch(r"[A-Z].{15,}\.", sentence)
    assert code.value == code.name


STATEMENTS = {
    ErrorCode.NOT_PERMITTED,
    ErrorCode.NOT_PROVIDER,
    ErrorCode.WRONG_PHASE,
    ErrorCode.UNKNOWN_PERSON,
    ErrorCode.BAD_CODE,
    ErrorCode.BAD_NAME,
    ErrorCode.NO_MEDIA,
    ErrorCode.RESUME_REUSED,
    ErrorCode.SEAT_TAKEN,
    ErrorCode.REMOVED,
    ErrorCode.TOO_SLOW,
    ErrorCode.ROOM_FULL,
    ErrorCode.JOURNAL_DAMAGED,
    ErrorCode.SERVER_STOPPING,
}
"""Codes after which nothing can be done, or whose sentence names the rule that is to be met."""

REMEDY = re.compile(
    r"\b(Ask|Open|Use|Choose|Type|Write|See|Wait|Shorten|Reload|Check|ask|Try|try|Free|Set|set|restart|"
    r"Install|install)\b"
)


@pytest.mark.parametrize("code", sorted(set(ErrorCode) - STATEMENTS))
def test_its_sentence_names_a_remedy(code: ErrorCode) -> None:
    assert REMEDY.search(SENTENCES[code]), SENTENCES[code]


def test_an_error_is_its_sentence() -> None:
    error = TelehealthError(ErrorCode.TIMED_OUT)
    assert str(error) == error.message == SENTENCES[ErrorCode.TIMED_OUT]
    assert str(TelehealthError(ErrorCode.TIMED_OUT, "No 'ready' event.")) == "No 'ready' event."


def test_a_refusal_names_its_code_and_what_would_have_fitted() -> None:
    refused = CommandRefused(ErrorCode.UNKNOWN_PERSON, candidates=["P07", "P08"])
    assert refused.candidates == ("P07", "P08")
    assert str(refused) == (
        "Nobody in this session goes by that name, code or id. (P07, P08) [UNKNOWN_PERSON]"
    )
