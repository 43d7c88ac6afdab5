"""Models as plain arrays: equal to those of scikit-learn, bounded for any input, and safe to send."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gesturesynth.mapping.learning import sklearn_models
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.model_kinds import MODEL_KINDS, model_settings
from gesturesynth.mapping.learning.packed_array import Array, Indices
from gesturesynth.mapping.learning.predictors import FittedMapping
from tests.support.example_sets import held_poses, positions_as_outputs

K = 6


def rows(count: int, outputs: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Random features with outputs that depend on them."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, K))
    return x, 1.0 / (1.0 + np.exp(-np.tanh(x) @ random.normal(size=(K, outputs))))


def theirs(name: str, fitted_to: tuple[dict[str, float], Any, Any, Any], query: Any) -> NDArray[np.float64]:
    """The predictions of scikit-learn itself, (q, m), fitted to (settings, features, outputs, weights)."""
    if name == "kernel-ridge":
        model, kernel, points, mean = sklearn_models.kernel_ridge_estimator(*fitted_to)
        values = model.predict(kernel(query, points)) + mean
    elif name == "svr":
        values = np.stack([model.predict(query) for model in sklearn_models.svr_estimators(*fitted_to)], axis=1)
    else:
        values = getattr(sklearn_models, f"{name}_estimator")(*fitted_to).predict(query)
    return np.asarray(values, dtype=np.float64).reshape(len(query), -1)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("count", [3, 90, 400])
@pytest.mark.parametrize("name", sorted(sklearn_models.CONTINUOUS))
def test_a_portable_model_equals_that_of_scikit_learn(
    name: str, count: int, outputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("KERNEL_ROWS", "SVR_ROWS", "NEIGHBOUR_ROWS"):
        monkeypatch.setattr(sklearn_models, limit, 200)
    x, y = rows(count, outputs)
    query = 2.0 * np.random.default_rng(1).normal(size=(60, K))
    settings = model_settings(MODEL_KINDS[name], {"trees": 20} if name == "forest" else {})
    weights = np.random.default_rng(2).uniform(1.0, 3.0, count)
    with threadpool_limits(1):
        portable = sklearn_models.CONTINUOUS[name](settings, x, y, weights)
        ours = np.array([portable.evaluate(row) for row in query])
        np.testing.assert_allclose(ours, theirs(name, (settings, x, y, weights), query), atol=1e-9, rtol=0)


def test_a_neighbour_at_distance_0_counts_alone_as_in_scikit_learn() -> None:
    x, y = rows(50, 2)
    settings = model_settings(MODEL_KINDS["knn"], {})
    portable = sklearn_models.knn(settings, x, y, np.ones(50))
    ours = np.array([portable.evaluate(row) for row in x])
    np.testing.assert_allclose(ours, theirs("knn", (settings, x, y, np.ones(50)), x), atol=1e-9)
    np.testing.assert_allclose(ours, y, atol=1e-9)


@cache
def fitted(name: str) -> FittedMapping:
    """A small mapping of each kind, with classes."""
    x, y = rows(5, 2)
    examples = held_poses(x, y, frames=4, labels=("a", "b", "c", "none", "b"))
    kind = MODEL_KINDS[name]
    classifier = name if kind.classes else "logistic"
    model = name if kind.continuous else "rbf"
    return fit(make_job(examples, examples.columns, positions_as_outputs(2), model=model, classifier=classifier))


@limits(deadline=None)
@given(st.sampled_from(sorted(MODEL_KINDS)), st.lists(st.floats(), min_size=K, max_size=K))
def test_positions_confidence_and_certainty_stay_within_bounds_for_any_features(name: str, x: list[float]) -> None:
    mapping = fitted(name)
    features = np.array(x)
    positions = mapping.predict(features)
    assert positions.shape == (2,)
    assert np.isfinite(positions).all()
    assert (positions >= 0.0).all()
    assert (positions <= 1.0).all()
    assert 0.0 <= mapping.confidence(features) <= 1.0
    label, certainty = mapping.classify(features)
    assert label in {"a", "b", "c", "none"}
    assert 0.0 <= certainty <= 1.0


@pytest.mark.parametrize("name", sorted(MODEL_KINDS))
def test_a_mapping_arrives_as_it_was_sent(name: str) -> None:
    mapping = fitted(name)
    arrived = msgspec.msgpack.decode(msgspec.msgpack.encode(mapping), type=FittedMapping)
    assert arrived == mapping
    query = np.random.default_rng(3).normal(size=K)
    np.testing.assert_array_equal(arrived.predict(query), mapping.predict(query))
    assert arrived.classify(query) == mapping.classify(query)


def test_bytes_that_do_not_fill_their_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fill"):
        Array((2, 3), b"12345678")
    with pytest.raises(ValueError, match="do not fill"):
        Indices((-1, -2), b"12345678")
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode({"shape": [5], "data": b"1234"}), type=Array)
