"""A distance in which turns of the body count for little."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.mapping.learning.view_metric import SHARE, view_metric

TURN = np.array([[3.0, 0.0, 0.0], [3.0, 0.0, 0.0]])


def test_without_view_changes_there_is_none() -> None:
    assert view_metric(np.empty((0, 3)), 5.0) is None
    assert view_metric(np.zeros((4, 3)), 5.0) is None
    assert view_metric(TURN, float("inf")) is None


def test_only_the_direction_of_turns_is_shortened() -> None:
    metric = view_metric(TURN, 5.0)
    assert metric is not None
    along, aside = np.array([1.0, 0.0, 0.0]) @ metric, np.array([0.0, 1.0, 0.0]) @ metric
    assert np.linalg.norm(aside) == pytest.approx(1.0)
    assert np.linalg.norm(3.0 * along) <= SHARE * 5.0, "a whole turn is within a small radius"


def test_turns_that_move_nothing_far_change_nothing() -> None:
    metric = view_metric(0.001 * TURN, 5.0)
    assert metric is not None
    np.testing.assert_allclose(metric, np.eye(3), atol=1e-4)
