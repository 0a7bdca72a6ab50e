"""The views' door on the Jupyter server itself: by Jupyter's login, authorizer and Origin check, no token of ours."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError, authenticated

from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.rooms.connection import Connection
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.rooms.room import Room
from telehealth_widget.server import assets
from telehealth_widget.server.socket import RoomSocket

AUTH_RESOURCE = "telehealth"
SESSION_PATH = r"/telehealth/sessions/([A-Za-z0-9_-]{1,40})/socket"

ASSET_PATH = r"/telehealth/assets/background/([\w.-]{1,80})"


class Server(Protocol):
    """What the views' door needs of the extension."""

    rooms: Rooms | None
    """None until the rooms are up, and after a failed start."""
    problem: TelehealthError | None
    """Why they are not."""

    def view_opened(self, host: str | None) -> None:
        """A view came in through this host name."""


class DeskSocket(WebSocketMixin, JupyterHandler, RoomSocket):
    """The socket of a provider's view in JupyterLab or Notebook."""

    auth_resource = AUTH_RESOURCE

    def initialize(self, server: Server) -> None:
        self._server = server
        self._session = ""

    @property
    def max_message_size(self) -> int:
        """Jupyter's own limit is for kernels; ours is for messages of a session."""
        return 2 * 64 * 1024

    @ws_authenticated
    async def get(self, session: str) -> None:
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", AUTH_RESOURCE)
        )
        if not allowed:
            raise HTTPError(403)
        self._session = session
        self._server.view_opened(urlsplit(f"//{self.request.host}").hostname)
        await super().get(session)

    async def let_in(self, hello: m.Hello) -> tuple[Room, Connection]:
        if hello.invite is not None:
            raise TelehealthError(ErrorCode.MALFORMED)
        rooms = self._server.rooms
        if rooms is None:
            raise self._server.problem or TelehealthError(ErrorCode.SERVER_STOPPING)
        return rooms.let_desk_in(self._session, hello, Via.WIDGET, self.transport)

    def on_pong(self, data: bytes) -> None:
        WebSocketMixin.on_pong(self, data)  # type: ignore[no-untyped-call]
        self.transport.on_pong(data)


class DeskAsset(JupyterHandler):
    """One file of the background effect, for views in JupyterLab and Notebook."""

    auth_resource = AUTH_RESOURCE

    def get_login_url(self) -> str:
        """A program's file is no page to log in at."""
        raise HTTPError(403)

    @authenticated
    async def get(self, name: str) -> None:
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "read", AUTH_RESOURCE)
        )
        if not allowed:
            raise HTTPError(403)
        try:
            asset = assets.load(name)
        except (KeyError, OSError):
            raise HTTPError(404) from None
        self.set_header("Content-Type", asset.kind)
        self.set_header("Cache-Control", assets.cache_control(asset))
        self.set_header("X-Content-Type-Options", "nosniff")
        if asset.encoding:
            self.set_header("Content-Encoding", asset.encoding)
        if name == assets.WORKER:
            self.set_header("Content-Security-Policy", assets.worker_policy("'self'"))
        self.finish(asset.body)
