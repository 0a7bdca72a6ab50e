"""The guest site: headers on every answer, one answer for every wrong token, limits before the hello."""

from __future__ import annotations

import asyncio
import gc
import gzip
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import limits
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.errors import SENTENCES, ErrorCode, TelehealthError
from telehealth_widget.protocol.kinds import Via
from telehealth_widget.server import socket as server_socket
from telehealth_widget.server.guest import GuestSettings, GuestSite, paths, security_headers
from telehealth_widget.server.socket import SocketTransport

from .conftest import Knock, Premises

POLICY = {
    "default-src": "'none'",
    "script-src": "{site}/assets/join.js {site}/assets/guest.js {site}/assets/stage.js "
    "{site}/assets/connection-test.js {site}/assets/words/es.js {site}/assets/background/effect.js",
    "worker-src": "{site}/assets/background/worker.js",
    "style-src": "{site}/assets/join.css",
    "connect-src": "{socket}/socket",
    "img-src": "'self' blob: data:",
    "media-src": "'self' blob: mediastream: data:",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "telehealth-background",
}
WORKER_POLICY = {
    "default-src": "'none'",
    "script-src": "{site}/assets/background/selfie_segmentation.js "
    "{site}/assets/background/selfie_segmentation_solution_simd_wasm_bin.js 'wasm-unsafe-eval'",
    "connect-src": "{site}/assets/background/",
    "require-trusted-types-for": "'script'",
    "trusted-types": "default",
}
"""Of the effect's worker alone: what the page itself may not do."""
BACKGROUND = {
    *("effect.js", "worker.js", "selfie_segmentation.js", "selfie_segmentation.binarypb"),
    *("selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite"),
    "selfie_segmentation_solution_simd_wasm_bin.js",
    "selfie_segmentation_solution_simd_wasm_bin.wasm",
    *(f"{name}.jpg" for name in ("wall", "books", "window", "plants", "hills", "sea")),
    *(f"{name}-small.jpg" for name in ("wall", "books", "window", "plants", "hills", "sea")),
}


def assert_guarded(
    answer: HTTPResponse,
    origin: str,
    policy: dict[str, str] = POLICY,
    cached: str = "no-store",
) -> None:
    headers = answer.headers
    words = {"site": origin, "socket": origin.replace("http", "ws", 1)}
    sent = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert sent == {key: value.format(**words) for key, value in policy.items()}
    assert ("unsafe" in headers["Content-Security-Policy"]) == (policy is WORKER_POLICY)
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == cached
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith(
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self)"
    )
    for absent in ("Server", "Set-Cookie", "Access-Control-Allow-Origin", "Etag"):
        assert absent not in headers


# -- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/join",
        "/assets/join.js",
        "/assets/guest.js",
        "/assets/stage.js",
        "/assets/connection-test.js",
        "/assets/words/es.js",
        "/assets/join.css",
    ],
)
async def test_a_page_is_served_with_every_guard(premises: Premises, path: str) -> None:
    answer = await premises.get(path)
    assert answer.code == 200
    assert answer.body.decode().startswith("built ")
    assert_guarded(answer, premises.site.origin)
    head = await premises.get(path, method="HEAD")
    assert (head.code, head.body) == (200, b"")
    assert_guarded(head, premises.site.origin)


