"""Settings of the guest site: where it listens, how clients reach it, and what is refused. No socket enters here."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

_SET_PUBLIC_URL = "Set TelehealthWidget.guest_public_url"
_EXAMPLE = ", e.g. https://sessions.example.org."


@dataclass(frozen=True)
class GuestSettings:
    """Where the guest site listens, and how clients reach it."""

    ip: str = "127.0.0.1"
    port: int = 8870
    """0 takes a free one (links then change with each start)."""
    public_url: str = ""
    """Address that clients use; empty: made of host and port, where those are one."""
    host: str = "127.0.0.1"
    """Host name for `public_url` when that is empty."""
    certfile: str = ""
    keyfile: str = ""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of a TLS-terminating proxy in front, whose X-Forwarded headers count."""

    def local_url(self, port: int) -> str:
        """Where the guest site listens, always with the port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certfile else 'http'}://{host}:{port}"

    def origin(self, port: int) -> str:
        """What clients' browsers send as Origin, and links begin with.

        Raises:
            TelehealthError: GUEST_SETTINGS if no address can be made of these settings.
        """
        origin = _origin_of(self.public_url or self.local_url(port))
        if origin is None:
            raise wrong(
                f"No link can be made of the address {self.host}. {_SET_PUBLIC_URL} to the one "
                f"that clients use{_EXAMPLE}"
            )
        return origin

    def check(self) -> None:
        """Refuse what would put people's sessions on the wire in the clear, or make links that lead nowhere.

        Raises:
            TelehealthError: GUEST_SETTINGS with the remedy.
        """
        loopback = _is_loopback(self.ip)
        public = urlsplit(self.public_url)
        if self.public_url and _origin_of(self.public_url) is None:
            raise wrong(
                "TelehealthWidget.guest_public_url must look like https://sessions.example.org."
            )
        if self.public_url and public.path.rstrip("/"):
            raise wrong("TelehealthWidget.guest_public_url must not have a path.")
        if bool(self.certfile) != bool(self.keyfile):
            raise wrong(
                "Set both TelehealthWidget.guest_certfile and TelehealthWidget.guest_keyfile."
            )
        if self.certfile:
            for path in (self.certfile, self.keyfile):
                if not Path(path).is_file():
                    raise wrong("The TLS certificate or key of the guest site was not found.")
        elif not loopback and not self.trusted_proxies:
            raise wrong(
                "Off loopback the guest site needs TLS: set TelehealthWidget.guest_certfile and "
                "guest_keyfile, or TelehealthWidget.guest_trusted_proxies for a proxy that "
                "terminates TLS."
            )
        if not self.public_url and _is_everywhere(self.ip):
            raise wrong(
                f'guest_ip "{self.ip}" means every address of this machine, and a link needs one. '
                f"{_SET_PUBLIC_URL} to the one that clients use{_EXAMPLE}"
            )
        if not self.public_url and self.trusted_proxies:
            raise wrong(
                "Behind a proxy clients use the proxy's address, which must stand in their links. "
                f"{_SET_PUBLIC_URL} to it{_EXAMPLE}"
            )
        origin = urlsplit(self.origin(self.port))
        if origin.scheme == "http" and not _is_loopback(origin.hostname or ""):
            raise wrong(
                "Browsers give no camera to an http address. TelehealthWidget.guest_public_url "
                "must start with https."
            )


def _origin_of(url: str) -> str | None:
    """Scheme, host and port as a browser's Origin has them; None if `url` is no plain address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    plain = re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host) is not None
    if parts.scheme not in ("http", "https") or not plain or "@" in parts.netloc:
        return None
    if parts.query or parts.fragment:
        return None
    try:
        shown = f"[{ipaddress.ip_address(host)}]" if ":" in host else host
    except ValueError:
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if port in (None, usual) else f":{port}")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_everywhere(host: str) -> bool:
    try:
        return host == "" or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def wrong(sentence: str) -> TelehealthError:
    """GUEST_SETTINGS in these words."""
    return TelehealthError(ErrorCode.GUEST_SETTINGS, sentence)
