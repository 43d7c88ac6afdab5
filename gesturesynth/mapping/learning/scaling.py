"""Scaling: makes features of different units and spread comparable, without magnifying those that hardly moved.

Each feature is divided by its standard deviation, which is floored at a tenth of the feature's usual range, and at a
part of the root mean square deviation over all features. Degrees and torso lengths have no common deviation, so
deviations are compared as fractions of the range that each feature has on a body; otherwise one angle among the
features would dominate all distances.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import find_column
from gesturesynth.features.measurements import Angle, AngleFromVertical, on_body
from gesturesynth.mapping.learning.packed_array import Array

FLOOR: Final = 0.4
"""As a fraction of the root mean square deviation. Without it the first movement of a joint that stood still in all
examples would be a huge number. (0.3 to 0.5 measured best.)"""

LEAST_SPREAD: Final = 0.1
"""As a fraction of a feature's usual range. Where all examples show one pose, their spread is the trembling of
landmarks; without this floor it would be taken for movement."""

LEAST_LIMB_SPREAD: Final = 0.25
"""The same for angles of limbs, which tremble by 3 to 5 degrees in a pose that is held, and by more where a limb points
at the camera."""

STILL: Final = 1e-9
"""Deviations below this, as fractions of a range, are rounding."""

LIMIT: Final = 1000.0
"""Scaled features are clamped to this many deviations: far beyond any body, and small enough that nothing overflows."""


def least_spreads(columns: Sequence[str]) -> NDArray[np.float64]:
    """The least spread of each of these feature columns, (k,), as a fraction of its usual range."""
    recipes = (on_body(entry.recipes[column]) if (entry := find_column(column)) else None for column in columns)
    return np.array(
        [LEAST_LIMB_SPREAD if isinstance(recipe, Angle | AngleFromVertical) else LEAST_SPREAD for recipe in recipes]
    )


class Scaling(msgspec.Struct, frozen=True):
    """Shift and divisor of each feature, float64 (k,) each."""

    centre: Array
    divisor: Array

    @classmethod
    def from_rows(
        cls, x: NDArray[np.float64], spans: NDArray[np.float64], least: NDArray[np.float64] | float = LEAST_SPREAD
    ) -> Self:
        """Learns from rows of features.

        Args:
            x: (n, k), n >= 1, finite.
            spans: (k,), above 0: width of each feature's usual range, in its own unit.
            least: (k,), the least spread of each as a fraction of that range, as `least_spreads` gives it.
        """
        deviation = (x / spans).std(axis=0)
        floor = FLOOR * float(np.sqrt(np.mean(deviation**2))) if deviation.size else 0.0
        # One row, or one pose throughout, has no spread: the feature's usual range is used instead.
        divisor = spans * np.maximum(deviation, np.maximum(floor, least)) if floor > STILL else spans
        return cls(Array.pack(x.mean(axis=0)), Array.pack(divisor))

    @classmethod
    def from_columns(
        cls,
        x: NDArray[np.float64],
        spans: NDArray[np.float64],
        columns: NDArray[np.bool_],
        least: NDArray[np.float64],
    ) -> Self:
        """As `from_rows`, where only some features count, bool (k,). The others, NaN or not in `x`, are always 0."""
        counted = cls.from_rows(x[:, columns], spans[columns], least[columns])
        centre, divisor = np.zeros(len(columns)), np.full(len(columns), np.inf)
        centre[columns], divisor[columns] = counted.centre.view, counted.divisor.view
        return cls(Array.pack(centre), Array.pack(divisor))

    def apply(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scaled features, shape (..., k), within +-`LIMIT`. What is not a number counts as the middle."""
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (x - self.centre.view) / self.divisor.view
        scaled = np.minimum(np.maximum(scaled, -LIMIT), LIMIT)  # NaN stays NaN
        known = scaled == scaled  # noqa: PLR0124 - only NaN is not itself
        return scaled if known.all() else np.where(known, scaled, 0.0)


def usual_spans(columns: Sequence[str]) -> tuple[float, ...]:
    """Width of each feature column's usual range, from the table of features; 1 for a column that is not in it."""
    return tuple(entry.high - entry.low if (entry := find_column(column)) else 1.0 for column in columns)