async def test_a_page_goes_out_packed_to_whoever_can_unpack_it(premises: Premises) -> None:
    plain = await premises.get("/assets/guest.js", headers={"Accept-Encoding": "identity"})
    assert plain.body == b"built assets/guest.js"
    assert "Content-Encoding" not in plain.headers
    packed = await premises.get(
        "/assets/guest.js", headers={"Accept-Encoding": "br, gzip"}, decompress_response=False
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    for answer in (plain, packed):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert_guarded(answer, premises.site.origin)


@pytest.mark.parametrize("name", sorted(BACKGROUND))
async def test_a_file_of_the_background_effect_is_served_with_every_guard(
    premises: Premises, name: str
) -> None:
    answer = await premises.get(f"/assets/background/{name}")
    assert answer.code == 200
    assert answer.body.decode() == f"built {name}"
    lasting = "private, max-age=31536000, immutable"
    cached = lasting if name.startswith("selfie") else "private, no-cache"
    policy = WORKER_POLICY if name == "worker.js" else POLICY
    assert_guarded(answer, premises.site.origin, policy, cached)
    head = await premises.get(f"/assets/background/{name}", method="HEAD")
    assert (head.code, head.body) == (200, b"")
    assert_guarded(head, premises.site.origin, policy, cached)


async def test_a_file_of_the_effect_that_is_not_there_is_no_fault(
    premises: Premises, static: Path
) -> None:
    (static / "assets" / "background" / "sea.jpg").unlink()
    answer = await premises.get("/assets/background/sea.jpg")
    assert answer.code == 404
    assert_guarded(answer, premises.site.origin)


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        ("/", "GET", 404),
        ("/nothing", "GET", 404),
        ("/nothing", "POST", 404),
        ("/nothing", "OPTIONS", 404),
        ("/join/", "GET", 404),
        ("/join.html", "GET", 404),
        ("/assets/", "GET", 404),
        ("/assets/../../guest.py", "GET", 404),
        ("/assets/%2e%2e/%2e%2e/guest.py", "GET", 404),
        ("/assets/background/", "GET", 404),
        ("/assets/background/other.js", "GET", 404),
        ("/assets/background/../join.js", "GET", 404),
        ("/assets/background/%2e%2e/join.js", "GET", 404),
        ("/assets/background/selfie_segmentation_solution_simd_wasm_bin.wasm.gz", "GET", 404),
        ("/assets/background/worker.js", "POST", 405),
        ("/api/kernels", "GET", 404),
        ("/static/../join", "GET", 404),
        ("/join", "POST", 405),
        ("/join", "PUT", 405),
        ("/join", "DELETE", 405),
        ("/join", "PATCH", 405),
        ("/join", "OPTIONS", 405),
        ("/socket", "POST", 405),
        ("/socket", "GET", 403),
    ],
)
async def test_every_refusal_is_guarded_too_and_says_nothing(
    premises: Premises, path: str, method: str, code: int
) -> None:
    answer = await premises.get(path, method=method)
    assert answer.code == code
    assert_guarded(answer, premises.site.origin)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    sentence = (
        b"There is no such page. Open the link from your provider again.\n"
        if code == 404
        else b"That request was refused. Open the link from your provider again.\n"
    )
    assert answer.body == sentence


async def test_the_census_of_paths_is_complete(premises: Premises) -> None:
    files = {f"/assets/background/{name}" for name in BACKGROUND}
    assert set(paths()) == files | {
        "/join",
        "/assets/join.js",
        "/assets/guest.js",
        "/assets/stage.js",
        "/assets/connection-test.js",
        "/assets/words/es.js",
        "/assets/join.css",
        "/socket",
    }


async def test_a_get_of_the_link_consumes_nothing(premises: Premises) -> None:
    token = await premises.invite(await premises.session())
    for _ in range(3):
        assert (await premises.get(f"/join?{token}")).code == 200
    assert isinstance(await (await premises.knock()).hello(invite=token), m.Welcome)


async def test_a_fault_of_ours_is_guarded_too(
    premises: Premises, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from telehealth_widget.server.guest import PageHandler

    def fails(self: Any) -> None:
        raise RuntimeError("zebra")

    monkeypatch.setattr(PageHandler, "get", fails)
    answer = await premises.get("/join")
    assert answer.code == 500
    assert_guarded(answer, premises.site.origin)
    assert b"zebra" not in answer.body
    assert "zebra" in caplog.text


async def test_a_body_over_the_limit_is_not_read(
    premises: Premises, caplog: pytest.LogCaptureFixture
) -> None:
    fits = await premises.get("/join", method="POST", body=b"x" * limits.MAX_MESSAGE_BYTES)
    assert fits.code == 405
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", int(premises.site.local_url[-5:].strip(":"))
    )
    writer.write(b"POST /join HTTP/1.1\r\nHost: x\r\nContent-Length: 300000000\r\n\r\n")
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 5)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    writer.close()
    await writer.wait_closed()


async def test_no_access_is_logged(premises: Premises, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await premises.get("/join?zebra")
    await premises.get("/zebra")
    assert "/zebra" not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_over_https_browsers_are_told_to_stay_there() -> None:
    headers = security_headers("https://sessions.example.org")
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "connect-src wss://sessions.example.org/socket" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in security_headers("http://127.0.0.1:8870")


# -- who may open a socket --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "http://localhost",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "{origin}.evil.example",
        "{origin}/",
        "file://",
        "http://rebound.example",
    ],
)
async def test_a_socket_needs_the_sites_own_origin(premises: Premises, origin: str | None) -> None:
    if origin is not None:
        origin = origin.format(origin=premises.site.origin)
    for headers in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Host": "rebound.example"}):
        with pytest.raises(HTTPClientError) as refused:
            await premises.knock(origin, **headers)
        assert refused.value.code == 403
    assert refused.value.response is not None
    assert_guarded(refused.value.response, premises.site.origin)


