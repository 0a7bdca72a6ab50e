"""Camera and microphone of a simulated client, as aiortc tracks that keep real time.

What they show and say is made in `picture` and `voice`; who gets to see it is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from av import AudioFrame, VideoFrame

from telehealth_widget.media.measuring import Utterances
from telehealth_widget.media.picture import Picture, Pixels, black
from telehealth_widget.media.voice import BLOCK, RATE, Voice

FRAMES_PER_S = 20
_INTERVAL_S = 1 / FRAMES_PER_S
_STOPPED_INTERVAL_S = 1.0
_VIDEO_CLOCK = 90_000
_LATE_S = 0.2
"""A track that fell this far behind (a busy machine) skips what it missed instead of hurrying."""


class SyntheticCamera(VideoStreamTrack):
    """A calm moving picture of 640 x 480 px at 20 frames a second, with its code, a label and a
    clock.

    Frames are yuv420p; `pts` counts 1/90000 s from the first frame. While `stopped`, frames are
    black and come once a second.
    """

    def __init__(
        self,
        code: str,
        label: str = "Simulated",
        clock: Callable[[], float] = time.time,
        *,
        loudness: Callable[[], float] = lambda: 0.0,
        seed: str | None = None,
    ) -> None:
        """
        Args:
            code: shown large; also the seed unless one is given.
            label: shown beneath the code.
            clock: UTC seconds since 1970, for the clock in the picture.
            loudness: 0…1, how far the mouth opens (`SyntheticVoice.loudness`).
            seed: chooses colours and rhythm.
        """
        super().__init__()
        self.stopped = False
        self._picture = Picture(code, label, seed)
        self._clock = clock
        self._loudness = loudness
        self._began_s: float | None = None
        self._due_s = 0.0

    def draw(self, t_s: float) -> Pixels:
        """What the camera sees `t_s` seconds after its start: uint8, (480, 640, 3), RGB."""
        if self.stopped:
            return black()
        return self._picture.at(t_s, self._clock(), self._loudness())

    async def recv(self) -> VideoFrame:
        """The next frame, when it is due.

        Raises:
            MediaStreamError: after `stop()`.
        """
        await self._until_due()
        if self.readyState != "live" or self._began_s is None:
            raise MediaStreamError
        t_s = self._due_s - self._began_s
        frame = VideoFrame.from_ndarray(self.draw(t_s), format="rgb24").reformat(format="yuv420p")
        frame.pts = round(t_s * _VIDEO_CLOCK)
        frame.time_base = Fraction(1, _VIDEO_CLOCK)
        return frame

    async def _until_due(self) -> None:
        now_s = asyncio.get_running_loop().time
        if self._began_s is None:
            self._began_s = self._due_s = now_s()
            return
        last_s = self._due_s
        while True:
            due_s = last_s + (_STOPPED_INTERVAL_S if self.stopped else _INTERVAL_S)
            left_s = due_s - now_s()
            if left_s <= 0 or self.readyState != "live":
                break
            await asyncio.sleep(min(left_s, _INTERVAL_S))
        self._due_s = now_s() if left_s < -_LATE_S else due_s


class SyntheticVoice(AudioStreamTrack):
    """A repeatable speech-like voice: 48 kHz, mono, s16, 20 ms a frame, peak about -12 dBFS.

    `pts` counts samples from the first frame. While `muted`, frames are digital silence.
    """

    def __init__(self, code: str, *, seed: str | None = None) -> None:
        super().__init__()
        self.muted = False
        self.utterances = Utterances()
        """When it spoke, by the loop's clock; nothing while muted."""
        self._voice = Voice(seed if seed is not None else code)
        self._began_s: float | None = None
        self._pts = 0

    @property
    def pitch_hz(self) -> float:
        """Base frequency of this voice."""
        return self._voice.pitch_hz

    @property
    def loudness(self) -> float:
        """How loud it is just now, 0…1; 0 while muted."""
        return 0.0 if self.muted else self._voice.loudness

    async def recv(self) -> AudioFrame:
        """The next 20 ms, when they are due.

        Raises:
            MediaStreamError: after `stop()`.
        """
        loop = asyncio.get_running_loop()
        if self._began_s is None:
            self._began_s = loop.time()
        else:
            self._pts += BLOCK
            left_s = self._began_s + self._pts / RATE - loop.time()
            if left_s > 0:
                await asyncio.sleep(left_s)
            elif left_s < -_LATE_S:
                self._pts += BLOCK * int(-left_s * RATE / BLOCK)
        if self.readyState != "live":
            raise MediaStreamError
        samples = self._voice.block()
        if self.muted:
            samples = np.zeros_like(samples)
        self.utterances.hear(self.loudness, loop.time() * 1000)
        frame = AudioFrame.from_ndarray(samples.reshape(1, BLOCK), format="s16", layout="mono")
        frame.pts = self._pts
        frame.sample_rate = RATE
        frame.time_base = Fraction(1, RATE)
        return frame
