"""A measure of distance between poses in which a turn of the body or of the camera counts for little.

The view changes d_i (how features change with a turn of 15 degrees, or when the camera leans by 8) have a covariance
C = 2 mean(d_i d_i'). Distances are measured after z -> z M with

    M = V diag(t / sqrt(t^2 + w)) V',    C = V diag(w) V',

which is a Mahalanobis distance whose covariance is shrunk towards the identity: a direction that no turn moves along
counts as before, and one that turns move along by much more than t is shortened to t. `SHARE` of the median distance
between poses is t. Measured with whole-body vectors on five recordings, 3 and 6 taught poses, their own later frames
turned by 15 degrees, and all movement of other people: docs/playability.md.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.scaling import Scaling

Float = NDArray[np.float64]

SHARE: Final = 0.1


def scaled_view_changes(changes: Array | None, scaling: Scaling, of: NDArray[np.bool_] | None = None) -> Float | None:
    """View changes in scaled features, (q, k); None where nothing is known about views.

    Args:
        changes: (p, k), in the units of the features.
        scaling: of the features.
        of: (p,), those that count, such as those of some takes; by default, or where their takes are not known, all.
    """
    if changes is None:
        return None
    scaled = np.asarray(changes.view / scaling.divisor.view, dtype=np.float64)
    return scaled[of] if of is not None and len(of) == len(scaled) else scaled


def view_metric(changes: Float, apart: float) -> Float | None:
    """The matrix M, float64 (k, k); None where nothing is known about views.

    Args:
        changes: (q, k), view changes in scaled features; finite.
        apart: the median distance between poses that were taught with different sounds, above 0.
    """
    if not changes.size or not np.isfinite(apart) or apart <= 0.0 or not changes.any():
        return None
    values, vectors = np.linalg.eigh(2.0 * changes.T @ changes / len(changes))
    least = SHARE * apart
    lengths = least / np.sqrt(least**2 + np.maximum(values, 0.0))
    return np.asarray((vectors * lengths) @ vectors.T, dtype=np.float64)
