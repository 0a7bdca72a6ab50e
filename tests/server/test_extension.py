"""The extension and the views' door in a real Jupyter server that lets nobody in unauthenticated."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from telehealth_widget.journal.lock import JournalLock
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import ErrorCode
from telehealth_widget.protocol.kinds import Phase
from telehealth_widget.server import assets, guest

from .conftest import Knock

RUN = """
import sys, warnings
from pathlib import Path
from jupyter_server.utils import JupyterServerAuthWarning
from jupyter_server.serverapp import main
from telehealth_widget.server import guest
warnings.simplefilter("error", JupyterServerAuthWarning)
guest.STATIC = Path(sys.argv.pop(1))
main()
"""
EXTENSIONS = {
    "telehealth_widget": True,
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "jupyterlab": False,
    "notebook_shim": False,
}
"""Others of this environment have routes without an auth rule, which would stop the server here."""
TOKEN = "zebra-jupyter-token"


@dataclass
class Jupyter:
    """A running Jupyter server with the extension."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    runtime: dict[str, Any]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    @classmethod
    def start(cls, folder: Path, *arguments: str) -> Jupyter:
        static = folder / "static"
        (static / "assets").mkdir(parents=True, exist_ok=True)
        for name, _ in guest.ASSETS.values():
            (static / name).write_text("built")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        folders = {
            f"JUPYTER_{name}_DIR": str(folder / name.lower())
            for name in ("DATA", "RUNTIME", "CONFIG")
        }
        command = [
            sys.executable,
            "-c",
            RUN,
            str(static),
            "--allow-root",
            "--no-browser",
            "--debug",
        ]
        command += [
            "--ServerApp.allow_unauthenticated_access=False",
            f"--ServerApp.jpserver_extensions={EXTENSIONS}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.port={port}",
            f"--ServerApp.root_dir={folder}",
            f"--IdentityProvider.token={TOKEN}",
            *arguments,
        ]
        if not any("guest_port" in argument for argument in arguments):
            command.append("--TelehealthWidget.guest_port=0")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, env={**os.environ, **folders}, stdout=log, stderr=subprocess.STDOUT
            )
        started = cls(process, port, folder, {})
        path = folder / "runtime" / f"telehealth_widget-{process.pid}.json"
        try:
            started.wait_for(path)
        except BaseException:
            started.stop()
            raise
        started.runtime = json.loads(path.read_text())
        return started

    def wait_for(self, path: Path) -> None:
        pause = threading.Event()
        for _ in range(600):
            assert self.process.poll() is None, self.log
            if path.exists():
                return
            pause.wait(0.05)
        raise AssertionError(self.log)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    async def knock(self, session: str, query: str = "", **headers: str) -> Knock:
        url = f"ws://localhost:{self.port}/telehealth/sessions/{session}/socket{query}"
        return Knock(await websocket_connect(HTTPRequest(url, headers=headers)))

    async def open(self, title: str = "Intake") -> str:
        body = {
            "open": c.Open(title, "individual", "all", 120_000, title, "T1", "Dr. Lee"),
        }
        answer = await AsyncHTTPClient().fetch(
            f"{self.runtime['door']}/sessions",
            method="POST",
            body=msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {self.runtime['token']}"},
        )
        return str(json.loads(answer.body)["session"])

    async def cookie(self) -> str:
        """What a browser holds after Jupyter's login."""
        answer = await AsyncHTTPClient().fetch(
            f"{self.url}/api/status?token={TOKEN}", raise_error=False
        )
        jar = SimpleCookie()
        for line in answer.headers.get_list("Set-Cookie"):
            jar.load(line)
        return "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    running = Jupyter.start(tmp_path_factory.mktemp("jupyter server"))
    yield running
    running.stop()


async def shut(*knocks: Knock) -> None:
    for knock in knocks:
        knock.socket.close()
        await knock.over()


