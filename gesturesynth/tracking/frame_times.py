"""When each picture of a clip is to be seen: its time stamps, made to increase and without long holes. Pure."""

from __future__ import annotations

import math
from typing import Final

LONGEST_GAP_S: Final = 2.0
"""A hole in the time stamps is not longer than this in what is played."""

GAP_OF_SPACINGS: Final = 3.0
"""Pictures that come slowly (a time-lapse) may be further apart: by so many times the spacing before."""

LONGEST_SPACING_S: Final = 8.0
"""But never by more than this: below the time after which a source counts as hanging."""

LEAST_SPACING_S: Final = 0.001
"""Pictures without a stamp of their own are at least so far apart."""

BACK_S: Final = 0.5
"""A stamp this far before the last one begins a new count, as where two recordings were joined; less is disorder."""


class FrameTimes:
    """Makes times that strictly increase out of the stamps of one file.

    Args:
        fps: frames a second as the file says, above 0: where stamps are missing, pictures are that far apart.

    Attributes:
        last_s: time of the last picture, from 0; None before the first.
        gap_s, gap_after_s: length of the first hole that was shortened, and where it was; 0 without one.
        left_out_s: what all such holes were shortened by together.
        backs: how often the stamps began a new count.
    """

    def __init__(self, fps: float) -> None:
        self._frame_s = self._spacing_s = min(1.0 / fps, LONGEST_SPACING_S)
        self._base_s = 0.0
        self._stamp_s = 0.0
        self.last_s: float | None = None
        self.gap_s = self.gap_after_s = self.left_out_s = 0.0
        self.backs = 0

    @property
    def end_s(self) -> float:
        """When the last picture has been seen for as long as the one before it."""
        return 0.0 if self.last_s is None else self.last_s + self._spacing_s

    def next(self, stamp_s: float) -> float:
        """The time of the next picture, in seconds from the first; `stamp_s` is its stamp, any number."""
        before_s = self._stamp_s
        if math.isfinite(stamp_s):
            self._stamp_s = stamp_s
        if self.last_s is None:
            self._base_s = self._stamp_s
            self.last_s = 0.0
            return 0.0
        time_s = self._stamp_s - self._base_s
        if time_s > self.last_s:
            self.last_s = self._bounded(time_s, self.last_s)
            return self.last_s
        self.last_s += min(self._frame_s, self._spacing_s)
        if self._stamp_s < before_s - BACK_S:
            self.backs += 1
            self._base_s = self._stamp_s - self.last_s
        return self.last_s

    def _bounded(self, time_s: float, last_s: float) -> float:
        gap_s = time_s - last_s
        longest_s = min(max(LONGEST_GAP_S, GAP_OF_SPACINGS * self._spacing_s), LONGEST_SPACING_S)
        if gap_s <= longest_s:
            self._spacing_s = max(gap_s, LEAST_SPACING_S)
            return time_s
        if not self.gap_s:
            self.gap_s, self.gap_after_s = gap_s, last_s
        self._base_s += gap_s - longest_s
        self.left_out_s += gap_s - longest_s
        return last_s + longest_s