async def test_a_host_name_in_capitals_is_the_same_origin(premises: Premises) -> None:
    knock = await premises.knock(premises.site.origin.upper())
    assert (await knock.hello(invite="x")).code is ErrorCode.LINK_UNKNOWN


async def test_one_address_may_hold_twenty_sockets_that_said_nothing(premises: Premises) -> None:
    waiting = [await premises.knock() for _ in range(limits.MAX_UNAUTHENTICATED_PER_ADDRESS)]
    with pytest.raises(HTTPClientError) as refused:
        await premises.knock()
    assert refused.value.code == 429
    token = await premises.invite(await premises.session())
    assert isinstance(await waiting[0].hello(invite=token), m.Welcome)
    again = await premises.knock()
    again.socket.close()
    await again.over()
    await waiting[1].hello(invite="wrong")
    await waiting[1].over()
    await premises.knock()
    await premises.knock()


async def test_refused_requests_do_not_use_up_the_allowance(premises: Premises) -> None:
    for _ in range(limits.MAX_UNAUTHENTICATED_PER_ADDRESS + 5):
        with pytest.raises(HTTPClientError):
            await premises.knock("https://evil.example")
        assert (await premises.get("/socket", headers={"Origin": premises.site.origin})).code == 400
    await premises.knock()


async def test_who_says_nothing_in_time_is_told_so_and_closed(
    premises: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "AUTHENTICATE_WITHIN_MS", 50)
    knock = await premises.knock()
    assert await knock.next() == m.Closed(code=ErrorCode.LATE, message=SENTENCES[ErrorCode.LATE])
    assert await knock.over() == m.CloseCode.LATE


# -- tokens -------------------------------------------------------------------------------------------


async def farewell(knock: Knock) -> tuple[str, int | None]:
    raw = await knock.raw()
    assert isinstance(raw, str)
    return raw, await knock.over()


@pytest.mark.parametrize(
    "hello",
    [
        {"invite": "x"},
        {"invite": "A" * 43},
        {"invite": "A" * 1_024},
        {"invite": "../../etc/passwd"},
        {"invite": "' OR 1=1 --"},
        {"invite": "\x00"},
        {"invite": "😀"},
        {"invite": "A" * 43, "resume": "A" * 43},
        {"invite": "A" * 43, "take": True, "seat": True},
        {},
    ],
)
async def test_unknown_and_malformed_tokens_get_one_answer(
    premises: Premises, hello: dict[str, Any]
) -> None:
    knock = await premises.knock()
    await knock.send(m.Hello(page="p", **hello))
    text = SENTENCES[ErrorCode.LINK_UNKNOWN]
    assert await farewell(knock) == (
        f'{{"t":"closed","code":"LINK_UNKNOWN","message":"{text}"}}',
        m.CloseCode.REFUSED,
    )


async def test_a_token_is_worth_nothing_as_another_kind(premises: Premises) -> None:
    token = await premises.invite(await premises.session())
    welcome = await (await premises.knock()).hello(invite=token)
    for hello, code in (
        ({"resume": token}, ErrorCode.RESUME_UNKNOWN),
        ({"invite": welcome.resume}, ErrorCode.LINK_UNKNOWN),
        ({"invite": premises.door.token}, ErrorCode.LINK_UNKNOWN),
    ):
        assert (await (await premises.knock()).hello(**hello)).code is code


async def test_the_holder_of_a_genuine_token_learns_what_became_of_it(premises: Premises) -> None:
    session = await premises.session()
    kernel = await premises.kernel(session)
    done = await kernel.do(c.Invite(code="P07"))
    token = done.url.split("#")[1]
    await kernel.do(c.Revoke(person=done.person))
    assert (await (await premises.knock()).hello(invite=token)).code is ErrorCode.LINK_REVOKED
    await kernel.do(c.End())
    ended = await (await premises.knock()).hello(invite=token)
    assert (ended.code, ended.duration_ms) == (ErrorCode.SESSION_ENDED, None)


