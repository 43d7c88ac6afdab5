"""Freeze detection: whether a driver repeats its last frame, or the camera shows something that does not move. Pure.

A real sensor has noise, so frames that are identical to the bit point to a fault; but a virtual camera, or a real one
with its shutter closed, may send them rightly. So the camera is opened again once: if the picture is the same after
that, it is accepted until it changes again.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gesturesynth.tracking.images import Image

SUSPICIOUS_AFTER_S: Final = 5.0
GRID_PX: Final = 16
"""Pixels: a grid of every 16th in both directions is compared, some 4 kB of a frame of 640x480."""


class FreezeDetector:
    """Compares the frames of one camera, also across its reopenings."""

    def __init__(self) -> None:
        self._sample: Image | None = None
        self._since_s = 0.0
        self._accepted = False

    def is_frozen(self, image: Image, now_s: float) -> bool:
        """Whether the camera should be opened again because of this frame, uint8 (h, w, 3)."""
        sample = image[::GRID_PX, ::GRID_PX]
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._sample = sample.copy()
            self._since_s = now_s
            self._accepted = False
            return False
        if self._accepted or now_s - self._since_s < SUSPICIOUS_AFTER_S:
            return False
        self._accepted = True
        return True
