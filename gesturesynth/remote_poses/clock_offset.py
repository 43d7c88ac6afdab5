"""The offset between the monotonic clocks of two computers, estimated from round trips. Pure: times are passed in.

Of each round trip four times are known: when the request left here, came there, when the answer left there, came here.
The offset that they show (RFC 5905, section 8) is wrong by half of how much longer one way took than the other, at most
half of the round trip. So the one with the shortest round trip counts, of the last `WINDOW_S`; an older one counts less
by what clocks may have drifted apart since. What is used moves to it slowly, so that no pose's time jumps. How the
constants were chosen: docs/network-trackers.md.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 10.0
BUCKET_S: Final = 0.25
"""Of each such stretch of time the shortest round trip is kept, so that memory and work are bounded."""
DRIFT: Final = 100e-6
"""Two crystal oscillators of computers differ by at most so much (seconds a second)."""
SLEW: Final = 0.01
"""Seconds a second by which the offset in use moves."""
STEP_S: Final = 0.1
"""A greater difference than this, beyond what the round trip explains, is jumped over: a clock was stopped,
or the first round trips were slow."""
LONGEST_S: Final = 5.0
"""A longer round trip tells nothing."""


@dataclass(frozen=True)
class _Sample:
    at_s: float
    offset_s: float
    delay_s: float

    def error_s(self, now_s: float) -> float:
        return self.delay_s / 2 + DRIFT * max(0.0, now_s - self.at_s)


def _agree(one: _Sample, newest: _Sample) -> bool:
    """Whether one offset can explain both round trips."""
    return abs(one.offset_s - newest.offset_s) <= one.error_s(newest.at_s) + newest.error_s(newest.at_s) + 1e-3


class ClockOffset:
    """The offset of another clock: that clock minus this one, seconds.

    Attributes:
        steps: how often the offset in use has jumped.
    """

    def __init__(self) -> None:
        self.steps = 0
        self._samples: deque[_Sample] = deque()
        self._used: tuple[float, float] | None = None  # (when, offset)
        self._best: _Sample | None = None

    @property
    def known(self) -> bool:
        """Whether there was a round trip."""
        return self._used is not None

    @property
    def offset_s(self) -> float:
        """The offset in use, seconds; NaN before the first round trip."""
        return self._used[1] if self._used else math.nan

    @property
    def round_trip_s(self) -> float:
        """The round trip that counts, seconds; NaN before the first."""
        return self._best.delay_s if self._best else math.nan

    def error_s(self, now_s: float) -> float:
        """By how much the offset may be wrong, seconds; infinite before the first round trip."""
        if self._best is None or self._used is None:
            return math.inf
        return self._best.error_s(now_s) + abs(self._best.offset_s - self._used[1])

    def here(self, there_s: float) -> float:
        """A time of the other clock as one of this clock; NaN before the first round trip."""
        return there_s - self.offset_s

    def add(self, left_s: float, came_there_s: float, left_there_s: float, came_s: float) -> bool:
        """Takes a round trip.

        Args:
            left_s: when the request left, by this clock.
            came_there_s: when it came there, by the other clock.
            left_there_s: when the answer left there, by the other clock.
            came_s: when it came here, by this clock.

        Returns:
            Whether it is possible: numbers, no negative time, not longer than `LONGEST_S`.
        """
        times = (left_s, came_there_s, left_there_s, came_s)
        if not all(math.isfinite(time) and abs(time) < 1e12 for time in times):
            return False
        delay_s = (came_s - left_s) - (left_there_s - came_there_s)
        if left_there_s < came_there_s or came_s < left_s or not -1e-6 <= delay_s <= LONGEST_S:
            return False
        self._keep(_Sample(came_s, ((came_there_s - left_s) + (left_there_s - came_s)) / 2, max(0.0, delay_s)))
        self._update(came_s)
        return True

    def _keep(self, sample: _Sample) -> None:
        while self._samples and sample.at_s - self._samples[0].at_s > WINDOW_S:
            self._samples.popleft()
        possible = [one for one in self._samples if _agree(one, sample)]  # what is left out was before a clock stopped
        if len(possible) < len(self._samples):
            self._samples = deque(possible)
        newest = self._samples[-1] if self._samples else None
        if newest and sample.at_s // BUCKET_S == newest.at_s // BUCKET_S:
            if sample.delay_s <= newest.delay_s:
                self._samples[-1] = sample
            return
        self._samples.append(sample)

    def _update(self, now_s: float) -> None:
        best = self._best = min(self._samples, key=lambda sample: sample.error_s(now_s))
        if self._used is None:
            self._used = (now_s, best.offset_s)
            return
        then_s, used_s = self._used
        away_s = best.offset_s - used_s
        if abs(away_s) > STEP_S + best.error_s(now_s):
            self.steps += 1
            self._used = (now_s, best.offset_s)
            return
        most_s = SLEW * max(0.0, now_s - then_s)
        self._used = (now_s, used_s + min(max(away_s, -most_s), most_s))
