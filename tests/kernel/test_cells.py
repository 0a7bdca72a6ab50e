"""Which cell runs, as a real kernel tells it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from telehealth_widget.kernel import cells

ASK = "from telehealth_widget.kernel.cells import running; print(running())"


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel()
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def run(kernel: BlockingKernelClient, code: str, **metadata: str) -> tuple[str, str]:
    """What a cell prints, and the id of the request that ran it."""
    content = {"code": code, "silent": False, "store_history": False, "stop_on_error": True}
    request = kernel.session.msg("execute_request", content, metadata=metadata)
    kernel.shell_channel.send(request)
    printed = ""
    while True:
        message: dict[str, Any] = kernel.get_iopub_msg(timeout=30)
        if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
            continue
        if message["msg_type"] in ("stream", "error"):
            printed += message["content"].get("text") or str(message["content"])
        if message["content"].get("execution_state") == "idle":
            return printed.strip(), request["header"]["msg_id"]


def test_a_run_has_its_cells_id_and_an_id_of_its_own(kernel: BlockingKernelClient) -> None:
    for _ in range(2):
        printed, request = run(kernel, ASK, cellId="cell-1")
        assert printed == repr(cells.Run("cell-1", request))


def test_where_the_front_end_tells_no_id_the_source_stands_for_the_cell(
    kernel: BlockingKernelClient,
) -> None:
    printed, request = run(kernel, ASK)
    assert printed == repr(cells.Run(ASK, request))


def test_outside_of_cells_there_is_no_run(
    kernel: BlockingKernelClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cells.running() is None
    asked = "import threading; " + ASK.replace(
        "print(running())",
        "t = threading.Thread(target=lambda: print(running())); t.start(); t.join()",
    )
    assert run(kernel, asked, cellId="cell-1")[0] == "None"

    class Shell:
        def get_parent(self) -> dict[str, Any]:
            return {"header": {"msg_type": "comm_msg", "msg_id": "m"}, "metadata": {"cellId": "c"}}

    monkeypatch.setattr(cells, "get_ipython", Shell)
    assert cells.running() is None
    assert threading.current_thread() is threading.main_thread()
