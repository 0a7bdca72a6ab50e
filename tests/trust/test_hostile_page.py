"""Script of an attacker on the guest page, in a browser that holds the provider's cookie; foreign origins; framing."""

from __future__ import annotations

import http.client
import json
import re
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from ..browser.conftest import House, Provider
from ..browser.lab import LabServer, chromium, running_lab
from ..soak.card import Line, check_in_ci, line

ATTACKS: dict[str, str] = {
    "start a kernel by fetch": """async (x) => (await fetch(x.lab + '/api/kernels',
        {method: 'POST', credentials: 'include', body: '{}'})).ok""",
    "start a kernel by fetch without reading": """async (x) => { await fetch(x.lab + '/api/kernels',
        {method: 'POST', credentials: 'include', mode: 'no-cors', body: '{}'}); return false; }""",
    "start a kernel by XHR": """(x) => new Promise((done) => { const r = new XMLHttpRequest();
        r.open('POST', x.lab + '/api/kernels'); r.withCredentials = true;
        r.onloadend = () => done(r.status === 201); r.send('{}'); })""",
    "start a kernel by beacon": """(x) => { try { navigator.sendBeacon(x.lab + '/api/kernels', '{}'); }
        catch {} return false; }""",
    "start a kernel by form": """(x) => { const f = document.createElement('form'); f.method = 'post';
        f.action = x.lab + '/api/kernels'; f.target = 'elsewhere'; document.body.append(f); f.submit();
        f.remove(); return false; }""",
    "read the contents": """async (x) => (await (await fetch(x.lab + '/api/contents',
        {credentials: 'include'})).text()).includes('ipynb')""",
    "write the contents": """async (x) => (await fetch(x.lab + '/api/contents/evil.txt', {method: 'PUT',
        credentials: 'include', body: JSON.stringify({type: 'file', format: 'text', content: 'x'})})).ok""",
    "read the page of JupyterLab": """async (x) => (await (await fetch(x.lab + '/lab',
        {credentials: 'include'})).text()).length > 0""",
    "open the desk's socket": """(x) => new Promise((done) => { try {
        const s = new WebSocket(x.lab.replace('http', 'ws') + '/telehealth/sessions/' + x.session + '/socket');
        s.onopen = () => done(true); s.onerror = s.onclose = () => done(false); } catch { done(false); } })""",
    "open a kernel's socket": """(x) => new Promise((done) => { try {
        const s = new WebSocket(x.lab.replace('http', 'ws') + '/api/kernels/' + x.kernel + '/channels');
        s.onopen = () => done(true); s.onerror = s.onclose = () => done(false); } catch { done(false); } })""",
    "knock at the kernels' door": """async (x) => (await fetch(x.door + '/sessions/' + x.session,
        {headers: {Authorization: 'Bearer x'}})).ok""",
    "open the kernels' door's socket": """(x) => new Promise((done) => { try {
        const s = new WebSocket(x.door.replace('http', 'ws') + '/sessions/' + x.session + '/socket');
        s.onopen = () => done(true); s.onerror = s.onclose = () => done(false); } catch { done(false); } })""",
    "stream events": """(x) => new Promise((done) => { try { const s = new EventSource(x.lab + '/api/events',
        {withCredentials: true}); s.onopen = () => done(true); s.onerror = () => { s.close(); done(false); };
        } catch { done(false); } })""",
    "reach the page by its opener": """() => { try { return !!window.opener?.document; } catch { return false; } }""",
    "reach the page by its parent": """() => { try { return window.parent !== window
        && !!window.parent.document; } catch { return false; } }""",
    "open a page of Jupyter and reach in": """(x) => new Promise((done) => {
        const w = window.open(x.lab + '/api/status');
        x.turns(() => { try { return w.document.body.textContent.includes('started'); }
            catch { return false; } },
            (found) => { try { w?.close(); } catch {} done(found); }); })""",
    "frame a page of Jupyter and reach in": """(x) => new Promise((done) => {
        const f = document.createElement('iframe'); f.src = x.lab + '/api/status'; document.body.append(f);
        x.turns(() => { try { return f.contentDocument.body.textContent.includes('started'); }
            catch { return false; } },
            (found) => { f.remove(); done(found); }); })""",
    "read a cookie": """() => document.cookie !== ''""",
    "take over by a service worker": """async () => { try { await navigator.serviceWorker.register('/assets/join.js');
        return true; } catch { return false; } }""",
}
"""What is tried. Each gives true if it succeeded; what it did to the server is looked at afterwards."""

