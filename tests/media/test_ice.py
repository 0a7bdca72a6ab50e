"""ICE servers from the room to aiortc."""

from __future__ import annotations

import pytest
from aiortc.rtcconfiguration import RTCIceTransportPolicy

from telehealth_widget.media.ice import configuration
from telehealth_widget.protocol.messages import Ice, IceServer


@pytest.mark.parametrize("ice", [None, Ice(servers=(), relay_only=False, expires_at_ms=0)])
def test_without_servers_no_public_one_is_used(ice: Ice | None) -> None:
    made = configuration(ice)
    assert made.iceServers == []
    assert made.iceTransportPolicy is RTCIceTransportPolicy.ALL


def test_servers_keep_their_credentials() -> None:
    turn = IceServer(urls=("turn:h:3478", "turns:h:5349"), username="u", credential="c")
    made = configuration(Ice(servers=(turn,), relay_only=True, expires_at_ms=0))
    assert made.iceServers is not None
    (server,) = made.iceServers
    assert (server.urls, server.username, server.credential) == (list(turn.urls), "u", "c")
    assert made.iceTransportPolicy is RTCIceTransportPolicy.RELAY


def test_addresses_that_aiortc_does_not_understand_are_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    servers = (IceServer(urls=("nonsense:canary",)), IceServer(urls=("stun:h", "x:canary")))
    made = configuration(Ice(servers=servers, relay_only=False, expires_at_ms=0))
    assert made.iceServers is not None
    assert [server.urls for server in made.iceServers] == [["stun:h"]]
    assert "does not understand" in caplog.text
    assert "canary" not in caplog.text
