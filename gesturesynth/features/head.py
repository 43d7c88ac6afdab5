"""How a head is turned, by the points of the face that every pose has: nose, eyes and ears. Pure.

The tip of the nose lies before the line between the ears. A head that turns moves it sideways by the sine of the angle,
and makes the line look shorter by the cosine; one that nods moves it up or down. No depth is needed for that, and no
size of the head.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.feature import Feature
from gesturesynth.features.measurements import BodyMeasure, Recipe

Array = NDArray[np.float64]

NOSE_DEPTH: Final = 0.75
"""From the line between the ears to the tip of the nose, in distances between the ears. Heads have 0.7 to 0.8."""
LEVEL: Final = -0.03
"""How high the tip of the nose is above that line when the head looks straight ahead, likewise: the median of two
people."""
TILT_FROM: Final = 0.5
"""Of the greatest distance between the ears. A head that is seen from the side has no tilt in the picture: below this,
the tilt fades out."""
SMALLEST: Final = 0.01
"""Torso lengths between the ears; a smaller head cannot be measured."""

POINTS: Final = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")


def head_rows() -> Iterator[Feature]:
    """Rows of the table of features."""
    rows: tuple[tuple[str, float, str, Recipe], ...] = (
        (
            "head.turn",
            70.0,
            "Where the head looks: above 0 to the performer's right, 0 at the camera.",
            BodyMeasure("turn", POINTS),
        ),
        (
            "head.tilt",
            40.0,
            "Tilt of the head: above 0 towards the performer's right shoulder.",
            BodyMeasure("head tilt", POINTS),
        ),
        ("head.nod", 40.0, "Where the head looks: above 0 up, below 0 down.", BodyMeasure("nod", POINTS)),
    )
    for name, far, text, recipe in rows:
        yield Feature(name, "°", -far, far, text, "head", {name: recipe})


def turn(points: Array) -> float:
    """Degrees to the performer's right; NaN where the head is too small.

    Args:
        points: (5, 2) of `POINTS`, torso lengths, x to the performer's right, y up.
    """
    found = _measured(points)
    return math.nan if found is None else math.degrees(math.atan2(found[1], found[0]))


def tilt(points: Array) -> float:
    """Degrees towards the performer's right shoulder, likewise."""
    found = _measured(points)
    if found is None:
        return math.nan
    across, aside, _, angle = found
    return math.degrees(angle) * min(1.0, across / math.hypot(across, aside) / TILT_FROM)


def nod(points: Array) -> float:
    """Degrees up, likewise."""
    found = _measured(points)
    if found is None:
        return math.nan
    across, aside, above, _ = found
    height = above / math.hypot(across, aside) - LEVEL
    return math.degrees(math.asin(max(-1.0, min(1.0, height / NOSE_DEPTH))))


def _measured(points: Array) -> tuple[float, float, float, float] | None:
    """Distance between the ears; the nose aside of their middle, over its depth, and above it; tilt, radians."""
    nose, left_eye, right_eye, left_ear, right_ear = points
    line = right_eye - left_eye
    angle = math.atan2(-line[1], abs(line[0]))  # seen from behind, the right eye is on the other side
    level = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    across = abs(float((level @ (right_ear - left_ear))[0]))
    aside, above = level @ (nose - (left_ear + right_ear) / 2.0)
    if math.hypot(across, aside) < SMALLEST:
        return None
    return across, float(aside) / NOSE_DEPTH, float(above), angle
