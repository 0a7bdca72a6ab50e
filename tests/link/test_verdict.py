"""Which ends of a connection are final."""

from __future__ import annotations

import pytest

from telehealth_widget.link.verdict import verdict
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode
from telehealth_widget.protocol.messages import CloseCode, Closed


def said(code: ErrorCode) -> Closed:
    return Closed(code=code, message="in words")


@pytest.mark.parametrize(
    ("farewell", "close_code"),
    [
        (said(ErrorCode.UNKNOWN_SESSION), CloseCode.REFUSED),
        (said(ErrorCode.TOO_MANY), CloseCode.REFUSED),
        (said(ErrorCode.SEAT_TAKEN), None),
        (said(ErrorCode.SESSION_ENDED), 1006),
        (said(ErrorCode.RESUME_UNKNOWN), None),
    ],
)
def test_a_last_word_that_holds_is_the_verdict(farewell: Closed, close_code: int | None) -> None:
    assert verdict(farewell, close_code) is farewell


@pytest.mark.parametrize(
    ("farewell", "close_code"),
    [
        (None, None),
        (None, 1006),
        (None, CloseCode.TRY_LATER),
        (said(ErrorCode.SERVER_STOPPING), CloseCode.TRY_LATER),
        (said(ErrorCode.TOO_SLOW), None),
        (said(ErrorCode.LATE), CloseCode.LATE),
    ],
)
def test_what_may_pass_is_worth_another_try(farewell: Closed | None, close_code: int) -> None:
    assert verdict(farewell, close_code) is None


@pytest.mark.parametrize(
    ("close_code", "code"),
    [
        (CloseCode.SEAT_TAKEN, ErrorCode.SEAT_TAKEN),
        (CloseCode.MALFORMED, ErrorCode.MALFORMED),
        (CloseCode.REFUSED, ErrorCode.NOT_PERMITTED),
    ],
)
def test_a_final_close_code_alone_is_put_in_words(close_code: int, code: ErrorCode) -> None:
    assert verdict(None, close_code) == Closed(code=code, message=SENTENCES[code])
