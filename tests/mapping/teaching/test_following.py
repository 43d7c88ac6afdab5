"""How late a person follows a sound: found where the recording tells it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.teaching.following import FEWEST, FOLLOWING_S, following_s
from gesturesynth.mapping.teaching.score import Score, ScoreStep

OUTPUTS = (Output("a", 0.0, 1.0), Output("b", 0.0, 1.0))
SOUNDS = {1: {"a": 0.0, "b": 0.2}, 2: {"a": 0.5, "b": 1.0}, 3: {"a": 1.0, "b": 0.0}}
SCORE = Score([ScoreStep(number) for number in (1, 2, 3, 1)], SOUNDS, OUTPUTS, SOUNDS[1])
TIMES_S = np.arange(0.0, SCORE.duration_s + 0.5, 1 / 30)


def positions_at(time_s: float) -> NDArray[np.float64]:
    return np.array([*SCORE.sound_at(time_s).values()])


@pytest.mark.parametrize("delay_s", [0.1, 0.3, 0.5])
def test_the_delay_of_a_person_who_follows_is_found(delay_s: float) -> None:
    poses = np.array([positions_at(float(time_s) - delay_s) for time_s in TIMES_S])
    poses = 4.0 * poses + np.random.default_rng(1).normal(0.0, 0.02, poses.shape)
    found, told = following_s(TIMES_S, poses, positions_at)
    assert told
    assert found == pytest.approx(delay_s, abs=0.06)


def test_a_person_who_stands_still_and_a_short_recording_tell_nothing() -> None:
    still = np.random.default_rng(1).normal(0.0, 0.02, (len(TIMES_S), 2))
    assert following_s(TIMES_S, still, positions_at) == (FOLLOWING_S, False)
    few = FEWEST - 1
    assert following_s(TIMES_S[:few], still[:few], positions_at) == (FOLLOWING_S, False)


def test_each_sound_is_computed_once_however_many_delays_are_tried() -> None:
    asked: list[float] = []

    def counting(time_s: float) -> NDArray[np.float64]:
        asked.append(time_s)
        return positions_at(time_s)

    following_s(TIMES_S, np.zeros((len(TIMES_S), 2)), counting)
    assert len(asked) == len(set(asked))
    assert len(asked) < 2 * len(TIMES_S) + 60
