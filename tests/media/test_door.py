"""Where join links lead."""

from __future__ import annotations

import pytest

from telehealth_widget.media.door import Door
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError


@pytest.mark.parametrize(
    ("url", "socket", "origin"),
    [
        ("http://127.0.0.1:9/join#T", "ws://127.0.0.1:9/socket", "http://127.0.0.1:9"),
        ("https://h.example/join#T", "wss://h.example/socket", "https://h.example"),
        ("https://h:1/a/b/join?lang=de#T", "wss://h:1/a/b/socket", "https://h:1"),
        ("http://[::1]:9/join#T", "ws://[::1]:9/socket", "http://[::1]:9"),
    ],
)
def test_the_socket_lies_beside_the_page(url: str, socket: str, origin: str) -> None:
    door = Door.of(url)
    assert (door.socket_url, door.origin, door.token) == (socket, origin, "T")


@pytest.mark.parametrize("url", ["", "join#T", "file:///join#T", "http:///join#T", "http://h/join"])
def test_anything_else_is_an_unknown_link(url: str) -> None:
    with pytest.raises(TelehealthError) as caught:
        Door.of(url)
    assert caught.value.code is ErrorCode.LINK_UNKNOWN


def test_its_repr_shows_nothing() -> None:
    assert repr(Door.of("http://h:9/join#canary")) == "Door()"
