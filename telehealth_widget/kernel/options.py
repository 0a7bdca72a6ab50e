"""The options of `Session(...)`, checked for type and turned into the command that opens it.

Whether a value is in range is `core.opening`'s business; its refusals name the same options.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from telehealth_widget.protocol.commands import Open
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.limits import HOLD_MS

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
        raise _bad(
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
    hold_s: float = HOLD_MS / 1000,
    show_place: bool = False,
    share: str = "all",
    chat: str = "forget",
    end_when_empty_min: float | None = None,
    max_duration_min: float | None = None,
    warn_min: Iterable[int] = WARN_MIN,
) -> Open:
    """The command that opens such a session in this notebook.

    Raises:
        TelehealthError: BAD_OPTION for a value of the wrong type.
    """
    if not isinstance(show_place, bool):
        raise _bad("show_place= is True or False.")
    return Open(
        title=title,
        kind=kind,
        names=names,
        hold_ms=round(hold_s * 1000),
        notebook=os.environ.get("JPY_SESSION_NAME"),
        provider_code=provider_code,
        provider_name=provider,
        show_place=show_place,
        share=share,
        chat=chat,
        end_when_empty_ms=_minutes("end_when_empty_min=", end_when_empty_min),
        max_duration_ms=_minutes("max_duration_min=", max_duration_min),
        warn_min=_warnings(warn_min),
    )


def _bad(message: str) -> TelehealthError:
    return TelehealthError(ErrorCode.BAD_OPTION, message)


def _minutes(option: str, minutes: float | None) -> int | None:
    """Minutes as ms. Whatever has no whole ms (NaN, infinity) is as wrong as a word."""
    if minutes is None:
        return None
    is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    if not is_number or not -1e9 < minutes < 1e9:
        raise _bad(f"{option} is a number of minutes, or None.")
    return round(minutes * 60_000)


def _warnings(minutes: Iterable[int]) -> tuple[int, ...]:
    found = tuple(minutes) if isinstance(minutes, Iterable) else (minutes,)
    if not isinstance(minutes, Iterable) or not all(type(m) is int for m in found):
        raise _bad("warn_min= is a list of whole minutes, such as (10, 5, 1); () means no warning.")
    return found
