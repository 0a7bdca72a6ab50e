"""The floors: a tornado WebSocket relay and a few static pages, with nothing of ours in them but, in one, our headers.

`/pair/N` passes each message to the other sockets of N; `/all/N` to all of them, the sender too.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

from telehealth_widget.server.guest import security_headers
from tests.bench.bare_call import PAGE as BARE_CALL
from tests.bench.bare_mesh import PAGE as BARE_MESH
from tests.bench.processes import said_and_serve_until_stdin_closes

PREVIEW_SCRIPT = """
document.onclick = async () => {
  document.querySelector("video").srcObject = await navigator.mediaDevices.getUserMedia({
    audio: true, video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" } });
};
const button = document.createElement("button");
button.textContent = "Allow camera and microphone";
document.body.append(button);
"""
PREVIEW = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Preview</title></head><body>
<video autoplay muted playsinline></video>%s</body></html>"""
"""The floor of a preview: a button that asks for the devices, and a picture. Once by the rules of any guest page (its
headers, and so no script inside of the page), and once without rules."""

STATIC_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Nothing</title></head>'
    "<body><button>Allow camera and microphone</button></body></html>"
)


class Relay(WebSocketHandler):
    """Passes on what comes, as it came."""

    groups: dict[str, set[Relay]] = defaultdict(set)

    def check_origin(self, origin: str) -> bool:
        return True

    def open(self, kind: str, number: str) -> None:
        self.set_nodelay(True)
        self._to_all = kind == "all"
        self._group = self.groups[f"{kind}/{number}"]
        self._group.add(self)

    def on_message(self, message: str | bytes) -> None:
        for other in self._group:
            if self._to_all or other is not self:
                other.write_message(message)

    def on_close(self) -> None:
        self._group.discard(self)


class Static(RequestHandler):
    def initialize(self, body: str) -> None:
        self._body = body

    def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.finish(self._body)


class Guarded(Static):
    """With the headers of the guest site. Its policy lets a script run that is called as its own is."""

    def get(self) -> None:
        for name, value in security_headers(f"http://{self.request.host}").items():
            self.set_header(name, value)
        kind = "text/javascript" if self.request.path.endswith(".js") else "text/html"
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.finish(self._body)


async def serve() -> None:
    sockets = bind_sockets(0, "127.0.0.1")
    application = Application(
        [
            (r"/(pair|all)/(\d+)", Relay),
            ("/static", Static, {"body": STATIC_PAGE}),
            ("/join", Guarded, {"body": PREVIEW % '<script src="assets/join.js"></script>'}),
            ("/assets/join.js", Guarded, {"body": PREVIEW_SCRIPT}),
            ("/preview", Static, {"body": PREVIEW % f"<script>{PREVIEW_SCRIPT}</script>"}),
            ("/call", Static, {"body": BARE_CALL}),
            ("/mesh", Static, {"body": BARE_MESH}),
        ],
        compress_response=True,
        log_function=lambda handler: None,
    )
    HTTPServer(application).add_sockets(sockets)
    port = sockets[0].getsockname()[1]
    await said_and_serve_until_stdin_closes({"url": f"http://127.0.0.1:{port}"})


if __name__ == "__main__":
    asyncio.run(serve())
