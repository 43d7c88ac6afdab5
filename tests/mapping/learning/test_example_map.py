"""The map of examples: what lies on a plane is shown as it lies, the same at every call."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.example_map import ExampleMap
from gesturesynth.mapping.learning.job import FitJob, make_job
from gesturesynth.mapping.learning.outputs import Output

THREE = ("right_wrist.height", "left_wrist.height", "hands.distance")
Rows = NDArray[np.float64]


def job(x: Rows, names: tuple[str, ...] = THREE, takes: list[int] | None = None) -> FitJob:
    count = len(x)
    examples = Examples(
        columns=columns(names),
        X=x,
        outputs=("pitch",),
        Y=np.linspace(0.0, 1.0, count)[:, np.newaxis],
        labels=np.full(count, ""),
        takes=np.array(takes or range(1, count + 1)),
    )
    return make_job(examples, columns(names), (Output("pitch", 0.0, 1.0),))


def test_the_direction_that_moves_most_is_across_and_points_the_way_the_feature_grows() -> None:
    height, other = np.meshgrid(np.linspace(-1.0, 1.0, 9), np.linspace(0.2, 0.6, 5))
    x = np.column_stack([height.ravel(), other.ravel(), np.full(45, 1.0)])
    plane = ExampleMap.of_job(job(x))
    across, upwards = plane.points.view.T
    assert np.corrcoef(across, x[:, 0])[0, 1] > 0.999
    assert np.corrcoef(upwards, x[:, 1])[0, 1] > 0.999
    assert plane.spread[0] > plane.spread[1] > 0.0
    assert sum(plane.spread) == pytest.approx(1.0)


@given(
    arrays(np.float64, (12, 3), elements=st.floats(-2.0, 2.0)), arrays(np.float64, (5, 2), elements=st.floats(-3, 3))
)
def test_a_point_of_the_plane_is_placed_where_it_came_from(x: Rows, points: Rows) -> None:
    plane = ExampleMap.of_job(job(x))
    exists = np.abs(plane.axes.view).any(axis=1)
    found = plane.place(plane.features_at(points))
    np.testing.assert_allclose(found, np.where(exists, points, 0.0), atol=1e-9)


@given(arrays(np.float64, (9, 3), elements=st.one_of(st.floats(-1e6, 1e6), st.just(np.nan))))
def test_any_rows_give_finite_points_and_parts_of_the_spread(x: Rows) -> None:
    x[:, 0] = np.nan_to_num(x[:, 0])
    plane = ExampleMap.of_job(job(x))
    assert np.isfinite(plane.points.view).all()
    assert plane.points.view.shape == (9, 2)
    assert all(0.0 <= part <= 1.0 for part in plane.spread)
    assert sum(plane.spread) <= 1.0 + 1e-9


def test_a_long_take_does_not_turn_the_map_towards_itself() -> None:
    """A long take that trembles up and down beside three short ones that lie apart from left to right."""
    short = np.array([[-1.0, 0.5, 1.0], [0.0, 0.5, 1.0], [1.0, 0.5, 1.0]])
    long = np.column_stack([np.zeros(600), 0.5 + 0.15 * np.sin(np.arange(600)), np.ones(600)])
    plane = ExampleMap.of_job(job(np.concatenate([short, long]), takes=[1, 2, 3, *[4] * 600]))
    assert abs(plane.axes.view[0, 0]) > 0.99


def test_one_pose_and_one_feature_leave_directions_that_do_not_exist_at_nothing() -> None:
    still = ExampleMap.of_job(job(np.full((4, 3), 0.5)))
    assert not still.points.view.any()
    assert still.spread == (0.0, 0.0)
    line = ExampleMap.of_job(job(np.array([[0.1], [0.9]]), names=("right_wrist.height",)))
    assert line.points.view[0, 0] < line.points.view[1, 0]
    assert not line.points.view[:, 1].any()
