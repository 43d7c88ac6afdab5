"""A pose that is a button: held still for two seconds it counts as pressed, once, until it was left.

It is recognised by the arms alone, so that it is the same for every preset: their angles, and where the wrists are, as
parts of the usual range of each. To move through the pose, or to dance in it, does not press. docs/playability.md has
the study that the constants come from.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.learning.scaling import usual_spans

Float = NDArray[np.float64]

FEATURES: Final = ("arms.angles", "right_wrist.height", "left_wrist.height", "right_wrist.x", "left_wrist.x")
SPANS: Final = np.array(usual_spans(columns(FEATURES)))

HOLD_S: Final = 2.0
NEAR: Final = 0.12
"""Root mean square over the features, as parts of their ranges: so near to what was taught. Repetitions of a pose by
one person differ by 0.06 (median; nine in ten by 0.11)."""
STILL: Final = 0.05
"""Likewise: so near all poses of the two seconds stay to their mean. Landmarks that tremble twice as much as those of
still people stay within 0.025."""
FEWEST: Final = 10
"""Frames of a take in which the pose is seen."""
LOST_S: Final = 0.2
"""For so long the pose may be lost from view, or looks like another, while it is held."""
AWAY_S: Final = 0.5
"""It was left when it was not there for so long."""
HANGING: Final = -0.75
"""Torso lengths above the shoulders: hands that are both lower hang, as those of anyone do who listens."""


@dataclass(frozen=True, eq=False)
class HeldPose:
    """What was taught: the mean (k,) of `FEATURES`, as parts of their ranges."""

    mean: Float

    def distance(self, x: Float) -> float:
        """How far features (k,) are from it; infinite where one is not seen (NaN)."""
        apart = float(np.sqrt(np.mean((x / SPANS - self.mean) ** 2)))
        return apart if np.isfinite(apart) else np.inf


def is_hanging(x: Float) -> bool:
    """Whether both hands hang in the mean of features (n, k)."""
    names = columns(FEATURES)
    heights = x.mean(axis=0)[[names.index("right_wrist.height"), names.index("left_wrist.height")]]
    return bool((heights < HANGING).all())


def is_still(x: Float) -> bool:
    """Whether a person holds a pose in features (n, k)."""
    scaled = x / SPANS
    return bool(np.sqrt(((scaled - scaled.mean(axis=0)) ** 2).mean(axis=1)).max() <= STILL)


class HeldPoseWatch:
    """Tells when a pose was held, once each time. At the beginning it has to be left first.

    Args:
        pose: what was taught.
    """

    def __init__(self, pose: HeldPose) -> None:
        self._pose = pose
        self._held: deque[tuple[float, Float]] = deque()  # the poses since it was taken
        self._last_s = -np.inf  # when it was there last
        self._pressed = True  # it is held on by the person who has just taught it

    def observe(self, x: Float, time_s: float) -> bool:
        """Whether it was pressed at this frame.

        Args:
            x: (k,), `FEATURES`; NaN where one is not seen.
            time_s: of the frame; rising.
        """
        if self._pose.distance(x) > NEAR:
            if time_s - self._last_s > LOST_S:
                self._held.clear()
            if time_s - self._last_s > AWAY_S:
                self._pressed = False
            return False
        self._last_s = time_s
        self._held.append((time_s, x))
        while len(self._held) > 1 and self._held[1][0] <= time_s - HOLD_S:
            self._held.popleft()
        if self._pressed or time_s - self._held[0][0] < HOLD_S:
            return False
        self._pressed = is_still(np.stack([held for _, held in self._held]))
        return self._pressed
