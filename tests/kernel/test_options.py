"""The options of `Session(...)`: units turned, and values of the wrong type refused in words."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from telehealth_widget.kernel.options import OPTIONS, WARN_MIN, check_known, opening
from telehealth_widget.protocol.codec import encode
from telehealth_widget.protocol.commands import Open
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

WARNINGS = "warn_min= is a list of whole minutes, such as (10, 5, 1); () means no warning."


def test_minutes_become_ms_and_none_stays_none() -> None:
    made = opening("Intake", end_when_empty_min=0.5, max_duration_min=50, warn_min=[3, 1])
    assert (made.end_when_empty_ms, made.max_duration_ms) == (30_000, 3_000_000)
    assert made.warn_min == (3, 1)
    plain = opening("Intake")
    assert (plain.end_when_empty_ms, plain.max_duration_ms) == (None, None)


def test_what_is_not_said_is_what_the_command_itself_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    assert opening("Intake") == Open(
        title="Intake",
        kind="individual",
        names="all",
        hold_ms=120_000,
        notebook="a.ipynb",
        provider_code="T1",
        provider_name=None,
    )
    assert Open.__struct_defaults__[-1] == WARN_MIN


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"show_place": "yes"}, "show_place= is True or False."),
        ({"end_when_empty_min": "5"}, "end_when_empty_min= is a number of minutes, or None."),
        ({"max_duration_min": True}, "max_duration_min= is a number of minutes, or None."),
        ({"max_duration_min": float("nan")}, "max_duration_min= is a number of minutes, or None."),
        ({"hold_s": "2 min"}, "hold_s= is between 1 and 3,600 seconds."),
        ({"hold_s": 0.5}, "hold_s= is between 1 and 3,600 seconds."),
        ({"kind": None}, 'kind= is "individual" or "group".'),
        ({"names": ["all"]}, 'names= is "all", "providers" or "initials".'),
        ({"share": True}, 'share= is "all" or "providers".'),
        ({"chat": 1}, 'chat= is "forget" or "keep".'),
        ({"warn_min": (10**30,)}, WARNINGS),
        ({"max_duration_min": 1e300}, "max_duration_min= is a number of minutes, or None."),
        ({"warn_min": 5}, WARNINGS),
        ({"warn_min": "5"}, WARNINGS),
        ({"warn_min": (2.5,)}, WARNINGS),
        ({"warn_min": (True,)}, WARNINGS),
        ({"warn_min": None}, WARNINGS),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_in_words(
    options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TelehealthError) as caught:
        opening("Intake", **options)
    assert (caught.value.code, caught.value.message) == (ErrorCode.BAD_OPTION, sentence)


def test_numbers_and_words_of_a_table_are_plain_in_the_command() -> None:
    made = opening(
        np.str_("Intake"),
        kind=np.str_("group"),
        provider_code=np.int64(7),
        hold_s=np.float32(2.5),
        max_duration_min=np.int64(50),
        warn_min=np.array([5, 1]),
        show_place=np.True_,
    )
    assert made == opening(
        "Intake",
        kind="group",
        provider_code="7",
        hold_s=2.5,
        max_duration_min=50,
        warn_min=(5, 1),
        show_place=True,
    )
    assert encode(made)


def test_a_notebook_whose_path_is_no_text_has_one_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", os.fsdecode(b"/r\xe9sum\xe9s/a.ipynb"))
    made = opening("Intake")
    assert encode(made)
    assert made.notebook == opening("Intake").notebook


def test_every_option_but_new_is_one_of_the_opening() -> None:
    assert set(OPTIONS) == {"new", *(opening.__kwdefaults__ or {})}
    check_known(OPTIONS)


def test_a_misspelt_option_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TelehealthError, match=r"Unknown option colour, titel\. Known are kind, "):
        check_known(["titel", "kind", "colour"])