@pytest.mark.parametrize(
    ("code", "says", "closes"),
    [
        (
            ErrorCode.JOURNAL_UNAVAILABLE,
            m.Closed(
                code=ErrorCode.SERVER_STOPPING,
                message="The session cannot be opened just now. Trying again.",
            ),
            m.CloseCode.TRY_LATER,
        ),
        (
            ErrorCode.JOURNAL_DAMAGED,
            m.Closed(
                code=ErrorCode.UNKNOWN_SESSION,
                message="The session cannot be opened. Ask your provider for help.",
            ),
            m.CloseCode.REFUSED,
        ),
    ],
)
@pytest.mark.parametrize("method", ["find_invite", "read"])
async def test_a_guest_is_not_told_what_ails_the_journal_and_comes_again_where_it_may_pass(
    premises: Premises,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    code: ErrorCode,
    says: m.Closed,
    closes: m.CloseCode,
    method: str,
) -> None:
    session = await premises.session()
    token = await premises.invite(session)
    del premises.rooms._rooms[session]
    with monkeypatch.context() as broken:

        def fails(*_: Any) -> None:
            raise TelehealthError(code, "row 7 of zebra")

        broken.setattr(premises.journal, method, fails)
        knock = await premises.knock()
        said = await knock.hello(invite=token)
        assert said == says
        assert await knock.over() == closes
    assert f"row 7 of zebra ({code.value})" in caplog.text
    assert token not in caplog.text
    assert isinstance(await (await premises.knock()).hello(invite=token), m.Welcome)


async def test_revoking_closes_the_open_socket(premises: Premises) -> None:
    session = await premises.session()
    kernel = await premises.kernel(session)
    done = await kernel.do(c.Invite(code="P07"))
    guest = await premises.knock()
    await guest.hello(invite=done.url.split("#")[1])
    await kernel.do(c.Revoke(person=done.person))
    assert (await guest.of(m.Closed)).code is ErrorCode.LINK_REVOKED
    assert await guest.over() == m.CloseCode.REFUSED


async def test_a_revoked_guest_who_reads_nothing_is_cut_off(
    premises: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_socket, "CUT_AFTER_MS", 10)
    session = await premises.session()
    kernel = await premises.kernel(session)
    done = await kernel.do(c.Invite(code="P07"))
    guest = await premises.knock()
    await guest.hello(invite=done.url.split("#")[1])
    (connection,) = premises.rooms.room(session).live_of(done.person, Via.PAGE)
    assert isinstance(connection.transport, SocketTransport)
    stream = connection.transport._handler.ws_connection.stream  # type: ignore[union-attr]
    while not stream.writing():
        connection.send_bytes(b'{"t":"beaten","n":1,"now_ms":1}' + b" " * 500_000)
        await asyncio.sleep(0)
    closed = asyncio.Event()
    stream.set_close_callback(closed.set)
    await kernel.do(c.Revoke(person=done.person))
    await asyncio.wait_for(closed.wait(), 2)


# -- frames -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("authenticated", [False, True])
async def test_a_message_over_64_kib_gets_our_sentence(
    premises: Premises, authenticated: bool
) -> None:
    knock = await premises.knock()
    if authenticated:
        await knock.hello(invite=await premises.invite(await premises.session()))
    await knock.send("x" * (limits.MAX_MESSAGE_BYTES + 1))
    closed = await knock.of(m.Closed)
    assert closed == m.Closed(ErrorCode.TOO_LARGE, SENTENCES[ErrorCode.TOO_LARGE])
    assert await knock.over() == 1009


async def test_a_frame_far_over_the_limit_is_cut_by_the_transport(premises: Premises) -> None:
    knock = await premises.knock()
    await knock.send("x" * (3 * limits.MAX_MESSAGE_BYTES))
    assert await knock.over() == 1009


@pytest.mark.parametrize(
    "frame", ["", "hello", "{}", '{"t":"beat","n":1}', '{"t":"do","id":1,"command":{"do":"End"}}']
)
async def test_what_comes_before_a_hello_ends_the_connection(
    premises: Premises, frame: str
) -> None:
    knock = await premises.knock()
    await knock.send(frame)
    assert await knock.next() == m.Closed(ErrorCode.MALFORMED, SENTENCES[ErrorCode.MALFORMED])
    assert await knock.over() == m.CloseCode.MALFORMED


async def test_a_hello_after_the_connection_was_refused_lets_nobody_in(premises: Premises) -> None:
    session = await premises.session()
    token = await premises.invite(session)
    before = len(premises.journal.read(session))
    knock = await premises.knock()
    await asyncio.gather(knock.send("nonsense"), knock.send(m.Hello(page="p", invite=token)))
    assert await knock.next() == m.Closed(ErrorCode.MALFORMED, SENTENCES[ErrorCode.MALFORMED])
    assert await knock.over() == m.CloseCode.MALFORMED
    assert len(premises.journal.read(session)) == before


