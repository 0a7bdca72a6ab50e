"""Names, texts, links, tokens and addresses are looked for everywhere they must not be."""

from __future__ import annotations

import base64
import json
import re
import socket
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbclient
import nbformat
import pytest
from playwright.sync_api import sync_playwright

from ..browser.conftest import House
from ..browser.lab import LabServer, chromium, running_lab
from ..soak.card import Line, check_in_ci, line

TEXTS = {
    "title": "Wombat Intake",
    "provider": "Dr. Wombat Lee",
    "client": "Wombat Ana",
    "other": "Wombat Ben",
    "chat": "wombat chat words",
    "reply": "wombat reply words",
    "reason": "wombat reason words",
    "caption": "wombat caption words",
    "note": "wombat note words",
    "wrong": "Wombat Nobody",
}
GUESTS_ADDRESS = "127.77.66.55"

STEPS = """
import json, logging, os
from pathlib import Path
folder = Path(os.environ["TRUST_FOLDER"])
logging.basicConfig(filename=folder / "kernel.log", level="DEBUG", force=True)
texts = json.loads((folder / "texts.json").read_text())
from telehealth_widget import Session, TelehealthError
session = Session(texts["title"], provider=texts["provider"], provider_code="T1", chat="keep", new=True)
links = [session.invite("P07"), session.invite("P08", name=texts["other"])]
(folder / "links.json").write_text(json.dumps([x.url for x in links]))
links[0].revoke()
links[0].reissue()
(folder / "links.json").write_text(json.dumps(
    [*json.loads((folder / "links.json").read_text()), *(x.url for x in links)]))
session.chat(texts["chat"], to="waiting")
session.mark("rupture", note=texts["note"])
def refused(act):
    try:
        act()
    except TelehealthError:
        get_ipython().showtraceback()
refused(lambda: session.admit(texts["wrong"]))
refused(lambda: session.chat(texts["chat"], to=texts["wrong"]))
refused(lambda: session.invite("P09", name=texts["provider"]))
refused(lambda: session.mark("x", note=texts["note"] * 1000))
refused(lambda: session.mark(texts["note"] + "!", note="x" * 5000))
refused(lambda: Session.attach(links[0].url))
refused(lambda: session.remove(texts["other"] + "?"))
refused(lambda: session.decline("P07", reason=texts["reason"]))
refused(lambda: session.caption("P07", texts["caption"]))
refused(lambda: session.caption("P07", texts["caption"] * 100))
"""
SHOW = """
from IPython.display import display
display(session.participants, session.waiting, session.events, links[0], session, session.events.verify())
session.events.to_jsonl(folder / "record.jsonl"); session.events.to_csv(folder / "record.csv")
display(session.events.to_pandas())
"""


