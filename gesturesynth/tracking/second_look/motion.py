"""Motion: where a small grey picture differs from what it usually shows. Pure: time is passed in.

The usual picture is a running mean, and each place has a usual difference of its own: so noise, a flickering lamp and a
curtain in the wind are not taken for someone who comes. Lamps that flicker make rows of a rolling shutter brighter and
darker together, so the median difference of each row is taken off first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.images import Image
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.second_look.crops import Box

WIDTH_PX: Final = 160
"""Of the small picture: a person of 8 % of the height is ten pixels tall in it."""
ROWS: Final = 240
"""Of a picture: more are not read, which is most of the cost."""
MEAN_S: Final = 2.0
"""Time constant of the usual picture."""
USUAL_S: Final = 8.0
"""Time constant of the usual difference."""
LEAST_LEVELS: Final = 9.0
"""Grey levels of 255: a smaller difference is no motion."""
TIMES_USUAL: Final = 4.0
"""Times the usual difference of a place, likewise."""
LEAST_PIXELS: Final = 5
"""Of the small picture: fewer that move are no person."""
MOST_REGIONS: Final = 3


@dataclass(frozen=True)
class Region:
    """A place that moves.

    Attributes:
        box: in fractions of the frame.
        strength: the sum of its differences, in grey levels times pixels of the small picture.
    """

    box: Box
    strength: float


class MotionDetector:
    """Compares each frame with the usual picture."""

    def __init__(self) -> None:
        self._mean: NDArray[np.float32] | None = None
        self._usual = np.zeros(0, np.float32)
        self._time_s = 0.0

    @property
    def started(self) -> bool:
        """Whether there is a usual picture."""
        return self._mean is not None

    def forget(self) -> None:
        """The next frame begins a new usual picture."""
        self._mean = None

    def regions(self, image: Image, time_s: float, known: Sequence[Box] = ()) -> list[Region]:
        """What moves in a frame, uint8 (h, w, 3), the strongest first; at most `MOST_REGIONS`.

        Times are seconds and increase. What moves inside one of the `known` boxes does not count.
        """
        cv2 = load_cv2()
        height = max(1, round(image.shape[0] * WIDTH_PX / image.shape[1]))
        rows = image[:: max(1, image.shape[0] // ROWS)]
        small = cv2.resize(rows, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
        small = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
        if self._mean is None or self._mean.shape != small.shape:
            self._mean, self._usual, self._time_s = small, np.full_like(small, LEAST_LEVELS / TIMES_USUAL), time_s
            return []
        passed_s, self._time_s = max(0.0, time_s - self._time_s), time_s
        change = small - self._mean
        change = np.abs(change - np.median(change[:, ::4], axis=1, keepdims=True))
        moving = change > np.maximum(LEAST_LEVELS, TIMES_USUAL * self._usual)
        self._mean += (small - self._mean) * _share(passed_s, MEAN_S)
        self._usual += (change - self._usual) * _share(passed_s, USUAL_S)
        for box in known:
            low, high = (round(max(0.0, value) * height) for value in (box.top, box.bottom))
            left, right = (round(max(0.0, value) * WIDTH_PX) for value in (box.left, box.right))
            moving[low : high + 1, left : right + 1] = False
        return _regions(moving, change)


def _share(passed_s: float, constant_s: float) -> float:
    return 1.0 - math.exp(-passed_s / constant_s)


def _regions(moving: NDArray[np.bool_], change: NDArray[np.float32]) -> list[Region]:
    cv2 = load_cv2()
    if np.count_nonzero(moving) < LEAST_PIXELS:
        return []
    joined = cv2.dilate(moving.astype(np.uint8), np.ones((5, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    rows, columns = moving.shape
    for label in range(1, count):
        inside = moving & (labels == label)
        if np.count_nonzero(inside) < LEAST_PIXELS:
            continue
        left, top, width, height = (int(value) for value in stats[label][:4])
        box = Box(left / columns, top / rows, (left + width) / columns, (top + height) / rows)
        found.append(Region(box, float(change[inside].sum())))
    found.sort(key=lambda region: -region.strength)
    return found[:MOST_REGIONS]
