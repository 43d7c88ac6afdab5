"""A body that is turned a little, and what becomes of its features."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.features.landmarks import POINT
from gesturesynth.features.people.role_frame import alone
from gesturesynth.features.views import ROLL_DEG, ViewChanges, turned
from tests.support.stick_figure import pose

FRAME = (640, 480)


def flat_with_wrist_before(depth: float) -> NDArray[np.float32]:
    image = pose(frame=FRAME).copy()
    image[:, 2] = 0.0
    image[POINT["right_wrist"], 2] = -depth
    return image


def test_a_turn_to_and_fro_is_where_it_began() -> None:
    image = flat_with_wrist_before(0.3)
    there = turned(image, *FRAME, yaw_deg=30.0, roll_deg=0.0)
    assert np.abs(there - image).max() > 0.01
    np.testing.assert_allclose(turned(there, *FRAME, yaw_deg=-30.0), image, atol=1e-5)


def test_a_point_before_the_body_moves_aside_when_it_turns_and_the_trunk_stays() -> None:
    image = flat_with_wrist_before(0.3)
    moved = np.abs(turned(image, *FRAME, yaw_deg=15.0)[:, 0] - image[:, 0])
    assert moved[POINT["right_wrist"]] == pytest.approx(0.3 * np.sin(np.deg2rad(15.0)), abs=0.02)
    assert moved[POINT["left_hip"]] < 0.01


def test_changes_are_of_each_frame_a_turn_and_a_lean() -> None:
    image = flat_with_wrist_before(0.3)
    people = alone(image)
    changes = ViewChanges(["right_wrist.x", "lean"]).of_frames([(people, *FRAME, 0.0), (people, *FRAME, 1.0)])
    assert changes.shape == (4, 2)
    assert abs(changes[0, 0]) > 0.1, "the wrist moves when the body turns"
    assert abs(changes[1, 1]) == pytest.approx(ROLL_DEG, abs=1.0), "it leans when the camera does"


def test_a_feature_that_cannot_be_measured_does_not_change() -> None:
    image = flat_with_wrist_before(0.3)
    image[POINT["right_wrist"], 3] = 0.0
    changes = ViewChanges(["right_wrist.x"]).of_frames([(alone(image), *FRAME, 0.0)])
    np.testing.assert_array_equal(changes, 0.0)
