"""Synthetic tracks keep real time and obey their switches."""

from __future__ import annotations

import asyncio
import time
from fractions import Fraction

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError

from telehealth_widget.media.synthetic import FRAMES_PER_S, SyntheticCamera, SyntheticVoice


async def test_camera_frames_come_in_real_time_with_matching_pts() -> None:
    camera = SyntheticCamera("P08")
    began = time.monotonic()
    frames = [await camera.recv() for _ in range(21)]
    assert 0.9 < time.monotonic() - began < 1.6
    assert {(f.width, f.height, f.format.name) for f in frames} == {(640, 480, "yuv420p")}
    assert frames[0].time_base == Fraction(1, 90_000)
    pts = [f.pts for f in frames]
    assert pts[0] == 0
    assert np.median(np.diff(pts)) == 90_000 / FRAMES_PER_S


async def test_camera_pictures_change() -> None:
    camera = SyntheticCamera("P08")
    first = (await camera.recv()).to_ndarray(format="rgb24")
    for _ in range(5):
        last = (await camera.recv()).to_ndarray(format="rgb24")
    assert not np.array_equal(first, last)


async def test_the_camera_shows_the_given_clock() -> None:
    early, late = (
        SyntheticCamera("P08", clock=lambda: 0.0),
        SyntheticCamera("P08", clock=lambda: 7.0),
    )
    assert not np.array_equal(early.draw(0)[:70], late.draw(0)[:70])
    assert np.array_equal(early.draw(0)[70:], late.draw(0)[70:])


async def test_a_stopped_camera_is_black_and_slow_until_it_starts_again() -> None:
    camera = SyntheticCamera("P08")
    await camera.recv()
    camera.stopped = True
    began = time.monotonic()
    frame = await camera.recv()
    assert time.monotonic() - began > 0.8
    assert frame.to_ndarray(format="rgb24").max() < 8
    waiting = asyncio.create_task(camera.recv())
    await asyncio.sleep(0.1)
    camera.stopped = False
    assert (await asyncio.wait_for(waiting, 0.4)).to_ndarray(format="rgb24").max() > 200


async def test_voice_frames_come_in_real_time_with_matching_pts() -> None:
    voice = SyntheticVoice("P08")
    began = time.monotonic()
    frames = [await voice.recv() for _ in range(51)]
    assert 0.9 < time.monotonic() - began < 1.6
    assert {(f.sample_rate, f.samples, f.format.name, f.layout.name) for f in frames} == {
        (48_000, 960, "s16", "mono")
    }
    assert [f.pts for f in frames][:3] == [0, 960, 1920]
    assert frames[0].time_base == Fraction(1, 48_000)
    assert max(np.abs(f.to_ndarray()).max() for f in frames) > 2000


async def test_a_muted_voice_is_digital_silence() -> None:
    voice = SyntheticVoice("P08")
    voice.muted = True
    frames = [await voice.recv() for _ in range(40)]
    assert max(np.abs(f.to_ndarray()).max() for f in frames) == 0
    assert voice.loudness == 0
    voice.muted = False
    assert max([np.abs((await voice.recv()).to_ndarray()).max() for _ in range(40)]) > 1000


async def test_the_same_code_speaks_the_same() -> None:
    one, other = SyntheticVoice("P08"), SyntheticVoice("P08")
    for _ in range(10):
        mine, yours = await asyncio.gather(one.recv(), other.recv())
        assert np.array_equal(mine.to_ndarray(), yours.to_ndarray())
    assert one.pitch_hz == other.pitch_hz != SyntheticVoice("P08", seed="1").pitch_hz


@pytest.mark.parametrize("make", [SyntheticCamera, SyntheticVoice])
async def test_what_was_missed_is_skipped(make: type[SyntheticCamera | SyntheticVoice]) -> None:
    track = make("P08")
    first = await track.recv()
    time.sleep(0.7)  # noqa: ASYNC251 - the loop itself is late
    began = time.monotonic()
    frames = [await track.recv() for _ in range(4)]
    assert time.monotonic() - began < 0.4
    assert float(frames[1].pts * frames[1].time_base) > 0.6
    assert first.pts == 0


@pytest.mark.parametrize("make", [SyntheticCamera, SyntheticVoice])
async def test_a_stopped_track_ends(make: type[SyntheticCamera | SyntheticVoice]) -> None:
    track = make("P08")
    await track.recv()
    waiting = asyncio.create_task(track.recv())
    await asyncio.sleep(0)
    track.stop()
    with pytest.raises(MediaStreamError):
        await asyncio.wait_for(waiting, 2)
