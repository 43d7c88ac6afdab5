"""Subsequence alignment of a stream with many templates at once, one step a frame.

Dynamic time warping whose beginning is open (Sakurai, Faloutsos and Yamamuro, Stream Monitoring under the Time Warping
Distance, ICDE 2007), with three changes that make costs comparable and the step one vector operation:

- From one frame to the next a performance advances by 0 to 3 frames of the template. So everything that a row of the
  table needs is in the row before it, and no template can be passed in no time.
- A frame of the template costs its weight once, whatever the tempo: costs divided by the length of the template are
  costs per template frame, the same for slow and for fast performances. Waiting costs half.
- Up to a tenth of a template may be missing at either end, at a price for each frame.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.frame_costs import GUARD, FrameCosts

Float = NDArray[np.float64]
Steps = NDArray[np.float64]

WAITING: Final = 0.5
"""What a frame costs, as a part of its cost, in which the performance does not advance in the template."""

LEAP_COST: Final = 0.02
"""What each template frame costs besides that is leapt over: so that nothing is leapt over to be done sooner."""

OPEN_ENDS: Final = 0.1
"""Part of a template that may be missing at its beginning, and at its end."""

MISSING_COST: Final = 0.3
"""What each missing frame costs: about as much as the worst performance that still counts."""

SLOWEST, FASTEST = 2.6, 0.38
"""A performance takes at most and at least so many times as long as the template: tempo 0.5 to 2, and some room."""


class Alignment:
    """The table of all templates against a stream of frames: only its newest row is kept.

    Attributes:
        step: how many frames there were.
        end_limits: float64 (N,): a performance does not end in a frame that costs more than this.
    """

    def __init__(self, costs: FrameCosts) -> None:
        self.costs = costs
        index, length = costs.index, costs.length
        after = length - 1 - index
        own = index >= 0
        self._missing_before = np.where(own & (index <= OPEN_ENDS * length), MISSING_COST * index, np.inf)
        self._missing_after = np.where(own & (after <= OPEN_ENDS * length), MISSING_COST * after, np.inf)
        self._shortest, self._longest = FASTEST * length, SLOWEST * length
        self.end_limits = np.full(len(index), np.inf)
        self.reset()

    def reset(self) -> None:
        """Forgets every performance that has begun."""
        size = len(self.costs.index)
        self.step = 0
        self._sum = np.full(size, np.inf)  # of the cheapest performance that has come to each template frame ...
        self._start: Steps = np.zeros(size)  # ... and the step at which it began
        self._frame_costs = np.full(size, np.inf)

    def advance(self, frame_costs: Float) -> None:
        """One frame: `frame_costs` (N,) of `FrameCosts.at`."""
        self.step += 1
        self._frame_costs = frame_costs
        total = self._missing_before + frame_costs
        start = np.full(len(total), float(self.step))
        path = frame_costs * WAITING
        path += self._sum
        _take_cheaper(total, start, path, self._start)
        # Guards between templates cost infinitely much, so that nothing comes from one template into the next.
        path = self._sum[:-1] + frame_costs[1:]
        _take_cheaper(total[1:], start[1:], path, self._start[:-1])
        for leap in range(2, GUARD + 1):
            path = leap * frame_costs[leap:]
            path += self._sum[:-leap]
            path += LEAP_COST * (leap - 1)
            _take_cheaper(total[leap:], start[leap:], path, self._start[:-leap])
        self._sum, self._start = total, start

    def endings(self) -> Float:
        """Costs per template frame (T,) of the cheapest performances that may end now, one for each template.

        Infinite where there is none, or where it took too long or too short a time for its template.
        """
        if not len(self.costs.offsets):
            return np.empty(0)
        return np.asarray(np.minimum.reduceat(self._ending(), self.costs.offsets), dtype=np.float64)

    def ending_of(self, template: int) -> tuple[int, int]:
        """Of the cheapest performance that may end now: the step at which it began, and how many frames it lacks."""
        part = self.costs.frames_of(template)
        best = int(self._ending()[part].argmin())
        return int(self._start[part][best]), part.stop - part.start - 1 - best

    def forget(self, gesture: int) -> None:
        """Forgets what has begun of this gesture."""
        self._sum[self.costs.frame_owner == gesture] = np.inf

    def _ending(self) -> Float:
        taken = (self.step + 1) - self._start
        fits = (taken >= self._shortest) & (taken <= self._longest) & (self._frame_costs <= self.end_limits)
        return np.asarray(np.where(fits, (self._sum + self._missing_after) / self.costs.length, np.inf))


def _take_cheaper(total: Float, start: Steps, path: Float, path_start: Steps) -> None:
    cheaper = path < total
    np.copyto(total, path, where=cheaper)
    np.copyto(start, path_start, where=cheaper)