def _processes(root: int) -> list[int]:
    """A process and all that come from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _forms(secret: str) -> set[bytes]:
    """A secret as it may be written: plain, in JSON, in a URL, in base64."""
    plain = secret.encode()
    return {
        plain,
        json.dumps(secret)[1:-1].encode(),
        quote(secret).encode(),
        base64.b64encode(plain).rstrip(b"=")[:-1],
    }


class Search:
    """Where was looked, and what was found."""

    def __init__(self) -> None:
        self.looked = 0
        self.found: list[str] = []

    def look(self, place: str, data: bytes, secrets: dict[str, str]) -> None:
        for name, secret in secrets.items():
            assert len(secret) > 6, name
            self.looked += 1
            if any(form in data for form in _forms(secret)):
                self.found.append(f"{name} in {place}")


def _malformed(lab: LabServer) -> None:
    """Requests that tornado complains about, from an address that must not be in the log in full."""
    for words in (
        b"POST /join HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /wombat HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /socket HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\r\n",
    ):
        with socket.socket() as one:
            one.bind((GUESTS_ADDRESS, 0))
            one.connect(("127.0.0.1", lab.guest_port))
            one.settimeout(10)
            one.sendall(words)
            one.recv(4096)


@line("canaries in logs, notebooks, exports, /proc, Referer, journal", ci=200, soak=200)
def canaries(count: int, seed: int) -> Line:
    """A whole session with DEBUG logs, then a search of everything it left."""
    search = Search()
    with (
        tempfile.TemporaryDirectory() as name,
        pytest.MonkeyPatch.context() as patch,
        sync_playwright() as playwright,
    ):
        folder = Path(name)
        patch.setenv("TRUST_FOLDER", name)
        (folder / "texts.json").write_text(json.dumps(TEXTS))
        with running_lab(folder / "lab", **{"Application.log_level": "DEBUG"}) as lab:
            browser = chromium(playwright)
            house = House(browser, lab)
            _session(house, folder, search)
            _malformed(lab)
            secrets = _tokens(lab, folder, house) | TEXTS
            house.close()
            browser.close()
            for pid in _processes(lab.pid):
                for part in ("cmdline", "environ"):
                    try:
                        data = Path(f"/proc/{pid}/{part}").read_bytes()
                    except OSError:
                        continue
                    search.look(f"/proc/…/{part}", data, secrets)
            _executed(lab, folder, patch)
            journal = list((lab.folder / "data" / "telehealth_widget").glob("journal*"))
            assert {x.suffix for x in journal} >= {".sqlite3", ".sqlite3-wal", ".sqlite3-shm"}
            for path in journal:
                assert path.stat().st_mode & 0o077 == 0, path
                search.look(path.name, path.read_bytes(), secrets)
            runtime = list((lab.folder / "runtime").glob("telehealth_widget-*.json"))
            assert all(path.stat().st_mode & 0o077 == 0 for path in runtime)
        log = lab.log.read_bytes()
        assert b"[D " in log, "the log is not at DEBUG"
        search.look("the server's log", log, secrets | {"address": GUESTS_ADDRESS})
        search.look("the kernel's log", (folder / "kernel.log").read_bytes(), secrets)
        for path in [*folder.glob("record.*"), *lab.folder.rglob("*.ipynb")]:
            search.look(path.name, path.read_bytes(), secrets)
        saved = (lab.notebooks / "executed.ipynb").read_text()
        assert "widget-state" in saved
        assert "UNKNOWN_PERSON" in saved, "the tracebacks are there"
        assert (folder / "record.csv").read_text().count("\n") > 5
    assert not search.found, search.found
    return Line(search.looked, f"{len(search.found)} found", f"{len(secrets)} canaries")


def _session(house: House, folder: Path, search: Search) -> None:
    """The provider in JupyterLab, two clients on the guest page; Referers are looked at on the way."""
    provider = house.provider()
    provider.set_cell(0, STEPS + "\nsession")
    provider.lab.run_cell(0)
    urls = json.loads((folder / "links.json").read_text())
    requests: list[Any] = []
    clients = []
    for url, text in ((urls[2], "client"), (urls[3], "other")):
        client = house.client("about:blank")
        client.page.on("request", lambda request: requests.append(request))
        client.page.goto(url)
        client.page.get_by_role("heading", name="Waiting room").wait_for()
        if text == "client":
            client.give_name(TEXTS[text])
        client.press_ready()
        client.expect_waiting()
        clients.append(client)
    said = provider.run(
        "session.decline('P08', reason=texts['reason']); session.admit('P07');"
        "session.chat(texts['reply'], to='everyone')"
    )
    assert "error" not in said, said
    clients[0].expect_in_session()
    provider.run(SHOW)
    provider.lab.save()
    token = urls[2].split("#")[1]
    assert requests
    for request in requests:
        where = request.url.split("#")[0]
        assert not request.headers.get("referer"), where
        assert token not in where
        search.look("a request", (where + json.dumps(request.headers)).encode(), {"link": token})
    for client in clients:
        assert token not in client.page.url
        client.page.evaluate("() => history.length")


def _tokens(lab: LabServer, folder: Path, house: House) -> dict[str, str]:
    """Tokens of all three kinds, as the files and pages hold them now."""
    found = {}
    for number, url in enumerate(json.loads((folder / "links.json").read_text())):
        found[f"link {number}"] = url
        found[f"invite token {number}"] = url.split("#")[1]
    runtime = json.loads(
        next((lab.folder / "runtime").glob("telehealth_widget-*.json")).read_text()
    )
    found["host token"] = runtime["token"]
    kept: list[str] = []
    for context in house._contexts:
        for page in context.pages:
            kept += page.evaluate("() => Object.values(sessionStorage)")
    tokens = {x for text in kept for x in re.findall(r"[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", text)}
    assert len(tokens) >= 2, "resume tokens of a client and of the provider's view"
    return found | {f"resume token {n}": x for n, x in enumerate(sorted(tokens))}


def _executed(lab: LabServer, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """The same cells executed without JupyterLab, widget state saved as nbconvert does."""
    runtime = next((lab.folder / "runtime").glob("telehealth_widget-*.json"))
    patch.setenv("TELEHEALTH_WIDGET_RUNTIME", str(runtime))
    cells = [nbformat.v4.new_code_cell(text) for text in (STEPS + "\nsession", SHOW)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3")
    client.execute()
    nbformat.write(notebook, lab.notebooks / "executed.ipynb")


@pytest.mark.browser
def test_no_canary_is_found_anywhere() -> None:
    found = check_in_ci(canaries)
    assert found.count > 200
