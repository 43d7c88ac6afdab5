"""The taught range of each feature: from the lowest to the highest snapshot, for `mapping/adaptation.py`.

A feature has one where snapshots are clearly apart in it, and where limbs and reach limit it: not where the body is in
the image, not how fast it moves, and not how an elbow or a knee is bent, which is the same for limbs of any length
(docs/playability.md has what adapting that would do).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import find_column
from gesturesynth.features.measurements import Angle, BodyMeasure, Speed, on_body
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.scaling import least_spreads, usual_spans

Float = NDArray[np.float64]

NARROWEST: Final = 2.0
"""Of the least spread of a feature: where snapshots are less apart, the feature was not played with."""

REACHED: Final = frozenset({"lean", "tilt", "openness"})
"""Measures of the whole body that limbs and reach limit."""


class TaughtRange(msgspec.Struct, frozen=True):
    """The lowest and the highest snapshot of each feature, (k,) each; NaN where a feature has no taught range."""

    low: Array
    high: Array

    @classmethod
    def from_rows(cls, x: Float, snapshots: NDArray[np.int64], columns: Sequence[str]) -> TaughtRange:
        """Learns from example rows.

        Args:
            x: (n, k), NaN where a row has no value.
            snapshots: (n,), the snapshot of each row, 0 or above.
            columns: k names.
        """
        known = np.isfinite(x)
        count = int(snapshots.max(initial=-1)) + 1
        sums, sizes = np.zeros((count, x.shape[1])), np.zeros((count, x.shape[1]))
        np.add.at(sums, snapshots, np.where(known, x, 0.0))
        np.add.at(sizes, snapshots, known)
        shown = sizes > 0.0
        means = sums / np.maximum(sizes, 1.0)
        low = np.where(shown, means, np.inf).min(axis=0, initial=np.inf)
        high = np.where(shown, means, -np.inf).max(axis=0, initial=-np.inf)
        wide = high - low > NARROWEST * least_spreads(columns) * np.array(usual_spans(columns))
        played = wide & limited_by_reach(columns)
        return cls(Array.pack(np.where(played, low, np.nan)), Array.pack(np.where(played, high, np.nan)))


def limited_by_reach(columns: Sequence[str]) -> NDArray[np.bool_]:
    """Which of these feature columns limbs and reach limit, (k,)."""
    found = [on_body(entry.recipes[column]) if (entry := find_column(column)) else None for column in columns]
    return np.array(
        [
            recipe is not None
            and not isinstance(recipe, Angle | Speed)
            and (not isinstance(recipe, BodyMeasure) or recipe.measure in REACHED)
            for recipe in found
        ],
        dtype=np.bool_,
    )