AUTHORIZED = {"Authorization": f"token {TOKEN}"}


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({}, ""),
        ({"Authorization": "token wrong"}, ""),
        ({}, "?token=wrong"),
        ({"Authorization": "Bearer {host}"}, ""),
        ({"Authorization": "token {host}"}, ""),
        ({"Cookie": "username-localhost=zebra"}, ""),
        ({"Origin": "{url}"}, ""),
    ],
)
async def test_without_jupyters_login_the_views_door_is_closed(
    jupyter: Jupyter, headers: dict[str, str], query: str
) -> None:
    session = await jupyter.open()
    words = {"host": jupyter.runtime["token"], "url": jupyter.url}
    with pytest.raises(HTTPClientError) as refused:
        await jupyter.knock(session, query, **{k: v.format(**words) for k, v in headers.items()})
    assert refused.value.code == 403


async def test_with_jupyters_login_a_view_gets_its_welcome_and_the_room(jupyter: Jupyter) -> None:
    session = await jupyter.open()
    knock = await jupyter.knock(session, **AUTHORIZED)
    assert isinstance(await knock.hello(), m.Welcome)
    assert knock.rows.session is not None
    assert knock.rows.session.title == "Intake"
    assert knock.rows.me is not None
    assert (knock.rows.me.code, knock.rows.me.phase) == ("T1", Phase.INVITED)
    done = await knock.do(c.Invite(code="P07"))
    assert done.url.startswith(jupyter.runtime["guest_site"] + "/join#")
    await shut(knock)


async def test_the_browsers_cookie_opens_it_from_jupyters_own_pages_alone(jupyter: Jupyter) -> None:
    session, cookie = await jupyter.open(), await jupyter.cookie()
    assert cookie
    knock = await jupyter.knock(session, Cookie=cookie, Origin=jupyter.url)
    assert isinstance(await knock.hello(), m.Welcome)
    await shut(knock)
    for origin in (
        "https://evil.example",
        jupyter.runtime["guest_site"],
        "null",
        "http://127.0.0.1",
    ):
        with pytest.raises(HTTPClientError) as refused:
            await jupyter.knock(session, Cookie=cookie, Origin=origin)
        assert refused.value.code == 403


async def test_an_unknown_session_and_a_guests_link_are_refused_in_words(jupyter: Jupyter) -> None:
    session = await jupyter.open()
    unknown = await jupyter.knock("s_nothing", **AUTHORIZED)
    assert (await unknown.hello()).code is ErrorCode.UNKNOWN_SESSION
    guests = await jupyter.knock(session, **AUTHORIZED)
    assert (await guests.hello(invite="x")).code is ErrorCode.MALFORMED
    await shut(unknown, guests)


async def test_too_large_a_message_from_a_view_gets_our_sentence(jupyter: Jupyter) -> None:
    knock = await jupyter.knock(await jupyter.open(), **AUTHORIZED)
    await knock.hello()
    await knock.send("x" * (64 * 1024 + 1))
    assert (await knock.of(m.Closed)).code is ErrorCode.TOO_LARGE
    assert await knock.over() == 1009
    await shut(knock)


