"""The guest site: the join page and the guests' socket, on a port and a host name of their own.

Plain tornado handlers; no cookie, no Jupyter handler, no template, nothing from the Jupyter server.
The only module with handlers that need no login.
"""

from __future__ import annotations

import errno
import gzip
import logging
import ssl
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets, is_valid_ip
from tornado.web import Application, HTTPError, RequestHandler

from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.rooms.connection import Connection
from telehealth_widget.rooms.directory import Rooms, TryLater
from telehealth_widget.rooms.room import Room
from telehealth_widget.server import assets
from telehealth_widget.server.guest_settings import GuestSettings, wrong
from telehealth_widget.server.socket import RoomSocket

log = logging.getLogger(__name__)

STATIC = Path(__file__).parents[1] / "static"
_SCRIPT = "text/javascript; charset=utf-8"
ASSETS = {
    "/join": ("join.html", "text/html; charset=utf-8"),
    "/assets/join.js": ("assets/join.js", _SCRIPT),
    "/assets/guest.js": ("assets/guest.js", _SCRIPT),
    "/assets/stage.js": ("assets/stage.js", _SCRIPT),
    # Loaded when a connection test is asked for.
    "/assets/connection-test.js": ("assets/connection-test.js", _SCRIPT),
    "/assets/join.css": ("assets/join.css", "text/css; charset=utf-8"),
}
WORDS = "assets/words"
"""Below `static`, and below the site's root: a file for each language but English, which is in the page's own."""
BACKGROUND = f"/{assets.FOLDER}/"
NOT_AT_ALL = "The session cannot be opened. Ask your provider for help."
NOT_NOW = "The session cannot be opened just now. Trying again."
_OF_THE_JOURNAL = frozenset({ErrorCode.JOURNAL_DAMAGED, ErrorCode.JOURNAL_UNAVAILABLE})
SOCKET_FRAME_BYTES = 2 * limits.MAX_MESSAGE_BYTES
"""Up to here an oversized message gets our sentence; beyond, tornado closes with 1009."""


def page_files() -> dict[str, tuple[str, str]]:
    """Path → (file below `static`, content type), of everything that the join page is made of."""
    words = sorted((STATIC / WORDS).glob("*.js"))
    return ASSETS | {f"/{WORDS}/{x.name}": (f"{WORDS}/{x.name}", _SCRIPT) for x in words}


