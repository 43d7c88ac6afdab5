"""Classifiers that plain numpy fits in milliseconds: logistic regression, nearest neighbours, naive Bayes.

Importing scikit-learn takes longer than these fits do, so it is they that `auto` compares. Tests hold them equal to
scikit-learn's. Each function takes the settings of its kind, scaled features (n, k), class numbers (n,), how many rows
each row stands for (n,), and the names of the classes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning import linear_models, rbf
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import Classifier, Gaussians, Neighbours, Softmax, Votes

Float = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.integer[Any]]
Settings: TypeAlias = Mapping[str, float]
Names: TypeAlias = tuple[str, ...]

NEIGHBOUR_ROWS: Final = 2000
"""More rows than this are gathered into so many prototypes: every row costs time in each frame."""


def thinned(x: Float, number: Numbers, weights: Float, count: int) -> tuple[Float, Numbers, Float]:
    """No more than about `count` rows: those of each class gathered into prototypes, by its part of all rows."""
    if len(x) <= count:
        return x, number, weights
    parts = []
    for each in range(int(number.max()) + 1):
        of = number == each
        few = rbf.prototypes(x[of], np.zeros((int(of.sum()), 0)), weights[of], max(1, int(count * of.mean())))
        parts.append((few[0], np.full(len(few[0]), each), few[2]))
    rows, numbers, sums = zip(*parts, strict=True)
    return np.concatenate(rows), np.concatenate(numbers), np.concatenate(sums)


def _logistic(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    return Softmax(names, linear_models.logistic(settings, x, number, weights))


def _knn(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    """Nearest neighbours weighted by closeness; they do not use the weights of rows."""
    points, numbers, _ = thinned(x, number, weights, NEIGHBOUR_ROWS)
    count = min(int(settings["neighbours"]), len(points))
    return Votes(names, Neighbours(Array.pack(points), Array.pack(np.eye(len(names))[numbers]), count))


def _naive_bayes(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    """Gaussian naive Bayes: the mean and the variance of each feature in each class, by the weights of the rows."""
    shares = np.zeros((len(names), len(x)))
    shares[number, np.arange(len(x))] = weights
    totals = shares.sum(axis=1)
    shares /= totals[:, None]
    means = shares @ x
    variances = np.array([share @ (x - mean) ** 2 for share, mean in zip(shares, means, strict=True)])
    # Without this a feature that hardly moved in one class would decide alone.
    variances += max(settings["smoothing"] * float(x.var(axis=0).max()), 1e-12)
    constants = np.log(totals / totals.sum()) - 0.5 * np.log(2.0 * math.pi * variances).sum(axis=1)
    return Softmax(names, Gaussians(Array.pack(means), Array.pack(1.0 / variances), Array.pack(constants)))


NUMPY_CLASSIFIERS: Final[dict[str, Callable[[Settings, Float, Numbers, Float, Names], Classifier]]] = {
    "logistic": _logistic,
    "knn": _knn,
    "naive-bayes": _naive_bayes,
}
"""Classifiers by kind that need no scikit-learn."""
