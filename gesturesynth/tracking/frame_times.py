"""When each picture of a clip or pose of a recording is to be seen: increasing times without long holes. Pure."""

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

LEAST_RECORD_SPACING_S: Final = 0.0005
"""Between the poses of a recording. No camera is as quick, and it bounds how many poses there are in a second."""

GREATEST_TIME_S: Final = 1e9
"""Of a recording's pose: 32 years."""

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
        longest_s = longest_gap_s(self._spacing_s)
        if gap_s <= longest_s:
            self._spacing_s = max(gap_s, LEAST_SPACING_S)
            return time_s
        if not self.gap_s:
            self.gap_s, self.gap_after_s = gap_s, last_s
        self._base_s += gap_s - longest_s
        self.left_out_s += gap_s - longest_s
        return last_s + longest_s


def longest_gap_s(spacing_s: float) -> float:
    """How far two pictures may be apart that follow others which were `spacing_s` apart."""
    return min(max(LONGEST_GAP_S, GAP_OF_SPACINGS * spacing_s), LONGEST_SPACING_S)


class RecordTimes:
    """The times of the poses of a skeleton recording, which are right by themselves or not believed.

    Times that are right are given out unchanged, to the bit, until the first hole.
    """

    def __init__(self) -> None:
        self._recorded_s = self._last_s = self._before_hole_s = -math.inf
        self._spacing_s = 0.0
        self._left_out_s = 0.0
        self._holes = 0

    def fault(self, recorded_s: float) -> str:
        """Why a record's time cannot be believed; empty when it can."""
        if not 0.0 <= recorded_s <= GREATEST_TIME_S:
            return f"a capture time of {recorded_s} s is not possible"
        since_s = recorded_s - self._former_s(recorded_s)
        if since_s < 0.0:
            return "its time is before that of the record before it"
        return "its time is that of the record before it" if since_s < LEAST_RECORD_SPACING_S else ""

    def next(self, recorded_s: float) -> tuple[float, float]:
        """The time of a pose without a fault, and the length of the first hole when it lies before this pose, or 0."""
        former_s, self._recorded_s = self._former_s(recorded_s), recorded_s
        self._before_hole_s = recorded_s
        if former_s < 0.0:  # the first
            self._last_s = recorded_s
            return recorded_s, 0.0
        gap_s, longest_s = recorded_s - former_s, longest_gap_s(self._spacing_s)
        shortened_s = 0.0
        if gap_s <= longest_s:
            self._spacing_s = gap_s
        else:
            shortened_s = 0.0 if self._holes else gap_s
            self._before_hole_s = former_s
        if self._holes or gap_s > longest_s:
            self._holes += 1
            self._left_out_s = recorded_s - self._last_s - min(gap_s, longest_s)
        self._last_s = recorded_s - self._left_out_s
        return self._last_s, shortened_s

    def _former_s(self, recorded_s: float) -> float:
        """The time that a record's is to be behind: that before a hole, where only one wild time had made the hole."""
        return self._before_hole_s if recorded_s < self._recorded_s else self._recorded_s
