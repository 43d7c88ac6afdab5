"""Flash detection: how much brighter the part of a picture became that brightened most. For `gesturesynth latency`."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.images import Image

CELLS: Final = (9, 12)
"""Rows and columns of parts of the picture: a screen that fills a tenth of it fills a whole part."""

BEFORE: Final = 4
"""Frames that a frame is held against: a screen lights up over two or three of them, and shutters roll."""

POINTS: Final = 8
"""Rows and columns of points in each part that are looked at."""


class FlashDetector:
    """Compares each frame with the ones before it. It keeps the mean brightness of each part, and no picture."""

    def __init__(self) -> None:
        self._before: deque[NDArray[np.float64]] = deque(maxlen=BEFORE)

    def rise(self, image: Image) -> float:
        """The greatest rise of brightness of any part, 0 to 1, above the darkest of the last frames; 0 at first.

        Args:
            image: BGR, uint8 (h, w, 3), of any size; frames of one stream.
        """
        rows, columns = (
            np.linspace(0, length - 1, cells * POINTS).astype(np.intp)
            for length, cells in zip(image.shape[:2], CELLS, strict=True)
        )
        points = image[np.ix_(rows, columns)].mean(axis=2)
        now = points.reshape(CELLS[0], POINTS, CELLS[1], POINTS).mean(axis=(1, 3)) / 255.0
        darkest = np.min(self._before, axis=0) if self._before else now
        self._before.append(now)
        return max(0.0, float((now - darkest).max()))
