"""What to record next: the pose that is farthest from what was taught."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.teaching.advice import distances_of, farthest_pose
from tests.support.example_sets import held_poses, positions_as_outputs

POSES = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def test_a_taught_pose_is_near_and_an_unknown_one_beyond_all_confidence() -> None:
    examples = held_poses(POSES, np.array([[0.0], [0.5], [1.0]]))
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(1)))
    near, between, far = distances_of(mapping, np.array([POSES[0], POSES[:2].mean(axis=0), [5.0, 5.0, 5.0]]))
    assert near < 0.1
    assert between < 0.1, "the line between two sounds is known ground"
    assert far > 1.0


def test_a_single_wrong_frame_is_not_advised() -> None:
    times = np.linspace(0.0, 1.75, 8)
    assert farthest_pose(np.array([0.1, 0.1, 9.0, 0.1, 0.6, 0.7, 0.6, 0.1]), times) == 5


def test_one_pose_is_enough() -> None:
    assert farthest_pose(np.array([0.3]), np.array([2.0])) == 0


def test_poses_far_apart_in_time_do_not_vouch_for_each_other() -> None:
    assert farthest_pose(np.array([0.2, 0.9, 0.2]), np.array([0.0, 10.0, 20.0])) == pytest.approx(1)
