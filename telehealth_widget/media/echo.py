"""The other end of one connection test: answers an offer, and measures and answers what comes over its channels.

It counts and times, and judges nothing; the page does. Nothing is stored, and every count has a bound. The channels, by
label, all opened by the page:

- `probe` (unordered, no retransmission): `PROBE_BYTES` each, sent back as they came;
- `burst` (unordered, no retransmission): `BURST_MESSAGE_BYTES` each, the first byte being the number of its train;
  timed when they come, and sent when asked for;
- `control` (ordered): JSON. `{"do": "up"}` is answered by the times of the burst's arrivals, `{"do": "down"}` by a
  burst and then its length, `{"do": "heard"}` by what was received so far.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec
from aiortc import RTCDataChannel
from msgspec import Struct

from telehealth_widget.media.peer import Peer
from telehealth_widget.protocol import limits
from telehealth_widget.protocol.messages import Candidate, Description, Ice

MAX_SECTIONS: Final = 3
"""Sound, picture and data."""
MAX_CONTROLS: Final = 20
MAX_CONTROL_BYTES: Final = 256
BUFFERED_BYTES: Final = 16 * 1024
"""So much of the burst waits in our own queue: what is sent late would count as the link's slowness."""
STEP_S: Final = 0.005
TRAIN: Final = 4
HEARD_FROM: Final = 0.003
"""Of full scale: quieter is silence, −50 dB."""
FIRST_WINDOW_BYTES: Final = 32 * 1200
"""aiortc begins with three packets in flight, which would take seconds to grow over a far link."""


class Control(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page asks for over `control`."""

    do: Literal["up", "down", "heard"]
    ms: int = 0
    """With `down`: how long, at most `MAX_BURST_MS`."""
    every_ms: int = 0
    """With `down`: pause between trains of `TRAIN` messages; 0: without trains."""


class Arrived(Struct, frozen=True, tag_field="did", tag="up"):
    """When each message of the page's burst came."""

    at: tuple[int, ...]
    """In tenths of a ms since the first, in the order of arrival."""
    trains: tuple[int, ...]
    """The number of each one's train."""


class Sent(Struct, frozen=True, tag_field="did", tag="down"):
    """The burst to the page is over."""

    messages: int


class Heard(Struct, frozen=True, tag_field="did", tag="heard"):
    """What was received so far."""

    probes: int
    audio_frames: int
    video_frames: int
    microphone: bool
    """Whether there was a sound among the audio."""


_FILLING: Final = bytes(limits.BURST_MESSAGE_BYTES - 1)
_control: msgspec.json.Decoder[Control] = msgspec.json.Decoder(Control)


class Echo:
    """One test. Make it on a running loop, give it the offer, end it with `close`."""

    def __init__(self, ice: Ice, send: Callable[[Description], None]) -> None:
        """`send` gets the answer, complete with candidates."""
        self._peer = Peer(send, offers=False, ice=ice, on_channel=self._opened)
        self._channels: dict[str, RTCDataChannel] = {}
        self._probes = 0
        self._controls = 0
        self._arrivals: list[float] = []
        self._trains = bytearray()
        self._sending: asyncio.Task[None] | None = None

    def take(self, description: Description) -> bool:
        """Answer the offer; False if it is none of a connection test."""
        sections = re.findall(r"^m=(\w+)", description.sdp, re.MULTILINE)
        fits = len(sections) <= MAX_SECTIONS and "application" in sections
        if description.type != "offer" or not fits:
            return False
        self._peer.take(description)
        return True

    def add(self, candidates: tuple[Candidate, ...]) -> None:
        """Candidates of the page."""
        self._peer.take(candidates=candidates)

    async def close(self) -> None:
        """End the test; returns once its sockets and tasks are gone."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        await self._peer.close()

    # -- channels -----------------------------------------------------------------------------------

    def _opened(self, channel: RTCDataChannel) -> None:
        listeners: dict[str, Callable[[str | bytes], None]] = {
            "probe": self._on_probe,
            "burst": self._on_burst,
            "control": self._on_control,
        }
        listener = listeners.get(channel.label)
        if listener is None or channel.label in self._channels:
            channel.close()
            return
        self._channels[channel.label] = channel
        _widen(channel)
        channel.on("message", listener)

    def _on_probe(self, message: str | bytes) -> None:
        if self._probes >= limits.MAX_PROBES or len(message) != limits.PROBE_BYTES:
            return
        self._probes += 1
        self._send("probe", message)

    def _on_burst(self, message: str | bytes) -> None:
        fits = len(self._arrivals) < limits.MAX_BURST_BYTES // limits.BURST_MESSAGE_BYTES
        if fits and len(message) == limits.BURST_MESSAGE_BYTES:
            self._arrivals.append(time.perf_counter())
            self._trains.append(ord(message[0]) & 255 if isinstance(message, str) else message[0])

    def _on_control(self, message: str | bytes) -> None:
        self._controls += 1
        if self._controls > MAX_CONTROLS or len(message) > MAX_CONTROL_BYTES:
            return
        try:
            asked = _control.decode(message)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return
        if asked.do == "up":
            first = self._arrivals[0] if self._arrivals else 0.0
            at = tuple(round((at - first) * 10_000) for at in self._arrivals)
            self._tell(Arrived(at, tuple(self._trains)))
        elif asked.do == "heard":
            self._tell(self._heard())
        elif self._sending is None:
            self._sending = asyncio.create_task(self._burst(asked))

    def _heard(self) -> Heard:
        peer = self._peer
        microphone = peer.audio_level_peak >= HEARD_FROM
        return Heard(self._probes, peer.audio_frames, peer.video_frames, microphone)

    async def _burst(self, asked: Control) -> None:
        """Send as fast as the link takes it, or in trains, within the bounds of time and bytes."""
        channel = self._channels.get("burst")
        ends = time.perf_counter() + min(max(0, asked.ms), limits.MAX_BURST_MS) / 1000
        left = limits.MAX_BURST_BYTES // limits.BURST_MESSAGE_BYTES
        train = 0
        while channel is not None and channel.readyState == "open" and time.perf_counter() < ends:
            if asked.every_ms > 0:
                train = train % 255 + 1
                _widen(channel)  # losses have narrowed it
                count = min(left, TRAIN)
                pause_s = asked.every_ms / 1000
            else:
                free = BUFFERED_BYTES - channel.bufferedAmount
                count = min(left, max(0, -(-free // limits.BURST_MESSAGE_BYTES)))
                pause_s = STEP_S
            for _ in range(count):
                channel.send(bytes([train]) + _FILLING)
            left -= count
            if left == 0:
                break
            await asyncio.sleep(pause_s)
        self._tell(Sent(limits.MAX_BURST_BYTES // limits.BURST_MESSAGE_BYTES - left))

    def _tell(self, told: Struct) -> None:
        self._send("control", msgspec.json.encode(told).decode())

    def _send(self, label: str, message: str | bytes) -> None:
        channel = self._channels.get(label)
        if channel is not None and channel.readyState == "open":
            channel.send(message)


def _widen(channel: Any) -> None:
    """Begin with a wider window. Without the attribute of aiortc 1.16 the rate of a far link reads too low."""
    association = getattr(channel, "transport", None)
    if association is not None and hasattr(association, "_cwnd"):
        association._cwnd = max(association._cwnd, FIRST_WINDOW_BYTES)
