"""scikit-learn's classifiers, fitted and turned into plain arrays. Importing this module imports scikit-learn.

Each function takes the settings of its kind, scaled features (n, k), class numbers (n,), how many rows each row stands
for (n,), and the names of the classes. `*_estimator` functions give the fitted estimator itself, for tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import AdaBoostClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from gesturesynth.mapping.learning.numpy_classifiers import Names, Numbers, Settings, thinned
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import Classifier, Kernels, Softmax, Votes
from gesturesynth.mapping.learning.sklearn_models import (
    SVR_ROWS,
    fit_quietly,
    packed_layers,
    packed_trees,
    perceptron,
)

Float = NDArray[np.float64]

MARGIN: Final = 2.0
"""Margins of support vector machines times this are scores. A pose at the margin of its class, and at that of all
others, then has a probability of .98 among two classes, and .93 among five."""

VOTES: Final = 10.0
"""Shares of the votes of boosted trees times this are scores. scikit-learn's own probabilities are so flat that none
would ever count as sure, and among four classes small trees rarely give a share of 0.6 to any."""


def mlp_estimator(settings: Settings, x: Float, number: Numbers, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """A perceptron of one tanh layer."""
    return fit_quietly(MLPClassifier(**perceptron(settings)), x, number, weights)


def _mlp(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    return Softmax(names, packed_layers(mlp_estimator(settings, x, number, weights)))


def svm_estimators(settings: Settings, x: Float, number: Numbers, weights: Float) -> list[Any]:
    """A machine for each class against the rest; of two classes only the second's, against the first."""
    points, numbers, weight = thinned(x, number, weights, SVR_ROWS)
    classes = int(number.max()) + 1
    wanted = range(classes) if classes > 2 else (1,)
    return [SVC(C=settings["c"]).fit(points, np.where(numbers == each, 1, 0), sample_weight=weight) for each in wanted]


def _svm(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    models = svm_estimators(settings, x, number, weights)
    points, _, _ = thinned(x, number, weights, SVR_ROWS)
    # Of two classes the one machine says both margins: the first is the second, turned round.
    scale = MARGIN if len(models) > 1 else 2.0 * MARGIN
    factors = np.zeros((len(points), len(models)))
    for column, model in enumerate(models):
        factors[model.support_, column] = scale * model.dual_coef_[0]
    used = factors.any(axis=1)
    constant = np.array([scale * float(model.intercept_[0]) for model in models])
    length = math.sqrt(0.5 / float(models[0]._gamma))  # noqa: SLF001 - the number behind gamma="scale" has no public name
    kernels = Kernels("gaussian", length, Array.pack(points[used]), Array.pack(factors[used]), Array.pack(constant))
    return Softmax(names, kernels)


def tree_estimator(settings: Settings, x: Float, number: Numbers, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """A decision tree."""
    leaf = min(int(settings["leaf"]), max(1, int(np.bincount(number).min()) // 2))
    model = DecisionTreeClassifier(max_depth=int(settings["depth"]), min_samples_leaf=leaf, random_state=0)
    return model.fit(x, number, sample_weight=weights)


def _tree(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    tree = tree_estimator(settings, x, number, weights).tree_
    shares = tree.value[:, 0, :] / tree.value[:, 0, :].sum(axis=1, keepdims=True)
    return Votes(names, packed_trees([tree], [shares]))


def adaboost_estimator(settings: Settings, x: Float, number: Numbers, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Boosted small trees."""
    small = DecisionTreeClassifier(max_depth=int(settings["depth"]), random_state=0)
    model = AdaBoostClassifier(small, n_estimators=int(settings["trees"]), random_state=0)
    return model.fit(x, number, sample_weight=weights)


def _adaboost(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    """A softmax of the shares of the votes, times `VOTES`."""
    model = adaboost_estimator(settings, x, number, weights)
    trees = [each.tree_ for each in model.estimators_]
    power = model.estimator_weights_[: len(trees)]
    power = VOTES * power * len(trees) / power.sum()
    votes = []
    for each, factor in zip(model.estimators_, power, strict=True):
        chosen = each.classes_[each.tree_.value[:, 0, :].argmax(axis=1)]
        votes.append(factor * np.eye(len(names))[chosen])
    return Softmax(names, packed_trees(trees, votes))


CLASSIFIERS: Final[dict[str, Callable[[Settings, Float, Numbers, Float, Names], Classifier]]] = {
    "mlp": _mlp,
    "svm": _svm,
    "tree": _tree,
    "adaboost": _adaboost,
}
"""Classifiers by kind, except those of `numpy_classifiers`."""
