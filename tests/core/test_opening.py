"""Opening a session: its provider, its options, and the words in which a bad one is refused."""

from __future__ import annotations

from typing import Any

import pytest

from telehealth_widget.core.opening import other_options
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import events as e
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode
from telehealth_widget.protocol.kinds import Role, SessionKind, Share

from .conftest import SERVER, START_MS, Play

MINUTE_MS = 60_000


def test_opening_makes_the_session_and_its_provider() -> None:
    play = Play()
    events = play.do(
        SERVER,
        c.Open("  Intake ", "group", "initials", 60_000, "digest", "T1", " Dr.  Lee "),
    )
    assert events == (
        e.SessionOpened("Intake", SessionKind.GROUP, "initials", 60_000, "digest", "p_fresh001"),
        e.PersonInvited("p_fresh001", "T1", Role.PROVIDER, "Dr. Lee", None, START_MS, False),
    )
    play.refused(
        SERVER, c.Open("x", "group", "all", 60_000, None, "T1", None), ErrorCode.WRONG_PHASE
    )


def test_an_open_session_says_which_options_it_has_otherwise() -> None:
    state = Play().open(kind="group", max_duration_ms=50 * MINUTE_MS, warn_min=(10, 5)).state
    same = c.Open(
        "Intake",
        "group",
        "all",
        120_000,
        None,
        "T1",
        None,
        max_duration_ms=50 * MINUTE_MS,
        warn_min=(5, 10),
    )
    assert other_options(state, same) == ()
    other = c.Open(
        "Intake",
        "individual",
        "initials",
        1_000,
        None,
        "T2",
        None,
        True,
        "providers",
        "keep",
        60_000,
        None,
        (),
    )
    assert other_options(state, other) == (
        "kind",
        "provider_code",
        "names",
        "hold_s",
        "show_place",
        "share",
        "chat",
        "end_when_empty_min",
        "max_duration_min",
        "warn_min",
    )


def test_a_session_may_be_opened_to_show_the_place_in_the_queue() -> None:
    assert not Play().open().state.show_place
    play = Play().open(show_place=True)
    assert play.state.show_place


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"title": " "}, ErrorCode.BAD_TEXT, "A title has 1 to 120 characters."),
        ({"title": "x" * 121}, ErrorCode.BAD_TEXT, "A title has 1 to 120 characters."),
        ({"title": "a\nb"}, ErrorCode.BAD_TEXT, "A title is one line."),
        (
            {"kind": "couple"},
            ErrorCode.BAD_OPTION,
            'kind= is "individual" or "group"; names= is "all", "providers" or "initials".',
        ),
        (
            {"names": "none"},
            ErrorCode.BAD_OPTION,
            'kind= is "individual" or "group"; names= is "all", "providers" or "initials".',
        ),
        ({"hold_ms": 999}, ErrorCode.BAD_OPTION, "hold_s= is between 1 and 3,600 seconds."),
        ({"hold_ms": 3_600_001}, ErrorCode.BAD_OPTION, "hold_s= is between 1 and 3,600 seconds."),
        ({"provider_code": "T 1"}, ErrorCode.BAD_CODE, SENTENCES[ErrorCode.BAD_CODE]),
        ({"provider_name": "\u202e"}, ErrorCode.BAD_NAME, SENTENCES[ErrorCode.BAD_NAME]),
    ],
)
def test_a_session_with_bad_options_is_not_opened(
    change: dict[str, object], code: ErrorCode, message: str
) -> None:
    opening: dict[str, object] = {
        "title": "Intake",
        "kind": "individual",
        "names": "all",
        "hold_ms": 120_000,
        "notebook": None,
        "provider_code": "T1",
        "provider_name": None,
    }
    Play().refused(SERVER, c.Open(**{**opening, **change}), code, message)  # type: ignore[arg-type]


def test_without_options_anyone_shares_nothing_is_kept_and_nothing_ends_by_itself() -> None:
    state = Play().open().state
    assert (state.share, state.keep_chat, state.warn_min) == (Share.ALL, False, ())
    assert (state.end_when_empty_ms, state.max_duration_ms) == (None, None)


def test_the_options_of_the_room_become_the_sessions() -> None:
    state = (
        Play()
        .open(
            share="providers",
            chat="keep",
            end_when_empty_ms=5 * MINUTE_MS,
            max_duration_ms=50 * MINUTE_MS,
        )
        .state
    )
    assert (state.share, state.keep_chat) == (Share.PROVIDERS, True)
    assert (state.end_when_empty_ms, state.max_duration_ms) == (300_000, 3_000_000)
    assert state.warn_min == (10, 5, 1)


@pytest.mark.parametrize(
    ("asked", "longest_min", "kept"),
    [
        ((1, 5, 5, 10), 50, (10, 5, 1)),
        ((10, 5, 1), 6, (5, 1)),
        ((10, 5, 1), 5, (1,)),
        ((), 50, ()),
        ((10, 5), None, ()),
    ],
)
def test_only_warnings_that_can_come_true_are_kept_the_earliest_first(
    asked: tuple[int, ...], longest_min: int | None, kept: tuple[int, ...]
) -> None:
    longest_ms = None if longest_min is None else longest_min * MINUTE_MS
    assert Play().open(warn_min=asked, max_duration_ms=longest_ms).state.warn_min == kept


SHARE_OR_CHAT = 'share= is "all" or "providers"; chat= is "forget" or "keep".'
WARNINGS = "warn_min= holds up to 10 whole numbers of minutes, each from 1 to 1,439."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"share": "none"}, SHARE_OR_CHAT),
        ({"chat": "yes"}, SHARE_OR_CHAT),
        (
            {"end_when_empty_ms": 999},
            "end_when_empty_min= is between 1 second and 1,440 minutes, or None.",
        ),
        (
            {"end_when_empty_ms": -1},
            "end_when_empty_min= is between 1 second and 1,440 minutes, or None.",
        ),
        (
            {"max_duration_ms": 24 * 60 * MINUTE_MS + 1},
            "max_duration_min= is between 1 second and 1,440 minutes, or None.",
        ),
        ({"warn_min": (0,)}, WARNINGS),
        ({"warn_min": (1_440,)}, WARNINGS),
        ({"warn_min": tuple(range(1, 12))}, WARNINGS),
    ],
)
def test_a_bad_option_of_the_room_is_refused_in_words(change: dict[str, Any], message: str) -> None:
    opening = c.Open("Intake", "group", "all", 60_000, None, "T1", None, **change)
    Play().refused(SERVER, opening, ErrorCode.BAD_OPTION, message)
