"""Finding the room server: by name, by parent, or as the only one; and words when there is none."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from telehealth_widget.kernel.discovery import NO_SERVER, ask_door, find_server, socket_request
from telehealth_widget.link import runtime_file
from telehealth_widget.link.runtime_file import ENVIRONMENT, RuntimeFile
from telehealth_widget.protocol.errors import ErrorCode, TelehealthError


@pytest.fixture
def other_pid() -> Iterator[int]:
    """A process that runs."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate(b"\n", timeout=10)


def server(pid: int, port: int = 1) -> RuntimeFile:
    found = RuntimeFile(pid, f"http://127.0.0.1:{port}", f"zebra-{pid}", "http://localhost:8870")
    runtime_file.write(found)
    return found


def refused() -> TelehealthError:
    with pytest.raises(TelehealthError) as caught:
        find_server()
    return caught.value


def test_no_server_says_what_to_install_and_start() -> None:
    error = refused()
    assert (error.code, error.message) == (ErrorCode.SERVER_MISSING, NO_SERVER)
    assert "pip install telehealth-widget" in NO_SERVER
    assert "jupyter server extension list" in NO_SERVER


def test_the_only_server_is_the_one() -> None:
    only = server(os.getpid())
    assert find_server() == only


def test_of_several_servers_the_parent_is_the_one(
    other_pid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    server(os.getpid())
    mine = server(other_pid)
    error = refused()
    assert error.code is ErrorCode.SERVER_MISSING
    assert error.message.startswith("Several Jupyter servers with telehealth_widget are running")
    assert str(other_pid) in error.message
    assert ENVIRONMENT in error.message
    assert "zebra" not in error.message
    monkeypatch.setenv("JPY_PARENT_PID", str(other_pid))
    assert find_server() == mine


def test_the_environment_names_one_and_a_stale_name_is_looked_past(
    other_pid: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server(os.getpid())
    mine = server(other_pid)
    monkeypatch.setenv(ENVIRONMENT, str(runtime_file.path_for(other_pid)))
    assert find_server() == mine
    runtime_file.remove(other_pid)
    assert find_server().pid == os.getpid()


def test_a_file_of_a_process_that_is_gone_or_broken_counts_for_nothing() -> None:
    process = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    server(int(process.stdout))
    runtime_file.path_for(os.getpid()).write_text("{half")
    assert refused().message == NO_SERVER


def test_a_server_that_could_not_start_says_why() -> None:
    runtime_file.write(
        RuntimeFile(
            os.getpid(), None, None, None, "GUEST_PORT_IN_USE", "Port 8870 cannot be taken."
        )
    )
    error = refused()
    assert (error.code, error.message) == (
        ErrorCode.GUEST_PORT_IN_USE,
        "Port 8870 cannot be taken.",
    )


def test_the_runtime_file_is_private_and_its_token_in_no_repr() -> None:
    found = server(os.getpid())
    path = runtime_file.path_for(os.getpid())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["token"] == found.token
    assert "zebra" not in repr(found)
    runtime_file.remove(os.getpid())
    runtime_file.remove(os.getpid())
    assert not path.exists()
    assert list(path.parent.glob("*.part")) == []


def test_the_sockets_request_carries_the_token_in_a_header_alone() -> None:
    found = server(os.getpid(), 4711)
    request = socket_request("s_1")
    assert request.url == "ws://127.0.0.1:4711/sessions/s_1/socket"
    assert request.headers["Authorization"] == f"Bearer {found.token}"


async def test_a_door_that_does_not_answer_is_a_missing_server() -> None:
    server(os.getpid(), 1)
    with pytest.raises(TelehealthError) as caught:
        await ask_door("/sessions/s_1", timeout_s=2)
    assert (caught.value.code, caught.value.message) == (ErrorCode.SERVER_MISSING, NO_SERVER)
