"""Costs of frames: the quick ways to compute them give what the definition gives."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.mapping.gestures.frame_costs import GREATEST_COST, FrameCosts
from tests.mapping.gestures.movements import Style, fit, take

FITTED = fit([take("throw"), take("both up", Style(hidden=("left_elbow", "left_wrist"))), take("squat", seed=1)])
COSTS = FrameCosts(FITTED.gestures)
POSE = np.random.default_rng(3).normal(scale=0.4, size=len(GESTURE_FEATURES))
LOST = np.where(np.arange(len(POSE)) == 5, np.nan, POSE)


def test_a_frame_costs_the_weighted_squares_of_what_its_template_shows() -> None:
    for number, gesture in enumerate(FITTED.gestures):
        weights, (template,) = gesture.weights.view, [each.view for each in gesture.templates]
        shown = np.isfinite(template)
        squares = np.where(shown, (template - POSE) ** 2, 0.0) @ weights
        expected = np.minimum(squares * weights.sum() / (shown @ weights), GREATEST_COST)
        np.testing.assert_allclose(COSTS.at(POSE)[COSTS.frames_of(number)], expected, atol=1e-9)


@pytest.mark.parametrize("pose", [POSE, LOST], ids=["all seen", "a wrist lost"])
def test_the_frames_of_one_gesture_cost_alone_what_they_cost_among_all(pose: np.ndarray) -> None:
    everything = COSTS.at(pose)
    assert COSTS.owned[0].start == 0
    assert COSTS.owned[-1].stop == len(everything)
    for part in COSTS.owned:
        np.testing.assert_allclose(COSTS.at(pose, part), everything[part], atol=1e-12)
