"""Fits a model of a kind: by plain numpy where that is enough, else by scikit-learn, which is imported only then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning import kernel_models, linear_models, rbf
from gesturesynth.mapping.learning.numpy_classifiers import NUMPY_CLASSIFIERS
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import Classifier, Constant, Kernels, Predictor

Float: TypeAlias = NDArray[np.float64]
Settings: TypeAlias = Mapping[str, float]

SNAPSHOT_ROWS: Final = 30
"""Rows that a snapshot is expected to have: a second of frames, which the defaults were measured with. A snapshot of
fewer rows is weighted as if it had so many; otherwise smoothing would pull single rows away from their sounds."""


def row_weights(group: NDArray[np.int64]) -> Float:
    """How many rows each row stands for, (n,): a snapshot, (n,) numbers, stands for at least `SNAPSHOT_ROWS`."""
    return np.maximum(1.0, SNAPSHOT_ROWS / np.bincount(group)[group])


def _rbf(settings: Settings, x: Float, y: Float, weights: Float) -> Predictor:
    solution = rbf.fit(x, y, weights, settings["smoothing"], int(settings["prototypes"]))
    points, factors, constant = (Array.pack(part) for part in solution)
    return Kernels("linear", 1.0, points, factors, constant)


NUMPY_MODELS: Final[dict[str, Callable[[Settings, Float, Float, Float], Predictor]]] = {
    "rbf": _rbf,
    "gaussian-process": kernel_models.gaussian_process,
    "ridge": linear_models.ridge,
    "polynomial": kernel_models.polynomial,
}
"""Models of outputs that need no scikit-learn."""


def fitted_predictor(kind: str, settings: Settings, x: Float, y: Float, weights: Float) -> Predictor:
    """A model that moves outputs.

    Args:
        kind: its name; not `auto`.
        settings: all settings of the kind.
        x: (n, k), scaled.
        y: (n, m), positions.
        weights: (n,), how many rows each row stands for.
    """
    if not np.ptp(x, axis=0).any() or not np.ptp(y, axis=0).any():
        return Constant(Array.pack(y.mean(axis=0)))
    if kind in NUMPY_MODELS:
        return NUMPY_MODELS[kind](settings, x, y, weights)
    from gesturesynth.mapping.learning import sklearn_models  # noqa: PLC0415 - imports scikit-learn, which the default does without

    return sklearn_models.CONTINUOUS[kind](settings, x, y, weights)


def fitted_classifier(  # noqa: PLR0917 - what a fit takes
    kind: str, settings: Settings, x: Float, number: NDArray[np.int64], weights: Float, names: tuple[str, ...]
) -> Classifier:
    """A model that tells classes apart.

    Args:
        kind: its name; not `auto`.
        settings: all settings of the kind.
        x: (n, k), scaled.
        number: (n,), the class of each row as a place in `names`; each at least once.
        weights: (n,), how many rows each row stands for.
        names: two or more.
    """
    if kind in NUMPY_CLASSIFIERS:
        return NUMPY_CLASSIFIERS[kind](settings, x, number, weights, names)
    from gesturesynth.mapping.learning import sklearn_classifiers  # noqa: PLC0415 - imports scikit-learn, which the default does without

    return sklearn_classifiers.CLASSIFIERS[kind](settings, x, number, weights, names)
