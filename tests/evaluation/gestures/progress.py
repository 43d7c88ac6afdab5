"""How well the follower knows where in a repetition the performer is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.columns import column_units
from gesturesynth.mapping.gestures.fitted import STEP_S, FittedGestures
from gesturesynth.mapping.gestures.spotter import GestureSpotter
from gesturesynth.mapping.gestures.takes import sample_evenly, trim_to_movement
from tests.evaluation.gestures.recordings import REPETITIONS, Change, between, features

Float = NDArray[np.float64]

BEFORE_S, AFTER_S = 0.7, 0.3


@dataclass(frozen=True, eq=False)
class Following:
    """One repetition, followed.

    Attributes:
        errors: (n,) of progress at each frame, against even progress from where movement begins to where it ends. In
            repetitions without a pause between, the end of one is the beginning of the next: errors go around.
        speeds: (n,).
    """

    errors: Float
    speeds: Float


def follow(fitted: FittedGestures, gesture: str, recording: str, number: int, tempo: float) -> Following:
    change = Change(tempo=tempo)
    start, end = (moment / tempo for moment in REPETITIONS[recording][gesture][number])
    times, values = features(recording, fitted.columns, change)
    own_times, own = between(times, values, start, end)
    samples = sample_evenly(own_times, own)
    movement = trim_to_movement(samples, column_units(fitted.columns))
    starts = range(len(samples) - len(movement) + 1)
    lead = next(n for n in starts if np.array_equal(samples[n : n + len(movement)], movement, equal_nan=True))
    begin_s = own_times[0] + lead * STEP_S
    end_s = begin_s + (len(movement) - 1) * STEP_S
    spotter = GestureSpotter(fitted)
    errors, speeds = [], []
    for time_s, row in zip(*between(times, values, start - BEFORE_S, end + AFTER_S), strict=True):
        spotter.observe(row, float(time_s))
        if begin_s <= time_s <= end_s:
            state = spotter.states[gesture]
            error = state.progress - (time_s - begin_s) / (end_s - begin_s)
            errors.append(error - round(error))
            speeds.append(state.speed)
    return Following(np.array(errors), np.array(speeds))
