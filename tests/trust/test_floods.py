"""Floods at the guests' door: silent sockets, slow readers, bodies and messages over their limits."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import resource
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from telehealth_widget.protocol import codec, limits
from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol import messages as m
from telehealth_widget.protocol.kinds import StepAt
from telehealth_widget.rooms.clock import Clock
from telehealth_widget.rooms.connection_tests import ConnectionTests
from telehealth_widget.server.echo import EchoProcess

from ..server.conftest import Premises
from ..soak.card import Line, check_in_ci, line
from .ground import faults, run
from .site import open_site


async def until(condition: Callable[[], Any], what: str, within_s: float = 30) -> None:
    """Let the loop run until the condition holds."""
    for _ in range(int(within_s / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {within_s:g} s: {what}")


class Raw:
    """A WebSocket by hand: from an address of its own, and it may read nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.status = 0

    @classmethod
    async def open(cls, site: Premises, address: str = "127.0.0.1", *, small: bool = False) -> Raw:
        port = int(site.site.local_url.rsplit(":", 1)[1])
        made = socket.socket()
        if small:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.bind((address, 0))
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=made, limit=2048 if small else 65536)
        raw = cls(reader, writer)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: {site.site.origin}\r\n\r\n"
            "".encode()
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        raw.status = int(head.split(b" ", 2)[1])
        return raw

    def send(self, message: m.AnyUpward) -> None:
        body = codec.encode(message)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(body))
        size = len(body)
        head = (
            bytes([0x81, 0x80 | size])
            if size < 126
            else bytes([0x81, 0xFE]) + size.to_bytes(2, "big")
        )
        self.writer.write(head + mask + masked)

    def cut(self) -> None:
        self.writer.transport.abort()


def _enough_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 4_096:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, hard), hard))


async def _silent_sockets(count: int) -> tuple[int, int]:
    """Sockets that never say who they are, from many addresses."""
    _enough_files()
    async with open_site() as site:
        session = await site.session()
        token = await site.invite(session)
        genuine = await site.knock()
        assert isinstance(await genuine.hello(invite=token), m.Welcome)
        held: list[Raw] = []
        refused = tried = 0
        while tried < count:
            address = f"127.1.{tried // 25 // 200}.{tried // 25 % 200 + 1}"
            one = await Raw.open(site, address)
            tried += 1
            if one.status == 101:
                held.append(one)
            else:
                assert one.status == 429
                refused += 1
                one.cut()
            counted = site.site._unauthenticated
            assert counted.total() <= limits.MAX_UNAUTHENTICATED
            assert max(counted.values()) <= limits.MAX_UNAUTHENTICATED_PER_ADDRESS
            if tried % 100 == 0:  # somebody who is known is served all the while
                await genuine.send(m.Beat(n=tried))
                assert (await genuine.of(m.Beaten)).n == tried
        for one in held:
            one.cut()
        await until(lambda: not site.site._unauthenticated, "the allowance is free again")
        again = await site.knock()
        assert isinstance(await again.hello(invite=token), m.Welcome)
    return tried, refused


@line("silent sockets at the guests' door", ci=600, soak=3_000)
def silent_sockets(count: int, seed: int) -> Line:
    """At most 20 an address and 500 in all; who is known goes on."""
    with faults() as seen:
        tried, refused = run(_silent_sockets(count), seen)
    return Line(
        tried,
        f"{refused} refused with 429, caps held, a known client was served meanwhile",
        f"{len(seen.found)} faults",
        ok=not seen.found and refused >= tried // 10,
    )


class QuickClock(Clock):
    """A second passes each time somebody looks, so that rates are no matter here."""

    def __init__(self) -> None:
        self._ms = 0

    def monotonic_ms(self) -> int:
        self._ms += 1_000
        return self._ms


