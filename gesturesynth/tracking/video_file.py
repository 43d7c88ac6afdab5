"""Video clips as frames with times, through OpenCV's FFMPEG backend."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final, Self

from gesturesynth.core.errors import UserError
from gesturesynth.tracking import clip_faults
from gesturesynth.tracking.frame_times import FrameTimes
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.native_files import native_name
from gesturesynth.tracking.opencv import load_cv2
from gesturesynth.tracking.pixel_aspect import squared, stream_aspect
from gesturesynth.tracking.source_warnings import WarningHandler, warn

ASSUMED_FPS: Final = 30.0
"""For containers without a rate, or with an impossible one."""


class Clip:
    """The frames of one video file, in order, with square pixels.

    The time of a frame is its time stamp in the container, counted from the first frame; where stamps are missing, do
    not increase or leave a long gap, see `frame_times.py`.

    Args:
        path: the file.
        pixel_aspect: see `SourceSettings`.
        on_warning: called once when pictures are missing, and when time stamps have a gap or go backwards.

    Attributes:
        fps: frames a second, by the container.
        frames: number of frames read.

    Raises:
        UserError: the file cannot be read or decoded; the message says why.
    """

    def __init__(self, path: Path, pixel_aspect: float = 0.0, on_warning: WarningHandler = warn) -> None:
        cv2 = load_cv2()
        self._path = path
        self._on_warning = on_warning
        self._stamp = cv2.CAP_PROP_POS_MSEC
        with native_name(path) as name:
            self._capture: Any = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            self._capture.release()
            raise UserError(clip_faults.unopened(path))
        fps = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if math.isfinite(fps) and 0.01 <= fps <= 1000 else ASSUMED_FPS
        self.frames = 0
        self._promised = float(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self._fourcc = int(self._capture.get(cv2.CAP_PROP_FOURCC))
        self._aspect = stream_aspect(self._capture, pixel_aspect)
        self._times = FrameTimes(self.fps)
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self) -> tuple[Image, float] | None:
        """The next frame, BGR uint8 (h, w, 3), and its time in seconds from the first; None at the end."""
        good, image = self._capture.read()
        if not good:
            self._end()
            return None
        self.frames += 1
        gap_s, backs, last_s = self._times.gap_s, self._times.backs, self._times.last_s
        time_s = self._times.next(float(self._capture.get(self._stamp)) / 1000.0)
        if self._times.gap_s != gap_s:
            self._on_warning(clip_faults.gap(self._path, self._times))
        if self._times.backs and not backs:
            self._on_warning(clip_faults.back(self._path, last_s or 0.0))
        return squared(image, self._aspect), time_s

    @property
    def end_s(self) -> float:
        """The time at which the last frame that was read ends, seconds from the first frame."""
        return self._times.end_s

    def why_empty(self) -> str:
        """A sentence for a file that could be opened and gave no frame."""
        return clip_faults.without_pictures(self._path, self._fourcc, self._promised)

    def close(self) -> None:
        """Closes the file."""
        self._capture.release()

    def _end(self) -> None:
        if self._ended or not self.frames:
            return
        self._ended = True
        stamped_s = self.end_s + self._times.left_out_s
        warning = clip_faults.shortfall(self._path, self.frames, self._promised, self.fps, stamped_s)
        if warning:
            self._on_warning(warning)
