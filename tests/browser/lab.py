"""A real JupyterLab in its own process, and its page in a real browser. Used by browser tests and the demo."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
FAKE_UI = "--use-fake-ui-for-media-stream"
ROOT = Path(__file__).parents[2]


def chromium(
    playwright: Playwright, *flags: str, asks: bool = False, sounds: bool = False
) -> Browser:
    """Debian's Chromium with fake devices.

    `asks`: permission is not granted by itself; `sounds`: what a tab plays can be captured.
    """
    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    return playwright.chromium.launch(
        executable_path=path,
        args=[*CHROMIUM_FLAGS, *([] if asks else [FAKE_UI]), *flags],
        ignore_default_args=["--headless", *(["--mute-audio"] if sounds else [])],
    )


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], what: str, timeout_s: float = 20) -> Any:
    """Poll until the condition gives something true; fail with `what` otherwise."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s:g} s: {what}")
        time.sleep(0.05)


class LabServer:
    """JupyterLab with telehealth_widget in a folder of its own."""

    def __init__(self, folder: Path, **options: str) -> None:
        self.folder = folder
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.guest_port = free_port()
        self.token = "test-token-of-jupyter"
        self.options = options
        self.env = os.environ | {
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        self.env.pop("TELEHEALTH_WIDGET_RUNTIME", None)
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / "lab.log"

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def guest_url(self) -> str:
        return f"http://127.0.0.1:{self.guest_port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Start, and wait until it answers and the rooms are up."""
        settings = {
            "ServerApp.port": str(self.port),
            "ServerApp.port_retries": "0",
            "ServerApp.open_browser": "False",
            "ServerApp.allow_unauthenticated_access": "False",
            "ServerApp.root_dir": str(self.notebooks),
            "LabApp.expose_app_in_browser": "True",
            "TelehealthWidget.guest_port": str(self.guest_port),
            **self.options,
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "jupyterlab",
                    "--allow-root",
                    *(f"--{key}={value}" for key, value in settings.items()),
                ],
                env=self.env | {"JUPYTER_TOKEN": self.token},
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        until(self._is_up, f"JupyterLab answers; see {self.log}", 60)

    def _is_up(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"JupyterLab ended: {self.log.read_text()[-2000:]}")
        runtime = self.folder / "runtime" / f"telehealth_widget-{self._process.pid}.json"
        if not runtime.exists():
            return False
        request = urllib.request.Request(
            f"{self.url}/api/status", headers={"Authorization": f"token {self.token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:
                return bool(json.load(answer))
        except OSError:
            return False

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the server and every kernel of it."""
        if self._process is None:
            return
        if how == signal.SIGKILL:
            self._process.kill()
        else:
            self._process.send_signal(how)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process = None

    def notebook(self, name: str, *cells: str) -> str:
        """Write a notebook with these code cells; returns its name."""
        made = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            },
        )
        nbformat.write(made, self.notebooks / name)
        return name


class LabPage:
    """A notebook open in JupyterLab."""

    def __init__(self, context: BrowserContext, lab: LabServer, notebook: str) -> None:
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{lab.url}/lab/tree/{notebook}?token={lab.token}&reset", wait_until="load")
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until the notebook has a kernel."""
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
        self.page.evaluate(
            "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.ready; }"
        )
        until(lambda: self.kernel_status() == "idle", "the kernel is idle", 60)

    def kernel_status(self) -> str:
        return str(
            self.page.evaluate(
                "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status"
            )
        )

    def command(self, name: str, args: dict[str, Any] | None = None) -> None:
        """Execute a command of JupyterLab, without waiting for a cell's end."""
        self.page.evaluate(
            "([name, args]) => { window.jupyterapp.commands.execute(name, args); }",
            [name, args or {}],
        )

    def cells(self) -> int:
        """How many cells the notebook has."""
        return int(
            self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
        )

    def dismiss_news(self) -> None:
        """Answer JupyterLab's own question, which covers a corner."""
        question = self.page.get_by_role("button", name="No", exact=True)
        question.wait_for(timeout=15_000)
        question.click()

    def save(self) -> None:
        """Save the notebook and wait until that is done."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def run_all(self) -> None:
        """Run all cells and wait for their end."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def run_cell(self, index: int, *, wait: bool = True) -> None:
        """Run one cell."""
        before = self.execution_count(index)
        # In one turn: focus inside an output would make that output's cell the active one again.
        self.page.evaluate(
            """([index]) => { const nb = window.jupyterapp.shell.currentWidget.content;
                document.activeElement?.blur(); nb.deselectAll(); nb.activeCellIndex = index;
                window.jupyterapp.commands.execute('notebook:run-cell'); }""",
            [index],
        )
        if wait:
            until(
                lambda: (
                    self.execution_count(index) not in (None, before)
                    and self.kernel_status() == "idle"
                ),
                f"cell {index} ran",
                60,
            )

    def execution_count(self, index: int) -> int | None:
        count = self.page.evaluate(
            """([index]) => window.jupyterapp.shell.currentWidget.content.widgets[index]
                .model.sharedModel.execution_count ?? null""",
            [index],
        )
        return None if count is None else int(count)

    def output(self, index: int) -> str:
        """Text of a cell's outputs."""
        return str(
            self.page.evaluate(
                """([index]) => JSON.stringify(window.jupyterapp.shell.currentWidget.content
                    .widgets[index].model.sharedModel.outputs ?? [])""",
                [index],
            )
        )

    def room(self, nth: int = 0) -> Locator:
        """The widget's root in the page."""
        return self.page.locator(".telehealth-widget").nth(nth)

    def close(self) -> None:
        self.page.close()


@contextlib.contextmanager
def running_lab(folder: Path, **options: str) -> Iterator[LabServer]:
    """A JupyterLab that is stopped at the end, with its kernels."""
    lab = LabServer(folder, **options)
    lab.start()
    try:
        yield lab
    finally:
        lab.stop()
