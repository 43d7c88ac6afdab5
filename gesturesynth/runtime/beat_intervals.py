"""A tempo from beats of a person: taps on a key, or a gesture that is performed again and again. Pure."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Final

from gesturesynth.runtime.tempo import FASTEST_BPM, SLOWEST_BPM

KEPT: Final = 4
"""Intervals whose median counts; see docs/tempo.md for how it was chosen."""


class BeatIntervals:
    """The last intervals between beats.

    Args:
        beats: how many quarter notes an interval lasts.

    Attributes:
        count: beats since the last pause.
    """

    def __init__(self, beats: int = 1) -> None:
        self._beats = beats
        self._intervals: deque[float] = deque(maxlen=KEPT)
        self._last_s: float | None = None
        self.count = 0

    def add(self, time_s: float) -> float | None:
        """One more beat.

        Args:
            time_s: when; never earlier than the one before.

        Returns:
            Quarter notes a minute; None after one beat alone. After a pause longer than a note of the slowest tempo
            it begins again; a beat that follows sooner than one of the quickest tempo is left out.
        """
        interval = time_s - self._last_s if self._last_s is not None else None
        if interval is not None and interval < 60.0 * self._beats / FASTEST_BPM:
            return self._bpm()
        self._last_s = time_s
        if interval is None or interval > 60.0 * self._beats / SLOWEST_BPM:
            self._intervals.clear()
            self.count = 1
            return None
        self._intervals.append(interval)
        self.count += 1
        return self._bpm()

    def _bpm(self) -> float | None:
        return 60.0 * self._beats / median(self._intervals) if self._intervals else None
