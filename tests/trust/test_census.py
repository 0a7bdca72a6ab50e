"""Every route that we add to Jupyter, of the guest site and of the kernels' door, by who asks and how."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer

from telehealth_widget.server.extension import TelehealthWidget
from telehealth_widget.server.guest import security_headers

from ..server.test_extension import TOKEN, Jupyter
from ..soak.card import Line, check_in_ci, line
from .site import open_site

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LIBRARY = {
    *("selfie_segmentation.js", "selfie_segmentation.tflite", "selfie_segmentation.binarypb"),
    "selfie_segmentation_landscape.tflite",
    "selfie_segmentation_solution_simd_wasm_bin.js",
    "selfie_segmentation_solution_simd_wasm_bin.wasm",
}
PICTURES = ("wall", "books", "window", "plants", "hills", "sea")
BACKGROUND = {
    *("effect.js", "worker.js", *LIBRARY),
    *(f"{name}{size}.jpg" for name in PICTURES for size in ("", "-small")),
}
OPEN_TO_GUESTS = {
    *("/join", "/assets/join.js", "/assets/guest.js", "/assets/stage.js"),
    *("/assets/connection-test.js", "/assets/words/es.js", "/assets/join.css", "/socket"),
    *(f"/assets/background/{name}" for name in BACKGROUND),
}
OWN_RULES = {"Content-Security-Policy": {"worker.js"}, "Cache-Control": BACKGROUND}
"""What a file of the background effect may say otherwise than the page; `test_guest.py` says how."""


def routes_of(server: HTTPServer | None) -> list[str]:
    """The paths that a tornado server knows, an example for each."""
    assert server is not None
    found = []
    application: Any = server.request_callback
    for rule in application.wildcard_router.rules:
        pattern = rule.matcher.regex.pattern
        found.append(re.sub(r"\(.*?\)", "s_1", pattern).removesuffix("$"))
    return found


async def _status(url: str, method: str, headers: dict[str, str]) -> Any:
    request = HTTPRequest(
        url, method=method, headers=headers, allow_nonstandard_methods=True, request_timeout=10
    )
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def _guests_and_kernels() -> int:
    tried = 0
    async with open_site() as site:
        guarded = security_headers(site.site.origin)
        routes = routes_of(site.site._server)
        assert set(routes) == OPEN_TO_GUESTS
        host = {"Authorization": f"Bearer {site.door.token}"}
        for path in (*routes, "/", "/nothing", "/join/", "/join/../socket", "/api/kernels", "/lab"):
            for method in METHODS:
                for headers in ({}, host, {"Cookie": "username-localhost=x"}):
                    answer = await _status(site.site.local_url + path, method, headers)
                    readable = path in OPEN_TO_GUESTS - {"/socket"} and method in ("GET", "HEAD")
                    assert (answer.code == 200) == readable, (path, method, answer.code)
                    file = path.removeprefix("/assets/background/")
                    for name, value in guarded.items():
                        own = readable and file in OWN_RULES.get(name, ())
                        assert (answer.headers.get(name) == value) != own, (path, method, name)
                    assert "Set-Cookie" not in answer.headers
                    assert "Access-Control-Allow-Origin" not in answer.headers
                    tried += 1
        for path in (*routes_of(site.door._server), "/", "/nothing"):
            for method in METHODS:
                for headers in (
                    {},
                    {"Authorization": "Bearer wrong"},
                    {"Authorization": f"token {site.door.token}"},
                    host | {"Origin": site.site.origin},
                ):
                    answer = await _status(site.door.url + path, method, headers)
                    assert answer.code in (403, 405), (path, method, answer.code)
                    assert b"s_1" not in (answer.body or b"")
                    tried += 1
            answer = await _status(site.door.url + path, "GET", host)
            assert answer.code != 403 or path in ("/", "/nothing"), path
            tried += 1
    return tried


async def _jupyters(server: Jupyter) -> int:
    extension = TelehealthWidget()
    extension.handlers = []
    extension.initialize_handlers()
    paths = [re.sub(r"\(.*?\)", "s_1", handler[0]) for handler in extension.handlers]
    socket, assets = "/telehealth/sessions/s_1/socket", "/telehealth/assets/background/s_1"
    assert paths == [socket, assets], "a new route needs its rows here"
    tried = 0
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"Authorization": "token wrong"},
        {"Cookie": "username-localhost=x"},
        {"Authorization": f"Bearer {server.runtime['token']}"},
    )
    files = [assets.replace("s_1", name) for name in sorted(BACKGROUND)]
    for path in (socket, assets, *files):
        for method in METHODS:
            for headers in wrong:
                answer = await _status(server.url + path, method, headers)
                assert answer.code in (403, 405), (path, method, answer.code)
                tried += 1
        expected = {socket: 400, assets: 404}.get(path, 200)
        right = await _status(server.url + path, "GET", {"Authorization": f"token {TOKEN}"})
        assert right.code == expected, "let in, or told that it is no WebSocket, or no file"
        tried += 1
    return tried


@line("route census", ci=300, soak=300)
def census(count: int, seed: int) -> Line:
    """Route × method × nobody, somebody wrong, the right one; every header on every answer of the guest site."""
    tried = asyncio.run(_guests_and_kernels())
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TELEHEALTH_WIDGET_RUNTIME", "")  # put back what the extension sets
        server = Jupyter.start(Path(folder))
        try:
            tried += asyncio.run(_jupyters(server))
        finally:
            server.stop()
    return Line(tried, "each answered as its rule says; every guard on every answer")


def test_every_route_is_open_to_those_of_its_rule_alone() -> None:
    check_in_ci(census)
