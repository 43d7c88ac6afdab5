"""Ridge and logistic regression in plain numpy: what is fitted at every training must not import scikit-learn.

Importing scikit-learn takes longer than these fits do. Tests hold both equal to `Ridge` and `LogisticRegression`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import Layers

Float = NDArray[np.float64]

GRADIENT: Final = 1e-6
"""Newton's method ends when no slope of the loss is steeper: a part of the rows' weights, times `alpha` below 1."""
STEPS: Final = 60
INNER_STEPS: Final = 250
COARSE_ROWS: Final = 1000
"""With far more rows than this, evenly spread ones give the place to begin from."""


def ridge(settings: Mapping[str, float], x: Float, y: Float, weights: Float) -> Layers:
    """Ridge regression: sum_i w_i |y_i - a x_i - b|^2 + alpha |a|^2, as one layer.

    Args:
        settings: `alpha`.
        x: (n, k), scaled.
        y: (n, m), positions.
        weights: (n,), how many rows each one stands for.
    """
    total = weights.sum()
    middle_x, middle_y = weights @ x / total, weights @ y / total
    centred, targets = x - middle_x, y - middle_y
    weighted = centred * weights[:, None]
    slopes = np.linalg.solve(weighted.T @ centred + settings["alpha"] * np.eye(x.shape[1]), weighted.T @ targets)
    return Layers((Array.pack(slopes),), (Array.pack(middle_y - middle_x @ slopes),))


def logistic(settings: Mapping[str, float], x: Float, number: NDArray[np.integer[Any]], weights: Float) -> Layers:
    """Multinomial logistic regression: sum_i w_i -log p(number_i | x_i) + alpha/2 |a|^2, by Newton's method.

    The equations of each step are solved by conjugate gradients, so that many classes and features stay cheap.

    Args:
        settings: `alpha`; scikit-learn's C is 1 / alpha.
        x: (n, k), scaled.
        number: (n,), classes 0, 1, ..., each at least once, two or more.
        weights: (n,), how many rows each one stands for.

    Returns:
        A score for each class; of two classes only the second's, against the first.
    """
    classes = int(number.max()) + 1
    free = classes if classes > 2 else 1
    rows = np.column_stack([x, np.ones(len(x))])
    wanted = np.zeros((len(x), classes))
    wanted[np.arange(len(x)), number] = 1.0
    start = np.zeros((rows.shape[1], free))
    step = len(x) // COARSE_ROWS
    if step > 1:
        order = np.argsort(number, kind="stable")[::step]  # of every class
        start = _newton(rows[order], wanted[order], weights[order] * step, settings["alpha"], start, 1e-3)
    solution = _newton(rows, wanted, weights, settings["alpha"], start, GRADIENT)
    return Layers((Array.pack(solution[:-1]),), (Array.pack(solution[-1]),))


def _newton(  # noqa: PLR0917 - the parts of one equation
    rows: Float, wanted: Float, weights: Float, alpha: float, start: Float, tolerance: float
) -> Float:
    """Minimises the loss; `rows` (n, k + 1) end with 1, `wanted` (n, c) are 0 or 1, `start` is (k + 1, c or 1)."""
    solution, free = start, start.shape[1]
    penalty = np.full((rows.shape[1], 1), alpha)
    penalty[-1] = 0.0  # the constants are free
    skipped = wanted.shape[1] - free  # of two classes, the first has the score 0
    limit = tolerance * max(1.0, float(weights.sum())) * min(1.0, alpha)

    def all_scores(parts: Float) -> Float:
        scores = rows @ parts
        return scores if not skipped else np.column_stack([np.zeros(len(rows)), scores])

    def loss_of(parts: Float) -> tuple[float, Float]:
        scores = all_scores(parts)
        scores -= scores.max(axis=1, keepdims=True)
        exponentials = np.exp(scores)
        sums = exponentials.sum(axis=1, keepdims=True)
        loss = weights @ (np.log(sums[:, 0]) - (scores * wanted).sum(axis=1)) + 0.5 * float((penalty * parts**2).sum())
        return float(loss), exponentials / sums

    loss, share = loss_of(solution)
    for _ in range(STEPS):
        slope = (rows.T @ (weights[:, None] * (share - wanted)))[:, skipped:] + penalty * solution
        if float(np.abs(slope).max()) <= limit:
            break
        step = _solve(rows, share, weights, penalty, slope, skipped)
        length, along = 1.0, float((slope * step).sum())
        for _ in range(30):
            candidate, candidate_share = loss_of(solution - length * step)
            if candidate <= loss - 1e-4 * length * along:
                break
            length *= 0.5
        else:
            break  # rounding: no step makes it better
        solution, loss, share = solution - length * step, candidate, candidate_share
    return solution


def _solve(rows: Float, share: Float, weights: Float, penalty: Float, slope: Float, skipped: int) -> Float:  # noqa: PLR0917
    """The step of Newton's method, by conjugate gradients with the diagonal as preconditioner."""
    spread = weights[:, None] * share * (1.0 - share)
    diagonal = ((rows**2).T @ spread)[:, skipped:] + penalty + 1e-9

    def curved(direction: Float) -> Float:
        scores = rows @ direction
        if skipped:
            scores = np.column_stack([np.zeros(len(rows)), scores])
        changed = share * (scores - (share * scores).sum(axis=1, keepdims=True))
        return np.asarray((rows.T @ (weights[:, None] * changed))[:, skipped:] + penalty * direction)

    solution, rest = np.zeros_like(slope), slope.copy()
    near = rest / diagonal
    direction, size = near, float((rest * near).sum())
    enough = min(0.1, float(np.sqrt(np.linalg.norm(slope)))) ** 2 * size * 1e-2
    for _ in range(INNER_STEPS):
        if size <= enough or size <= 1e-300:
            break
        product = curved(direction)
        curvature = float((direction * product).sum())
        if curvature <= 0.0:
            break
        solution = solution + size / curvature * direction
        rest = rest - size / curvature * product
        near = rest / diagonal
        size, former = float((rest * near).sum()), size
        direction = near + size / former * direction
    return solution
