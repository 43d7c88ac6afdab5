"""A body in a mirror."""

from __future__ import annotations

import numpy as np

from gesturesynth.runtime.body_points import hand_points
from gesturesynth.tracking.images import mirrored
from tests.support.hand_figure import hand, with_hands
from tests.support.stick_figure import body_from, pose


def test_hands_go_to_the_other_side_with_the_body_and_keep_their_names() -> None:
    body = with_hands(body_from(pose()), right=hand("right", at=(0.2, 0.4)))
    other = mirrored(body)
    moved, there = hand_points(other, "right"), hand_points(body, "right")
    assert moved is not None
    assert there is not None
    assert np.allclose(moved, np.column_stack([1.0 - there[:, 0], there[:, 1:]]))
    assert other.left_hand == b""
