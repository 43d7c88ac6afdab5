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

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.frame_costs import GUARD, FrameCosts

Float = NDArray[np.float64]
Packed = NDArray[np.int64]
"""A cost above, and below it the complement of the step at which it began: the lesser of two numbers is the cheaper
performance, and of equal ones the later. So one `minimum` keeps both."""

STEP_BITS: Final = 20
"""Of a packed number, the lowest, for the step, modulo so many; performances last for hundreds of steps at most."""
STEP_MASK: Final = 2**STEP_BITS - 1

COST_UNIT: Final = 2.0**30
"""Costs are counted in parts of this: a billionth."""

WORTHLESS: Final = 512.0
"""A cost of this or more is infinite: of the longest template 1.4 a frame, three times what ever counts."""

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


@dataclass(frozen=True)
class PerformanceEnd:
    """A performance that may end now.

    Attributes:
        template: its number.
        cost: per template frame.
        start: the step at which it began.
        lacks: how many of the template's last frames are missing.
    """

    template: int
    cost: float
    start: int
    lacks: int


class Alignment:
    """The table of all templates against a stream of frames: only its newest row is kept.

    Args:
        costs: the templates.
        end_limits: float64 (N,): a performance does not end in a frame that costs more than this. None: in any.

    Attributes:
        step: how many frames there were.
    """

    def __init__(self, costs: FrameCosts, end_limits: Float | None = None) -> None:
        self.costs = costs
        index, length = costs.index, costs.length
        after = length - 1 - index
        own = index >= 0
        self._before = np.where(own & (index <= OPEN_ENDS * length), MISSING_COST * index, np.inf)
        self._after = np.where(own & (after <= OPEN_ENDS * length), MISSING_COST * after, np.inf)
        self._packed_before = _packed(self._before)
        self._leaps = [_packed(np.array([LEAP_COST * (leap - 1)]))[0] for leap in range(GUARD + 1)]
        self._shortest, self._longest = FASTEST * length, SLOWEST * length
        self._end_limits = np.full(len(index), np.inf) if end_limits is None else end_limits
        self._reach_of: Float | None = None
        self._most: Packed = np.empty(0, dtype=np.int64)
        self._template = np.repeat(np.arange(len(costs.offsets)), np.diff([*costs.offsets, len(index)]))
        self.reset()

    def reset(self) -> None:
        """Forgets every performance that has begun."""
        self.step = 0
        count = len(self.costs.index)
        self._best: Packed = np.full(count, _WORTHLESS, dtype=np.int64)
        self._frame_costs = np.full(count, np.inf)
        # Written to in every step, so that none has to be allocated.
        self._next: Packed = np.empty(count, dtype=np.int64)
        self._path: Packed = np.empty(count, dtype=np.int64)
        self._packed: Packed = np.empty(count, dtype=np.int64)
        self._counted = np.empty(count)

    def advance(self, frame_costs: Float) -> None:
        """One frame: `frame_costs` (N,) of `FrameCosts.at`."""
        self.step += 1
        self._frame_costs = frame_costs
        frame, before, best, path = self._packed, self._best, self._next, self._path
        _pack(frame_costs, self._counted, frame)
        np.add(self._packed_before, frame, out=best)
        best += ~self.step & STEP_MASK
        # Waiting costs `WAITING`, a half.
        np.right_shift(frame, STEP_BITS + 1, out=path)
        path <<= STEP_BITS
        path += before
        np.minimum(best, path, out=best)
        # Guards between templates are worthless, so that nothing comes from one template into the next.
        for leap in range(1, GUARD + 1):
            way = np.multiply(frame[leap:], leap, out=path[leap:])
            way += before[:-leap]
            way += self._leaps[leap]
            np.minimum(best[leap:], way, out=best[leap:])
        np.minimum(best, _WORTHLESS, out=best)
        self._best, self._next = best, before

    def endings(self) -> Float:
        """Costs per template frame (T,) of the cheapest performances that may end now, one for each template.

        Infinite where there is none, or where it took too long or too short a time for its template.
        """
        if not len(self.costs.offsets):
            return np.empty(0)
        cost, _ = self._ending(np.arange(len(self._best)))
        return np.asarray(np.minimum.reduceat(cost, self.costs.offsets), dtype=np.float64)

    def found(self, limits: Float) -> list[PerformanceEnd]:
        """The cheapest performance of each template that may end now and costs at most its limit.

        Args:
            limits: float64 (T,), per template frame.
        """
        near = np.flatnonzero(self._best < self._reach(limits))
        if not near.size:
            return []
        cost, taken = self._ending(near)
        ends: dict[int, PerformanceEnd] = {}
        for place in np.flatnonzero(cost <= limits[self._template[near]]):
            frame = near[place]
            template = int(self._template[frame])
            if template not in ends or cost[place] < ends[template].cost:
                lacks = int(self.costs.length[frame] - 1 - self.costs.index[frame])
                start = self.step + 1 - int(taken[place])
                ends[template] = PerformanceEnd(template, float(cost[place]), start, lacks)
        return list(ends.values())

    def forget(self, gesture: int) -> None:
        """Forgets what has begun of this gesture."""
        self._best[self.costs.owned[gesture]] = _WORTHLESS

    def _ending(self, frames: NDArray[np.intp]) -> tuple[Float, Packed]:
        """Of the performances that have come to some frames: cost per template frame if they end now, and duration."""
        best = self._best[frames]
        taken = (self.step + 2 + best) & STEP_MASK
        fits = (taken >= self._shortest[frames]) & (taken <= self._longest[frames]) & (best < _WORTHLESS)
        fits &= self._frame_costs[frames] <= self._end_limits[frames]
        cost = ((best >> STEP_BITS) / COST_UNIT + self._after[frames]) / self.costs.length[frames]
        return np.where(fits, cost, np.inf), taken

    def _reach(self, limits: Float) -> Packed:
        """The packed number below which a performance may end at a frame within the limits (N,)."""
        if self._reach_of is not limits:
            self._reach_of = limits
            most = limits[self._template] * self.costs.length - self._after
            self._most = np.where(most >= 0.0, _packed(np.maximum(most, 0.0)) + STEP_MASK + 1, -1)
        return self._most


def _packed(costs: Float) -> Packed:
    packed = np.empty(len(costs), dtype=np.int64)
    _pack(costs, np.empty(len(costs)), packed)
    return packed


def _pack(costs: Float, counted: Float, packed: Packed) -> None:
    """Packs costs (N,); `counted` and `packed`, likewise, are written to."""
    np.minimum(costs, WORTHLESS, out=counted)
    counted *= COST_UNIT
    np.copyto(packed, counted, casting="unsafe")
    packed <<= STEP_BITS


_WORTHLESS: Final = int(WORTHLESS * COST_UNIT) << STEP_BITS