async def _slow_readers(count: int) -> tuple[int, int]:
    """Guests who read nothing, among guests who do."""
    _enough_files()
    chats = 500
    async with open_site() as site:
        site.rooms._around = site.rooms._around.__class__(
            **{
                name: getattr(site.rooms._around, name)
                for name in site.rooms._around.__slots__
                if name != "clock"
            },
            clock=QuickClock(),
        )
        site.rooms.clock = site.rooms._around.clock
        session = await site.rooms.open_session(
            c.Open("Slow", "group", "all", 120_000, None, "T1", "Dr. Lee"), new=True
        )
        kernel = await site.kernel(session)
        tokens = []
        for number in range(count + 2):
            done = await kernel.do(c.Invite(code=f"P{number}"))
            tokens.append(str(done.url).split("#")[1])
        fast = []
        for token in tokens[count:]:
            knock = await site.knock()
            assert isinstance(await knock.hello(invite=token), m.Welcome)
            fast.append(knock)
        slow = []
        for number, token in enumerate(tokens[:count]):
            one = await Raw.open(site, f"127.2.0.{number % 200 + 1}", small=True)
            one.send(m.Hello(page="slow", invite=token))
            slow.append(one)
        room = site.rooms.room(session)
        await until(
            lambda: sum(1 for x in room.connections.values() if x.told) >= count + 3, "all are in"
        )
        connections = list(room.connections.values())
        for x in connections:  # the system would take several MB for each otherwise
            handler = x.transport._handler  # type: ignore[attr-defined]
            handler.ws_connection.stream.socket.setsockopt(
                socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384
            )

        async def read(knock: Any) -> int:
            heard = 0
            while heard < chats:
                heard += isinstance(await knock.next(), m.Chat)
            return heard

        readers = [asyncio.create_task(read(knock)) for knock in fast]
        worst = 0
        for number in range(chats):
            done = await kernel.do(c.SendChat(to="waiting", text=f"{number} " + "x" * 3_900))
            assert isinstance(done, m.Done)
            worst = max(worst, *(x.outlet._bytes for x in connections))
        assert [await asyncio.wait_for(reader, 30) for reader in readers] == [chats, chats]
        assert worst <= limits.OUTLET_BYTES
        await until(
            lambda: not [x for x in room.connections.values() if x.page == "slow"],
            "slow readers are cut off",
        )
        for one in slow:
            one.cut()
    assert worst > limits.OUTLET_BYTES // 2, "nobody was slow"
    return count, worst


@line("slow readers", ci=10, soak=50)
def slow_readers(count: int, seed: int) -> Line:
    """2 MB for each of them: they are cut off, and the others hear every message."""
    with faults() as seen:
        tried, worst = run(_slow_readers(count), seen)
    return Line(
        tried,
        "all cut off, the others heard every message",
        f"{worst / 1024:.0f} KiB queued for one, {len(seen.found)} faults",
        ok=not seen.found,
    )


