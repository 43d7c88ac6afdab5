"""Confidence: how near a pose is to the examples, 0 to 1.

The distance of a pose is to the nearest example row, or to the nearest of the straight lines between snapshots (a
snapshot here: the mean of the rows of one take that share a sound). For models that move outputs, lines join every two
snapshots: continuous playing moves from one taught pose to another, and half way a pose is farther from any row than an
unknown pose may be. For classes they join snapshots of one class only: a pose between two classes is neither. Turns of
the body and of the camera count for little (`view_metric`).

Confidence is 1 up to `near`, 0 from `far` on, and falls straight between. `near` is learnt from what is taught: where a
sound has several takes, from how far the rows of each lie from the others (`take_scatter`); as long as there are few
such takes, it is drawn towards 0.35 times the median distance between snapshots of different sounds, which was measured
on real movement of four people. It is never less than a take itself extends. docs/playability.md has the study.
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
from gesturesynth.mapping.learning.take_scatter import full_confidence_radius
from gesturesynth.mapping.learning.view_metric import view_metric

Float = NDArray[np.float64]

FADING: Final = 0.4
"""Confidence falls from 1 to 0 over so many median distances between snapshots of different sounds."""

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
    """What is kept of the examples to compute confidence; all in scaled features, after `metric`.

    Attributes:
        rows: (p, k).
        snapshots: (s, k), with lines between every two of one part.
        parts: s numbers; lines join snapshots with equal ones.
        near, far: distances up to which confidence is 1, and from which it is 0; both infinite when only one sound or
            class was taught, because then there is no distance to compare with.
        metric: (k, k), applied to a scaled pose before distances are measured; None for none.
    """

    rows: Array
    snapshots: Array
    parts: tuple[int, ...]
    near: float
    far: float
    metric: Array | None = None

    @classmethod
    def from_rows(
        cls,
        x: Float,
        group: NDArray[np.int64],
        meaning: NDArray[np.int64],
        *,
        lines: bool,
        view_changes: Float | None = None,
        kindness: float = 1.0,
    ) -> Self:
        """Learns from example rows.

        Args:
            x: (n, k), scaled.
            group: (n,), the snapshot of each row.
            meaning: (n,), equal for rows of the same sound or class, whatever the snapshot.
            lines: whether the lines between snapshots of different meanings count as taught.
            view_changes: (q, k), how scaled features change with the view; None where that is not known.
            kindness: above 0; the distances up to which a pose counts as known are multiplied by it.
        """
        count = int(group.max()) + 1
        means, scatter = scatters(x, group)
        means_meaning = np.zeros(count, dtype=np.int64)
        means_meaning[group] = meaning
        # Every pair of a few hundred is enough for a median.
        step = max(1, math.ceil(count / 400))
        what = means_meaning[::step]
        # Takes of one pose with different sounds are no measure of how far poses are apart.
        differ = np.triu(what[:, None] != what[None, :], 1) & ~alike(means[::step], scatter[::step])

        def median_apart() -> float:
            some = means[::step]
            return float(np.median(distances(some, some)[differ])) if differ.any() else math.inf

        metric = None if view_changes is None else view_metric(view_changes, median_apart())
        if metric is not None:
            x, means = x @ metric, means @ metric
        apart = median_apart()
        rows = x[k_centre(x, ROWS)]
        # A row that was left out must keep confidence 1.
        uncovered = max(float(distances(x[i : i + 2048], rows).min(axis=1).max()) for i in range(0, len(x), 2048))
        radius = (
            full_confidence_radius(x, group, means_meaning, apart) * kindness if 0.0 < apart < math.inf else math.inf
        )
        near = max(radius, uncovered)
        chosen = k_centre(means, SNAPSHOTS)
        parts = np.zeros(len(chosen), dtype=np.int64) if lines else means_meaning[chosen]
        return cls(
            Array.pack(rows),
            Array.pack(means[chosen]),
            tuple(parts.tolist()),
            near,
            near + FADING * kindness * apart,
            None if metric is None else Array.pack(metric),
        )

    @cached_property
    def _squared_lengths(self) -> Float:
        """Squared lengths of the lines between snapshots, (s, s); 0 where there is none."""
        squares = distances(self.snapshots.view, self.snapshots.view) ** 2
        parts = np.array(self.parts)
        squares[parts[:, None] != parts[None, :]] = 0.0
        np.fill_diagonal(squares, 0.0)
        return squares

    @cached_property
    def _joined(self) -> Float:
        """1 where a line joins two snapshots, else 0, (s, s)."""
        return (self._squared_lengths > 0.0).astype(np.float64)

    @cached_property
    def _divisors(self) -> Float:
        """The squared lengths, none of them 0, (s, s)."""
        return np.maximum(self._squared_lengths, 1e-12)

    def distance(self, z: Float) -> float:
        """Distance of a scaled pose (k,) to the examples, 0 or above."""
        if self.metric is not None:
            z = z @ self.metric.view
        offsets = self.rows.view - z
        square = float(np.einsum("ij,ij->i", offsets, offsets).min())
        if len(self.snapshots.view) > 1:
            offsets = self.snapshots.view - z
            squares = np.einsum("ij,ij->i", offsets, offsets)
            lengths = self._squared_lengths
            # (x-p).(q-p) from the three sides of the triangle: no need to touch all k features for every pair.
            along = (squares[:, None] + lengths - squares[None, :]) * 0.5 * self._joined
            part = np.minimum(np.maximum(along / self._divisors, 0.0), 1.0)
            square = min(square, float((squares[:, None] + part * (part * lengths - 2.0 * along)).min()))
        return math.sqrt(max(square, 0.0))

    def evaluate(self, z: Float) -> float:
        """Confidence of a scaled pose (k,): 0 (unknown) to 1 (as taught)."""
        if math.isinf(self.near):
            return 1.0
        return min(1.0, max(0.0, (self.far - self.distance(z)) / (self.far - self.near)))