ONLY_WITH_POLICY: dict[str, str] = {
    "load a picture from elsewhere": """(x) => new Promise((done) => { const i = new Image();
        i.onload = () => done(true); i.onerror = () => done(false); i.src = x.lab + '/static/favicon.ico?x'; })""",
    "run inline script": """() => { const s = document.createElement('script');
        try { s.textContent = 'window.__ran = 1'; document.body.append(s); } catch {} return !!window.__ran; }""",
    "run a handler from markup": """() => { try { document.body.insertAdjacentHTML('beforeend',
        '<img src=x onerror="window.__ran=1">'); } catch {} return !!document.querySelector('img[onerror]'); }""",
    "evaluate": """() => new Promise((done) => setTimeout(() => {
        try { done(eval('1 + 1') === 2); } catch { done(false); } }, 0))""",
    "load script from elsewhere": """(x) => new Promise((done) => { try { const s = document.createElement('script');
        s.onload = () => done(true); s.onerror = () => done(false); s.src = x.lab + '/static/x.js';
        document.body.append(s); } catch { done(false); } })""",
    "start a worker": """() => { try { new Worker(URL.createObjectURL(new Blob(['1']))); return true; }
        catch { return false; } }""",
    "send data elsewhere": """async (x) => { try { await fetch(x.lab + '/static/x', {mode: 'no-cors'});
        return true; }
        catch { return false; } }""",
    "change the base": """() => { const b = document.createElement('base'); b.href = 'https://evil.example/';
        document.head.append(b); const moved = document.baseURI.includes('evil'); b.remove(); return moved; }""",
}
"""What the page's own policy stops; with the policy switched off they are no matter of the server."""


WRAPPED = """async (x) => {
  x.turns = (found, done) => {  // looks for two seconds, and between looks at what has been loaded since
    const { port1, port2 } = new MessageChannel();
    const end = performance.now() + 2_000;
    port1.onmessage = () => {
      if (found() || performance.now() > end) { port1.close(); done(found()); } else port2.postMessage(0);
    };
    port2.postMessage(0);
  };
  try { return await (SCRIPT)(x); } catch { return false; }
}"""


