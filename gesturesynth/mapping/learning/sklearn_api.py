"""The default model with scikit-learn's interface: for its estimator checks, pipelines and cross-validation.

The program itself does not import this module. Tests use it: scikit-learn's own checks run against the same solver
(`rbf`) that fits presets. In a notebook it compares the default model with others on exported examples. Importing it
imports scikit-learn, which fitting with the default model does not need (see `fit`).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from gesturesynth.mapping.learning import rbf


class LinearRBF(MultiOutputMixin, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Linear radial basis interpolation, y(x) = c - sum_i a_i |x - p_i| with sum_i a_i = 0.

    Args:
        smoothing: above 0; how loosely it passes by a row.
        prototypes: more rows than this are gathered into so many.

    Attributes:
        points_: (p, k), rows or prototypes.
        weights_: (p, m) and constant_: (m,), the solution.
        n_features_in_: k.
    """

    def __init__(self, smoothing: float = rbf.SMOOTHING, prototypes: int = rbf.PROTOTYPES) -> None:
        self.smoothing = smoothing
        self.prototypes = prototypes

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Fits to X (n, k) and y (n,) or (n, m); a row of weight w counts exactly as w equal rows do.

        Raises:
            ValueError: shapes do not belong together, something is not finite, or nothing has any weight.
        """
        x, targets = validate_data(self, X, y, multi_output=True, y_numeric=True, dtype=np.float64)
        weight: NDArray[np.float64] = _check_sample_weight(sample_weight, x, dtype=np.float64, ensure_non_negative=True)
        used = weight > 0.0
        columns = np.asarray(targets, dtype=np.float64).reshape(len(x), -1)
        self._flat = np.ndim(targets) == 1
        self.points_, self.weights_, self.constant_ = rbf.fit(
            x[used], columns[used], weight[used], self.smoothing, self.prototypes
        )
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's name
        """Values at rows X (q, k): (q,) or (q, m), as `fit` was given."""
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, dtype=np.float64)
        values = rbf.evaluate(x, self.points_, self.weights_, self.constant_)
        return values[:, 0] if self._flat else values

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        """What scikit-learn's own checks may assume."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
