"""How far a pose may be from takes and still count as taught, learnt from the takes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.learning.take_scatter import LEAST, MOST, PRIOR, full_confidence_radius

POSES = np.array([[0.0, 0.0, 0.0, 0.0], [10.0, 0.0, 0.0, 0.0]])
APART = 10.0


def radius(offset: float, repeats: int, rows: int = 20) -> float:
    """Of still takes of two poses, each repetition so far aside from the one before."""
    x: list[NDArray[np.float64]] = []
    for repeat in range(repeats):
        for pose in POSES:
            x += [pose + np.array([0.0, offset * repeat, 0.0, 0.0])] * rows
    group = np.repeat(np.arange(2 * repeats), rows)
    return full_confidence_radius(np.array(x), group, np.tile([0, 1], repeats), APART)


def test_one_take_of_each_sound_gives_the_measured_part_of_the_distance_between_them() -> None:
    assert radius(0.0, 1) == pytest.approx(PRIOR * APART)


def test_takes_that_scatter_make_it_kinder_and_takes_that_repeat_exactly_stricter() -> None:
    assert radius(0.1, 4) < radius(0.0, 1) < radius(4.5, 4)


def test_more_takes_count_for_more() -> None:
    assert abs(radius(1.5, 6) - PRIOR * APART) > abs(radius(1.5, 2) - PRIOR * APART)


def test_it_has_bounds() -> None:
    assert radius(0.0, 12) == pytest.approx(LEAST * APART)
    assert radius(50.0, 12) == pytest.approx(MOST * APART)


def test_single_rows_of_a_table_do_not_count_as_takes() -> None:
    assert radius(0.1, 6, rows=1) == pytest.approx(PRIOR * APART)


def test_it_is_never_less_than_a_take_that_is_held_extends() -> None:
    random = np.random.default_rng(3)
    first, second = random.normal(0.0, 0.05, (2, 30, 4))
    x = np.concatenate([first, second + np.array([0.1, 0.0, 0.0, 0.0])])
    found = full_confidence_radius(x, np.repeat([0, 1], 30), np.array([0, 1]), 0.1)
    assert found > MOST * 0.1
    assert np.mean(np.linalg.norm(first - first.mean(axis=0), axis=1) <= found) >= 0.85
