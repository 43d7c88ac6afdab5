"""From image landmarks to a body of unit size: which points can be seen, the length of the torso, all positions.

Positions come in two frames of reference, from the middle of the shoulders and from the middle of the hips, so that
each feature can use the one that it needs: the arms can still be measured when the hips are not in the image.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.landmarks import MEMBERS, POINT, STANDING, WEIGHTS
from gesturesynth.features.one_euro import GAP_S, MIN_STEP_S

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

SEEN_AT: Final = 0.5
"""A landmark counts as seen when its visibility reaches this ..."""
LOST_AT: Final = 0.3
"""... until it falls below this. On our footage visible joints had 0.65 or more, hidden ones 0.1 to 0.4."""

OUTSIDE: Final = 0.5
"""Landmarks further outside the frame than this part of it count as not seen. Nearer ones are good estimates (of
a hand that leaves the frame) as long as their visibility is high enough."""

SHOULDER_RATIO: Final = 1.6
"""Torso length over shoulder width of a person who faces the camera: medians of 1.45 to 1.73 on four people."""
HEAD_RATIO: Final = 2.5
"""Torso length over distance of head to shoulders: medians of 2.3 to 2.8 on four people."""
FORESHORTENED: Final = 0.7
"""The torso is at least this part of its estimate from shoulders and head: a bow makes it look short."""

TORSO_CUTOFF_HZ: Final = 0.3
"""About half a second. People change their distance slowly; what is faster is foreshortening or noise."""
RATIO_CUTOFF_HZ: Final = 0.05
"""How fast the proportions of the person in view are learned: about three seconds."""
GREATEST_RATIO: Final = math.log(1.4)
"""Limit of the difference between a person's proportions and the ratios above, natural logarithm."""
SHORTEST_TORSO: Final = 0.005
"""In image heights. A shorter torso cannot be measured."""

_SHOULDERS: Final = POINT["shoulders"]
_HIPS: Final = POINT["hips"]
_ORIGINS: Final = np.array([_SHOULDERS, _HIPS])
_HEAD: Final = POINT["head"]
_LEFT_SHOULDER: Final = POINT["left_shoulder"]
_RIGHT_SHOULDER: Final = POINT["right_shoulder"]

RESTING: Final[Array] = np.stack([STANDING - STANDING[_SHOULDERS], STANDING - STANDING[_HIPS]])
"""float64, shape (2, points, 2): the positions of points that were never seen; as `PlacedBody.positions`."""

ORIGINS: Final[dict[str, int]] = {"shoulders": 0, "hips": 1}
"""Index of a frame of reference in `PlacedBody.positions`."""


@dataclass(frozen=True)
class PlacedBody:
    """One body in one frame, measured.

    Attributes:
        positions: float64 (2, points, 2), torso lengths, x to the performer's right, y up; first from the shoulders,
            then from the hips. Where `known` is false, any finite value.
        known: bool (2, points).
        seen: bool (points,); `visible` bool (33,): the same for the landmarks alone.
        centre: float64 (2,): the middle of the shoulders, in image heights: x to the left of the image, y up.
        torso: length of the torso in image heights; None when it was never measured.
    """

    positions: Array
    known: Mask
    seen: Mask
    visible: Mask
    centre: Array
    torso: float | None


class TorsoLength:
    """Follows the length of a torso in image heights, with and without the hips in the image.

    With hips: from the middle of the shoulders to the middle of the hips. Without: the longer of shoulder width and
    head to shoulders, each times its usual ratio (in an image a length is only ever foreshortened, so
    the longest is the best), times the proportions of this person that were learned while the hips were seen. The
    length is low-passed.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets the person."""
        self._log: float | None = None
        self._ratio = 0.0
        self._time_s = -math.inf

    def update(self, with_hips: float | None, without_hips: float | None, time_s: float) -> float | None:
        """Takes the two measures in image heights (None: cannot be seen) and their time; returns `length()`."""
        step_s = time_s - self._time_s
        if step_s < 0.0 or step_s > GAP_S:
            self.reset()
        elif step_s < MIN_STEP_S:
            return self.length()
        long = math.log(with_hips) if with_hips and with_hips >= SHORTEST_TORSO else None
        short = math.log(without_hips) if without_hips and without_hips >= SHORTEST_TORSO else None
        if short is None:
            if long is None:
                return self.length()
            target = long
        elif long is None:
            target = short + self._ratio
        else:
            difference = min(GREATEST_RATIO, max(-GREATEST_RATIO, long - short))
            learned = 1.0 if self._log is None else _weight(RATIO_CUTOFF_HZ, step_s)
            self._ratio += learned * (difference - self._ratio)
            target = max(long, short + self._ratio + math.log(FORESHORTENED))
        self._log = target if self._log is None else self._log + _weight(TORSO_CUTOFF_HZ, step_s) * (target - self._log)
        self._time_s = time_s
        return self.length()

    def length(self) -> float | None:
        """The newest length, image heights."""
        return None if self._log is None else math.exp(self._log)


class BodyFrame:
    """Measures the bodies of one stream: keeps which landmarks were seen, and the length of the torso."""

    def __init__(self) -> None:
        self._torso = TorsoLength()
        self.reset()

    def reset(self) -> None:
        """Forgets the person."""
        self._torso.reset()
        self._visible = np.zeros(MEMBERS.shape[1], dtype=np.bool_)

    def mark_absent(self) -> None:
        """A frame without a body: landmarks of the next body must reach `SEEN_AT`."""
        self._visible = np.zeros_like(self._visible)

    def place(self, image: NDArray[np.float32], aspect: float, time_s: float) -> PlacedBody:
        """Measures one body.

        Args:
            image: (33, 4): x, y as fractions of the frame's width and height, z (not used), visibility 0..1. Anything
                that is not finite, or far outside the frame, counts as not seen.
            aspect: width over height of the frame, above 0.
            time_s: of the frame, finite.
        """
        rows = np.asarray(image, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            outside = np.abs(rows[:, :2] - 0.5).max(axis=1) - 0.5
            measured: Mask = outside <= OUTSIDE
            self._visible = measured & (rows[:, 3] >= np.where(self._visible, LOST_AT, SEEN_AT))
        plane = np.where(measured[:, None], rows[:, :2], 0.0) * (-aspect, -1.0)
        points = WEIGHTS @ plane
        seen: Mask = ~np.logical_or.reduce(MEMBERS & ~self._visible, axis=1)
        torso = self._torso.update(*_lengths(points, seen), time_s)
        known = seen & seen[_ORIGINS, None]
        if torso is None:
            return PlacedBody(RESTING, np.zeros_like(known), seen, self._visible, points[_SHOULDERS], None)
        positions = (points - points[_ORIGINS, None]) / torso
        return PlacedBody(positions, known, seen, self._visible, points[_SHOULDERS], torso)


def _lengths(points: Array, seen: Mask) -> tuple[float | None, float | None]:
    if not seen[_SHOULDERS]:
        return None, None
    with_hips = math.dist(points[_SHOULDERS], points[_HIPS]) if seen[_HIPS] else None
    width = math.dist(points[_LEFT_SHOULDER], points[_RIGHT_SHOULDER])
    neck = math.dist(points[_SHOULDERS], points[_HEAD]) if seen[_HEAD] else 0.0
    return with_hips, max(SHOULDER_RATIO * width, HEAD_RATIO * neck)


def _weight(cutoff_hz: float, step_s: float) -> float:
    turned = 2.0 * math.pi * cutoff_hz * step_s  # as one_euro.low_pass_weight, which is for arrays
    return turned / (1.0 + turned)