async def _answer_to(site: Premises, port: int, request: bytes) -> bytes:
    """What comes back for raw bytes, up to the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        return await asyncio.wait_for(reader.read(65_536), 8)  # before a body times out
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def _oversized(count: int, seed: int) -> int:
    dice = random.Random(seed)
    over = limits.MAX_MESSAGE_BYTES + 1
    async with open_site() as site:
        kernel = await site.kernel(await site.session())
        token = ""
        ports = [int(site.site.local_url.rsplit(":", 1)[1]), int(site.door.url.rsplit(":", 1)[1])]
        before = _resident_kib()
        for number in range(count):
            if number % 100 == 0:  # somebody else: nobody comes too often
                token = await site.token(kernel, f"P{number}")
            kind = number % 4
            if kind == 0:  # a body that says how large it is: refused before it is sent
                size = dice.choice((over, 10**6, 300 * 2**20, 2**63))
                path = dice.choice(("/join", "/socket", "/sessions", "/nothing"))
                request = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\nx"
                said = await _answer_to(site, dice.choice(ports), request.encode())
                assert said == b"" or said.split(b" ", 2)[1].startswith(b"4"), said[:200]
            elif kind == 1:  # chunks that never end
                chunk = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
                head = b"POST /join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                said = await _answer_to(site, dice.choice(ports), head + chunk * 40)
                assert said == b"" or said.split(b" ", 2)[1].startswith(b"4"), said[:200]
            else:  # messages over the limit, from somebody known and from nobody
                knock = await site.knock()
                known = dice.random() < 0.5
                if known:
                    assert isinstance(await knock.hello(invite=token), m.Welcome)
                size = dice.choice((over, over + 1, 2 * limits.MAX_MESSAGE_BYTES, 2**20))
                await knock.socket.write_message(b"x" * size, binary=kind == 3)
                assert await knock.over() == 1009
                said_closed = [x for x in knock.messages if isinstance(x, m.Closed)]
                assert all(x.code.value == "TOO_LARGE" for x in said_closed)
                knock.socket.close()
                site._knocks.remove(knock)
        exact = await site.knock()
        await exact.socket.write_message(
            " " * (limits.MAX_MESSAGE_BYTES - 30) + '{"t":"hello","page":"p"}'
        )
        assert (await exact.of(m.Closed)).code.value == "LINK_UNKNOWN"
        return max(0, _resident_kib() - before)


def _resident_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@line("oversized bodies and messages", ci=80, soak=2_000)
def oversized(count: int, seed: int) -> Line:
    """POST bodies (declared, chunked) and messages of 64 KiB + 1 and more."""
    with faults() as seen:
        grown = run(_oversized(count, seed), seen)
    return Line(
        count,
        "all refused, none held in memory",
        f"{grown / 1024:.0f} MiB more at the peak, {len(seen.found)} faults",
        ok=not seen.found and grown < 100 * 1024,
    )


def test_silent_sockets_are_bounded_and_hold_up_nobody() -> None:
    check_in_ci(silent_sockets)


async def _tests_at_once(count: int) -> tuple[int, int, int]:
    """Connection tests that are asked for all at once, with offers that lead nowhere; the echo is the real one."""
    async with open_site() as site:
        clock = Clock()
        echo = EchoProcess()
        nothing = m.Ice(servers=(), relay_only=False, expires_at_ms=0)
        tests = ConnectionTests(echo, lambda: nothing, clock)
        site.rooms._around = replace(site.rooms._around, tests=tests)
        kernel = await site.kernel(await site.session())
        live = await site.knock()
        done = await kernel.do(c.Invite(code="P-live"))
        assert isinstance(await live.hello(invite=str(done.url).split("#")[1]), m.Welcome)
        links = []
        for n in range(count):
            done = await kernel.do(c.Invite(code=f"P{n}"))
            links.append(str(done.url).split("#")[1])
            if n % 40 == 39:  # no faster than a kernel may
                await asyncio.sleep(2)
        knocks = []
        for link in links:
            knock = await site.knock()
            await knock.hello(invite=link)
            await knock.send(m.BeginTest())
            knocks.append(knock)
        said: list[StepAt] = []
        offer = m.Description("offer", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" * 3)
        for n, knock in enumerate(knocks):
            step = await knock.of(m.TestStep)
            said.append(step.at)
            if step.at is StepAt.READY:
                for _ in range(5):
                    await knock.send(m.SignalTest(description=offer))
            assert tests.running <= limits.TESTS_AT_ONCE
            assert tests.queued <= limits.TESTS_QUEUED
            if n < 50 or n % 20 == 0:  # a client has a hundred beats at once, and then ten a second
                await live.send(m.Beat(n=n))
                assert (await live.of(m.Beaten)).n == n
        for knock in knocks:
            knock.socket.close()
        await until(lambda: not tests.running and not tests.queued, "every test has ended")
        await live.send(m.Beat(n=count))
        assert (await live.of(m.Beaten)).n == count
        await echo.stop()
        assert echo.pid is None
    return said.count(StepAt.READY), said.count(StepAt.QUEUED), said.count(StepAt.BUSY)


@line("connection tests at once", ci=100, soak=1_000)
def flood_of_tests(count: int, seed: int) -> Line:
    """Three run, forty wait, the rest are refused with a word; a live room goes on."""
    with faults() as seen:
        running, queued, refused = run(_tests_at_once(count), seen)
    return Line(
        count,
        f"{running} began, {queued} queued, {refused} refused; a known client was served meanwhile",
        f"{len(seen.found)} faults",
        ok=not seen.found
        and (running, queued) == (limits.TESTS_AT_ONCE, limits.TESTS_QUEUED)
        and running + queued + refused == count,
    )


def test_a_flood_of_connection_tests_is_bounded_and_a_live_room_goes_on() -> None:
    check_in_ci(flood_of_tests)


def test_slow_readers_are_cut_off_and_hold_up_nobody() -> None:
    check_in_ci(slow_readers)


def test_what_is_too_large_is_refused_unread() -> None:
    check_in_ci(oversized)


async def test_only_a_declared_proxy_is_believed_about_an_address() -> None:
    class Asked:
        def __init__(self, peer: str, **headers: str) -> None:
            from tornado.httputil import HTTPHeaders

            self.remote_ip = peer
            self.headers = HTTPHeaders({k.replace("_", "-"): v for k, v in headers.items()})

    async with open_site(
        trusted_proxies=("10.0.0.1", "10.0.0.2"), public_url="https://sessions.example.org"
    ) as site:

        def of(peer: str, **headers: str) -> str:
            return site.site.address_of(Asked(peer, **headers))  # type: ignore[arg-type]

        liar = {"X_Forwarded_For": "203.0.113.7", "X_Real_Ip": "203.0.113.8"}
        assert of("198.51.100.1", **liar) == "198.51.100.1"
        assert of("10.0.0.1", **liar) == "203.0.113.7"
        assert of("10.0.0.1", X_Real_Ip="203.0.113.8") == "10.0.0.1"
        assert of("10.0.0.1", X_Forwarded_For="9.9.9.9, 203.0.113.7, 10.0.0.2") == "203.0.113.7"
        assert of("10.0.0.1", X_Forwarded_For="<script>") == "10.0.0.1"
