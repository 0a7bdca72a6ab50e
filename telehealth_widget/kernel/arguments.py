"""What is given to the Python API, checked before anything is sent: a refusal says which argument and what it may be.

The room checks again, by the same rules: it trusts no client. Numbers of numpy and pandas are numbers here.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from numbers import Integral, Real

from telehealth_widget.protocol.errors import CommandRefused, ErrorCode
from telehealth_widget.protocol.text import clean_code, clean_language, clean_name, clean_text


def string(argument: str, value: object, code: ErrorCode = ErrorCode.BAD_TEXT) -> str:
    """Text as a plain `str`.

    Raises:
        CommandRefused: `code`.
    """
    if not isinstance(value, str):
        raise CommandRefused(code, f"{argument} is text (str), not {type(value).__name__}.")
    return str(value)


def text(argument: str, value: object, most: int, what: str) -> str:
    """Free text of up to `most` characters, as `clean_text` makes it.

    Raises:
        CommandRefused: BAD_TEXT.
    """
    return clean_text(string(argument, value), most, what)


def code(argument: str, value: object) -> str:
    """A pseudonymous code. A whole number is one, a missing value of a table is not.

    Raises:
        CommandRefused: BAD_CODE.
    """
    found = as_code(value)
    if found is None:
        kind = type(value).__name__
        raise CommandRefused(
            ErrorCode.BAD_CODE, f'{argument} is text such as "P07" or a whole number, not {kind}.'
        )
    return clean_code(found)


def as_code(value: object) -> str | None:
    """Text or a whole number as text; None for whatever else."""
    number = whole(value)
    if number is not None:
        return str(number)
    return str(value) if isinstance(value, str) else None


def name(argument: str, value: object) -> str | None:
    """A display name, or None.

    Raises:
        CommandRefused: BAD_NAME.
    """
    return None if value is None else clean_name(string(argument, value, ErrorCode.BAD_NAME))


def language(argument: str, value: object) -> str | None:
    """A BCP 47 tag, or None.

    Raises:
        CommandRefused: BAD_OPTION.
    """
    return None if value is None else clean_language(string(argument, value, ErrorCode.BAD_OPTION))


def word(argument: str, value: object, words: Sequence[str]) -> str:
    """One of `words`.

    Raises:
        CommandRefused: BAD_OPTION, listing them.
    """
    if not isinstance(value, str) or value not in words:
        *others, last = (f'"{one}"' for one in words)
        raise bad_option(f"{argument} is {', '.join(others)} or {last}.")
    return str(value)


def flag(argument: str, value: object) -> bool:
    """True or False.

    Raises:
        CommandRefused: BAD_OPTION.
    """
    if type(value).__name__ not in ("bool", "bool_"):  # numpy's, of a table, is no `bool`
        raise bad_option(f"{argument} is True or False.")
    return bool(value)


def whole(value: object) -> int | None:
    """A whole number as a plain `int`; None for whatever else: a bool, a float, a missing value."""
    return int(value) if isinstance(value, Integral) and not isinstance(value, bool) else None


def number(value: object, least: float, most: float) -> float | None:
    """A number of that range as a plain `float`; None for whatever else: a bool, a word, NaN."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        made = float(value)
    except OverflowError:
        return None
    return made if isfinite(made) and least <= made <= most else None


def bad_option(message: str) -> CommandRefused:
    return CommandRefused(ErrorCode.BAD_OPTION, message)
