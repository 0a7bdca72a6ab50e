"""The picture of a simulated client."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from telehealth_widget.media.picture import Picture, black

NOON_S = 1_700_000_000.0


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean absolute difference, in steps of 1/255."""
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_a_frame_is_rgb_of_the_promised_shape() -> None:
    frame = Picture("P08", "Simulated").at(0, NOON_S, 0)
    assert frame.shape == black().shape == (480, 640, 3)
    assert frame.dtype == black().dtype == np.uint8
    assert black().max() == 0


def test_the_picture_moves_calmly() -> None:
    picture = Picture("P08", "Simulated")
    frames = [picture.at(n / 20, NOON_S, 0) for n in range(40)]
    steps = [difference(a, b) for a, b in itertools.pairwise(frames)]
    assert max(steps) < 6
    assert difference(frames[0], frames[-1]) > 0.5


def test_the_same_seed_gives_the_same_picture() -> None:
    one, other = Picture("P08", "Simulated"), Picture("P08", "Simulated")
    assert np.array_equal(one.at(1, NOON_S, 0.5), other.at(1, NOON_S, 0.5))
    seeded = Picture("P08", "Simulated", seed="42")
    assert not np.array_equal(one.at(1, NOON_S, 0.5), seeded.at(1, NOON_S, 0.5))


def test_each_code_can_be_told_apart() -> None:
    frames = [Picture(code, "Simulated").at(0, NOON_S, 0) for code in ("P07", "P08")]
    assert difference(*frames) > 5


def test_the_plate_shows_the_code_in_white_letters() -> None:
    with_code, without = (Picture(code, "", seed="x").at(0, NOON_S, 0) for code in ("P08", "I"))
    assert (with_code[360:460].min(axis=2) > 240).sum() > 1000
    assert not np.array_equal(with_code[360:460], without[360:460])


@pytest.mark.parametrize("code", ["A", "P08", "A.very-long_code.of-32-characters"])
def test_every_legal_code_fits(code: str) -> None:
    frame = Picture(code, "Simulated").at(0, NOON_S, 0)
    white = np.argwhere(frame[340:470].min(axis=2) > 240)
    assert white[:, 1].min() > 10
    assert white[:, 1].max() < 630


def test_the_clock_runs() -> None:
    picture = Picture("P08", "Simulated")
    now, later = picture.at(0, NOON_S, 0), picture.at(0, NOON_S + 1, 0)
    changed = np.argwhere((now != later).any(axis=2))
    assert changed.size
    assert changed[:, 0].max() < 60
    assert changed[:, 1].min() > 480


def test_the_mouth_opens_with_the_voice() -> None:
    picture = Picture("P08", "Simulated")
    openings = [picture.at(0, NOON_S, mouth) for mouth in (0, 0.5, 1, 7)]
    assert not np.array_equal(openings[0], openings[1])
    assert not np.array_equal(openings[1], openings[2])
