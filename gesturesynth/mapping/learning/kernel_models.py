"""Gaussian processes and polynomials in plain numpy, as sums of kernels.

Both solve (K + diag(noise / w)) a = y - mean for rows that stand for w rows each (Rasmussen and Williams 2006, 2.25).
More rows than `prototypes` are gathered into so many, as those of `rbf` are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning import rbf
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import Kernels

Float = NDArray[np.float64]
Settings = Mapping[str, float]

LENGTHS: Final = np.geomspace(0.5, 6.0, 9)
"""How far a row reaches, in median distances between rows: among these the likeliest is chosen."""
NOISES: Final = np.geomspace(0.003, 30.0, 9)
"""Likewise of the noise of one row, as a part of the outputs' variance. Thirty rows are a second of frames."""
LIKELIHOOD_ROWS: Final = 120
"""Rows that the choice is made with: it is cubic in their number, and the choice hardly changes with more."""

POLYNOMIAL_ROWS: Final = 400


def gaussian_process(settings: Settings, x: Float, y: Float, weights: Float) -> Kernels:
    """The mean of a Gaussian process with a Matern-5/2 kernel, whose length and noise are the likeliest ones.

    The outputs share both; the likelihood is that of all of them, each with the variance that suits it best.

    Args:
        settings: `noise`, the least that is allowed, and `prototypes`.
        x: (n, k), scaled.
        y: (n, m), positions.
        weights: (n,), how many rows each one stands for.
    """
    points, targets, weight = rbf.prototypes(x, y, weights, int(settings["prototypes"]))
    mean = weight @ targets / weight.sum()
    length, noise = _likeliest(*rbf.prototypes(x, y, weights, LIKELIHOOD_ROWS), settings["noise"])
    system = matern_5_2(rbf.distances(points, points), length)
    system[np.diag_indices_from(system)] = 1.0 + noise / weight
    factors = np.linalg.solve(system, targets - mean)
    return Kernels("matern-5/2", length, Array.pack(points), Array.pack(factors), Array.pack(mean))


def matern_5_2(r: Float, length: float) -> Float:
    """(1 + s + s^2 / 3) exp(-s) with s = sqrt(5) r / length, for distances of any shape."""
    s = r * (math.sqrt(5.0) / length)
    return np.asarray((1.0 + s + s * s / 3.0) * np.exp(-s), dtype=np.float64)


def _likeliest(points: Float, targets: Float, weight: Float, least: float) -> tuple[float, float]:
    """The length, in the unit of the points, and the noise of one row, with the greatest marginal likelihood."""
    apart = rbf.distances(points, points)
    unit = float(np.median(apart[np.triu_indices(len(points), 1)])) if len(points) > 1 else 0.0
    unit = unit if unit > 0.0 else 1.0
    root = np.sqrt(weight)
    moving = targets[:, np.ptp(targets, axis=0) > 0.0]
    goal = root[:, None] * (moving - np.average(moving, axis=0, weights=weight))
    noises = np.maximum(NOISES, least)
    best, chosen = math.inf, (unit, float(noises[0]))
    for length in LENGTHS * unit:
        # With rows that are multiplied by the roots of their weights, all have the same noise.
        values, vectors = np.linalg.eigh(root[:, None] * matern_5_2(apart, length) * root[None, :])
        squares = (vectors.T @ goal) ** 2
        for noise in noises:
            spread = np.maximum(values, 0.0) + noise
            variance = np.maximum((squares / spread[:, None]).mean(axis=0), 1e-12)
            unlikeliness = float(len(points) * np.log(variance).sum() + moving.shape[1] * np.log(spread).sum())
            if unlikeliness < best - 1e-9:
                best, chosen = unlikeliness, (float(length), float(noise))
    return chosen


def polynomial(settings: Settings, x: Float, y: Float, weights: Float) -> Kernels:
    """Ridge regression with all products of up to `degree` features, as a kernel (1 + z.p / k)^degree.

    Args:
        settings: `degree` and `alpha`.
        x: (n, k), scaled.
        y: (n, m), positions.
        weights: (n,), how many rows each one stands for.
    """
    points, targets, weight = rbf.prototypes(x, y, weights, POLYNOMIAL_ROWS)
    mean = weight @ targets / weight.sum()
    system = (1.0 + points @ points.T / x.shape[1]) ** settings["degree"]
    system[np.diag_indices_from(system)] += settings["alpha"] / weight
    factors = np.linalg.solve(system, targets - mean)
    return Kernels("polynomial", settings["degree"], Array.pack(points), Array.pack(factors), Array.pack(mean))
