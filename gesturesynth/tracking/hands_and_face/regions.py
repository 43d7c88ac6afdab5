"""Where in a frame a hand or a head is, by the landmarks of the pose. Pure.

Squares in pixels. A hand is small and moves fast, so its square is centred on it in every frame; the size follows the
body's, which changes slowly, so that the hand stays as large in the square as it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.body_points import Side

Array = NDArray[np.float64]

SEEN_AT: Final = 0.5
LOST_AT: Final = 0.3
"""Of a wrist's visibility, as of the landmarks of `features/body.py`."""

SHOULDER_RATIO: Final = 1.6
FOREARM_RATIO: Final = 2.0
"""Torso lengths over the width of the shoulders and over a forearm: what is seen without hips. The first is that of
`features/body.py`, the second the median of four people."""

HAND_SQUARE: Final = 0.9
"""Side of a hand's square, torso lengths: a hand of usual size fills two fifths of it."""
TOWARDS_FINGERS: Final = 1.2
"""Where the middle of the square is on the line from the wrist to the knuckles, which is 1."""
SMALLEST_SQUARE: Final = 48.0
"""Pixels. In a smaller one, a hand has fewer than 20, and its landmarks say nothing."""
SIZE_WEIGHT: Final = 0.1
"""Of a new size in the mean of sizes: some ten frames."""

HEAD_SQUARE: Final = 2.2
"""Side of a head's square, distances between the ears of a person who faces the camera."""
NOSE_DEPTH: Final = 0.75
"""How far the tip of the nose lies before the line between the ears, in distances between them."""

_SHOULDERS: Final = (11, 12)
_HIPS: Final = (23, 24)
_EYES: Final = (2, 5)
_EARS: Final = (7, 8)
_MOUTH: Final = (9, 10)
_NOSE: Final = 0
_ARM: Final[dict[Side, tuple[int, int, int, int]]] = {"left": (13, 15, 17, 19), "right": (14, 16, 18, 20)}
"""Elbow, wrist, knuckles of the little finger and of the index finger."""


@dataclass(frozen=True)
class Square:
    """A square in a frame: its middle and its side in pixels, and how far it is turned clockwise, radians."""

    x: float
    y: float
    side: float
    turn: float = 0.0


def pixels(image: NDArray[np.float32], width: int, height: int) -> Array:
    """Landmarks (33, 4) as pixels and visibility, float64 (33, 3)."""
    return np.asarray(image[:, [0, 1, 3]], dtype=np.float64) * (width, height, 1.0)


class HandRegion:
    """Where one hand of a person is, from frame to frame."""

    def __init__(self, side: Side) -> None:
        self._points = _ARM[side]
        self.reset()

    def reset(self) -> None:
        """Forgets the person."""
        self._size: float | None = None
        self._seen = False

    def follow(self, points: Array) -> Square | None:
        """The square of a body's hand; None where its wrist cannot be seen, or it is too small.

        Args:
            points: of `pixels`.
        """
        elbow, wrist, little, index = self._points
        self._seen = bool(points[wrist, 2] >= (LOST_AT if self._seen else SEEN_AT))
        if not self._seen:
            return None
        size = _torso(points, elbow, wrist)
        if self._size is None or not 0.5 < size / self._size < 2.0:
            self._size = size
        else:
            self._size += SIZE_WEIGHT * (size - self._size)
        side = HAND_SQUARE * self._size
        if side < SMALLEST_SQUARE:
            return None
        start = points[wrist, :2]
        knuckles = points[[little, index], :2].mean(axis=0)
        x, y = start + TOWARDS_FINGERS * (knuckles - start)
        return Square(float(x), float(y), side)


def head_region(points: Array) -> Square | None:
    """The square of a body's head, upright along its eyes; None where it cannot be seen.

    Args:
        points: of `pixels`.
    """
    if points[[_NOSE, *_EYES], 2].min() < SEEN_AT:
        return None
    eyes, ears, mouth = (points[list(pair), :2] for pair in (_EYES, _EARS, _MOUTH))
    along = eyes[0] - eyes[1]
    turn = math.atan2(along[1], along[0])
    across = ears[0] - ears[1]
    width = abs(across @ (math.cos(turn), math.sin(turn)))
    forward = (points[_NOSE, :2] - ears.mean(axis=0)) @ (math.cos(turn), math.sin(turn)) / NOSE_DEPTH
    x, y = (eyes.mean(axis=0) + mouth.mean(axis=0)) / 2.0
    side = HEAD_SQUARE * math.hypot(width, forward)
    return Square(float(x), float(y), side, turn) if side >= SMALLEST_SQUARE else None


def _torso(points: Array, elbow: int, wrist: int) -> float:
    """Length of the torso in pixels; the longest of what tells it, because a length only looks shorter than it is."""
    seen = points[:, 2] >= LOST_AT
    lengths = []
    shoulders = points[list(_SHOULDERS), :2]
    if seen[list(_SHOULDERS)].all():
        lengths.append(SHOULDER_RATIO * math.dist(*shoulders))
        if seen[list(_HIPS)].all():
            lengths.append(math.dist(shoulders.mean(axis=0), points[list(_HIPS), :2].mean(axis=0)))
    lengths.append(FOREARM_RATIO * math.dist(points[elbow, :2], points[wrist, :2]))
    return max(lengths)
