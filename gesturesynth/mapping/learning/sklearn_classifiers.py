"""scikit-learn's classifiers, fitted and turned into plain arrays. Importing this module imports scikit-learn.

Each function takes the settings of its kind, scaled features (n, k), class numbers (n,), how many rows each row stands
for (n,), and the names of the classes. `*_estimator` functions give the fitted estimator itself, for tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import AdaBoostClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from gesturesynth.mapping.learning import rbf
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import Classifier, Gaussians, Kernels, Neighbours, Softmax, Votes
from gesturesynth.mapping.learning.sklearn_models import (
    NEIGHBOUR_ROWS,
    SVR_ROWS,
    fit_quietly,
    packed_layers,
    packed_trees,
    perceptron,
)

Float = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.integer[Any]]
Settings: TypeAlias = Mapping[str, float]
Names: TypeAlias = tuple[str, ...]

MARGIN: Final = 2.0
"""Margins of support vector machines times this are scores. A pose at the margin of its class, and at that of all
others, then has a probability of .98 among two classes, and .93 among five."""


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


def mlp_estimator(settings: Settings, x: Float, number: Numbers, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """A perceptron of one tanh layer."""
    return fit_quietly(MLPClassifier(**perceptron(settings)), x, number, weights)


def _mlp(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    return Softmax(names, packed_layers(mlp_estimator(settings, x, number, weights)))


def knn_estimator(settings: Settings, x: Float, number: Numbers, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Nearest neighbours weighted by closeness."""
    points, numbers, _ = thinned(x, number, weights, NEIGHBOUR_ROWS)
    count = min(int(settings["neighbours"]), len(points))
    return KNeighborsClassifier(count, weights="distance", algorithm="kd_tree").fit(points, numbers)


def _knn(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    points, numbers, _ = thinned(x, number, weights, NEIGHBOUR_ROWS)
    count = min(int(settings["neighbours"]), len(points))
    return Votes(names, Neighbours(Array.pack(points), Array.pack(np.eye(len(names))[numbers]), count))


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


def naive_bayes_estimator(settings: Settings, x: Float, number: Numbers, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Gaussian naive Bayes."""
    return GaussianNB(var_smoothing=settings["smoothing"]).fit(x, number, sample_weight=weights)


def _naive_bayes(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    model = naive_bayes_estimator(settings, x, number, weights)
    constants = np.log(model.class_prior_) - 0.5 * np.log(2.0 * math.pi * model.var_).sum(axis=1)
    return Softmax(names, Gaussians(Array.pack(model.theta_), Array.pack(1.0 / model.var_), Array.pack(constants)))


def adaboost_estimator(settings: Settings, x: Float, number: Numbers, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Boosted small trees."""
    small = DecisionTreeClassifier(max_depth=int(settings["depth"]), random_state=0)
    model = AdaBoostClassifier(small, n_estimators=int(settings["trees"]), random_state=0)
    return model.fit(x, number, sample_weight=weights)


def _adaboost(settings: Settings, x: Float, number: Numbers, weights: Float, names: Names) -> Classifier:
    """Votes of the trees: scikit-learn's own probabilities are so flat that none would ever count as sure."""
    model = adaboost_estimator(settings, x, number, weights)
    trees = [each.tree_ for each in model.estimators_]
    power = model.estimator_weights_[: len(trees)]
    power = power * len(trees) / power.sum()
    votes = []
    for each, factor in zip(model.estimators_, power, strict=True):
        chosen = each.classes_[each.tree_.value[:, 0, :].argmax(axis=1)]
        votes.append(factor * np.eye(len(names))[chosen])
    return Votes(names, packed_trees(trees, votes))


CLASSIFIERS: Final[dict[str, Callable[[Settings, Float, Numbers, Float, Names], Classifier]]] = {
    "mlp": _mlp,
    "knn": _knn,
    "svm": _svm,
    "tree": _tree,
    "naive-bayes": _naive_bayes,
    "adaboost": _adaboost,
}
"""Classifiers by kind, except `logistic`, which needs no scikit-learn."""
