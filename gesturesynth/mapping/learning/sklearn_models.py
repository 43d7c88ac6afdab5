"""scikit-learn's models, fitted and turned into plain arrays. Importing this module imports scikit-learn.

Each function takes scaled features (n, k), positions (n, m), and how many rows each row stands for (n,), and returns a
predictor that equals the estimator it was made from. `*_estimator` functions give the fitted estimator itself, for
tests and comparison. Nearest neighbours do not use the weights.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process.kernels import Matern
from sklearn.kernel_ridge import KernelRidge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.svm import SVR

from gesturesynth.mapping.learning import rbf
from gesturesynth.mapping.learning.packed_array import Array, Indices
from gesturesynth.mapping.learning.predictors import Kernels, Layers, Neighbours, Predictor, Trees

Float = NDArray[np.float64]
Settings: TypeAlias = Mapping[str, float]

# Above so many rows a model is fitted to prototypes, where its cost grows faster than the rows do (fit for support
# vectors and kernels, one row's evaluation for neighbours).
KERNEL_ROWS: Final = 400
SVR_ROWS: Final = 1000
NEIGHBOUR_ROWS: Final = 2000

LEAVES: Final = 300
"""About so many leaves a tree at most: more would only memorise frames, and take long to send."""

MLP_ITERATIONS: Final = 500


def mlp_estimator(settings: Settings, x: Float, y: Float, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """A perceptron of one tanh layer, fitted by L-BFGS: it converges where the default, Adam, leaves jumps."""
    return fit_quietly(MLPRegressor(**perceptron(settings)), x, y if y.shape[1] > 1 else y[:, 0], weights)


def perceptron(settings: Settings) -> dict[str, Any]:
    """What scikit-learn is told about a perceptron, for outputs and for classes."""
    return {
        "hidden_layer_sizes": (int(settings["hidden"]),),
        "activation": "tanh",
        "solver": "lbfgs",
        "alpha": settings["alpha"],
        "max_iter": MLP_ITERATIONS,
        "random_state": 0,
    }


def mlp(settings: Settings, x: Float, y: Float, weights: Float) -> Predictor:
    """The perceptron."""
    return packed_layers(mlp_estimator(settings, x, y, weights))


def kernel_ridge_estimator(settings: Settings, x: Float, y: Float, weights: Float) -> tuple[Any, Any, Float, Float]:
    """Kernel ridge: (estimator of what is left of the mean, its kernel, its points, the mean)."""
    points, targets, weights = rbf.prototypes(x, y, weights, KERNEL_ROWS)
    apart = rbf.distances(points, points)[np.triu_indices(len(points), 1)]
    length = settings["length"] * float(np.median(apart))
    kernel = Matern(length_scale=length if length > 0.0 else 1.0, nu=1.5)
    mean = np.average(targets, axis=0, weights=weights)
    model = KernelRidge(alpha=settings["alpha"], kernel="precomputed")
    model.fit(kernel(points), targets - mean, sample_weight=weights)
    return model, kernel, points, mean


def kernel_ridge(settings: Settings, x: Float, y: Float, weights: Float) -> Predictor:
    """Kernel ridge with a Matern-3/2 kernel."""
    model, kernel, points, mean = kernel_ridge_estimator(settings, x, y, weights)
    weights = np.asarray(model.dual_coef_).reshape(len(points), -1)
    return Kernels("matern-3/2", float(kernel.length_scale), Array.pack(points), Array.pack(weights), Array.pack(mean))


def knn_estimator(settings: Settings, x: Float, y: Float, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Nearest neighbours weighted by closeness."""
    points, targets, _ = rbf.prototypes(x, y, weights, NEIGHBOUR_ROWS)
    count = min(int(settings["neighbours"]), len(points))
    return KNeighborsRegressor(count, weights="distance", algorithm="kd_tree").fit(points, targets)


