"""A link of known quality: a UDP relay in user space with a rate, a delay and a loss, in front of a TURN server.

Each program that sends through it has a line of its own, up and down, so that two ends of one call do not share one.
What it did is counted: the truth that a measurement is compared with.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .lab import free_port, until

LOOPBACK = "127.0.0.1"
SECRET = "secret-of-the-turn-server"
QUEUE_MS = 250.0
"""What waits longer for its turn is dropped, as a router would."""
BLOCK = 10


@dataclass(frozen=True)
class Quality:
    """Of one direction; both are alike."""

    rate_kbps: float = 20_000
    """Of UDP payload, kbit/s."""
    delay_ms: float = 5
    """One way, ms."""
    loss_of_ten: int = 0
    """So many of every ten packets are lost, at random places among them."""
    dead: bool = False


@dataclass
class Direction:
    """One way of one line."""

    quality: Quality
    dice: random.Random
    passed: int = 0
    lost: int = 0
    overflowed: int = 0
    _free_at: float = 0.0
    _block: list[bool] = field(default_factory=list)

    def departs_at(self, size: int, now: float) -> float | None:
        """When this packet comes out at the far end (s, of the loop's clock); None: never."""
        if self.quality.dead or self._is_lost():
            self.lost += 1
            return None
        begins = max(now, self._free_at)
        if begins - now > QUEUE_MS / 1000:
            self.overflowed += 1
            return None
        self._free_at = begins + size * 8 / (self.quality.rate_kbps * 1000)
        self.passed += 1
        return self._free_at + self.quality.delay_ms / 1000

    def _is_lost(self) -> bool:
        if not self._block:
            lost = self.quality.loss_of_ten
            self._block = [True] * lost + [False] * (BLOCK - lost)
            self.dice.shuffle(self._block)
        return self._block.pop()


class _Line(asyncio.DatagramProtocol):
    """The far side of one sender: a socket of its own towards the target."""

    def __init__(self, link: ShapedLink, sender: tuple[str, int]) -> None:
        self.link, self.sender = link, sender
        self.up = Direction(link.quality, random.Random(1))
        self.down = Direction(link.quality, random.Random(2))
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.link.later(self.down, data, lambda: self.link.back(data, self.sender))


class ShapedLink(asyncio.DatagramProtocol):
    """Runs in a thread of its own. `port` is where to send what goes to `target`."""

    def __init__(self, target: int, quality: Quality) -> None:
        self.target = target
        self.quality = quality
        self.port = 0
        self.lines: dict[tuple[str, int], _Line] = {}
        self._early: dict[tuple[str, int], list[bytes]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="shaped link")
        self._transport: Any = None
        self._opening: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    async def _open(self) -> None:
        self._transport, _ = await self._loop.create_datagram_endpoint(
            lambda: self, local_addr=(LOOPBACK, 0)
        )
        self.port = self._transport.get_extra_info("sockname")[1]

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        await asyncio.gather(*self._opening, return_exceptions=True)
        for transport in (self._transport, *(line.transport for line in self.lines.values())):
            transport.close()
        await asyncio.sleep(0)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        line = self.lines.get(addr)
        if line is not None:
            self.forward(line, data)
            return
        first = addr not in self._early
        self._early.setdefault(addr, []).append(data)
        if first:
            task = self._loop.create_task(self._new_line(addr))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _new_line(self, addr: tuple[str, int]) -> None:
        _, line = await self._loop.create_datagram_endpoint(
            lambda: _Line(self, addr), remote_addr=(LOOPBACK, self.target)
        )
        self.lines[addr] = line
        for data in self._early.pop(addr):
            self.forward(line, data)

    def forward(self, line: _Line, data: bytes) -> None:
        self.later(line.up, data, lambda: line.transport.sendto(data))

    def later(self, direction: Direction, data: bytes, deliver: Any) -> None:
        at = direction.departs_at(len(data), self._loop.time())
        if at is not None:
            self._loop.call_at(at, deliver)

    def back(self, data: bytes, sender: tuple[str, int]) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(data, sender)


@contextlib.contextmanager
def shaped(target: int, quality: Quality) -> Iterator[ShapedLink]:
    link = ShapedLink(target, quality)
    link.start()
    try:
        yield link
    finally:
        link.stop()


@contextlib.contextmanager
def turn_server(folder: Path) -> Iterator[int]:
    """coturn on this machine; its port."""
    program = shutil.which("turnserver")
    assert program, "coturn is missing: apt-get install coturn"
    port, low = free_port(), 49_160
    log = folder / "turn.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                program,
                "-n",
                f"--listening-ip={LOOPBACK}",
                f"--listening-port={port}",
                f"--relay-ip={LOOPBACK}",
                f"--min-port={low}",
                f"--max-port={low + 400}",
                "--use-auth-secret",
                f"--static-auth-secret={SECRET}",
                "--realm=tests",
                "--no-tls",
                "--no-dtls",
                "--no-cli",
                "--fingerprint",
                "--no-multicast-peers",
                "--allow-loopback-peers",
                "--log-file=stdout",
                f"--pidfile={folder / 'turn.pid'}",
            ],
            stdout=out,
            stderr=out,
        )
        try:
            until(lambda: _listens(port, process), f"coturn listens; see {log}")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    import socket

    assert process.poll() is None, "coturn ended"
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
