"""`Session("Intake")` in a cell that runs again is the session that is already there."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import anywidget
import msgspec

from telehealth_widget.kernel import arguments, background
from telehealth_widget.kernel.discovery import ask_door
from telehealth_widget.kernel.options import check_known, opening
from telehealth_widget.kernel.tether import CONNECT_WITHIN_S
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

if TYPE_CHECKING:
    from telehealth_widget.kernel.session import Session

sessions: dict[str, Session] = {}
"""Sessions that this kernel is connected to, by id. Whatever is over leaves."""


class SameSession(type(anywidget.AnyWidget)):  # type: ignore[misc]
    """Metaclass of `Session`: finds or opens the session before an object of it is made."""

    def __call__(cls, title: str, **options: Any) -> Session:
        if not isinstance(title, str) or not title.strip():
            raise TelehealthError(
                ErrorCode.BAD_TEXT, 'Give the session a title: Session("Intake").'
            )
        attach_to = options.pop("_attach_to", None)
        check_known(options)
        made: Session
        name = arguments.name("provider=", options.get("provider"))
        session_id = attach_to or _open(title, **options)
        known = sessions.get(session_id)
        if known is not None and known.state != "ended" and not known._tether.is_over:
            made = known
            made.open()
        else:
            made = super().__call__(session_id)
            sessions[session_id] = made
            if made._tether.is_over:
                forget(made)
        row = made._own_row()
        if name and row is not None and row.name != name:
            made._do(c.SetName(name=name))
        return made


def forget(session: Session) -> None:
    """The session is over for this kernel: the next one of its title or id is made anew."""
    if sessions.get(session.session_id) is session:
        del sessions[session.session_id]


def _open(title: str, *, new: bool = False, **options: Any) -> str:
    body = {"open": opening(title, **options), "new": arguments.flag("new=", new)}
    answer = msgspec.json.decode(background.wait(ask_door("/sessions", body), CONNECT_WITHIN_S))
    kept = [f"{option}=" for option in answer["kept"] if option in options]
    if kept:
        warnings.warn(
            f"The session {title!r} is open already and keeps its own {', '.join(kept)}: end it first, or "
            "open another with new=True.",
            stacklevel=3,
        )
    return str(answer["session"])
