"""ICE servers with credentials of their own, made when somebody is admitted. Nothing is contacted from here."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from telehealth_widget.protocol import limits
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.messages import Ice, IceServer
from telehealth_widget.rooms.clock import fresh_id


@dataclass(frozen=True)
class IceSettings:
    """What the deployment offers. Empty: host candidates only, nobody outside is asked."""

    servers: tuple[IceServer, ...] = ()
    turn_secret: str = field(default="", repr=False)
    """Shared with the TURN server (coturn `static-auth-secret`)."""
    relay_only: bool = False

    def mint(self, now_ms: int) -> Ice:
        """Servers for one person, good for 10 minutes.

        TURN entries without credentials get time-limited ones (the TURN REST scheme,
        draft-uberti-behave-turn-rest-00): user `<expiry>:<random>`, password
        base64(HMAC-SHA1(secret, user)). The random part says nothing about the person.
        """
        return self._minted(self.servers, now_ms + limits.ICE_CREDENTIALS_VALID_MS)

    def mint_for_test(self, now_ms: int) -> Ice | None:
        """The same servers for one connection test, good for a minute. None: none of them may be handed out.

        Credentials that are written down in the settings open the call's relay for good, so whoever waits gets none of
        them: without `turn_secret` a test does without TURN.
        """
        free = tuple(s for s in self.servers if s.credential is None)
        if self.relay_only and not any(_is_turn(server) for server in free):
            return None
        return self._minted(free, now_ms + limits.TEST_CREDENTIALS_VALID_MS)

    def _minted(self, servers: Sequence[IceServer], expires_at_ms: int) -> Ice:
        return Ice(
            servers=tuple(self._with_credentials(s, expires_at_ms) for s in servers),
            relay_only=self.relay_only,
            expires_at_ms=expires_at_ms,
        )

    def _with_credentials(self, server: IceServer, expires_at_ms: int) -> IceServer:
        if not _is_turn(server) or server.credential is not None or not self.turn_secret:
            return server
        username = f"{expires_at_ms // 1000}:{fresh_id()}"
        digest = hmac.new(self.turn_secret.encode(), username.encode(), hashlib.sha1).digest()
        return IceServer(
            urls=server.urls, username=username, credential=base64.b64encode(digest).decode()
        )


def _is_turn(server: IceServer) -> bool:
    return any(url.startswith(("turn:", "turns:")) for url in server.urls)


def parse_ice_servers(raw: Sequence[Any], turn_secret: str, relay_only: bool) -> IceSettings:
    """Settings from configuration: `[{"urls": ["turn:host:3478"]}, …]` as in RTCConfiguration.

    Raises:
        TelehealthError: GUEST_SETTINGS, saying which entry is wrong.
    """
    servers = []
    for at, entry in enumerate(raw):
        urls = entry.get("urls") if isinstance(entry, dict) else entry
        urls = [urls] if isinstance(urls, str) else urls
        schemes = ("stun:", "stuns:", "turn:", "turns:")
        if (
            not isinstance(urls, list)
            or not urls
            or not all(isinstance(url, str) and url.startswith(schemes) for url in urls)
        ):
            raise TelehealthError(
                ErrorCode.GUEST_SETTINGS,
                f"TelehealthWidget.ice_servers[{at}] needs urls that start with stun:, stuns:, "
                'turn: or turns:, e.g. {"urls": ["turn:turn.example.org:3478"]}.',
            )
        extra = entry if isinstance(entry, dict) else {}
        known = [isinstance(extra.get(key), str) for key in ("username", "credential")]
        is_turn = any(url.startswith(("turn:", "turns:")) for url in urls)
        if any(known) != all(known) or (is_turn and not any(known) and not turn_secret):
            # A browser refuses the whole call over a TURN server without credentials.
            raise TelehealthError(
                ErrorCode.GUEST_SETTINGS,
                f"TelehealthWidget.ice_servers[{at}] is a TURN server without credentials: set "
                "TelehealthWidget.turn_secret, or username and credential beside its urls.",
            )
        servers.append(
            IceServer(
                urls=tuple(urls),
                username=extra.get("username"),
                credential=extra.get("credential"),
            )
        )
    has_turn = any(u.startswith(("turn:", "turns:")) for s in servers for u in s.urls)
    if relay_only and not has_turn:
        raise TelehealthError(
            ErrorCode.GUEST_SETTINGS,
            "TelehealthWidget.relay_only needs a TURN server in TelehealthWidget.ice_servers.",
        )
    return IceSettings(tuple(servers), turn_secret, relay_only)


def minting(settings: IceSettings, now_ms: Callable[[], int]) -> Callable[[str], Ice]:
    """A function person → `Ice`, as `rooms` wants it."""
    return lambda person: settings.mint(now_ms())


def minting_for_tests(settings: IceSettings, now_ms: Callable[[], int]) -> Callable[[], Ice | None]:
    """A function that gives a connection test its `Ice`."""
    return lambda: settings.mint_for_test(now_ms())
