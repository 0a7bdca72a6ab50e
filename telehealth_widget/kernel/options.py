"""The options of `Session(...)`, checked and turned into the command that opens it."""

from __future__ import annotations

import os
from collections.abc import Iterable

from telehealth_widget.kernel import arguments
from telehealth_widget.kernel.arguments import bad_option
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.commands import Open
from telehealth_widget.protocol.kinds import Names, SessionKind, Share

OPTIONS = (
    "kind",
    "provider",
    "provider_code",
    "names",
    "hold_s",
    "show_place",
    "share",
    "chat",
    "end_when_empty_min",
    "max_duration_min",
    "warn_min",
    "new",
)
"""Everything that `Session` takes besides the title."""

WARN_MIN = (10, 5, 1)


def check_known(options: Iterable[str]) -> None:
    """Refuse a misspelt option.

    Raises:
        TelehealthError: BAD_OPTION, listing the known ones.
    """
    unknown = set(options) - set(OPTIONS)
    if unknown:
        raise bad_option(
            f"Unknown option {', '.join(sorted(unknown))}. "
            f"Known are {', '.join(OPTIONS[:-1])} and {OPTIONS[-1]}."
        )


def opening(
    title: str,
    *,
    kind: str = "individual",
    provider: str | None = None,
    provider_code: str = "T1",
    names: str = "all",
    hold_s: float = limits.HOLD_MS / 1000,
    show_place: bool = False,
    share: str = "all",
    chat: str = "forget",
    end_when_empty_min: float | None = None,
    max_duration_min: float | None = None,
    warn_min: Iterable[int] = WARN_MIN,
) -> Open:
    """The command that opens such a session in this notebook.

    Raises:
        CommandRefused: BAD_OPTION, BAD_TEXT, BAD_NAME, BAD_CODE.
    """
    hold = arguments.number(hold_s, 1, 3_600)
    if hold is None:
        raise bad_option("hold_s= is between 1 and 3,600 seconds.")
    # A folder's name need not be text; what stands for it only has to be the same each time.
    notebook = os.environ.get("JPY_SESSION_NAME", "").encode(errors="backslashreplace").decode()
    return Open(
        title=arguments.text("title", title, limits.MAX_TITLE_CHARACTERS, "A title"),
        kind=arguments.word("kind=", kind, tuple(SessionKind)),
        names=arguments.word("names=", names, tuple(Names)),
        hold_ms=round(hold * 1000),
        notebook=notebook or None,
        provider_code=arguments.code("provider_code=", provider_code),
        provider_name=arguments.name("provider=", provider),
        show_place=arguments.flag("show_place=", show_place),
        share=arguments.word("share=", share, tuple(Share)),
        chat=arguments.word("chat=", chat, ("forget", "keep")),
        end_when_empty_ms=_minutes("end_when_empty_min=", end_when_empty_min),
        max_duration_ms=_minutes("max_duration_min=", max_duration_min),
        warn_min=_warnings(warn_min),
    )


def _minutes(option: str, minutes: float | None) -> int | None:
    """Minutes as ms."""
    if minutes is None:
        return None
    found = arguments.number(minutes, -1e9, 1e9)
    if found is None:
        raise bad_option(f"{option} is a number of minutes, or None.")
    return round(found * 60_000)


def _warnings(minutes: Iterable[int]) -> tuple[int, ...]:
    given = minutes if isinstance(minutes, Iterable) else (None,)
    found = [arguments.whole(one) for one in given]
    whole = tuple(one for one in found if one is not None)
    if len(whole) < len(found) or any(abs(one) > limits.MAX_SESSION_MS for one in whole):
        raise bad_option(
            "warn_min= is a list of whole minutes, such as (10, 5, 1); () means no warning."
        )
    return whole
