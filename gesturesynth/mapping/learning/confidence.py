"""Confidence: how near a pose is to the examples, 0 to 1.

The distance of a pose is to the nearest example row and, for models that move outputs, to the nearest of the straight
lines between every two snapshots (a snapshot here: the mean of the rows of one take that share a sound). Continuous
playing moves from one taught pose to another, and half way between two snapshots a pose is farther from any row than an
unknown pose may be; on the line its confidence stays 1. Classes have no lines: a pose between two classes is neither.

Confidence is 1 up to 0.35 times the median distance between snapshots of different sounds, 0 from 0.75 times on, and
falls straight between. Measured on real movement of four people, three to eight snapshots of one against all movement
of the others: AUROC .99 with whole-body features (with and without lines), .97 with three features (.98 without lines);
half way between two snapshots confidence is 1 in the median (.8 to .96 without lines).
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.alike_takes import alike, scatters
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.rbf import distances, k_centre

Float = NDArray[np.float64]

FULL_UP_TO: Final = 0.35
ZERO_FROM: Final = 0.75
"""Distances at which confidence leaves 1 and reaches 0, as parts of the median distance between different snapshots."""

ROWS: Final = 300
"""Example rows that are kept; more rows are represented by so many, and the rows they stand for keep confidence 1."""

SNAPSHOTS: Final = 48
"""Snapshots with lines between them; more snapshots are represented by so many."""


def snapshot_groups(takes: NDArray[np.int64], sounds: Float, labels: NDArray[np.str_]) -> NDArray[np.int64]:
    """Numbers the snapshots: rows of one take with the same sound (positions to three digits) and class. Shape (n,)."""
    _, label = np.unique(labels, return_inverse=True)
    keys = np.column_stack([takes, np.round(np.nan_to_num(sounds, nan=-1.0) * 1000.0), label])
    _, group = np.unique(keys, axis=0, return_inverse=True)
    return np.asarray(group, dtype=np.int64).reshape(-1)


class ConfidenceModel(msgspec.Struct, frozen=True, dict=True):
    """What is kept of the examples to compute confidence; all in scaled features.

    Attributes:
        rows: (p, k).
        snapshots: (s, k), with lines between every two of them; none for classes.
        near, far: distances up to which confidence is 1, and from which it is 0; both infinite when only one sound or
            class was taught, because then there is no distance to compare with.
    """

    rows: Array
    snapshots: Array
    near: float
    far: float

    @classmethod
    def from_rows(cls, x: Float, group: NDArray[np.int64], meaning: NDArray[np.int64], *, lines: bool) -> Self:
        """Learns from example rows.

        Args:
            x: (n, k), scaled.
            group: (n,), the snapshot of each row.
            meaning: (n,), equal for rows of the same sound or class, whatever the snapshot.
            lines: whether the lines between snapshots count as taught.
        """
        count = int(group.max()) + 1
        size = np.bincount(group, minlength=count)
        means = np.stack([np.bincount(group, column, count) for column in x.T], axis=1) / size[:, None]
        means_meaning = np.zeros(count, dtype=np.int64)
        means_meaning[group] = meaning
        # Every pair of a few hundred is enough for a median.
        step = max(1, math.ceil(count / 400))
        some, what = means[::step], means_meaning[::step]
        # Takes of one pose with different sounds are no measure of how far poses are apart.
        scatter = scatters(x, group)[1][::step]
        differ = np.triu(what[:, None] != what[None, :], 1) & ~alike(some, scatter)
        apart = float(np.median(distances(some, some)[differ])) if differ.any() else math.inf
        rows = x[k_centre(x, ROWS)]
        # A row that was left out must keep confidence 1.
        uncovered = max(float(distances(x[i : i + 2048], rows).min(axis=1).max()) for i in range(0, len(x), 2048))
        near = max(FULL_UP_TO * apart, uncovered) if apart > 0.0 else math.inf
        ends = means[k_centre(means, SNAPSHOTS)] if lines else np.empty((0, x.shape[1]))
        return cls(Array.pack(rows), Array.pack(ends), near, near + (ZERO_FROM - FULL_UP_TO) * apart)

    @cached_property
    def _squared_lengths(self) -> Float:
        """Squared distances between snapshots, (s, s)."""
        squares = distances(self.snapshots.view, self.snapshots.view) ** 2
        np.fill_diagonal(squares, 0.0)
        return squares

    def distance(self, z: Float) -> float:
        """Distance of a scaled pose (k,) to the examples, 0 or above."""
        offsets = self.rows.view - z
        square = float(np.einsum("ij,ij->i", offsets, offsets).min())
        if len(self.snapshots.view) > 1:
            offsets = self.snapshots.view - z
            squares = np.einsum("ij,ij->i", offsets, offsets)
            lengths = self._squared_lengths
            # (x-p).(q-p) from the three sides of the triangle: no need to touch all k features for every pair.
            along = (squares[:, None] + lengths - squares[None, :]) * 0.5
            part = np.clip(along / np.maximum(lengths, 1e-12), 0.0, 1.0)
            square = min(square, float((squares[:, None] + part * (part * lengths - 2.0 * along)).min()))
        return math.sqrt(max(square, 0.0))

    def evaluate(self, z: Float) -> float:
        """Confidence of a scaled pose (k,): 0 (unknown) to 1 (as taught)."""
        if math.isinf(self.near):
            return 1.0
        return min(1.0, max(0.0, (self.far - self.distance(z)) / (self.far - self.near)))
