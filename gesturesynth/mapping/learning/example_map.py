"""A map of examples: where poses lie beside each other, in two dimensions, so that people can look at what was taught.

The two directions in which scaled examples spread most (principal component analysis). Each take counts alike, however
long it is. Poses that are near each other on the map may be far apart in what it leaves out; `spread` says how much.
"""

from __future__ import annotations

from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.scaling import Scaling, least_spreads

Float = NDArray[np.float64]


class ExampleMap(msgspec.Struct, frozen=True):
    """A plane through the space of features.

    Attributes:
        columns: names of the k feature columns.
        scaling: applied to features before anything else.
        axes: (2, k), directions at right angles, of length 1; 0 for one that does not exist.
        spread: the parts of the examples' whole spread that the two directions show, 0..1 each.
        points: (n, 2), where the rows of the job lie.
    """

    columns: tuple[str, ...]
    scaling: Scaling
    axes: Array
    spread: tuple[float, float]
    points: Array

    @classmethod
    def of_job(cls, job: FitJob) -> Self:
        """The map of a job's rows, at least one. What a row does not know counts as the mean of the others."""
        x = job.x.view
        known = np.isfinite(x)
        mean = np.where(known, x, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
        filled = np.where(known, x, mean)
        scaling = Scaling.from_rows(filled, np.array(job.spans), least_spreads(job.columns))
        _, numbers, rows_of_take = np.unique(np.array(job.takes), return_inverse=True, return_counts=True)
        weights = 1.0 / rows_of_take[numbers]
        z = scaling.apply(filled)
        _, sizes, directions = np.linalg.svd(z * np.sqrt(weights)[:, np.newaxis], full_matrices=False)
        axes = np.zeros((2, x.shape[1]))
        found = min(2, int(np.count_nonzero(sizes > 1e-9)))
        # A direction has no sign of its own: its greatest part points right, and up.
        greatest = np.abs(directions[:found]).argmax(axis=1)
        signs = np.sign(directions[np.arange(found), greatest])
        axes[:found] = directions[:found] * signs[:, np.newaxis]
        spread = np.zeros(2)
        spread[:found] = np.square(sizes[:found]) / max(float(np.square(sizes).sum()), 1e-12)
        shown = (float(spread[0]), float(spread[1]))
        return cls(job.columns, scaling, Array.pack(axes), shown, Array.pack(z @ axes.T))

    def place(self, x: Float) -> Float:
        """Where features (..., k) lie on the map, (..., 2). What is not a number counts as the middle."""
        return np.asarray(self.scaling.apply(x) @ self.axes.view.T, dtype=np.float64)

    def features_at(self, points: Float) -> Float:
        """The features (..., k) that lie exactly on the plane at points (..., 2)."""
        return np.asarray(points @ self.axes.view * self.scaling.divisor.view + self.scaling.centre.view, np.float64)
