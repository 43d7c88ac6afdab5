"""Linear radial basis interpolation: compared with SciPy, and by the estimator checks of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator
from sklearn.utils.estimator_checks import parametrize_with_checks

from gesturesynth.mapping.learning import rbf
from gesturesynth.mapping.learning.sklearn_api import LinearRBF


@parametrize_with_checks([LinearRBF()])  # type: ignore[untyped-decorator]  # scikit-learn has no types
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_it_passes_the_estimator_checks_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize(("n", "k", "m"), [(1, 1, 1), (2, 3, 1), (18, 3, 2), (120, 66, 5), (300, 10, 3)])
@pytest.mark.parametrize("smoothing", [0.01, 1.0, 50.0])
def test_it_equals_the_interpolator_of_scipy(n: int, k: int, m: int, smoothing: float) -> None:
    random = np.random.default_rng(n + k)
    x, y, query = random.normal(size=(n, k)), random.random((n, m)), 3.0 * random.normal(size=(40, k))
    theirs = RBFInterpolator(x, y, kernel="linear", degree=0, smoothing=smoothing)(query)
    ours = rbf.evaluate(query, *rbf.fit(x, y, np.ones(n), smoothing))
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_far_from_the_origin_no_digits_are_lost() -> None:
    random = np.random.default_rng(0)
    x, y, query = random.normal(size=(50, 4)), random.random((50, 2)), random.normal(size=(20, 4))
    near = rbf.evaluate(query, *rbf.fit(x, y, np.ones(50)))
    far = rbf.evaluate(query + 1e5, *rbf.fit(x + 1e5, y, np.ones(50)))
    np.testing.assert_allclose(far, near, atol=1e-6)


def test_a_row_of_weight_three_counts_as_three_rows() -> None:
    random = np.random.default_rng(1)
    x, y, query = random.normal(size=(12, 3)), random.random((12, 2)), random.normal(size=(9, 3))
    weights = random.integers(1, 4, 12)
    weighted = LinearRBF().fit(x, y, sample_weight=weights).predict(query)
    repeated = LinearRBF().fit(np.repeat(x, weights, axis=0), np.repeat(y, weights, axis=0)).predict(query)
    np.testing.assert_allclose(weighted, repeated, atol=1e-9)


def test_between_two_poses_it_runs_straight() -> None:
    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    y = np.array([[0.0], [1.0]])
    model = rbf.fit(x, y, np.full(2, 1e6))
    parts = np.linspace(0.0, 1.0, 11)
    values = rbf.evaluate(parts[:, None] * x[1], *model)[:, 0]
    np.testing.assert_allclose(values, parts, atol=1e-5)


def test_centres_cover_all_rows_and_are_the_same_every_time() -> None:
    random = np.random.default_rng(2)
    x = np.repeat(random.normal(size=(10, 5)), 50, axis=0) + 0.01 * random.normal(size=(500, 5))
    chosen = rbf.k_centre(x, 10)
    assert {int(row) // 50 for row in chosen} == set(range(10)), "one of each cluster"
    np.testing.assert_array_equal(chosen, rbf.k_centre(x, 10))


def test_equal_rows_are_chosen_once() -> None:
    x = np.repeat([[0.0, 1.0], [2.0, 3.0]], 20, axis=0)
    assert sorted(int(row) // 20 for row in rbf.k_centre(x, 10)) == [0, 1]
    assert rbf.k_centre(np.empty((0, 3)), 5).size == 0


def test_thousands_of_rows_teach_what_their_prototypes_teach() -> None:
    random = np.random.default_rng(3)
    poses, sounds = random.normal(size=(8, 20)), random.random((8, 3))
    x = np.repeat(poses, 500, axis=0) + 0.02 * random.normal(size=(4000, 20))
    y = np.repeat(sounds, 500, axis=0)
    points, weights, constant = rbf.fit(x, y, np.ones(4000))
    assert len(points) == rbf.PROTOTYPES
    np.testing.assert_allclose(rbf.evaluate(poses, points, weights, constant), sounds, atol=0.02)


def test_prototypes_keep_every_rows_weight() -> None:
    random = np.random.default_rng(4)
    x, y, weights = random.normal(size=(700, 4)), random.random((700, 2)), random.random(700) + 0.1
    points, targets, sums = rbf.prototypes(x, y, weights, 50)
    assert sums.sum() == pytest.approx(weights.sum())
    np.testing.assert_allclose(sums @ points, weights @ x)
    np.testing.assert_allclose(sums @ targets, weights @ y)


def test_rows_without_any_weight_teach_nothing() -> None:
    with pytest.raises(ValueError, match="non-zero"):
        LinearRBF().fit([[0.0], [1.0]], [0.0, 1.0], sample_weight=[0.0, 0.0])
