"""The smoothing of landmarks as MediaPipe has it, for one person. Pure: time is passed in.

The One-Euro filter of MediaPipe differs from that of the paper (`features/one_euro.py` is that one) in what it takes
the speed of: the difference of unfiltered values, in sizes of the region. (The numbers are those of MediaPipe's
`pose_landmarker_graph`; there, too, visibility is a mean over about ten frames, whatever the frame rate.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.people.landmarks import Found
from gesturesynth.tracking.people.regions import Points

VISIBILITY_WEIGHT: Final = 0.1
"""Of a new visibility in the running mean."""
FIRST_RATE_HZ: Final = 30.0
SPEED_CUTOFF_HZ: Final = 1.0


class SpeedFilter:
    """A low-pass whose cutoff rises with the speed.

    Args:
        cutoff_hz: at rest.
        beta: how much it rises with speed.
    """

    def __init__(self, cutoff_hz: float, beta: float) -> None:
        self._cutoff_hz, self._beta = cutoff_hz, beta
        self._time_s = -math.inf
        self._rate_hz = FIRST_RATE_HZ
        self._value: Points | None = None
        self._raw: Points = np.zeros(0)
        self._speed: Points = np.zeros(0)

    def __call__(self, values: Points, time_s: float, scale: float) -> Points:
        """The filtered values.

        Args:
            values: float64, any shape, the same each time.
            time_s: of the values, seconds; it increases.
            scale: what a difference of values is multiplied by, before it is a speed.
        """
        if self._value is None:
            self._value = self._raw = values
            self._speed = np.zeros_like(values)
            self._time_s = time_s
            return values
        step_s = time_s - self._time_s
        if step_s <= 0.0:
            return values
        self._rate_hz, self._time_s = 1.0 / step_s, time_s
        speed = (values - self._raw) * (scale * self._rate_hz)
        self._speed = self._speed + self._weight(SPEED_CUTOFF_HZ) * (speed - self._speed)
        weight = self._weight(self._cutoff_hz + self._beta * np.abs(self._speed))
        self._value = self._value + weight * (values - self._value)
        self._raw = values
        return self._value

    def _weight(self, cutoff_hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(1.0 / (1.0 + self._rate_hz / (2.0 * math.pi * np.asarray(cutoff_hz))))


@dataclass(frozen=True)
class Smoothed:
    """`image`: float64 (33, 3), pixels; `world`: float64 (33, 3), metres; `visibility`: float64 (33,), 0..1."""

    image: Points
    world: Points
    visibility: NDArray[np.float64]


class BodySmoother:
    """Smooths the landmarks of one person from picture to picture."""

    def __init__(self) -> None:
        self._image = SpeedFilter(0.05, 80.0)
        self._world = SpeedFilter(0.1, 40.0)
        self._visibility: NDArray[np.float64] | None = None

    def __call__(self, found: Found, time_s: float) -> Smoothed:
        """The smoothed landmarks at `time_s`, which increases."""
        seen = self._visibility
        seen = found.visibility if seen is None else seen + VISIBILITY_WEIGHT * (found.visibility - seen)
        self._visibility = seen
        image = self._image(found.image, time_s, 1.0 / found.region.side)
        return Smoothed(image, self._world(found.world, time_s, 1.0), seen)
