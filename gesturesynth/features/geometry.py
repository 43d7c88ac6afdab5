"""Plane geometry on arrays of points, without knowledge of bodies. Raises nothing for finite points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def distances(starts: Array, ends: Array) -> Array:
    """Lengths of the lines from `starts` (..., 2) to `ends` (..., 2): shape (...)."""
    return np.asarray(np.hypot(ends[..., 0] - starts[..., 0], ends[..., 1] - starts[..., 1]), dtype=np.float64)


def joint_angles(before: Array, joints: Array, after: Array) -> Array:
    """Angles inside joints, degrees, 0 (folded) to 180 (straight).

    Args:
        before: float64 (..., 2): where the bone begins that ends in the joint.
        joints: float64 (..., 2).
        after: float64 (..., 2): where the bone ends that begins in the joint.

    Returns:
        float64 (...). 0 where a bone has no length.
    """
    one = before - joints
    other = after - joints
    cross = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    dot = one[..., 0] * other[..., 0] + one[..., 1] * other[..., 1]
    # atan2 is exact near 0 and 180, where the arc cosine of a dot product is not.
    return np.asarray(np.degrees(np.arctan2(np.abs(cross), dot)), dtype=np.float64)


def angles_from_down(lines: Array) -> Array:
    """Angles between vectors (..., 2) and straight down (y is up), degrees, 0 to 180, the same to both sides."""
    return np.asarray(np.degrees(np.arctan2(np.abs(lines[..., 0]), -lines[..., 1])), dtype=np.float64)


def angle_from_up(line: Array) -> float:
    """Angle of the vector (2,) from straight up, degrees, -180 to 180, positive towards positive x."""
    return float(np.degrees(np.arctan2(line[0], line[1])))


def hull_area(points: Array) -> float:
    """Area of the convex hull of `points` (n, 2), by A. M. Andrew's monotone chain (1979). 0 for fewer than 3."""
    ordered = sorted(map(tuple, points.tolist()))
    hull: list[tuple[float, float]] = []
    for walk in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for x, y in walk:
            while len(chain) > 1 and (
                (chain[-1][0] - chain[-2][0]) * (y - chain[-2][1]) <= (chain[-1][1] - chain[-2][1]) * (x - chain[-2][0])
            ):
                chain.pop()
            chain.append((x, y))
        hull += chain[:-1]
    return 0.5 * abs(sum(ax * by - ay * bx for (ax, ay), (bx, by) in zip(hull, hull[1:] + hull[:1], strict=True)))