class Ground:
    """A JupyterLab with a room, and its kernels as the server counts them."""

    def __init__(self, lab: LabServer, provider: Provider, session: str) -> None:
        self.lab, self.provider, self.session = lab, provider, session
        runtime = next((lab.folder / "runtime").glob("telehealth_widget-*.json"))
        self.runtime: dict[str, Any] = json.loads(runtime.read_text())

    def api(self, path: str) -> Any:
        request = urllib.request.Request(
            f"{self.lab.url}{path}", headers={"Authorization": f"token {self.lab.token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def kernels(self) -> list[str]:
        return sorted(kernel["id"] for kernel in self.api("/api/kernels"))

    def files(self) -> list[str]:
        return sorted(x["name"] for x in self.api("/api/contents")["content"])

    def facts(self) -> dict[str, str]:
        return {
            "lab": self.lab.url,
            "door": self.runtime["door"],
            "session": self.session,
            "kernel": self.kernels()[0],
        }


def _attack(page: Page, ground: Ground, attacks: dict[str, str]) -> int:
    kernels, files, facts = ground.kernels(), ground.files(), ground.facts()
    for name, script in attacks.items():
        wrapped = WRAPPED.replace("SCRIPT", script)
        assert page.evaluate(wrapped, facts) is False, f"the attacker could {name}"
    assert ground.kernels() == kernels, "a kernel was started"
    assert ground.files() == files, "a file was written"
    assert page.evaluate("() => window.__ran") is None
    return len(attacks)


FRAMES = """<!doctype html><title>Evil</title><body>
<iframe name="guest" src="{guest}/join"></iframe><iframe name="lab" src="{lab}/lab"></iframe>
<iframe name="missing" src="{guest}/nothing"></iframe>"""


def _frames(context: BrowserContext, ground: Ground) -> int:
    """Neither page shows in a frame of another site."""
    page = context.new_page()
    body = FRAMES.format(guest=ground.lab.guest_url, lab=ground.lab.url)
    page.route("http://evil.localhost/", lambda r: r.fulfill(content_type="text/html", body=body))
    page.goto("http://evil.localhost/")
    for name in ("guest", "lab", "missing"):
        frame = page.frame(name=name)
        assert frame is not None
        frame.wait_for_load_state()
        assert "chrome-error" in frame.url, f"{name} was framed: {frame.url}"
    page.close()
    return 3


def _status(url: str, method: str = "GET", *, upgrade: bool = False, **headers: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    if upgrade:
        headers |= {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
    connection.request(method, parts.path, headers=headers, body=b"{}" if method != "GET" else None)
    status = connection.getresponse().status
    connection.close()
    return status


def _origins(ground: Ground, cookie: str) -> int:
    """Each foreign origin at each door, with the provider's cookie."""
    lab, guest = ground.lab.url, ground.lab.guest_url
    foreign = [
        "https://evil.example",
        "null",
        "file://",
        "http://localhost",
        f"http://127.0.0.1:{ground.lab.port}",
        f"{lab}.evil.example",
        f"{lab}@evil.example",
        f"http://evil.example:{ground.lab.port}",
        f"http://localhost.:{ground.lab.port}",
        f"http://[::1]:{ground.lab.port}",
    ]
    desk = f"{lab}/telehealth/sessions/{ground.session}/socket"
    channels = f"{lab}/api/kernels/{ground.kernels()[0]}/channels"
    door = f"{ground.runtime['door']}/sessions/{ground.session}"
    host = f"Bearer {ground.runtime['token']}"
    assert _status(desk, upgrade=True, Cookie=cookie, Origin=lab) == 101
    assert _status(f"{guest}/socket", upgrade=True, Origin=guest) == 101
    assert _status(door, Authorization=host) == 200
    tried = 0
    for origin in (*foreign, guest):
        for url in (desk, channels):
            assert _status(url, upgrade=True, Cookie=cookie, Origin=origin) == 403, (url, origin)
        # Jupyter says 404 where the Origin is not its own.
        assert _status(f"{lab}/api/kernels", "POST", Cookie=cookie, Origin=origin) in (403, 404)
        assert _status(door, Authorization=host, Origin=origin) == 403
        assert _status(f"{door}/socket", upgrade=True, Authorization=host, Origin=origin) == 403
        tried += 5
    for origin in (*foreign, lab, guest.upper() + "/", guest + "0"):
        assert _status(f"{guest}/socket", upgrade=True, Origin=origin, Cookie=cookie) == 403, origin
        tried += 1
    for header in ("X-Frame-Options", "Content-Security-Policy"):
        for path in ("/join", "/assets/join.js", "/socket", "/nothing"):
            with http_answer(guest + path) as answer:
                assert answer.headers[header] is not None
            tried += 1
    return tried


def http_answer(url: str) -> Any:
    try:
        return urllib.request.urlopen(url, timeout=10)
    except urllib.error.HTTPError as error:
        return error


@line("hostile script, foreign origins, framing", ci=30, soak=30)
def hostile_page(count: int, seed: int) -> Line:
    """Everything an attacker's script on the guest page could try, with the page's policy and without it."""
    tried = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        running_lab(Path(folder)) as lab,
        sync_playwright() as playwright,
    ):
        browser = chromium(playwright)
        house = House(browser, lab)
        context = house.context()
        provider = house.provider(context=context)
        link = provider.invite("P07")
        found = re.search(r"s_[a-z0-9]+", provider.run("print(session.session_id)"))
        assert found
        ground = Ground(lab, provider, found.group(0))
        cookies = context.cookies(lab.url)
        assert any("username" in x.get("name", "") for x in cookies), (
            "the provider's cookie is there"
        )
        cookie = "; ".join(f"{x['name']}={x['value']}" for x in cookies if "name" in x)
        with (
            context.expect_page() as opened
        ):  # by a script of JupyterLab, so that there is an opener
            provider.page.evaluate("(url) => { window.open(url); }", link)
        guest = opened.value
        guest.get_by_role("heading", name="Waiting room").wait_for()
        tried += _attack(guest, ground, ATTACKS | ONLY_WITH_POLICY)
        tried += _frames(context, ground)
        tried += _origins(ground, cookie)
        bare = house.context(bypass_csp=True)
        bare.add_cookies(list(cookies))  # type: ignore[misc]
        page = bare.new_page()
        page.goto(link)
        page.get_by_role("heading", name="Waiting room").wait_for()
        tried += _attack(page, ground, ATTACKS)
        guest.close()
        assert provider.lab.kernel_status() in ("idle", "busy")
        house.close()
        browser.close()
    return Line(tried, "0 kernels, 0 contents, 0 sockets, 0 pages, 0 cookies reached")


@pytest.mark.browser
def test_hostile_script_on_the_guest_page_reaches_nothing_of_jupyter() -> None:
    check_in_ci(hostile_page)
