"""ICE servers: what is accepted, and credentials that a TURN server can check."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.messages import IceServer
from telehealth_widget.server.ice import IceSettings, minting, minting_for_tests, parse_ice_servers

NOW_MS = 1_800_000_000_000
TURN = {"urls": ["turn:turn.example.org:3478"]}


def test_by_default_nobody_outside_is_asked() -> None:
    ice = parse_ice_servers([], "", False).mint(NOW_MS)
    assert (ice.servers, ice.relay_only, ice.expires_at_ms) == ((), False, NOW_MS + 600_000)


def test_turn_credentials_are_what_the_rest_scheme_says() -> None:
    settings = parse_ice_servers([TURN, "stun:stun.example.org"], "north", relay_only=True)
    ice = settings.mint(NOW_MS)
    turn, stun = ice.servers
    assert ice.relay_only
    assert stun == IceServer(urls=("stun:stun.example.org",))
    assert turn.username is not None
    expiry, who = turn.username.split(":")
    assert int(expiry) == NOW_MS // 1000 + 600
    wanted = hmac.new(b"north", turn.username.encode(), hashlib.sha1).digest()
    assert turn.credential == base64.b64encode(wanted).decode()
    assert len(who) == 16


def test_everyone_gets_a_user_name_of_their_own_that_says_nothing() -> None:
    mint = minting(parse_ice_servers([TURN], "north", False), lambda: NOW_MS)
    names = {mint("p_zebra").servers[0].username for _ in range(20)}
    assert len(names) == 20
    assert not any("zebra" in str(name) for name in names)


def test_a_fixed_credential_is_kept() -> None:
    entry = {**TURN, "username": "u", "credential": "c"}
    (server,) = parse_ice_servers([entry], "north", False).mint(NOW_MS).servers
    assert (server.username, server.credential) == ("u", "c")


@pytest.mark.parametrize("urls", ["stun:a", ["stun:a", "stuns:b"], ["turns:a?transport=tcp"]])
def test_urls_are_one_or_several(urls: Any) -> None:
    settings = parse_ice_servers([{"urls": urls}], "north", False)
    assert settings.servers[0].urls == ((urls,) if isinstance(urls, str) else tuple(urls))


@pytest.mark.parametrize(
    "entry",
    [{}, {"urls": []}, {"urls": ["http://x"]}, {"urls": [7]}, 7, None, "x", {"url": "stun:x"}],
)
def test_an_entry_that_is_none_is_named_by_its_place(entry: Any) -> None:
    with pytest.raises(TelehealthError) as refused:
        parse_ice_servers(["stun:a", entry], "", False)
    assert refused.value.code is ErrorCode.GUEST_SETTINGS
    assert refused.value.message == (
        "TelehealthWidget.ice_servers[1] needs urls that start with stun:, stuns:, turn: or turns:, "
        'e.g. {"urls": ["turn:turn.example.org:3478"]}.'
    )


@pytest.mark.parametrize("entry", [TURN, {**TURN, "username": "u"}, {**TURN, "credential": "c"}])
def test_a_turn_server_without_credentials_is_refused(entry: Any) -> None:
    with pytest.raises(TelehealthError) as refused:
        parse_ice_servers([entry], "", False)
    assert refused.value.message == (
        "TelehealthWidget.ice_servers[0] is a TURN server without credentials: set "
        "TelehealthWidget.turn_secret, or username and credential beside its urls."
    )


@pytest.mark.parametrize("servers", [[], ["stun:a"]])
def test_relay_only_without_a_turn_server_is_refused(servers: list[str]) -> None:
    with pytest.raises(TelehealthError) as refused:
        parse_ice_servers(servers, "north", relay_only=True)
    assert refused.value.code is ErrorCode.GUEST_SETTINGS
    assert refused.value.message == (
        "TelehealthWidget.relay_only needs a TURN server in TelehealthWidget.ice_servers."
    )


def test_settings_do_not_show_the_secret() -> None:
    assert "north" not in repr(IceSettings((), "north"))


def test_a_connection_test_has_credentials_of_its_own_for_a_minute() -> None:
    settings = parse_ice_servers([TURN, "stun:stun.example.org"], "north", relay_only=True)
    mint = minting_for_tests(settings, lambda: NOW_MS)
    ice = mint()
    assert ice is not None
    assert (ice.relay_only, ice.expires_at_ms) == (True, NOW_MS + 60_000)
    turn, stun = ice.servers
    assert stun == IceServer(urls=("stun:stun.example.org",))
    assert turn.username is not None
    expiry, _ = turn.username.split(":")
    assert int(expiry) == NOW_MS // 1000 + 60
    assert turn.username != settings.mint(NOW_MS).servers[0].username


def test_credentials_that_open_the_call_s_relay_for_good_are_in_no_test() -> None:
    fixed = TURN | {"username": "quokka", "credential": "quokka"}
    ice = parse_ice_servers([fixed, "stun:stun.example.org"], "", False).mint_for_test(NOW_MS)
    assert ice is not None
    assert ice.servers == (IceServer(urls=("stun:stun.example.org",)),)
    # Without that relay nothing could be tested where only relays are allowed.
    assert parse_ice_servers([fixed], "", True).mint_for_test(NOW_MS) is None
    assert parse_ice_servers([], "", False).mint_for_test(NOW_MS) is not None
