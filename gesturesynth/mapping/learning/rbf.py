"""Linear radial basis interpolation in plain numpy.

    y(x) = c + sum_i a_i * -|x - p_i|        with sum_i a_i = 0

The kernel -|x - p| is conditionally positive definite of order 1 (Micchelli 1986), so that with the constant c and the
side condition there is exactly one solution, whatever the points. It has no length to choose; between two examples it
runs straight, and far away it levels out, which keeps outputs near their range by itself. Smoothing adds a value to the
diagonal (Carr et al. 2001). It agrees with `scipy.interpolate.RBFInterpolator(kernel="linear", degree=0)`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

SMOOTHING: Final = 1.0
"""Measured on real landmarks, with some thirty frames of each pose: the jitter of a still person is not heard."""

PROTOTYPES: Final = 300
"""More rows than this are gathered into so many prototypes: solving is cubic in their number, evaluating linear."""


def distances(a: Float, b: Float) -> Float:
    """Euclidean distances between rows of (n, k) and (m, k): shape (n, m)."""
    # |a - b|^2 = |a|^2 - 2ab + |b|^2 loses digits when both are far from 0: move both to the middle first.
    middle = b.mean(axis=0)
    a, b = a - middle, b - middle
    squares = np.einsum("ij,ij->i", a, a)[:, None] - 2.0 * (a @ b.T) + np.einsum("ij,ij->i", b, b)[None, :]
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)), dtype=np.float64)


def solve(points: Float, targets: Float, smoothing: float | Float = SMOOTHING) -> tuple[Float, Float]:
    """Solves the equations above.

    Args:
        points: (n, k), n >= 1.
        targets: (n, m).
        smoothing: above 0; one value, or one for each point (n,).

    Returns:
        Weights a (n, m) and constant c (m,).
    """
    n = len(points)
    system = np.zeros((n + 1, n + 1))
    system[:n, :n] = -distances(points, points)
    system[np.arange(n), np.arange(n)] = smoothing
    system[:n, n] = system[n, :n] = 1.0
    right = np.zeros((n + 1, targets.shape[1]))
    right[:n] = targets
    solution = np.asarray(np.linalg.solve(system, right), dtype=np.float64)
    return solution[:n], solution[n]


def evaluate(x: Float, points: Float, weights: Float, constant: Float) -> Float:
    """Values at rows (q, k): shape (q, m)."""
    return np.asarray(constant - distances(x, points) @ weights, dtype=np.float64)


def k_centre(x: Float, count: int) -> NDArray[np.int64]:
    """Chooses rows that cover the rest: each next one is the farthest from those chosen (Gonzalez 1985).

    Args:
        x: (n, k).
        count: how many; fewer are returned when fewer rows differ.

    Returns:
        Row numbers in the order of choice; deterministic: it begins with the row nearest to the mean, and of equals it
        takes the first.
    """
    if len(x) == 0:
        return np.empty(0, dtype=np.int64)
    centred = x - x.mean(axis=0)
    squares = np.einsum("ij,ij->i", centred, centred)
    chosen = [int(np.argmin(squares))]
    nearest = np.full(len(x), np.inf)
    # Below this two rows are the same but for rounding.
    same = 1e-12 * max(float(squares.max()), 1e-300)
    while len(chosen) < count:
        last = chosen[-1]
        np.minimum(nearest, squares - 2.0 * (centred @ centred[last]) + squares[last], out=nearest)
        farthest = int(np.argmax(nearest))
        if nearest[farthest] <= same:
            break
        chosen.append(farthest)
    return np.array(chosen, dtype=np.int64)


def prototypes(x: Float, y: Float, weights: Float, count: int) -> tuple[Float, Float, Float]:
    """Gathers rows around `count` centres that cover them.

    Args:
        x: (n, k).
        y: (n, m).
        weights: (n,), above 0: how many rows each one stands for.
        count: rows are returned as they are when there are no more than this.

    Returns:
        Weighted means of the rows around each centre, (p, k) and (p, m), and the sums of their weights (p,). With
        smoothing divided by these sums a fit to prototypes is what a fit to all rows would be if those around one
        centre were the same pose.
    """
    if len(x) <= count:
        return x, y, weights
    centres = x[k_centre(x, count)]
    owner = np.empty(len(x), dtype=np.int64)
    for start in range(0, len(x), 2048):
        owner[start : start + 2048] = np.argmin(distances(x[start : start + 2048], centres), axis=1)
    total = np.bincount(owner, weights, len(centres)).astype(np.float64)
    kept = total > 0.0

    def means(values: NDArray[Any]) -> Float:
        sums = [np.bincount(owner, weights * column, len(centres))[kept] for column in values.T]
        return np.stack(sums, axis=1) / total[kept, None] if sums else np.empty((int(kept.sum()), 0))

    return means(x), means(y), total[kept]


def fit(
    x: Float, y: Float, weights: Float, smoothing: float = SMOOTHING, count: int = PROTOTYPES
) -> tuple[Float, Float, Float]:
    """Gathers prototypes and solves; a row of weight w counts exactly as w equal rows do.

    Returns:
        Points (p, k), weights (p, m), constant (m,).
    """
    points, targets, weight = prototypes(x, y, weights, count)
    return points, *solve(points, targets, smoothing / weight)
