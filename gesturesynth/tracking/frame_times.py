"""The times of the pictures of a clip and of the poses of a recording: increasing, without long gaps. Pure."""

from __future__ import annotations

import math
from typing import Final

LONGEST_GAP_S: Final = 2.0
"""A longer gap in the time stamps is shortened to this."""

GAP_OF_SPACINGS: Final = 3.0
"""The pictures of a slow clip (a time-lapse) may be further apart: by so many times the spacing before."""

LONGEST_SPACING_S: Final = 8.0
"""But never further than this: below the time after which a source counts as hanging."""

LEAST_SPACING_S: Final = 0.001
"""Least time between pictures without a stamp of their own."""

LEAST_RECORD_SPACING_S: Final = 0.0005
"""Least time between the poses of a recording. Cameras are slower; it limits the number of poses in a second."""

GREATEST_TIME_S: Final = 1e9
"""Greatest time of a pose of a recording: 32 years."""

BACK_S: Final = 0.5
"""A stamp that is further before the last one starts a new count, as where two recordings were joined."""


class FrameTimes:
    """Makes strictly increasing times from the time stamps of one file.

    Args:
        fps: frames a second by the file, above 0: the spacing of pictures whose stamps are missing.

    Attributes:
        last_s: time of the last picture, seconds from the first; None before the first.
        gap_s, gap_after_s: length of the first gap that was shortened, and the time before it, seconds; 0 without one.
        left_out_s: seconds by which all such gaps were shortened together.
        backs: how often the stamps started a new count.
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
        """The time at which the last picture ends: as long after its begin as for the one before it."""
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
    """How far apart two pictures may be when those before them were `spacing_s` apart; seconds."""
    return min(max(LONGEST_GAP_S, GAP_OF_SPACINGS * spacing_s), LONGEST_SPACING_S)


class RecordTimes:
    """The times of the poses of a skeleton recording: each is either used as it is, or refused.

    Valid times are returned unchanged, to the bit, until the first gap.
    """

    def __init__(self) -> None:
        self._recorded_s = self._last_s = self._before_gap_s = -math.inf
        self._spacing_s = 0.0
        self._left_out_s = 0.0
        self._gaps = 0

    def fault(self, recorded_s: float) -> str:
        """Why the time of a record is not valid; empty when it is."""
        if not 0.0 <= recorded_s <= GREATEST_TIME_S:
            return f"a capture time of {recorded_s} s is not possible"
        since_s = recorded_s - self._former_s(recorded_s)
        if since_s < 0.0:
            return "its time is before that of the record before it"
        return "its time is that of the record before it" if since_s < LEAST_RECORD_SPACING_S else ""

    def next(self, recorded_s: float) -> tuple[float, float]:
        """The time of a pose without a fault, and the length of the first gap when it is before this pose, else 0."""
        former_s, self._recorded_s = self._former_s(recorded_s), recorded_s
        self._before_gap_s = recorded_s
        if former_s < 0.0:  # the first
            self._last_s = recorded_s
            return recorded_s, 0.0
        gap_s, longest_s = recorded_s - former_s, longest_gap_s(self._spacing_s)
        shortened_s = 0.0
        if gap_s <= longest_s:
            self._spacing_s = gap_s
        else:
            shortened_s = 0.0 if self._gaps else gap_s
            self._before_gap_s = former_s
        if self._gaps or gap_s > longest_s:
            self._gaps += 1
            self._left_out_s = recorded_s - self._last_s - min(gap_s, longest_s)
        self._last_s = recorded_s - self._left_out_s
        return self._last_s, shortened_s

    def _former_s(self, recorded_s: float) -> float:
        """The time that the record's must exceed: that before a gap, where a single wrong time had caused the gap."""
        return self._before_gap_s if recorded_s < self._recorded_s else self._recorded_s
