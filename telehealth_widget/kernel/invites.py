"""A person's link, in the notebook. The link itself never enters a `repr`."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import segno

from telehealth_widget.protocol.commands import AnyCommand, Reissue, Revoke
from telehealth_widget.protocol.messages import Done


class QrCode:
    """A link as a QR code. Shown as the last line of a cell it ends up in the saved notebook."""

    def __init__(self, url: str) -> None:
        self._code = segno.make(url, error="m")

    def svg(self) -> str:
        """The picture as SVG text."""
        out = io.BytesIO()
        self._code.save(out, kind="svg", scale=6, xmldecl=False, light="#ffffff", border=4)
        return out.getvalue().decode()

    def save(self, path: str) -> None:
        """Write an SVG, PNG or PDF file, by the path's ending."""
        self._code.save(path, scale=8, light="#ffffff")

    def _repr_svg_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return "<QrCode of a link>"


class Invite:
    """One person's link to a session."""

    def __init__(
        self, code: str, role: str, done: Done, command: Callable[[AnyCommand], Done]
    ) -> None:
        """Made by `Session.invite`."""
        self.code = code
        self.role = role
        self.person = done.person or ""
        self._url = done.url or ""
        self._expires_at_ms = done.expires_at_ms or 0
        self._command = command

    @property
    def url(self) -> str:
        """The link. It is personal: whoever has it is let into the waiting room as this person.

        Printing it puts it into the notebook's output; the room offers "Copy link" instead.
        """
        return self._url

    @property
    def expires(self) -> datetime:
        """Until when it works, UTC."""
        return datetime.fromtimestamp(self._expires_at_ms / 1000, UTC)

    def qr(self) -> QrCode:
        """The link as a QR code, e.g. for a phone beside the screen."""
        return QrCode(self._url)

    def revoke(self) -> None:
        """Withdraw the link; whoever is in through it is out within a second."""
        self._command(Revoke(person=self.person))

    def reissue(self) -> Invite:
        """Withdraw the link and make a new one for the same person; returns this invite, renewed."""
        done = self._command(Reissue(person=self.person))
        self._url = done.url or ""
        self._expires_at_ms = done.expires_at_ms or 0
        return self

    def __repr__(self) -> str:
        return f"<Invite {self.code} ({self.role}), until {self.expires:%Y-%m-%d %H:%M} UTC>"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Invite) and (self.person, self._url) == (other.person, other._url)

    def __hash__(self) -> int:
        return hash(self.person)
