"""Settings of the guest site: what is refused, in which words, and the origin that comes of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.server.guest_settings import GuestSettings

PROXY = {"trusted_proxies": ("10.0.0.1",)}


def files(tmp_path: Path) -> dict[str, str]:
    for name in ("cert", "key"):
        (tmp_path / name).write_text("not a certificate")
    return {"certfile": str(tmp_path / "cert"), "keyfile": str(tmp_path / "key")}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"ip": "0.0.0.0"},
            "Off loopback the guest site needs TLS: set TelehealthWidget.guest_cert",
        ),
        ({"ip": "::"}, "Off loopback the guest site needs TLS"),
        ({"ip": "192.168.1.5"}, "Off loopback the guest site needs TLS"),
        ({"ip": "sessions.example.org"}, "Off loopback the guest site needs TLS"),
        (
            {"public_url": "http://sessions.example.org"},
            "Browsers give no camera to an http address.",
        ),
        (
            {"public_url": "sessions.example.org"},
            "TelehealthWidget.guest_public_url must look like",
        ),
        ({"public_url": "ftp://x"}, "TelehealthWidget.guest_public_url must look like"),
        ({"public_url": "https://"}, "TelehealthWidget.guest_public_url must look like"),
        ({"public_url": "https://x:99999"}, "TelehealthWidget.guest_public_url must look like"),
        (
            {"public_url": "https://x; script-src *"},
            "TelehealthWidget.guest_public_url must look like",
        ),
        ({"public_url": "https://me@x"}, "TelehealthWidget.guest_public_url must look like"),
        ({"public_url": "https://x?a"}, "TelehealthWidget.guest_public_url must look like"),
        (
            {"public_url": "https://x/care"},
            "TelehealthWidget.guest_public_url must not have a path.",
        ),
        ({"certfile": "/x"}, "Set both TelehealthWidget.guest_certfile and"),
        (
            {"certfile": "/x", "keyfile": "/y"},
            "The TLS certificate or key of the guest site was not found.",
        ),
        ({"host": "sessions.example.org"}, "Browsers give no camera to an http address."),
        ({"host": "fe80::1%eth0"}, "No link can be made of the address fe80::1%eth0. Set Tele"),
    ],
)
def test_settings_that_would_expose_people_are_refused(
    settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TelehealthError) as refused:
        GuestSettings(port=0, **settings).check()
    assert refused.value.code is ErrorCode.GUEST_SETTINGS
    assert refused.value.message.startswith(sentence)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"ip": "0.0.0.0", "tls": True}, 'guest_ip "0.0.0.0" means every address of this machine'),
        ({"ip": "::", "tls": True}, 'guest_ip "::" means every address of this machine'),
        ({"ip": "", "tls": True}, 'guest_ip "" means every address of this machine'),
        ({"ip": "0.0.0.0", **PROXY}, 'guest_ip "0.0.0.0" means every address of this machine'),
        ({"ip": "192.168.1.5", **PROXY}, "Behind a proxy clients use the proxy's address"),
        (PROXY, "Behind a proxy clients use the proxy's address"),
    ],
)
def test_settings_whose_links_would_lead_nowhere_are_refused_and_name_the_one_to_set(
    tmp_path: Path, settings: dict[str, Any], sentence: str
) -> None:
    settings = {**settings}
    if settings.pop("tls", False):
        settings |= files(tmp_path)
    with pytest.raises(TelehealthError) as refused:
        GuestSettings(port=0, **settings).check()
    assert refused.value.code is ErrorCode.GUEST_SETTINGS
    assert refused.value.message.startswith(sentence)
    assert "Set TelehealthWidget.guest_public_url" in refused.value.message
    GuestSettings(port=0, public_url="https://sessions.example.org", **settings).check()


@pytest.mark.parametrize(
    ("settings", "port", "origin"),
    [
        ({"host": "sessions.example.org", "certfile": "c"}, 443, "https://sessions.example.org"),
        ({"host": "Sessions.example.org", "certfile": "c"}, 80, "https://sessions.example.org:80"),
        ({"host": "localhost"}, 80, "http://localhost"),
        ({"host": "localhost"}, 443, "http://localhost:443"),
        ({"host": "2001:DB8:0:0::1", "certfile": "c"}, 443, "https://[2001:db8::1]"),
    ],
)
def test_the_made_origin_leaves_out_the_port_that_browsers_leave_out(
    settings: dict[str, str], port: int, origin: str
) -> None:
    assert GuestSettings(**settings).origin(port) == origin
