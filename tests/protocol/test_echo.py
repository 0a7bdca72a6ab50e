"""Lines between the server and its echo."""

from __future__ import annotations

import msgspec
import pytest

from telehealth_widget.protocol import echo as pipe
from telehealth_widget.protocol.messages import Candidate, Description, Ice

ICE = Ice(servers=(), relay_only=True, expires_at_ms=1)


@pytest.mark.parametrize(
    "message",
    [
        pipe.EchoBegin("t_1", ICE, Description("offer", "v=0\r\n"), 20_000),
        pipe.EchoMore("t_1", (Candidate("c"),)),
        pipe.EchoEnd("t_1"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_what_the_server_says_is_one_line(message: pipe.ToEcho) -> None:
    line = pipe.line_of(message)
    assert line.count(b"\n") == 1
    assert pipe.to_echo(line) == message
    with pytest.raises(msgspec.DecodeError):
        pipe.from_echo(line)


@pytest.mark.parametrize(
    "message",
    [
        pipe.EchoReady(),
        pipe.EchoAnswer("t_1", Description("answer", "v=0\r\n")),
        pipe.EchoOver("t_1"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_what_the_echo_says_is_one_line(message: pipe.FromEcho) -> None:
    line = pipe.line_of(message)
    assert line.count(b"\n") == 1
    assert pipe.from_echo(line) == message
    with pytest.raises(msgspec.DecodeError):
        pipe.to_echo(line)
