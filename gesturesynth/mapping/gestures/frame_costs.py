"""What a frame of features costs against each frame of each template, all at once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.fitted import FittedGesture

Float = NDArray[np.float64]
Ints = NDArray[np.intp]

GUARD: Final = 3
"""Frames before each template that cost infinitely much: as many as a performance can advance at once."""

GREATEST_COST: Final = 3.0
"""A frame costs at most this, so that one in which the landmarker errs does not spoil a performance."""

UNSEEN_COST: Final = 2.0
"""What a frame costs in which less than `LEAST_SEEN` of what the template shows can be seen."""

LEAST_SEEN: Final = 0.5

HIDDEN_COST: Final = 0.3
"""What a frame costs besides of which nothing else can be seen, by the part that is hidden: an arm out of sight may do
what the gesture asks for, or not."""


EVERY_FRAME: Final = slice(None)


class FrameCosts:
    """The templates of all gestures, one after the other, with guards between: N frames of T templates.

    Attributes:
        index: intp (N,): number of each frame in its template, from 0; below 0 for guards.
        length: intp (N,): frames of its template.
        offsets: intp (T,): where each template begins, with its guards.
        owner: intp (T,): which gesture each template belongs to.
        frame_owner: intp (N,): likewise each frame.
        owned: where the frames of each gesture are, with guards.
        shown: float64 (T,): how much of what makes up its gesture each template shows, 0..1.
    """

    def __init__(self, gestures: Sequence[FittedGesture]) -> None:
        templates = [(number, t.view) for number, gesture in enumerate(gestures) for t in gesture.templates]
        lengths = np.array([len(view) for _, view in templates], dtype=np.intp)
        sizes = lengths + GUARD
        columns = len(gestures[0].weights.view) if gestures else 0
        self.owner: Ints = np.array([number for number, _ in templates], dtype=np.intp)
        self.offsets: Ints = (np.cumsum(sizes) - sizes).astype(np.intp)
        self.frame_owner: Ints = np.repeat(self.owner, sizes)
        ends = np.searchsorted(self.frame_owner, np.arange(len(gestures) + 1)).tolist()
        self.owned: tuple[slice, ...] = tuple(slice(*pair) for pair in itertools.pairwise(ends))
        self.length: Ints = np.repeat(lengths, sizes)
        self.index: Ints = (np.arange(sizes.sum()) - np.repeat(self.offsets, sizes) - GUARD).astype(np.intp)
        weights = np.array([gesture.weights.view for gesture in gestures]).reshape(len(gestures), columns)
        values = np.zeros((len(self.index), columns))
        seen = np.zeros((len(self.index), columns))
        for (number, view), offset in zip(templates, self.offsets, strict=True):
            part = slice(offset + GUARD, offset + GUARD + len(view))
            values[part] = np.where(np.isfinite(view), view, 0.0)
            seen[part] = np.isfinite(view) * weights[number]
        # sum w (x - y)^2 over what both have seen = [m, m x, m x^2] @ [w y^2, -2 w y, w], m: 1 where x is seen.
        # A column for each frame: so the product runs twice as quick as with a row for each.
        self._terms = np.ascontiguousarray(np.hstack([seen * values**2, -2.0 * seen * values, seen]).T)
        self._seen = np.ascontiguousarray(seen.T)
        self._total = weights.sum(axis=1)[self.frame_owner]
        self._show = seen.sum(axis=1)
        self._showing = np.where(self._show > 0.0, self._show, 1.0)
        blank = (self._show <= 0.0) & (self.index >= 0)
        self._least = np.where(self.index < 0, np.inf, np.where(blank, UNSEEN_COST, 0.0))
        fullness = self._total / self._showing
        # The same for an x of which everything is seen, scaled up to what the template does not show.
        self._whole_terms = np.ascontiguousarray(self._terms[columns:] * fullness)
        self._whole_constant = self._terms[:columns].sum(axis=0) * fullness
        share = np.where(self._show > 0.0, self._show / np.where(self._total > 0.0, self._total, 1.0), 0.0)
        self.shown: Float = np.array([share[self.frames_of(t)].mean() for t in range(len(lengths))])

    def frames_of(self, template: int) -> slice:
        """Where its frames are, without guards."""
        first = int(self.offsets[template]) + GUARD
        return slice(first, first + int(self.length[first]))

    def at(self, x: Float, frames: slice = EVERY_FRAME) -> Float:
        """Costs (N,) of features (k,), NaN where not seen; scaled up to what the unseen would add. Guards: infinite.

        Args:
            x: (k,).
            frames: the costs of these alone are computed.
        """
        seen = np.isfinite(x)
        cost: Float
        if seen.all():
            cost = np.concatenate([x, x * x]) @ self._whole_terms[:, frames]
            cost += self._whole_constant[frames]
        else:
            known = np.where(seen, x, 0.0)
            cost = np.concatenate([seen, known, known * known]) @ self._terms[:, frames]
            weight = seen.astype(np.float64) @ self._seen[:, frames]
            enough = (weight >= LEAST_SEEN * self._show[frames]) & (weight > 0.0)
            cost *= self._total[frames] / np.where(enough, weight, 1.0)
            cost += HIDDEN_COST * (1.0 - weight / self._showing[frames])
            cost[~enough] = UNSEEN_COST
        np.minimum(cost, GREATEST_COST, out=cost)
        np.maximum(cost, self._least[frames], out=cost)
        return cost
