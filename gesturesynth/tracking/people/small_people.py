"""Where to look for persons who are too small for the detector, beside those who are followed. Pure but for OpenCV.

The detector sees the whole frame as 224x224 pixels. So where there is room for one more person and something moves that
is not a followed person, it looks at a crop around that, too; and at one around the place of a small person who was
lost a moment ago. What it finds there is a region of the frame as any other: the landmark network, which needs no large
body, follows it from then on. For one person alone `second_look/search.py` does the same around MediaPipe's landmarker.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.people.landmarks import Found
from gesturesynth.tracking.second_look.crops import Box, Crop
from gesturesynth.tracking.second_look.motion import MotionDetector, Region
from gesturesynth.tracking.second_look.search import BETWEEN_S, MOTION_S, SMALL, candidate_crops

MARGIN: Final = 0.25
"""Of a followed person's height and width: what moves so near belongs to that person."""


class SmallPeople:
    """Chooses crops; time is passed in.

    Attributes:
        regions: what moved in the newest frame that was compared, without the persons who are followed.
    """

    def __init__(self) -> None:
        self.regions: list[Region] = []
        self.reset()

    def reset(self) -> None:
        """Forgets everything, for a new clip or source."""
        self.regions = []
        self._motion = MotionDetector()
        self._looked_s = self._compared_s = -math.inf
        self._turns: Iterator[int] = itertools.count()

    def crop(self, frame: NDArray[np.uint8], seen: Sequence[Found], lost: Sequence[Box], time_s: float) -> Crop | None:
        """The crop to look at in this frame, if any.

        Args:
            frame: uint8 (h, w, 3), red first.
            seen: the persons who were found in it.
            lost: the boxes of persons who were lost a moment ago, where they were; large ones do not count.
            time_s: of the frame, seconds; increases.
        """
        if time_s - self._compared_s >= MOTION_S:
            self._compared_s = time_s
            known = [_around(box_of_found(one, frame.shape)) for one in seen]
            self.regions = self._motion.regions(frame, time_s, known)
        if time_s - self._looked_s < BETWEEN_S:
            return None
        crops = candidate_crops([box for box in lost if box.height < SMALL], self.regions)
        if not crops:
            return None
        self._looked_s = time_s
        return crops[next(self._turns) % len(crops)]


def box_of_found(found: Found, size: tuple[int, ...]) -> Box:
    """The box around a person's landmarks, in fractions of a frame of this size (h, w)."""
    low, high = found.image[:, :2].min(axis=0), found.image[:, :2].max(axis=0)
    return Box(low[0] / size[1], low[1] / size[0], high[0] / size[1], high[1] / size[0])


def _around(box: Box) -> Box:
    across, down = MARGIN * box.width, MARGIN * box.height
    return Box(box.left - across, box.top - down, box.right + across, box.bottom + down)
