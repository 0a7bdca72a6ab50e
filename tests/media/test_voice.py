"""The voice of a simulated client."""

from __future__ import annotations

import numpy as np

from telehealth_widget.media.voice import BLOCK, PEAK, RATE, Voice


def spoken(seed: str, seconds: float = 20) -> np.ndarray:
    voice = Voice(seed)
    return np.concatenate([voice.block() for _ in range(round(seconds * RATE / BLOCK))])


def loud(samples: np.ndarray) -> np.ndarray:
    """Whether each 20 ms block is audible: bool, (blocks,)."""
    blocks = samples.reshape(-1, BLOCK).astype(float)
    return np.sqrt((blocks**2).mean(axis=1)) > 300


def test_a_block_is_20_ms_of_16_bit_sound() -> None:
    block = Voice("P08").block()
    assert block.shape == (960,)
    assert block.dtype == np.int16


def test_the_same_seed_gives_the_same_samples_and_others_differ() -> None:
    assert np.array_equal(spoken("P08", 3), spoken("P08", 3))
    assert not np.array_equal(spoken("P08", 3), spoken("P07", 3))
    pitches = {round(Voice(f"P{n:02}").pitch_hz) for n in range(20)}
    assert len(pitches) > 10
    assert all(90 < pitch < 220 for pitch in pitches)


def test_it_peaks_just_below_12_db_under_full_scale() -> None:
    for seed in ("P01", "P02", "P03"):
        peak = np.abs(spoken(seed).astype(int)).max()
        assert 0.7 * PEAK < peak <= PEAK
    assert -12.1 < 20 * np.log10(PEAK / 32767) < -11.9


def test_it_speaks_in_phrases_with_pauses() -> None:
    audible = loud(spoken("P08", 60))
    assert 0.4 < audible.mean() < 0.9
    edges = np.flatnonzero(np.diff(audible.astype(int)))
    pauses = [b - a for a, b in zip(edges[::2], edges[1::2], strict=False) if b - a > 15]
    pauses += [b - a for a, b in zip(edges[1::2], edges[2::2], strict=False) if b - a > 15]
    assert len(pauses) > 10


def test_it_has_the_rhythm_of_syllables() -> None:
    samples = spoken("P08", 60).astype(float)
    envelope = np.sqrt((samples.reshape(-1, BLOCK // 2) ** 2).mean(axis=1))
    spectrum = np.abs(np.fft.rfft(envelope - envelope.mean()))
    frequency_hz = np.fft.rfftfreq(envelope.size, BLOCK / 2 / RATE)
    syllables = spectrum[(frequency_hz > 3) & (frequency_hz < 6)].mean()
    faster = spectrum[(frequency_hz > 10) & (frequency_hz < 20)].mean()
    assert syllables > 2 * faster


def test_its_pitch_is_that_of_the_voice() -> None:
    voice = Voice("P08")
    samples = np.concatenate([voice.block() for _ in range(1000)]).astype(float)
    found = []
    for start in range(0, samples.size - 4096, 4096):
        part = samples[start : start + 4096]
        if np.abs(part).max() < 2000:
            continue
        echo = np.correlate(part, part, "full")[4095:]
        shortest, longest = round(RATE / 300), round(RATE / 70)
        found.append(RATE / (shortest + int(echo[shortest:longest].argmax())))
    assert 0.8 < np.median(found) / voice.pitch_hz < 1.25


def test_loudness_follows_the_sound() -> None:
    voice = Voice("P08")
    levels = []
    for _ in range(1500):
        voice.block()
        levels.append(voice.loudness)
    assert 0.4 < max(levels) <= 1
    assert min(levels[100:]) < 0.05