async def test_a_second_hello_ends_the_connection(premises: Premises) -> None:
    knock = await premises.knock()
    token = await premises.invite(await premises.session())
    await knock.hello(invite=token)
    await knock.send(m.Hello(page="p", invite=token))
    assert (await knock.of(m.Closed)).code is ErrorCode.MALFORMED
    assert await knock.over() == m.CloseCode.MALFORMED


async def test_a_binary_frame_of_a_message_is_a_message(premises: Premises) -> None:
    knock = await premises.knock()
    await knock.hello(invite=await premises.invite(await premises.session()))
    await knock.socket.write_message(b'{"t":"beat","n":7}', binary=True)
    assert (await knock.of(m.Beaten)).n == 7


# -- settings -----------------------------------------------------------------------------------------


def files(tmp_path: Path) -> dict[str, str]:
    for name in ("cert", "key"):
        (tmp_path / name).write_text("not a certificate")
    return {"certfile": str(tmp_path / "cert"), "keyfile": str(tmp_path / "key")}


@pytest.mark.parametrize(
    ("settings", "origin"),
    [
        ({"public_url": "https://Sessions.Example.org/"}, "https://sessions.example.org"),
        ({"public_url": "https://x.org:443"}, "https://x.org"),
        ({"public_url": "https://x.org:8443"}, "https://x.org:8443"),
        ({"public_url": "http://localhost:80"}, "http://localhost"),
        ({"public_url": "https://[::1]:8443"}, "https://[::1]:8443"),
        (
            {"ip": "0.0.0.0", "trusted_proxies": ("10.0.0.1",), "public_url": "https://x.org"},
            "https://x.org",
        ),
    ],
)
async def test_the_origin_is_the_one_that_browsers_send(
    settings: dict[str, Any], origin: str
) -> None:
    site = GuestSite(GuestSettings(port=0, **settings))
    assert site.origin == origin
    assert site.link_of("T") == f"{origin}/join#T"
    assert site.link_of("T", "pt-BR") == f"{origin}/join?lang=pt-BR#T"
    await site.stop()


async def test_a_certificate_that_is_none_is_refused_with_words(
    tmp_path: Path, static: Path
) -> None:
    site = GuestSite(GuestSettings(port=0, **files(tmp_path)))
    with pytest.raises(TelehealthError) as refused:
        site.start(None)  # type: ignore[arg-type]
    assert refused.value.code is ErrorCode.GUEST_SETTINGS
    assert (
        refused.value.message
        == "The TLS certificate and key of the guest site do not fit together."
    )
    await site.stop()


async def test_a_front_end_that_is_not_built_is_said_in_words(static: Path) -> None:
    (static / "join.html").unlink()
    site = GuestSite(GuestSettings(port=0))
    with pytest.raises(TelehealthError) as refused:
        site.start(None)  # type: ignore[arg-type]
    assert refused.value.message == (
        "The front end is not built. Run 'make build' in a clone, or install the wheel."
    )
    await site.stop()


# tornado's bind_sockets leaves the socket it could not bind to the garbage collector.
leaves_a_socket = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def _collected() -> Iterator[None]:
    yield
    gc.collect()


@leaves_a_socket
@pytest.mark.usefixtures("_collected")
def test_a_port_in_use_is_said_with_its_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(TelehealthError) as refused:
            GuestSite(GuestSettings(port=port))
    assert refused.value.code is ErrorCode.GUEST_PORT_IN_USE
    assert refused.value.message == (
        f"Port {port} of the guest site cannot be taken: another program uses it. Stop that program "
        "or set TelehealthWidget.guest_port to a free port, then restart Jupyter."
    )


@leaves_a_socket
@pytest.mark.usefixtures("_collected")
def test_an_address_of_another_machine_is_said_as_such() -> None:
    settings = GuestSettings(
        port=0, ip="192.0.2.1", public_url="https://x.org", trusted_proxies=("10.0.0.1",)
    )
    with pytest.raises(TelehealthError) as refused:
        GuestSite(settings)
    assert refused.value.code is ErrorCode.GUEST_SETTINGS
    assert refused.value.message.startswith("The guest site cannot listen at 192.0.2.1 on port 0: ")
