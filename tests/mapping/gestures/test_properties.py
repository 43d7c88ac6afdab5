"""Whatever comes, nothing raises and every number stays in its range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.mapping.gestures.fit import fit_gestures
from gesturesynth.mapping.gestures.fitted import FittedGestures
from gesturesynth.mapping.gestures.spotter import GestureSpotter
from gesturesynth.mapping.gestures.takes import GestureTake
from tests.mapping.gestures.movements import taught

ANY = st.floats(allow_nan=True, allow_infinity=True)
USUAL = st.floats(-3.0, 3.0) | ANY
COUNT = len(GESTURE_FEATURES)
FRAMES = st.lists(
    st.tuples(st.none() | arrays(np.float64, COUNT, elements=USUAL), st.floats(-0.1, 0.7) | ANY), max_size=25
)


@pytest.fixture(scope="module")
def fitted() -> FittedGestures:
    return taught("throw", "swipe", takes=1)


@settings(max_examples=60, deadline=None)
@given(frames=FRAMES)
def test_a_spotter_never_raises_and_stays_in_range(fitted: FittedGestures, frames: list[tuple[object, float]]) -> None:
    spotter = GestureSpotter(fitted)
    now_s = 0.0
    for features, step_s in frames:
        now_s += step_s
        for event in spotter.observe(features, now_s):  # type: ignore[arg-type]
            assert event.start_s <= event.end_s
            assert 0.5 <= event.closeness <= 1.0
        for state in spotter.states.values():
            assert 0.0 <= state.progress <= 1.0
            assert 0.0 <= state.closeness <= 1.0
            assert 0.0 <= state.speed < math.inf
        if not math.isfinite(now_s):
            now_s = 0.0


@settings(max_examples=60, deadline=None)
@given(
    takes=st.lists(
        st.tuples(
            st.sampled_from(["throw", "none", ""]),
            st.integers(0, 40).flatmap(
                lambda n: st.tuples(arrays(np.float64, n, elements=USUAL), arrays(np.float64, (n, 2), elements=USUAL))
            ),
        ),
        max_size=4,
    )
)
def test_a_fit_never_raises_and_its_gestures_play(
    takes: list[
        tuple[
            str, tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int, int], np.dtype[np.float64]]]
        ]
    ],
) -> None:
    given_takes = [GestureTake(name, np.sort(np.nan_to_num(times)), x) for name, (times, x) in takes]
    fitted = fit_gestures(given_takes, ("a", "b"), np.ones(2), np.array([True, False]))
    assert "none" not in fitted.names
    assert all(gesture.threshold >= 0.0 for gesture in fitted.gestures)
    spotter = GestureSpotter(fitted)
    for number in range(5):
        spotter.observe(np.array([0.1 * number, 0.0]), number / 30)
    assert set(spotter.states) == set(fitted.names)
