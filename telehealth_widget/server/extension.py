"""The Jupyter server extension: settings, and the wiring of journal, rooms, guest site and doors."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Int, List, Unicode

from telehealth_widget.journal.keys import Keyring
from telehealth_widget.journal.sqlite import SqliteJournal
from telehealth_widget.link import runtime_file
from telehealth_widget.link.runtime_file import RuntimeFile
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError
from telehealth_widget.rooms.clock import Clock
from telehealth_widget.rooms.connection_tests import ConnectionTests
from telehealth_widget.rooms.directory import Rooms
from telehealth_widget.server.desk import ASSET_PATH, SESSION_PATH, DeskAsset, DeskSocket
from telehealth_widget.server.door import KernelDoor
from telehealth_widget.server.echo import EchoProcess
from telehealth_widget.server.guest import GuestSettings, GuestSite
from telehealth_widget.server.ice import minting, minting_for_tests, parse_ice_servers


class TelehealthWidget(ExtensionApp):
    """Telehealth sessions on this Jupyter server.

    A failure to start never stops Jupyter: it becomes `problem`, which cells and views show.
    """

    name = "telehealth_widget"

    journal = Unicode(
        "",
        config=True,
        help="Path of the journal (SQLite). Default: telehealth_widget/journal.sqlite3 in Jupyter's "
        "data folder. Must be on a local disk; its key lies beside it as <journal>.key.",
    )
    guest_ip = Unicode(
        "127.0.0.1",
        config=True,
        help="Address the guest site listens on. Off loopback it needs TLS or a declared proxy.",
    )
    guest_port = Int(
        8870, min=0, max=65535, config=True, help="Port of the guest site; 0 takes a free one."
    )
    guest_public_url = Unicode(
        "",
        config=True,
        help="Address under which clients reach the guest site, e.g. https://sessions.example.org. "
        "Needed with a proxy, and where guest_ip is no single address (0.0.0.0).",
    )
    guest_certfile = Unicode("", config=True, help="TLS certificate (PEM) of the guest site.")
    guest_keyfile = Unicode("", config=True, help="TLS key (PEM) of the guest site.")
    guest_trusted_proxies = List(
        Unicode(),
        config=True,
        help="Addresses of a TLS-terminating proxy in front of the guest site.",
    )
    ice_servers: List[list[Any]] = List(
        config=True,
        help='STUN and TURN servers, e.g. [{"urls": ["turn:turn.example.org:3478"]}]. '
        "Default: none; nobody outside is contacted.",
    )
    turn_secret = Unicode(
        "", config=True, help="Shared secret of the TURN server, for credentials of 10 minutes."
    )
    relay_only = Bool(
        False,
        config=True,
        help="Send media only through TURN, so that nobody sees another's address.",
    )

    rooms: Rooms | None = None
    problem: TelehealthError | None = None
    site: GuestSite | None = None
    door: KernelDoor | None = None
    echo: EchoProcess | None = None
    _store: SqliteJournal | None = None
    _warned = False

    def initialize_handlers(self) -> None:
        """Mount the views' door; tell kernels where the runtime file will be."""
        os.environ[runtime_file.ENVIRONMENT] = str(runtime_file.path_for(os.getpid()))
        self.handlers.append((SESSION_PATH, DeskSocket, {"server": self}))
        self.handlers.append((ASSET_PATH, DeskAsset))

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        try:
            await self._open()
        except TelehealthError as error:
            self.problem = error
            await self._close_parts()
            self.log.error("telehealth_widget did not start: %s", error.message)
        except (
            Exception
        ) as error:  # a fault of ours must not stop Jupyter, nor leave kernels guessing
            self.problem = TelehealthError(
                ErrorCode.SERVER_MISSING,
                f"telehealth_widget could not start ({type(error).__name__}). The Jupyter server's "
                "log says why.",
            )
            await self._close_parts()
            self.log.exception("telehealth_widget did not start")
        self._write_runtime_file()

    async def _open(self) -> None:
        ice = parse_ice_servers(self.ice_servers, self.turn_secret, self.relay_only)
        self.site = GuestSite(self._guest_settings())
        self._refuse_shared_origin(self.site.origin)
        path = Path(
            self.journal or Path(jupyter_data_dir()) / "telehealth_widget" / "journal.sqlite3"
        )
        self._store = SqliteJournal.open(path, owner_note=self._own_address())
        if self._store.problem is not None:
            self.log.warning("telehealth_widget: %s", self._store.problem)
        clock = Clock()
        self.echo = EchoProcess()
        rooms = Rooms(
            self._store,
            Keyring.open(path.expanduser().resolve().with_name(path.name + ".key"), create=False),
            link_of=self.site.link_of,
            ice_for=minting(ice, clock.wall_ms),
            clock=clock,
            tests=ConnectionTests(self.echo, minting_for_tests(ice, clock.wall_ms), clock),
        )
        await rooms.start()
        self.site.start(rooms)
        self.door = KernelDoor(rooms)
        self.rooms = rooms
        self.log.info("telehealth_widget: guest site at %s", self.site.origin)

    def view_opened(self, host: str | None) -> None:
        """Warn, once, if JupyterLab is open under the guests' host name: cookies ignore ports."""
        if self.site is None or self._warned or host != urlsplit(self.site.origin).hostname:
            return
        self._warned = True
        self.log.warning(
            "telehealth_widget: JupyterLab is open under %s, the host name of the guest site, so the two "
            "share cookies. Open JupyterLab under another name (localhost instead of 127.0.0.1), or set "
            "TelehealthWidget.guest_public_url.",
            host,
        )

    def _guest_settings(self) -> GuestSettings:
        # Cookies ignore ports: guests get the loopback name that Jupyter does not use.
        host = "127.0.0.1"
        if self.serverapp is not None and self.serverapp.ip == "127.0.0.1":
            host = "localhost"
        return GuestSettings(
            ip=self.guest_ip,
            port=self.guest_port,
            public_url=self.guest_public_url,
            host=host if self.guest_ip in ("127.0.0.1", "localhost") else self.guest_ip,
            certfile=self.guest_certfile,
            keyfile=self.guest_keyfile,
            trusted_proxies=tuple(self.guest_trusted_proxies),
        )

    def _refuse_shared_origin(self, origin: str) -> None:
        """Guests must not share what a provider's cookie opens."""
        app = self.serverapp
        if app is None:
            return
        allowed = app.allow_origin in ("*", origin) or (
            bool(app.allow_origin_pat) and re.match(app.allow_origin_pat, origin) is not None
        )
        if allowed:
            raise TelehealthError(
                ErrorCode.GUEST_SETTINGS,
                "ServerApp.allow_origin (or allow_origin_pat) lets pages of the guest site call the "
                "Jupyter server. Narrow it so that it does not match the guest site's address.",
            )

    def _own_address(self) -> str:
        app = self.serverapp
        return f"http://{app.ip}:{app.port}{app.base_url}" if app is not None else ""

    def _write_runtime_file(self) -> None:
        problem = self.problem
        runtime_file.write(
            RuntimeFile(
                pid=os.getpid(),
                door=self.door.url if self.door else None,
                token=self.door.token if self.door else None,
                guest_site=self.site.origin if self.site else None,
                problem_code=problem.code.value if problem else None,
                problem=problem.message if problem else None,
                journal=str(self._store.path) if self._store else None,
            )
        )

    async def _close_parts(self) -> None:
        rooms, self.rooms = self.rooms, None
        if rooms is not None:
            rooms.stop()
        for part in (self.door, self.site, self.echo):
            if part is not None:
                await part.stop()
        self.door = self.site = self.echo = None
        store, self._store = self._store, None
        if store is not None:
            store.close()

    async def stop_extension(self) -> None:
        """Close everything; sockets are told to come back later."""
        await self._close_parts()
        runtime_file.remove(os.getpid())
