"""The echo of a connection test, and an aiortc peer in place of a browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiortc import RTCDataChannel, RTCPeerConnection, RTCSessionDescription

from telehealth_widget.media.echo import MAX_CONTROLS, TRAIN, Echo
from telehealth_widget.media.ice import configuration
from telehealth_widget.media.synthetic import SyntheticCamera, SyntheticVoice
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.messages import Description, Ice

ICE = Ice(servers=(), relay_only=False, expires_at_ms=0)
WITHIN_S = 20
BURST = bytes(limits.BURST_MESSAGE_BYTES)


class PageInPython:
    """What a page does, in Python."""

    def __init__(self) -> None:
        self.pc = RTCPeerConnection(configuration(None))
        self.channels: dict[str, RTCDataChannel] = {}
        self.said: list[dict[str, Any]] = []
        self.probes: list[bytes] = []
        self.burst: list[bytes] = []
        self.changed = asyncio.Event()
        self.answers: asyncio.Queue[Description] = asyncio.Queue()
        self.echo = Echo(ICE, self.answers.put_nowait)

    def open(self, label: str, **options: Any) -> RTCDataChannel:
        channel = self.pc.createDataChannel(label, **options)
        self.channels[label] = channel
        return channel

    async def connect(self) -> None:
        free = {"ordered": False, "maxRetransmits": 0}
        self.open("control").on("message", lambda x: self._note(self.said, json.loads(x)))
        self.open("probe", **free).on("message", lambda x: self._note(self.probes, x))
        self.open("burst", **free).on("message", lambda x: self._note(self.burst, x))
        await self.pc.setLocalDescription(await self.pc.createOffer())
        local = self.pc.localDescription
        assert self.echo.take(Description(local.type, local.sdp))
        answer = await asyncio.wait_for(self.answers.get(), WITHIN_S)
        await self.pc.setRemoteDescription(RTCSessionDescription(answer.sdp, answer.type))
        for channel in self.channels.values():
            if channel.readyState != "open":
                opened = asyncio.Event()
                channel.on("open", opened.set)
                await asyncio.wait_for(opened.wait(), WITHIN_S)

    def _note(self, kept: list[Any], message: Any) -> None:
        kept.append(message)
        self.changed.set()

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    def ask(self, **message: Any) -> None:
        self.channels["control"].send(json.dumps(message))

    async def answer(self, did: str) -> dict[str, Any]:
        await self.until(lambda: any(x["did"] == did for x in self.said))
        found = next(x for x in self.said if x["did"] == did)
        self.said.remove(found)
        return found

    async def close(self) -> None:
        await self.echo.close()
        await self.pc.close()


@pytest.fixture
async def tester() -> AsyncIterator[PageInPython]:
    made = PageInPython()
    yield made
    await made.close()


async def test_a_probe_comes_back_as_it_was_and_is_counted(tester: PageInPython) -> None:
    await tester.connect()
    probes = [n.to_bytes(limits.PROBE_BYTES, "big") for n in range(20)]
    for probe in probes:
        tester.channels["probe"].send(probe)
    await tester.until(lambda: len(tester.probes) == 20)
    assert sorted(tester.probes) == probes
    tester.channels["probe"].send(b"too short")
    tester.channels["probe"].send(bytes(limits.PROBE_BYTES + 1))
    tester.ask(do="heard")
    assert (await tester.answer("heard"))["probes"] == 20


async def test_the_times_of_a_burst_are_told_in_the_order_of_arrival(tester: PageInPython) -> None:
    await tester.connect()
    for _ in range(40):
        tester.channels["burst"].send(BURST)
    tester.channels["burst"].send(b"x" * 10)
    at: list[int] = []
    while len(at) < 40:
        tester.ask(do="up")
        at = (await tester.answer("up"))["at"]
        assert tester.echo._controls < MAX_CONTROLS
    assert len(at) == 40
    assert at[0] == 0
    assert at == sorted(at)


async def test_over_a_lossy_way_trains_are_sent_with_their_numbers(tester: PageInPython) -> None:
    await tester.connect()
    tester.ask(do="down", ms=300, every_ms=50)
    sent = (await tester.answer("down"))["messages"]
    await tester.until(lambda: len(tester.burst) == sent)
    trains = [x[0] for x in tester.burst]
    assert len(set(trains)) > 1
    assert {trains.count(train) for train in set(trains)} == {TRAIN}


async def test_a_burst_is_sent_once_and_within_its_bound_of_bytes(tester: PageInPython) -> None:
    await tester.connect()
    tester.ask(do="down", ms=10_000)
    tester.ask(do="down", ms=10_000)
    sent = (await tester.answer("down"))["messages"]
    assert 0 < sent <= limits.MAX_BURST_BYTES // limits.BURST_MESSAGE_BYTES
    assert all(x == BURST for x in tester.burst)
    tester.ask(do="heard")
    await tester.answer("heard")
    assert not any(x["did"] == "down" for x in tester.said)


async def test_a_voice_is_heard_and_a_picture_counted(tester: PageInPython) -> None:
    tester.pc.addTrack(SyntheticVoice("P07"))
    tester.pc.addTrack(SyntheticCamera("P07"))
    await tester.connect()
    while True:
        assert tester.echo._controls < MAX_CONTROLS, "nothing was heard"
        tester.ask(do="heard")
        heard = await tester.answer("heard")
        if heard["microphone"] and heard["video_frames"] > 0:
            break
        await asyncio.sleep(0.5)
    assert heard["audio_frames"] > 0


async def test_controls_that_are_too_many_too_long_or_no_json_get_no_answer(
    tester: PageInPython,
) -> None:
    await tester.connect()
    tester.channels["control"].send("{")
    tester.channels["control"].send('{"do":"fly"}')
    tester.channels["control"].send('{"do":"heard"' + " " * 300 + "}")
    for _ in range(MAX_CONTROLS):
        tester.ask(do="heard")
    last = MAX_CONTROLS - 3
    await tester.until(lambda: len(tester.said) == last)
    tester.channels["probe"].send(bytes(limits.PROBE_BYTES))
    await tester.until(lambda: tester.probes)
    assert len(tester.said) == last


async def test_an_unknown_channel_is_closed(tester: PageInPython) -> None:
    await tester.connect()
    other = tester.pc.createDataChannel("other")
    closed = asyncio.Event()
    other.on("close", closed.set)
    await asyncio.wait_for(closed.wait(), WITHIN_S)


@pytest.mark.parametrize(
    "description",
    [
        Description("answer", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"),
        Description("offer", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"),
        Description("offer", "m=application 9 x\r\n" * 4),
        Description("offer", ""),
    ],
)
async def test_what_is_no_offer_of_a_test_is_not_taken(description: Description) -> None:
    echo = Echo(ICE, lambda answer: None)
    assert not echo.take(description)
    await echo.close()
