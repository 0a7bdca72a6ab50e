"""Words, codes and numbers as they are given: plain in the end, or refused. Sentences are in `test_bad_input`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from telehealth_widget.kernel import arguments
from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.kinds import Role

MISSING = (None, float("nan"), pd.NA, pd.NaT, np.datetime64("NaT"))


@pytest.mark.parametrize("value", ["7", 7, np.int64(7), np.uint8(7), np.str_("7")])
def test_text_and_whole_numbers_are_codes_and_plain(value: Any) -> None:
    assert type(arguments.code("code=", value)) is str
    assert arguments.code("code=", value) == "7"


@pytest.mark.parametrize("value", [*MISSING, 7.0, True, np.True_, b"7", [7]])
def test_what_is_missing_or_no_word_is_no_code_no_whole_number(value: Any) -> None:
    assert arguments.as_code(value) is None
    assert arguments.whole(value) is None
    with pytest.raises(CommandRefused) as refused:
        arguments.code("code=", value)
    assert refused.value.code is ErrorCode.BAD_CODE


def test_a_number_is_plain_finite_and_in_its_range() -> None:
    for value in (2, 2.0, np.float32(2), np.int8(2)):
        assert type(arguments.number(value, 0, 2)) is float
        assert arguments.number(value, 0, 2) == 2
    for odd in (*MISSING, "2", True, float("inf"), 10**400, -0.1, 2.1):
        assert arguments.number(odd, 0, 2) is None


def test_a_flag_is_one_of_two_and_a_word_one_of_its_list() -> None:
    assert arguments.flag("new=", np.True_) is True
    assert arguments.flag("new=", False) is False
    assert arguments.word("role=", Role.CLIENT, ("client", "provider")) == "client"
    for odd in (*MISSING, 1, "yes"):
        with pytest.raises(CommandRefused, match="new= is True or False"):
            arguments.flag("new=", odd)
        with pytest.raises(CommandRefused, match='role= is "client" or "provider"'):
            arguments.word("role=", odd, ("client", "provider"))


def test_a_name_or_a_tag_may_be_left_out() -> None:
    assert arguments.name("name=", None) is None
    assert arguments.language("language=", None) is None
    assert arguments.name("name=", " Ada  Lee ") == "Ada Lee"
    assert arguments.language("language=", "pt-BR") == "pt-BR"