def knn(settings: Settings, x: Float, y: Float, weights: Float) -> Predictor:
    """Nearest neighbours."""
    points, targets, _ = rbf.prototypes(x, y, weights, NEIGHBOUR_ROWS)
    return Neighbours(Array.pack(points), Array.pack(targets), min(int(settings["neighbours"]), len(points)))


def svr_estimators(settings: Settings, x: Float, y: Float, weights: Float) -> list[Any]:
    """One support vector regression for each output."""
    points, targets, weights = rbf.prototypes(x, y, weights, SVR_ROWS)
    model = SVR(C=settings["c"], epsilon=settings["epsilon"])
    return [clone(model).fit(points, column, sample_weight=weights) for column in targets.T]


def svr(settings: Settings, x: Float, y: Float, weights: Float) -> Predictor:
    """Support vectors of all outputs in one expansion."""
    models = svr_estimators(settings, x, y, weights)
    points, _, _ = rbf.prototypes(x, y, weights, SVR_ROWS)
    weights = np.zeros((len(points), len(models)))
    for column, model in enumerate(models):
        weights[model.support_, column] = model.dual_coef_[0]
    used = weights.any(axis=1)
    constant = np.array([float(model.intercept_[0]) for model in models])
    gamma = float(models[0]._gamma)  # noqa: SLF001 - the number behind gamma="scale" has no public name
    length = math.sqrt(0.5 / gamma)
    return Kernels("gaussian", length, Array.pack(points[used]), Array.pack(weights[used]), Array.pack(constant))


def forest_estimator(settings: Settings, x: Float, y: Float, weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Extremely randomised trees."""
    model = ExtraTreesRegressor(
        n_estimators=int(settings["trees"]), min_samples_leaf=max(1, len(x) // LEAVES), random_state=0, n_jobs=1
    )
    return model.fit(x, y if y.shape[1] > 1 else y[:, 0], sample_weight=weights)


def forest(settings: Settings, x: Float, y: Float, weights: Float) -> Predictor:
    """The trees."""
    trees = [tree.tree_ for tree in forest_estimator(settings, x, y, weights).estimators_]
    return packed_trees(trees, [tree.value[:, :, 0] for tree in trees])


def packed_trees(trees: Sequence[Any], values: Sequence[Float]) -> Trees:
    """Trees of scikit-learn side by side in one table of nodes, with the values (nodes, m) of each."""
    roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]
    own = [np.arange(tree.node_count) for tree in trees]
    leaf = np.concatenate([tree.children_left < 0 for tree in trees])

    def children(name: str) -> NDArray[np.int64]:
        return np.concatenate(
            [
                np.where(tree.children_left < 0, numbers, getattr(tree, name)) + root
                for tree, numbers, root in zip(trees, own, roots, strict=True)
            ]
        )

    return Trees(
        roots=Indices.pack(roots),
        feature=Indices.pack(np.where(leaf, 0, np.concatenate([tree.feature for tree in trees]))),
        threshold=Array.pack(np.where(leaf, 0.0, np.concatenate([tree.threshold for tree in trees]))),
        left=Indices.pack(children("children_left")),
        right=Indices.pack(children("children_right")),
        values=Array.pack(np.concatenate(values)),
        depth=max(tree.max_depth for tree in trees),
    )


CONTINUOUS: Final[dict[str, Callable[[Settings, Float, Float, Float], Predictor]]] = {
    "mlp": mlp,
    "kernel-ridge": kernel_ridge,
    "knn": knn,
    "svr": svr,
    "forest": forest,
}
"""Models of outputs by kind, except those that need no scikit-learn."""


def fit_quietly(model: Any, x: Float, y: NDArray[Any], weights: Float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Fits without the warning that the optimiser stopped at its limit of iterations, which is intended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x, y, sample_weight=weights)


def packed_layers(model: Any) -> Layers:  # noqa: ANN401 - scikit-learn has no types
    """The layers of a perceptron of scikit-learn."""
    return Layers(
        tuple(Array.pack(weights) for weights in model.coefs_),
        tuple(Array.pack(biases) for biases in model.intercepts_),
    )
