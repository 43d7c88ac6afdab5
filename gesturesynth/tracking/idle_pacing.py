"""Idle pacing: which frames are looked at while no person is in view. Pure: time is passed in.

Finding no person costs nearly as much as following one, and most frames of a day in a gallery show an empty room. So
after some seconds without a person only some frames are looked at; at the first one with a person, all are again.
"""

from __future__ import annotations

import math
from typing import Final

IDLE_AFTER_S: Final = 5.0
"""A person who was lost for less than this is looked for in every frame."""
TOLERANCE: Final = 0.25
"""Of the time between two looks: a frame that comes earlier by so much counts as on time, since cameras tremble."""


class IdlePacing:
    """Decides for each frame whether it is looked at.

    Args:
        rate: looks a second while no person is in view; 0 to look at every frame.
    """

    def __init__(self, rate: float) -> None:
        self._between_s = 1.0 / rate if rate > 0 else 0.0
        self._seen_s = -math.inf
        self._looked_s = -math.inf

    def wants(self, time_s: float) -> bool:
        """Whether the frame of this time is looked at; times are monotonic seconds and do not decrease."""
        if self._seen_s == -math.inf:
            self._seen_s = time_s  # a person may be there as the camera opens
        if time_s - self._seen_s < IDLE_AFTER_S:
            return True
        return time_s - self._looked_s >= self._between_s * (1 - TOLERANCE)

    def looked(self, time_s: float, *, found: bool) -> None:
        """Takes note of a frame that was looked at, and whether a person was found in it."""
        self._looked_s = time_s
        if found:
            self._seen_s = time_s
