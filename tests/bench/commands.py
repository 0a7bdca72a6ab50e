"""From a command to every view of a five-person session, durable commit included.

The clock stops when each of the five sockets has its rows and the sender has the acknowledgement, which follows
the commit. The floor is one message through a bare relay to as many sockets, plus one bare commit; beside it stands
the same with a relay to one socket, which no room of five can come near.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from telehealth_widget.protocol import commands as c
from telehealth_widget.protocol.kinds import Source
from tests.bench.figures import Figure, median_of_rounds
from tests.bench.journal import Bare
from tests.bench.people import Person, Premises
from tests.bench.processes import serving
from tests.bench.relay import Pair, latency
from tests.bench.wire import ANSWERS_WITHIN_S, Wire, frame

CLIENTS = 4
CHANGE = b'{"t":"change"'
DONE = b'{"t":"done"'
REFUSED = b'{"t":"refused"'


@dataclass(frozen=True)
class Sizes:
    rounds: int = 10
    cycles: int = 60
    """Of all the commands, in a round."""


TOY = Sizes(rounds=1, cycles=2)


class Watch:
    """Counts what reaches the sockets, without decoding it while the clock runs."""

    def __init__(self, sender: Person, others: Sequence[Person]) -> None:
        self._people = [sender, *others]
        self._left: set[int] = set()
        self._answered = True
        self._done: asyncio.Future[None]
        self._heard: list[tuple[Person, bytes]] = []
        for number, person in enumerate(self._people):
            person.wire.on_text = self._listener(number, person)

    def _listener(self, number: int, person: Person) -> Callable[[bytes], None]:
        def on_text(text: bytes) -> None:
            self._heard.append((person, text))
            if text.startswith(CHANGE):
                self._left.discard(number)
            elif text.startswith((DONE, REFUSED)):
                self._answered = True
            if self._answered and not self._left and not self._done.done():
                self._done.set_result(None)

        return on_text

    async def time(self, by: Person, command: c.AnyCommand, *, views: bool = True) -> float:
        """Ms from sending until all have it; `views=False`: until the answer."""
        number, text = by.numbered(command)
        made = frame(text)
        self._done = asyncio.get_running_loop().create_future()
        self._left = set(range(len(self._people))) if views else set()
        self._answered = False
        self._heard = []
        began = time.perf_counter()
        by.wire.send_frame(made)
        await asyncio.wait_for(self._done, ANSWERS_WITHIN_S)
        took = (time.perf_counter() - began) * 1000
        assert not any(t.startswith(REFUSED) for _, t in self._heard), self._heard
        return took


async def fan_out(wires: Sequence[Wire], message: bytes, count: int) -> list[float]:
    """Ms until a message through the bare relay has reached all of them, the sender too."""
    took = []
    left = 0
    done: asyncio.Future[None]

    def on_text(text: bytes) -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set_result(None)

    for wire in wires:
        wire.on_text = on_text
    for _ in range(count):
        done = asyncio.get_running_loop().create_future()
        left = len(wires)
        began = time.perf_counter()
        wires[0].send_frame(message)
        await asyncio.wait_for(done, ANSWERS_WITHIN_S)
        took.append((time.perf_counter() - began) * 1000)
    return took


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    async with (
        serving("room_server", str(folder)) as ours,
        serving("floor_server") as floor,
    ):
        url = floor.facts["url"]
        premises = Premises(ours)
        kernel = await premises.open("Five people")
        clients = [await premises.admitted(kernel, f"P0{n + 1}") for n in range(CLIENTS)]
        for client in clients:
            await client.do(c.Publish(source=Source.CAMERA))
            await client.do(c.Publish(source=Source.MICROPHONE))
        first, last = clients[0], clients[-1]
        steps: dict[str, tuple[Person, c.AnyCommand, bool]] = {
            "send back": (kernel, c.SendBack(person=last.id), True),
            "admit": (kernel, c.Admit(person=last.id), True),
            "mute by provider": (kernel, c.Mute(person=first.id), True),
            "unmute oneself": (first, c.SetMuted(source=Source.MICROPHONE, muted=False), True),
            "stop video by provider": (kernel, c.StopVideo(person=first.id), True),
            "start video oneself": (first, c.SetMuted(source=Source.CAMERA, muted=False), True),
            "pause": (kernel, c.Pause(person=last.id), True),
            "resume": (kernel, c.Resume(person=last.id), True),
            "mark, to its answer": (kernel, c.Mark(label="event"), False),
        }
        message = frame(kernel.numbered(c.Mark(label="event"))[1])
        pair = Pair(
            await Wire.connect(f"{url}/pair/1"), await Wire.connect(f"{url}/pair/1"), message
        )
        group = [await Wire.connect(f"{url}/all/1") for _ in range(CLIENTS + 1)]
        bare = Bare(folder / "bare.sqlite3")
        watch = Watch(kernel, clients)
        took: dict[str, list[list[float]]] = {name: [] for name in steps}
        relayed, fanned, committed = [], [], []
        for number in range(sizes.rounds + 1):
            this: dict[str, list[float]] = {name: [] for name in steps}
            relay_ms = await latency(pair, sizes.cycles)
            fan_ms = await fan_out(group, message, sizes.cycles)
            commit_ms = bare.commit_ms(sizes.cycles)
            for _ in range(sizes.cycles):
                for name, (by, command, views) in steps.items():
                    this[name].append(await watch.time(by, command, views=views))
            if number == 0:
                continue  # warm
            relayed.append(relay_ms)
            fanned.append(fan_ms)
            committed.append(commit_ms)
            for name, values in this.items():
                took[name].append(values)
        bare.close()
    commit = {p: median_of_rounds(committed, p) for p in (50, 99)}
    to_five = {p: median_of_rounds(fanned, p) + commit[p] for p in (50, 99)}
    to_one = {p: median_of_rounds(relayed, p) + commit[p] for p in (50, 99)}
    figures = []
    for name, rounds in took.items():
        reaches_all = steps[name][2]
        for p, goal in ((50, 2.0), (99, None)):
            figures.append(
                Figure(
                    f"command to every view, {name}, p{p}",
                    median_of_rounds(rounds, p),
                    "ms",
                    (to_five if reaches_all else to_one)[p],
                    f"bare relay to {'five sockets' if reaches_all else 'one socket'} + one bare commit",
                    at_most=goal if reaches_all else None,
                )
            )
    every = [median_of_rounds(rounds, 50) for name, rounds in took.items() if steps[name][2]]
    figures.append(
        Figure(
            "command to every view, all of them, p50",
            sum(every) / len(every),
            "ms",
            to_one[50],
            "bare relay to one socket + one bare commit",
        )
    )
    return figures


def run(folder: Path, sizes: Sizes, seed: int) -> list[Figure]:
    return asyncio.run(measure(folder, sizes))
