"""The bars that the percussion plays by itself: the same where that is wanted, else no two alike for half a minute."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.synthesis.instruments.percussion_pattern import BARS, STEPS, WEIGHTS, turns
from tests.support.instrument_player import RATE_HZ, play

RATE = 8.0
STEP_FRAMES = round(RATE_HZ / RATE)


def bars(variety: float, count: int) -> NDArray[np.float64]:
    """How loud each of the sixteen steps of each bar begins, dB (count, 16)."""
    seconds = (count * STEPS + 1) / RATE
    heard = play("percussion", seconds, seed=1, rate=RATE, decay=0.08, drive=0.0, busy=0.6, variety=variety)
    first = int(np.argmax(np.abs(heard).max(axis=1) > 0.02)) - 48
    steps = heard[first : first + count * STEPS * STEP_FRAMES].reshape(count, STEPS, STEP_FRAMES, 2)
    power = np.square(steps[:, :, :960], dtype=np.float64).mean(axis=(2, 3))
    return np.asarray(10 * np.log10(power + 1e-6), dtype=np.float64)


def apart_db(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much each two bars differ in the step in which they differ most, (count, count); infinity with itself."""
    apart = np.abs(found[:, np.newaxis] - found).max(axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.asarray(apart, dtype=np.float64)


def test_without_variety_every_bar_is_the_same() -> None:
    found = bars(0.0, 5)
    assert np.ptp(found[0]) > 20.0, "a bar of loud and soft steps"
    apart = apart_db(found)
    assert apart[np.isfinite(apart)].max() < 5.0, "noise in the drums alone"


def test_with_variety_no_two_bars_are_alike_for_half_a_minute_and_all_keep_their_first_beat() -> None:
    found = bars(0.5, 16)
    assert found[:, 0].min() > -13.0
    apart = apart_db(found)
    following = apart[np.arange(15), np.arange(1, 16)]
    assert following.min() > 8.0
    assert (apart.min(axis=1) > 8.0).mean() > 0.8


def test_the_fourth_bar_ends_in_a_fill() -> None:
    ends = bars(1.0, 16)[:, 12:].reshape(4, BARS, 4).mean(axis=(0, 2))
    assert ends[3] > ends[:3].max() + 2.0


@pytest.mark.parametrize("drum", WEIGHTS)
def test_every_drum_has_turns_for_each_step(drum: str) -> None:
    assert len(turns(drum)) == STEPS * BARS
    assert turns(drum)[:STEPS] == [0.0] * STEPS, "the first bar of four is the groove itself"
