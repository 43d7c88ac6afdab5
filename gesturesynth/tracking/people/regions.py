"""Regions of interest: the turned square of a picture in which one person is looked for. Pure.

BlazePose names two points for each person: the middle of the hips, and a point on a circle around it that the whole
body is within. The square around that circle, enlarged, and turned so that the second point is up, is the region
(V. Bazarevsky et al.: BlazePose: On-device Real-time Body Pose tracking, 2020; the numbers are those of MediaPipe's
`pose_detection_to_roi` and `pose_landmarks_to_roi`).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

ENLARGED: Final = 1.25
"""Side of the region divided by the diameter of the circle."""

Points = NDArray[np.float64]


class BodyRegion(NamedTuple):
    """A turned square.

    Attributes:
        x, y: its middle, pixels.
        side: pixels.
        angle: by which it is turned clockwise, radians, -pi to pi; 0 for a person who stands upright.
    """

    x: float
    y: float
    side: float
    angle: float

    @property
    def usable(self) -> bool:
        """Whether a picture can be cut from it: all is finite, and the side at least a pixel and no absurd length."""
        return all(map(math.isfinite, self)) and 1.0 <= self.side <= LONGEST_SIDE_PX


LONGEST_SIDE_PX: Final = 100_000.0


def region_around(middle: Points, edge: Points) -> BodyRegion:
    """The region of a person.

    Args:
        middle: float64 (2,), the middle of the hips, pixels.
        edge: float64 (2,), a point of the circle around the body, above the middle of an upright person.
    """
    across, down = float(edge[0] - middle[0]), float(edge[1] - middle[1])
    angle = math.pi / 2 - math.atan2(-down, across)
    angle -= 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))
    return BodyRegion(float(middle[0]), float(middle[1]), 2 * ENLARGED * math.hypot(across, down), angle)


def to_picture(points: Points, region: BodyRegion) -> Points:
    """Points of a region as points of the picture.

    Args:
        points: float64 (n, 2), fractions of the region's side, from its upper left corner.
        region: where they are.

    Returns:
        float64 (n, 2), pixels.
    """
    return np.asarray(turned((points - 0.5) * region.side, region.angle) + (region.x, region.y))  # noqa: RUF005 - a sum


def turned(points: Points, angle: float) -> Points:
    """Points, float64 (n, 2), turned clockwise by radians around the origin."""
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray(points @ np.array(((cos, sin), (-sin, cos))))


def overlap(one: BodyRegion, other: BodyRegion) -> float:
    """The distance between the middles of two regions, as a part of the smaller side."""
    return math.hypot(one.x - other.x, one.y - other.y) / max(1e-9, min(one.side, other.side))
