"""Video clips as frames with times, through OpenCV's FFMPEG backend."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final, Self

from gesturesynth.errors import UserError
from gesturesynth.tracking.framing import Image
from gesturesynth.tracking.opencv import load_cv2

ASSUMED_FPS: Final = 30.0
"""For containers that do not tell a rate, or tell nonsense."""


class Clip:
    """The frames of one video file, in order.

    The time of a frame is its time stamp in the container, counted from the first frame; where stamps are missing or do
    not increase, one frame's duration after the one before.

    Attributes:
        fps: as the container says, frames a second.

    Raises:
        UserError: the file cannot be decoded.
    """

    def __init__(self, path: Path) -> None:
        cv2 = load_cv2()
        self._stamp = cv2.CAP_PROP_POS_MSEC
        self._capture: Any = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            self._capture.release()
            raise UserError(f"{path} cannot be read as a video: no decoder of this computer understands it.")
        fps = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if math.isfinite(fps) and 0.01 <= fps <= 1000 else ASSUMED_FPS
        self._first_s = 0.0
        self._last_s: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self) -> tuple[Image, float] | None:
        """The next frame, BGR uint8 (h, w, 3), and its time in seconds from the first; None at the end."""
        good, image = self._capture.read()
        if not good:
            return None
        stamp_s = float(self._capture.get(self._stamp)) / 1000.0
        if self._last_s is None:
            self._first_s = stamp_s
            self._last_s = 0.0
        else:
            time_s = stamp_s - self._first_s
            self._last_s = time_s if time_s > self._last_s else self._last_s + 1.0 / self.fps
        return image, self._last_s

    def close(self) -> None:
        """Closes the file."""
        self._capture.release()
