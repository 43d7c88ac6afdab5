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

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.fitted import FittedGesture

Float = NDArray[np.float64]
Ints = NDArray[np.intp]

WAITING: Final = 0.5
"""What a frame costs, as a part of its cost, in which the performance does not advance in the template."""

ADVANCES: Final = (1, 2, 3)
"""Template frames by which a performance may advance in one frame: tempo 2 must leave room to catch up."""

OPEN_ENDS: Final = 0.1
"""Part of a template that may be missing at its beginning, and at its end."""

MISSING_COST: Final = 0.3
"""What each missing frame costs: about as much as the worst performance that still counts."""

UNSEEN_COST: Final = 2.0
"""What a frame costs in which less than `LEAST_SEEN` of what makes up the gesture can be seen."""

LEAST_SEEN: Final = 0.5

SLOWEST, FASTEST = 2.6, 0.38
"""A performance takes at most and at least so many times as long as the template."""


class TemplateCosts:
    """What a frame of features costs against each frame of each template.

    All templates stand one after the other: N frames of T templates.

    Attributes:
        index: intp (N,): number of each frame in its template.
        length: intp (N,): of its template.
        offsets: intp (T,): where each template begins.
        owner: intp (T,): which gesture each template belongs to.
    """

    def __init__(self, gestures: Sequence[FittedGesture]) -> None:
        templates = [(number, t.view) for number, gesture in enumerate(gestures) for t in gesture.templates]
        lengths = [len(view) for _, view in templates]
        self.owner: Ints = np.array([number for number, _ in templates], dtype=np.intp)
        self.index: Ints = np.concatenate([np.arange(0), *(np.arange(n) for n in lengths)]).astype(np.intp)
        self.length: Ints = np.repeat(np.array(lengths, dtype=np.intp), lengths)
        self.offsets: Ints = np.concatenate([[0], np.cumsum(lengths)]).astype(np.intp)[:-1]
        self.frame_owner: Ints = np.repeat(self.owner, lengths)
        blocks, weights = [], []
        for number, view in templates:
            seen = np.isfinite(view) * gestures[number].weights.view
            known = np.where(np.isfinite(view), view, 0.0)
            blocks.append(np.hstack([seen * known**2, -2.0 * seen * known, seen]))
            weights.append(np.full(len(view), gestures[number].weights.view.sum()))
        # sum w (x - y)^2 over what both have seen = [w y^2, -2 w y, w] @ [m, m x, m x^2]
        self._terms = np.ascontiguousarray(np.concatenate(blocks)) if blocks else np.empty((0, 0))
        self._seen = np.ascontiguousarray(self._terms[:, -(self._terms.shape[1] // 3) :])
        self._total = np.concatenate(weights) if weights else np.empty(0)
        self._all_seen = self._seen.sum(axis=1)

    def at(self, x: Float) -> Float:
        """Costs (N,) of features (k,), NaN where not seen; scaled up to what the unseen would add."""
        seen = np.isfinite(x)
        known = np.where(seen, x, 0.0)
        cost = np.maximum(self._terms @ np.concatenate([seen, known, known * known]), 0.0)
        weight = self._all_seen if seen.all() else self._seen @ seen.astype(np.float64)
        enough = weight >= LEAST_SEEN * self._total
        return np.where(enough, cost * self._total / np.where(enough, weight, 1.0), UNSEEN_COST)


class Alignment:
    """The table of all templates against a stream of frames: only its newest row is kept.

    Attributes:
        step: how many frames there were.
    """

    def __init__(self, costs: TemplateCosts) -> None:
        self.costs = costs
        index, length = costs.index, costs.length
        missing_before = np.where(index <= OPEN_ENDS * length, MISSING_COST * index, np.inf)
        after = length - 1 - index
        self._missing_after = np.where(after <= OPEN_ENDS * length, MISSING_COST * after, np.inf)
        self._entry = missing_before
        self._shortest, self._longest = FASTEST * length, SLOWEST * length
        self._blocked = [index < advance for advance in ADVANCES]
        size = len(index)
        self._before = np.empty((len(ADVANCES) + 2, size))
        self._starts = np.zeros((len(ADVANCES) + 2, size), dtype=np.intp)
        self._column = np.arange(size)
        self.reset()

    def reset(self) -> None:
        """Forgets every performance that has begun."""
        self.step = 0
        self._sum = np.full(len(self.costs.index), np.inf)
        self._start = np.zeros(len(self.costs.index), dtype=np.intp)

    def advance(self, frame_costs: Float) -> None:
        """One frame: `frame_costs` (N,) of `TemplateCosts.at`."""
        self.step += 1
        if not len(frame_costs):
            return
        paths, starts = self._before, self._starts
        np.multiply(frame_costs, WAITING, out=paths[0])
        paths[0] += self._sum
        starts[0] = self._start
        for row, (advance, blocked) in enumerate(zip(ADVANCES, self._blocked, strict=True), start=1):
            paths[row, advance:] = self._sum[:-advance]
            starts[row, advance:] = self._start[:-advance]
            paths[row, :advance] = np.inf
            paths[row, blocked] = np.inf
            paths[row] += advance * frame_costs
        np.add(self._entry, frame_costs, out=paths[-1])
        starts[-1] = self.step
        best = paths.argmin(axis=0)
        self._sum = paths[best, self._column]
        self._start = starts[best, self._column]

    def endings(self) -> Float:
        """Costs per template frame (T,) of the cheapest performances that may end now, one for each template.

        Infinite where there is none, or where it took too long or too short a time for its template.
        """
        if not len(self.costs.offsets):
            return np.empty(0)
        return np.asarray(np.minimum.reduceat(self._ending(), self.costs.offsets), dtype=np.float64)

    def start_of(self, template: int) -> int:
        """The step at which the cheapest performance began that may end now."""
        first = int(self.costs.offsets[template])
        part = slice(first, first + int(self.costs.length[first]))
        return int(self._start[part][self._ending()[part].argmin()])

    def _ending(self) -> Float:
        taken = self.step - self._start + 1
        fits = (taken >= self._shortest) & (taken <= self._longest)
        return np.asarray(np.where(fits, (self._sum + self._missing_after) / self.costs.length, np.inf))

    def forget(self, gesture: int) -> None:
        """Forgets what has begun of this gesture."""
        self._sum[self.costs.frame_owner == gesture] = np.inf