async def test_the_effects_worker_has_its_own_policy_on_jupyters_port_too(
    jupyter: Jupyter,
) -> None:
    folder = f"{jupyter.url}/telehealth/assets/background"
    login = {"Authorization": f"token {TOKEN}"}
    answer = await AsyncHTTPClient().fetch(f"{folder}/worker.js", headers=login)
    assert answer.headers["Content-Security-Policy"] == assets.worker_policy("'self'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    wasm = "selfie_segmentation_solution_simd_wasm_bin.wasm"
    answer = await AsyncHTTPClient().fetch(f"{folder}/{wasm}", headers=login)
    assert answer.headers["Content-Type"] == "application/wasm"
    assert answer.body.startswith(b"\x00asm")
    answer = await AsyncHTTPClient().fetch(f"{folder}/worker.js", raise_error=False)
    assert answer.code == 403


async def test_guests_have_an_origin_of_their_own(jupyter: Jupyter) -> None:
    site = jupyter.runtime["guest_site"]
    assert site.startswith("http://127.0.0.1:")
    page = await AsyncHTTPClient().fetch(f"{site}/join")
    assert "Set-Cookie" not in page.headers
    api = await AsyncHTTPClient().fetch(f"{site}/api/kernels", raise_error=False)
    assert api.code == 404


async def test_no_path_of_the_guest_site_is_on_jupyters_port(jupyter: Jupyter) -> None:
    for path in ("/join", "/socket", "/assets/join.js", "/sessions"):
        answer = await AsyncHTTPClient().fetch(
            jupyter.url + path, raise_error=False, follow_redirects=False
        )
        assert answer.code in (302, 403, 404), path


async def test_no_token_is_in_the_log_at_debug_level(jupyter: Jupyter) -> None:
    knock = await jupyter.knock(await jupyter.open("Zebra title"), **AUTHORIZED)
    welcome = await knock.hello()
    url = (await knock.do(c.Invite(code="P99", name="Quagga Client"))).url
    await shut(knock)
    for canary in (
        jupyter.runtime["token"],
        welcome.resume,
        url.split("#")[1],
        "Quagga",
        "Zebra title",
    ):
        assert canary not in jupyter.log
    assert "JupyterServerAuthWarning" not in jupyter.log


# -- when it cannot start -----------------------------------------------------------------------------


async def problem(running: Jupyter) -> m.Closed:
    """Jupyter runs, kernels read the problem, and the view is told it."""
    status = await AsyncHTTPClient().fetch(f"{running.url}/api/status", headers=AUTHORIZED)
    assert status.code == 200
    assert (running.runtime["door"], running.runtime["token"]) == (None, None)
    knock = await running.knock("s_1", **AUTHORIZED)
    closed = await knock.hello()
    await shut(knock)
    assert (closed.code, closed.message) == (
        running.runtime["problem_code"],
        running.runtime["problem"],
    )
    return closed  # type: ignore[no-any-return]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Any]:
    running: list[Jupyter] = []

    def start(*arguments: str) -> Jupyter:
        running.append(Jupyter.start(tmp_path, *arguments))
        return running[-1]

    yield start
    for one in running:
        one.stop()


async def test_a_journal_of_another_server_stops_nothing_but_sessions(
    started: Any, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    lock = JournalLock.acquire(tmp_path / "data" / "j.sqlite3.lock", "http://localhost:9999/")
    try:
        running = started(f"--TelehealthWidget.journal={tmp_path}/data/j.sqlite3")
        closed = await problem(running)
    finally:
        lock.release()
    assert closed.code is ErrorCode.JOURNAL_OWNED
    assert "http://localhost:9999/" in closed.message
    assert "journal" in closed.message


async def test_a_guest_port_in_use_stops_nothing_but_sessions(started: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        closed = await problem(started(f"--TelehealthWidget.guest_port={port}"))
    assert closed.code is ErrorCode.GUEST_PORT_IN_USE
    assert f"Port {port} of the guest site cannot be taken" in closed.message


@pytest.mark.parametrize(
    "argument",
    ["--ServerApp.allow_origin=*", r"--ServerApp.allow_origin_pat=http://127\.0\.0\.1.*"],
)
async def test_a_jupyter_that_lets_every_origin_in_hosts_no_guests(
    started: Any, argument: str
) -> None:
    closed = await problem(started(argument))
    assert closed.code is ErrorCode.GUEST_SETTINGS
    assert closed.message == (
        "ServerApp.allow_origin (or allow_origin_pat) lets pages of the guest site call the Jupyter "
        "server. Narrow it so that it does not match the guest site's address."
    )


async def test_a_journal_path_that_cannot_be_is_said_in_words(started: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    running = started(f"--TelehealthWidget.journal={tmp_path}/file/journal.sqlite3")
    closed = await problem(running)
    assert closed.code is ErrorCode.JOURNAL_UNAVAILABLE
    assert closed.message.startswith("The journal ")


def test_stopping_jupyter_takes_the_runtime_file_away(tmp_path: Path) -> None:
    running = Jupyter.start(tmp_path)
    path = tmp_path / "runtime" / f"telehealth_widget-{running.process.pid}.json"
    assert path.exists()
    running.stop()
    assert not path.exists()
    assert "Traceback" not in running.log