def security_headers(origin: str) -> dict[str, str]:
    """Headers of every answer of the guest site, errors included."""
    socket = ("wss" if origin.startswith("https") else "ws") + origin[origin.index(":") :]
    scripts = " ".join(origin + path for path in page_files() if path.endswith(".js"))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts} {origin}{BACKGROUND}effect.js",
            f"worker-src {origin}{BACKGROUND}{assets.WORKER}",
            f"style-src {origin}/assets/join.css",
            f"connect-src {socket}/socket",
            "img-src 'self' blob: data:",
            "media-src 'self' blob: mediastream: data:",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            # One policy, which passes the address of the effect's worker and nothing else.
            "trusted-types telehealth-background",
        )
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": (
            "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
            "speaker-selection=(self), geolocation=(), payment=(), usb=()"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if origin.startswith("https"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


class GuestHandler(RequestHandler):
    """Base of all guest handlers: headers, plain errors, no cookie."""

    site: GuestSite

    def initialize(self, site: GuestSite, **more: Any) -> None:
        self.site = site

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        site: GuestSite = self.application.settings["site"]
        for name, value in site.headers.items():
            self.set_header(name, value)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        sentence = (
            "There is no such page. Open the link from your provider again."
            if status_code == 404
            else "That request was refused. Open the link from your provider again."
        )
        self.finish(sentence + "\n")

    def compute_etag(self) -> str | None:
        return None

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Without the request, which tornado would print with the guest's address."""
        if not isinstance(value, HTTPError):
            log.error("a fault of the guest site", exc_info=(typ, value, tb))


class PageHandler(GuestHandler):
    """One file of the join page, packed once and not for each who comes."""

    def initialize(self, site: GuestSite, body: bytes, packed: bytes, kind: str) -> None:  # type: ignore[override]
        super().initialize(site)
        self._body = body
        self._packed = packed
        self._kind = kind

    def get(self) -> None:
        self.set_header("Content-Type", self._kind)
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(self._packed)
        else:
            self.finish(self._body)

    def head(self) -> None:
        self.set_header("Content-Type", self._kind)
        self.finish()


class BackgroundHandler(GuestHandler):
    """One file of the background effect, read when it is asked for first."""

    def initialize(self, site: GuestSite, name: str) -> None:  # type: ignore[override]
        super().initialize(site)
        self._name = name

    def get(self) -> None:
        self.finish(self._begin().body)

    def head(self) -> None:
        self._begin()
        self.finish()

    def _begin(self) -> assets.Asset:
        try:
            asset = assets.load(self._name)
        except OSError:
            raise HTTPError(404) from None
        self.set_header("Content-Type", asset.kind)
        self.set_header("Cache-Control", assets.cache_control(asset))
        if asset.encoding:
            self.set_header("Content-Encoding", asset.encoding)
        if self._name == assets.WORKER:
            policy = assets.worker_policy(self.site.origin)
            self.set_header("Content-Security-Policy", policy)
        return asset


class NothingHandler(GuestHandler):
    """Every other path."""

    def prepare(self) -> None:
        raise HTTPError(404)


class GuestSocket(GuestHandler, RoomSocket):
    """A guest's socket. Its first message brings the token of a link, or the one to resume with."""

    _counted: str | None = None

    def check_origin(self, origin: str) -> bool:
        """Only pages of this very site, and programs that name it."""
        return origin.lower() == self.site.origin

    async def get(self, *args: Any, **kwargs: Any) -> None:
        # Here and not only in check_origin: tornado asks that for no request whose Origin is its Host.
        origin = self.request.headers.get("Origin")
        if origin is None or not self.check_origin(origin):
            raise HTTPError(403)
        self._counted = self.site.admit_unauthenticated(self.site.address_of(self.request))
        if self._counted is None:
            raise HTTPError(429)
        try:
            await super().get(*args, **kwargs)
        finally:
            if self.ws_connection is None:
                self.authenticated()

    async def let_in(self, hello: m.Hello) -> tuple[Room, Connection]:
        try:
            return await self.site.rooms.let_guest_in(hello, self.transport)
        except TelehealthError as error:
            if error.code not in _OF_THE_JOURNAL:
                raise
            # What ails the journal is no guest's business. Damage stays; all else may pass: the page comes again.
            log.error("a guest was not let in: %s (%s)", error.message, error.code.value)
            if error.code is ErrorCode.JOURNAL_DAMAGED:
                raise TelehealthError(ErrorCode.UNKNOWN_SESSION, NOT_AT_ALL) from None
            raise TryLater(ErrorCode.SERVER_STOPPING, NOT_NOW) from None

    def authenticated(self) -> None:
        super().authenticated()
        if self._counted is not None:
            self.site.release_unauthenticated(self._counted)
            self._counted = None


class GuestSite:
    """The listener and what it serves. Call `start`, then `stop`."""

    def __init__(self, settings: GuestSettings) -> None:
        """Check the settings and take the port.

        Raises:
            TelehealthError: GUEST_SETTINGS or GUEST_PORT_IN_USE, with the remedy.
        """
        settings.check()
        self.settings = settings
        self.rooms: Rooms
        self._unauthenticated: Counter[str] = Counter()
        try:
            self._sockets = bind_sockets(settings.port, settings.ip)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise wrong(
                    f"The guest site cannot listen at {settings.ip} on port {settings.port}: "
                    f"{error.strerror}. Set TelehealthWidget.guest_ip and guest_port to an address "
                    "of this machine and a free port above 1023."
                ) from None
            raise TelehealthError(
                ErrorCode.GUEST_PORT_IN_USE,
                f"Port {settings.port} of the guest site cannot be taken: another program uses it. "
                "Stop that program or set TelehealthWidget.guest_port to a free port, then restart "
                "Jupyter.",
            ) from None
        port = self._sockets[0].getsockname()[1]
        self.origin = settings.origin(port)
        self.local_url = settings.local_url(port)
        self.headers = security_headers(self.origin)
        self._server: HTTPServer | None = None

    def link_of(self, token: str, language: str | None = None) -> str:
        """The link that leads a person in; the token rides in the fragment, which no server sees.

        `language` is the invitation's: the page speaks it before it has heard from the server.
        """
        query = "" if language is None else f"?lang={quote(language, safe='')}"
        return f"{self.origin}/join{query}#{token}"

    def start(self, rooms: Rooms) -> None:
        """Serve. Needs the built front end.

        Raises:
            TelehealthError: GUEST_SETTINGS if the front end or the certificate cannot be used.
        """
        self.rooms = rooms
        routes: list[Any] = [("/socket", GuestSocket, {"site": self})]
        for path, (name, kind) in page_files().items():
            try:
                body = (STATIC / name).read_bytes()
            except OSError:
                raise wrong(
                    "The front end is not built. Run 'make build' in a clone, or install the wheel."
                ) from None
            packed = gzip.compress(body, mtime=0)
            more = {"site": self, "body": body, "packed": packed, "kind": kind}
            routes.append((path, PageHandler, more))
        for name in assets.KINDS:
            routes.append((BACKGROUND + name, BackgroundHandler, {"site": self, "name": name}))
        application = Application(
            routes,
            site=self,
            default_handler_class=NothingHandler,
            default_handler_args={"site": self},
            compress_response=True,
            websocket_max_message_size=SOCKET_FRAME_BYTES,
            websocket_ping_interval=limits.PING_INTERVAL_MS / 1000,
            websocket_ping_timeout=limits.PING_INTERVAL_MS / 1000,
            log_function=_say_nothing,
        )
        self._server = HTTPServer(
            application,
            ssl_options=self._tls(),
            max_body_size=limits.MAX_MESSAGE_BYTES,
            max_header_size=16 * 1024,
            idle_connection_timeout=60,
            body_timeout=10,
        )
        self._server.add_sockets(self._sockets)
        logging.getLogger("tornado.general").addFilter(_shorten_address)

    def _tls(self) -> ssl.SSLContext | None:
        if not self.settings.certfile:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.settings.certfile, self.settings.keyfile)
        except (OSError, ssl.SSLError):
            raise wrong(
                "The TLS certificate and key of the guest site do not fit together."
            ) from None
        return context

    async def stop(self) -> None:
        """Close the port and every connection."""
        logging.getLogger("tornado.general").removeFilter(_shorten_address)
        if self._server is None:
            for socket in self._sockets:
                socket.close()
            return
        self._server.stop()
        await self._server.close_all_connections()

    def address_of(self, request: HTTPServerRequest) -> str:
        """Whose request it is: the peer's, or what a declared proxy says of it.

        tornado's `xheaders` would believe whoever connects; here only a declared proxy is believed, and of
        its list the last address that is no such proxy.
        """
        peer = request.remote_ip or ""
        trusted = self.settings.trusted_proxies
        if peer not in trusted:
            return peer
        named = ",".join(request.headers.get_list("X-Forwarded-For")).split(",")
        for address in reversed([x.strip() for x in named]):
            if address not in trusted:
                return address if is_valid_ip(address) else peer
        return peer

    def admit_unauthenticated(self, address: str) -> str | None:
        """Count a socket that has not said who it is; None if there are too many."""
        per_address = limits.MAX_UNAUTHENTICATED_PER_ADDRESS
        if (
            self._unauthenticated[address] >= per_address
            or self._unauthenticated.total() >= limits.MAX_UNAUTHENTICATED
        ):
            return None
        self._unauthenticated[address] += 1
        return address

    def release_unauthenticated(self, address: str) -> None:
        """That socket is known now, or gone."""
        self._unauthenticated[address] -= 1
        if self._unauthenticated[address] <= 0:
            del self._unauthenticated[address]


def _shorten_address(record: logging.LogRecord) -> bool:
    """tornado names the peer of a malformed request: the network is enough."""
    if isinstance(record.args, tuple) and record.args and hasattr(record.args[0], "remote_ip"):
        peer = str(record.args[0].remote_ip)
        network = ":".join(peer.split(":")[:3]) if ":" in peer else peer.rpartition(".")[0]
        record.args = (f"{network}…", *record.args[1:])
    return True


def _say_nothing(handler: RequestHandler) -> None:
    """No access log: paths and addresses of guests are nobody's business."""


def paths() -> Sequence[str]:
    """Every path of the guest site, for tests that walk them."""
    return [*page_files(), *(BACKGROUND + name for name in assets.KINDS), "/socket"]


__all__ = ["GuestSettings", "GuestSite", "paths", "security_headers"]
