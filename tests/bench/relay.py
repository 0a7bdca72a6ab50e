"""Signals between two seats, beside a bare WebSocket relay: latency of one pair, throughput of many."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from telehealth_widget.protocol import codec
from telehealth_widget.protocol import messages as m
from tests.bench.figures import Figure, median_of_rounds
from tests.bench.people import Person, Premises
from tests.bench.processes import Placement, Serving, placed, placements, serving
from tests.bench.wire import ANSWERS_WITHIN_S, Wire, frame

OFFER_BYTES = 1_800
WINDOW = 8
"""Messages each pair has under way in the throughput rounds."""


@dataclass(frozen=True)
class Sizes:
    rounds: int = 8
    offers: int = 300
    """One after the other, in a latency round."""
    pairs: int = 50
    messages: int = 16_000
    """In a throughput round."""


TOY = Sizes(rounds=1, offers=5, pairs=2, messages=40)


@dataclass(frozen=True)
class Pair:
    """Two ends, and what one sends for the other."""

    one: Wire
    other: Wire
    offer: bytes
    """A frame."""


def offer_text(seed: int) -> str:
    """An SDP's length of printable text."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=: "
    body = "".join(random.Random(seed).choices(letters, k=OFFER_BYTES))
    return "\r\n".join(body[i : i + 60] for i in range(0, len(body), 62))[:OFFER_BYTES]


def signal_to(endpoint: str, sdp: str) -> bytes:
    return codec.encode(m.Signal(to=endpoint, description=m.Description(type="offer", sdp=sdp)))


async def seated_pair(premises: Premises, number: int, sdp: str) -> tuple[Pair, Person]:
    """Two admitted clients of a session of their own, and its kernel."""
    kernel = await premises.open(f"Session {number}")
    one = await premises.admitted(kernel, "P01")
    other = await premises.admitted(kernel, "P02")
    await one.until_rows(lambda rows: bool(rows.people[other.id].link))
    await other.until_rows(lambda rows: bool(rows.people[one.id].link))
    link = one.rows.people[other.id].link
    assert link is not None
    return Pair(one.wire, other.wire, frame(signal_to(link.endpoint, sdp))), kernel


async def bare_pair(url: str, number: int, sdp: str) -> Pair:
    one = await Wire.connect(f"{url}/pair/{number}")
    other = await Wire.connect(f"{url}/pair/{number}")
    return Pair(one, other, frame(signal_to("e_" + "x" * 20, sdp)))


async def latency(pair: Pair, offers: int) -> list[float]:
    """Milliseconds from one end to the other, one offer after the other."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    took: list[float] = []
    began = 0.0

    def send() -> None:
        nonlocal began
        began = time.perf_counter()
        pair.one.send_frame(pair.offer)

    def heard(text: bytes) -> None:
        took.append((time.perf_counter() - began) * 1000)
        if len(took) == offers:
            done.set_result(None)
        else:
            loop.call_soon(send)

    pair.other.on_text = heard
    send()
    await asyncio.wait_for(done, ANSWERS_WITHIN_S)
    return took


async def throughput(pairs: Sequence[Pair], messages: int) -> float:
    """Messages delivered a second, `WINDOW` under way in each pair."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    heard = 0

    def listen(pair: Pair) -> None:
        def on_text(text: bytes) -> None:
            nonlocal heard
            heard += 1
            if heard <= messages - len(pairs) * WINDOW:
                pair.one.send_frame(pair.offer)
            elif heard == messages:
                done.set_result(None)

        pair.other.on_text = on_text

    for pair in pairs:
        listen(pair)
    began = time.perf_counter()
    for pair in pairs:
        for _ in range(WINDOW):
            pair.one.send_frame(pair.offer)
    await asyncio.wait_for(done, ANSWERS_WITHIN_S)
    return messages / (time.perf_counter() - began)


async def measure(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    sdp = offer_text(seed)
    async with (
        serving("room_server", str(folder)) as ours,
        serving("floor_server") as floor,
    ):
        premises = Premises(ours)
        our_pairs, floor_pairs, kernels = [], [], []
        for number in range(sizes.pairs):
            pair, kernel = await seated_pair(premises, number, sdp)
            our_pairs.append(pair)
            kernels.append(kernel)
            floor_pairs.append(await bare_pair(floor.facts["url"], number, sdp))
        await latency(our_pairs[0], sizes.offers)
        await latency(floor_pairs[0], sizes.offers)
        figures = []
        for placement in placements() or [Placement("unplaced", set(), set())]:
            held = placed(placement, ours, floor) if placement.servers else contextlib.nullcontext()
            with held:
                figures += await compare(ours, floor, our_pairs, floor_pairs, sizes, placement.name)
    return figures


async def compare(
    ours: Serving,
    floor: Serving,
    our_pairs: Sequence[Pair],
    floor_pairs: Sequence[Pair],
    sizes: Sizes,
    where: str,
) -> list[Figure]:
    """The figures of one placement, in turns."""
    our_ms, floor_ms, our_rate, floor_rate = [], [], [], []
    our_cpu = floor_cpu = 0.0
    for _ in range(sizes.rounds):
        floor_ms.append(await latency(floor_pairs[0], sizes.offers))
        our_ms.append(await latency(our_pairs[0], sizes.offers))
        before = floor.cpu_s()
        floor_rate.append(await throughput(floor_pairs, sizes.messages))
        floor_cpu += floor.cpu_s() - before
        before = ours.cpu_s()
        our_rate.append(await throughput(our_pairs, sizes.messages))
        our_cpu += ours.cpu_s() - before
    sent = sizes.rounds * sizes.messages
    bare = "bare tornado relay"
    pairs = len(our_pairs)
    return [
        Figure(
            f"relay, {where}, one pair p50",
            median_of_rounds(our_ms, 50),
            "ms",
            median_of_rounds(floor_ms, 50),
            bare,
            at_most=1.5,
        ),
        Figure(
            f"relay, {where}, one pair p99",
            median_of_rounds(our_ms, 99),
            "ms",
            median_of_rounds(floor_ms, 99),
            bare,
        ),
        Figure(
            f"relay, {where}, {pairs} pairs",
            statistics.median(our_rate),
            "messages/s",
            statistics.median(floor_rate),
            bare,
            at_least=0.8,
        ),
        Figure(
            f"relay, {where}, server's processor time a message",
            our_cpu / sent * 1e6,
            "µs",
            floor_cpu / sent * 1e6,
            bare,
        ),
    ]


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes, seed))
