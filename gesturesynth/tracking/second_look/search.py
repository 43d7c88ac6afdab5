"""Finds people who are too small for the landmarker's detector, which sees the whole frame as 224x224 pixels.

The landmarker has two parts: a detector, which finds a person in the whole picture, and a model of landmarks, which
looks only at the place where the body was a frame ago. The second part needs no large body. So while no person is found
and something moves, a crop around what moves is handed to the same landmarker. Once it has found a body there, crops of
the next frames get wider step by step until they are the whole frame: the landmarker follows the body all the way, and
from then on it works as with any other body, its smoothing included. No crop has to move with the body.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.second_look.crops import Box, Crop, around, box_of, crop_around, widened
from gesturesynth.tracking.second_look.motion import MotionDetector, Region

AFTER_S: Final = 1.0
"""A person who was lost for less than this is left to the landmarker's own detector."""
MOTION_S: Final = 0.25
"""The least time between two looks at what moves: every third one of the ten a second at an empty room."""
BETWEEN_S: Final = 0.2
"""The least time between two looks at crops."""
SCALES: Final = (1.8, 2.8, 4.2)
"""Size of the crop in sizes of what moves, in turns: of a person who only lifts an arm, little moves. The detector
finds people best in a crop of 1.6 to 2.3 times their height (docs/camera.md)."""
SMALLEST_CROP: Final = 0.15
LARGEST_CROP: Final = 0.8
"""Of the frame. In a larger one the detector sees no more than in the whole frame."""
CONFIRMED: Final = 3
"""Crops in a row in which the body must be found before it is published."""
SMALL: Final = 0.25
"""Of the picture's height: a body that is smaller, and lost, is at once looked for where it was."""
REMEMBERED_S: Final = 2.0


class Detector(Protocol):
    """A landmarker: see `tracking.landmarker.Landmarker`."""

    def detect(self, frame_rgb: NDArray[np.uint8], capture_time_s: float) -> tuple[Body, ...]:
        """The bodies in one frame."""
        ...

    def reset(self) -> None:
        """Forgets the body that it follows."""
        ...

    def close(self) -> None:
        """Frees it."""
        ...


class SecondLook:
    """A landmarker that finds small people, too. Same interface; runs in the caller's thread.

    As long as the landmarker finds a body in the whole frame, the result is its own to the bit, and nothing else
    is computed.

    Args:
        landmarker: is closed with this.

    Attributes:
        regions: what moved in the newest frame without a body; empty where a body was found.
    """

    def __init__(self, landmarker: Detector) -> None:
        self._landmarker = landmarker
        self.regions: list[Region] = []
        self._motion = MotionDetector()
        self._begin()

    def _begin(self) -> None:
        self.regions = []
        self._motion.forget()
        self._seen_s = -math.inf
        self._looked_s = -math.inf
        self._compared_s = -math.inf
        self._crop: Crop | None = None
        self._steps = 0
        self._last: Box | None = None
        self._turns: Iterator[int] = itertools.count()

    def detect(self, frame_rgb: NDArray[np.uint8], capture_time_s: float) -> tuple[Body, ...]:
        """The bodies in one frame, one or none; see `Landmarker.detect`."""
        if self._crop is not None:
            return self._follow(self._crop, frame_rgb, capture_time_s)
        bodies = self._landmarker.detect(frame_rgb, capture_time_s)
        if bodies:
            self._note(bodies[0], capture_time_s)
            return bodies
        if self._seen_s == -math.inf:
            self._seen_s = capture_time_s
        if capture_time_s - self._compared_s >= MOTION_S:
            self._compared_s = capture_time_s
            self.regions = self._motion.regions(frame_rgb, capture_time_s)
        crop = self._next_crop(capture_time_s)
        if crop is not None:
            self._looked_s = capture_time_s
            found = self._landmarker.detect(crop.cut(frame_rgb), capture_time_s)
            if found:
                self._crop = widened(crop, box_of(crop.to_frame(found[0])))
                self._steps = 1
        return ()

    @property
    def nearly_found(self) -> bool:
        """Whether a body was found in a crop that is not yet the whole frame, so that every frame counts."""
        return self._crop is not None

    def reset(self) -> None:
        """See `Landmarker.reset`."""
        self._begin()
        self._landmarker.reset()

    def close(self) -> None:
        """Frees the landmarker."""
        self._landmarker.close()

    def _note(self, body: Body, time_s: float) -> None:
        self._seen_s = time_s
        box = box_of(body)
        self._last = box if box.height < SMALL else None
        if self.regions or self._motion.started:
            self.regions = []
            self._motion.forget()

    def _follow(self, crop: Crop, frame_rgb: NDArray[np.uint8], time_s: float) -> tuple[Body, ...]:
        """The body in a crop on its way to the whole frame."""
        found = self._landmarker.detect(crop.cut(frame_rgb), time_s)
        if not found:
            self._crop = None
            return ()
        body = crop.to_frame(found[0])
        self._steps += 1
        self._crop = None if crop.whole else widened(crop, box_of(body))
        if self._steps < CONFIRMED:
            return ()
        self._note(body, time_s)
        return (body,)

    def _next_crop(self, time_s: float) -> Crop | None:
        """The crop to look at in this frame, if any."""
        lost_s = time_s - self._seen_s
        if time_s - self._looked_s < BETWEEN_S:
            return None
        lost: list[Box] = []
        if self._last is not None and lost_s < REMEMBERED_S:
            lost.append(self._last)
        elif lost_s < AFTER_S:
            return None
        crops = candidate_crops(lost, self.regions)
        return crops[next(self._turns) % len(crops)] if crops else None


def candidate_crops(lost: Sequence[Box], moving: Sequence[Region]) -> list[Crop]:
    """The crops that are worth a look, to be taken in turns.

    Args:
        lost: where small persons were seen last.
        moving: what moves, the strongest first.
    """
    boxes = [*lost, *(region.box for region in moving)]
    if len(moving) > 1:
        boxes.insert(1, around(region.box for region in moving))
    sizes = ((box, scale * max(box.height, box.width)) for box in boxes for scale in SCALES)
    crops = (crop_around(box, max(size, SMALLEST_CROP)) for box, size in sizes)
    return [crop for crop in crops if crop.scale <= LARGEST_CROP]
