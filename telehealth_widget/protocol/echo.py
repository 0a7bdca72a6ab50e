"""What travels between the server and the process that answers connection tests, one JSON text a line.

The server sends `EchoBegin`, `EchoMore` and `EchoEnd`, the process `EchoReady`, `EchoAnswer` and `EchoOver`. `test` is
an opaque id that the server makes; nothing here says whose test it is.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from telehealth_widget.protocol.messages import Candidate, Description, Ice


class EchoLine(Struct, frozen=True, forbid_unknown_fields=True, tag_field="t", tag=str.lower):
    """Base of both directions."""


class EchoBegin(EchoLine, frozen=True):
    """Answer this offer."""

    test: str
    ice: Ice
    description: Description
    within_ms: int
    """The process ends the test by itself after so long."""


class EchoMore(EchoLine, frozen=True):
    """Candidates of the browser that came after its offer."""

    test: str
    candidates: tuple[Candidate, ...]


class EchoEnd(EchoLine, frozen=True):
    """Let go of the test; unknown ones are ignored."""

    test: str


class EchoReady(EchoLine, frozen=True):
    """The process is up."""


class EchoAnswer(EchoLine, frozen=True):
    """The answer, complete with candidates."""

    test: str
    description: Description


class EchoOver(EchoLine, frozen=True):
    """The test is over, or its offer could not be answered."""

    test: str


ToEcho = EchoBegin | EchoMore | EchoEnd
FromEcho = EchoReady | EchoAnswer | EchoOver

_to_echo: msgspec.json.Decoder[ToEcho] = msgspec.json.Decoder(ToEcho)
_from_echo: msgspec.json.Decoder[FromEcho] = msgspec.json.Decoder(FromEcho)


def line_of(message: ToEcho | FromEcho) -> bytes:
    """The message as one line."""
    return msgspec.json.encode(message) + b"\n"


def to_echo(line: bytes) -> ToEcho:
    """What the server wrote.

    Raises:
        msgspec.DecodeError: no such message.
    """
    return _to_echo.decode(line)


def from_echo(line: bytes) -> FromEcho:
    """What the process wrote.

    Raises:
        msgspec.DecodeError: no such message.
    """
    return _from_echo.decode(line)
