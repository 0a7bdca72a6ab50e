"""Finding the room server of this kernel, and asking its door. No state of a session here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from telehealth_widget.link import runtime_file
from telehealth_widget.link.runtime_file import RuntimeFile
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError

NO_SERVER = (
    "No Jupyter server with telehealth_widget is running for this kernel. Install the package where "
    "Jupyter runs (pip install telehealth-widget in that environment), check it with 'jupyter server "
    "extension list', restart Jupyter, and run this cell again in JupyterLab."
)


def find_server() -> RuntimeFile:
    """The server that started this kernel, else the only one of this user.

    Raises:
        TelehealthError: SERVER_MISSING with what to install or start, or the server's own problem.
    """
    named = os.environ.get(runtime_file.ENVIRONMENT)
    found = runtime_file.read(Path(named)) if named else None
    if found is None:
        running = runtime_file.all_running()
        parent = os.environ.get("JPY_PARENT_PID", "")
        ours = [x for x in running if str(x.pid) == parent]
        choice = ours or running
        if len(choice) > 1:
            pids = ", ".join(str(x.pid) for x in choice)
            raise TelehealthError(
                ErrorCode.SERVER_MISSING,
                f"Several Jupyter servers with telehealth_widget are running (process ids {pids}). "
                "Run this in a notebook of one of them, or set the environment variable "
                f"{runtime_file.ENVIRONMENT} to the runtime file of one.",
            )
        found = choice[0] if choice else None
    if found is None:
        raise TelehealthError(ErrorCode.SERVER_MISSING, NO_SERVER)
    if found.door is None or found.token is None:
        code = ErrorCode(found.problem_code) if found.problem_code else ErrorCode.SERVER_MISSING
        raise TelehealthError(code, found.problem or NO_SERVER)
    return found


def socket_request(session: str) -> HTTPRequest:
    """The request of a kernel's socket; looks for the server anew, as it may have been restarted."""
    server = find_server()
    address = f"{server.door}/sessions/{session}/socket".replace("http://", "ws://", 1)
    return HTTPRequest(
        address, headers={"Authorization": f"Bearer {server.token}"}, connect_timeout=5
    )


async def ask_door(
    path: str, body: Any = None, *, timeout_s: float = 30, server: RuntimeFile | None = None
) -> bytes:
    """GET (or POST `body` as JSON) at the kernels' door: of this kernel's server, unless `server` is given.

    Raises:
        TelehealthError: as the server answers, or SERVER_MISSING.
    """
    server = server or find_server()
    request = HTTPRequest(
        f"{server.door}{path}",
        method="GET" if body is None else "POST",
        body=None if body is None else msgspec.json.encode(body),
        headers={"Authorization": f"Bearer {server.token}"},
        request_timeout=timeout_s,
    )
    try:
        answer = await AsyncHTTPClient().fetch(request)
    except HTTPClientError as error:
        raise _as_ours(error) from None
    except OSError:
        raise TelehealthError(ErrorCode.SERVER_MISSING, NO_SERVER) from None
    return bytes(answer.body)


def _as_ours(error: HTTPClientError) -> TelehealthError:
    try:
        answer = msgspec.json.decode(error.response.body if error.response else b"")
        return TelehealthError(ErrorCode(answer["code"]), answer["message"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return TelehealthError(
            ErrorCode.SERVER_MISSING, f"The room server answered {error.code}. {NO_SERVER}"
        )
