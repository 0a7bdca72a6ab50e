"""The voice of a simulated client: glottal pulses that excite gliding vowel formants.

A source–filter model in the time domain ("fonction d'onde formantique", Rodet 1984): each pulse
adds one short grain of damped sines, so a 20 ms block costs a few additions. No track, clock or
network belongs here.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Samples a second."""
BLOCK = 960
"""Samples of one block: 20 ms."""
PEAK = round(32_767 * 10 ** (-12 / 20))
"""Largest sample: -12 dB of full scale."""

_GRAIN = 1_056
_TAIL = 4_800
_STEPS = 8
_BANDWIDTHS_HZ = (60.0, 90.0, 140.0, 220.0)
_GAINS = (1.0, 0.55, 0.22, 0.08)
_VOWELS_HZ = (
    (270.0, 2290.0, 3010.0, 3600.0),
    (530.0, 1840.0, 2480.0, 3500.0),
    (730.0, 1090.0, 2440.0, 3400.0),
    (570.0, 840.0, 2410.0, 3300.0),
    (300.0, 870.0, 2240.0, 3300.0),
    (500.0, 1500.0, 2500.0, 3500.0),
)
"""F1–F4 of adult vowels (Peterson & Barney 1952; F4 typical)."""


@dataclass(frozen=True, slots=True)
class _Syllable:
    begin: int
    """First sample."""
    length: int
    vowels: tuple[int, int]
    """From which vowel to which it glides, as indices of `_VOWELS_HZ`."""
    pitch: float
    """Factor on the voice's base frequency."""
    stress: float
    """Loudness, 0.6…1."""
    hiss: bool
    """Whether it begins with a burst of noise."""


class Voice:
    """An endless, repeatable speech-like sound: about four syllables a second in phrases of 1–4 s.

    Call `block` once for each 20 ms. The same seed gives the same samples.
    """

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(f"voice:{seed}")
        self.pitch_hz = self._dice.uniform(95.0, 215.0)
        """Base frequency of this voice."""
        self.loudness = 0.0
        """How loud the last block was, 0…1; opens the mouth of the picture."""
        # Higher voices come from shorter vocal tracts, whose formants lie higher.
        self._tract = 0.92 + 0.22 * (self.pitch_hz - 95.0) / 120.0
        noise = np.random.default_rng(self._dice.getrandbits(32)).standard_normal(_TAIL + 1)
        self._noise = np.diff(noise).astype(np.float32)
        self._grains: dict[tuple[int, int, int], NDArray[np.float32]] = {}
        self._sound = np.zeros(BLOCK + _TAIL, np.float32)
        self._at = 0
        self._next_pulse = 0
        self._syllables: list[_Syllable] = []
        self._phrase_end = 0

    def block(self) -> NDArray[np.int16]:
        """The next 20 ms: int16, (960,), within ±`PEAK`."""
        end = self._at + BLOCK
        while self._phrase_end < end + _TAIL:
            self._plan_phrase()
        self._syllables = [s for s in self._syllables if s.begin + s.length > self._at]
        for syllable in self._syllables:
            if syllable.hiss and self._at <= syllable.begin < end:
                self._hiss(syllable)
        while self._next_pulse < end:
            self._pulse()
        block = self._sound[:BLOCK]
        samples: NDArray[np.int16] = (PEAK * np.tanh(1.15 * block)).astype(np.int16)
        level = min(1.0, 4.0 * float(np.sqrt(np.mean(block * block))))
        self.loudness += (0.7 if level > self.loudness else 0.35) * (level - self.loudness)
        self._sound = np.concatenate([self._sound[BLOCK:], np.zeros(BLOCK, np.float32)])
        self._at = end
        return samples

    def _plan_phrase(self) -> None:
        """Append the syllables of one phrase, after a pause."""
        dice = self._dice
        pause_s = dice.uniform(0.4, 1.4) if self._phrase_end else 0.1
        begin = at = self._phrase_end + round(pause_s * RATE)
        length = round(dice.uniform(1.0, 4.0) * RATE)
        vowel = dice.randrange(len(_VOWELS_HZ))
        rise = dice.choice([0.0, 0.0, 0.18])
        while at < begin + length:
            size = round(dice.uniform(0.17, 0.32) * RATE)
            following = dice.randrange(len(_VOWELS_HZ))
            done = (at - begin) / length
            pitch = (
                1.12 - 0.2 * done + rise * max(0.0, done - 0.7) / 0.3 + dice.uniform(-0.06, 0.06)
            )
            stress = dice.uniform(0.62, 1.0)
            hiss = dice.random() < 0.3
            self._syllables.append(_Syllable(at, size, (vowel, following), pitch, stress, hiss))
            vowel = following
            at += size
        self._phrase_end = at

    def _pulse(self) -> None:
        """Add the grain of the pulse that is due, and find when the next one is."""
        now = self._next_pulse
        syllable = next((s for s in self._syllables if s.begin + s.length > now), None)
        if syllable is None or now < syllable.begin:
            self._next_pulse = syllable.begin if syllable else self._phrase_end
            return
        done = (now - syllable.begin) / syllable.length
        gain = syllable.stress * math.sin(math.pi * min(1.0, 0.06 + 0.94 * done)) ** 0.6
        offset = now - self._at
        grain = self._grain(*syllable.vowels, min(_STEPS - 1, int(done * _STEPS)))
        self._sound[offset : offset + _GRAIN] += gain * grain
        wobble = 1 + 0.012 * math.sin(2 * math.pi * 5.1 * now / RATE) + self._dice.gauss(0, 0.006)
        self._next_pulse = now + round(RATE / (self.pitch_hz * syllable.pitch * wobble))

    def _hiss(self, syllable: _Syllable) -> None:
        length = min(_TAIL, syllable.length // 4)
        offset = syllable.begin - self._at
        shape = np.hanning(length).astype(np.float32)
        self._sound[offset : offset + length] += 0.07 * shape * self._noise[:length]

    def _grain(self, before: int, after: int, step: int) -> NDArray[np.float32]:
        """One excitation of the vocal tract: float32, (1056,), peak 1."""
        key = (before, after, step)
        if key not in self._grains:
            mix = step / (_STEPS - 1)
            t = np.arange(_GRAIN) / RATE
            grain = np.zeros(_GRAIN)
            for f0, f1, width, gain in zip(
                _VOWELS_HZ[before], _VOWELS_HZ[after], _BANDWIDTHS_HZ, _GAINS, strict=True
            ):
                frequency = self._tract * ((1 - mix) * f0 + mix * f1)
                grain += gain * np.exp(-math.pi * width * t) * np.sin(2 * math.pi * frequency * t)
            grain[:48] *= 0.5 - 0.5 * np.cos(np.linspace(0, math.pi, 48))
            grain[-192:] *= 0.5 + 0.5 * np.cos(np.linspace(0, math.pi, 192))
            self._grains[key] = (grain / np.abs(grain).max()).astype(np.float32)
        return self._grains[key]
