"""The follower knows how far along a gesture is, how near and how quick."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.mapping.gestures.spotter import GestureSpotter, GestureState
from tests.mapping.gestures.movements import SHAPES, Style, features, taught

TEMPOS = (0.5, 0.7, 1.0, 1.4, 2.0)


def follow(name: str, style: Style, spotter: GestureSpotter) -> tuple[list[float], list[GestureState]]:
    """True progress and states, frame by frame, while the gesture lasts."""
    true, states = [], []
    for time_s, row in zip(*features(name, style), strict=True):
        spotter.observe(row, float(time_s))
        part = (float(time_s) - style.before_s) / style.duration_s(name)
        if 0.0 <= part <= 1.0:
            true.append(part)
            states.append(spotter.states[name])
    return true, states


@pytest.mark.parametrize("tempo", TEMPOS)
@pytest.mark.parametrize("name", ["throw", "swipe", "circle", "dip and reach"])
def test_progress_is_right_within_eight_hundredths_at_half_to_double_tempo(name: str, tempo: float) -> None:
    true, states = follow(name, Style(tempo=tempo), GestureSpotter(taught(name, takes=1)))
    errors = np.abs(np.array([state.progress for state in states]) - true)
    # The very end may already be the beginning of the next performance.
    assert errors[np.array(true) < 0.95].mean() <= 0.08


@pytest.mark.parametrize("tempo", [0.5, 1.0, 1.5])
def test_speed_tells_the_tempo(tempo: float) -> None:
    true, states = follow("circle", Style(tempo=tempo), GestureSpotter(taught("circle", takes=1)))
    middle = [state.speed for part, state in zip(true, states, strict=True) if 0.25 < part < 0.9]
    assert np.median(middle) == pytest.approx(tempo, rel=0.25)


def test_speed_is_zero_for_who_waits_in_the_middle() -> None:
    spotter = GestureSpotter(taught("throw", takes=1))
    times, values = features("throw")
    up = times < 0.7 + 0.4
    for time_s, row in zip(times[up], values[up], strict=True):
        spotter.observe(row, float(time_s))
    assert spotter.states["throw"].speed > 0.5
    waited_at = spotter.states["throw"].progress
    for number in range(1, 31):
        spotter.observe(values[up][-1], float(times[up][-1]) + number / 30)
    state = spotter.states["throw"]
    assert state.speed < 0.1
    assert state.progress == pytest.approx(waited_at, abs=0.1)
    assert state.closeness > 0.5


def test_closeness_is_high_in_the_gesture_and_low_in_another() -> None:
    spotter = GestureSpotter(taught("throw", takes=2))
    _, own = follow("throw", Style(), spotter)
    spotter.reset()
    other = []
    for time_s, row in zip(*features("both up"), strict=True):
        spotter.observe(row, float(time_s))
        if 0.9 < time_s < 1.5:
            other.append(spotter.states["throw"].closeness)
    assert min(state.closeness for state in own) > 0.8
    assert np.median(other) < 0.3


def test_progress_goes_back_to_the_beginning_for_the_next_performance() -> None:
    spotter = GestureSpotter(taught("throw", takes=1))
    style = Style(after_s=1.0)
    follow("throw", style, spotter)
    assert spotter.states["throw"].progress < 0.15


def test_ten_gestures_are_followed_at_once_each_by_itself() -> None:
    spotter = GestureSpotter(taught(*SHAPES, takes=2))
    true, states = follow("swipe", Style(), spotter)
    errors = np.abs(np.array([state.progress for state in states]) - true)
    assert errors[np.array(true) < 0.95].mean() <= 0.08
    assert set(spotter.states) == set(SHAPES)
