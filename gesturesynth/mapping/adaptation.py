"""The taught range, stretched or shrunk to the limbs and the reach of the person in view.

Each adaptable feature has a taught range, from the lowest to the highest snapshot, and the range of the visitor, which
is learnt from where movements turn round: a hand goes up, turns, goes down, turns. Before the model, the visitor's
range is moved and scaled onto the taught one. A new visitor begins with the taught range.

Whatever changes does so with the body's movement, never with time: the range moves by at most `SLEW` of the way that
the feature has moved, so that a body that is still cannot hear it; a movement shorter than `SHORT` of the taught range
(trembling, swaying, a vibrato) teaches nothing, however long it lasts. Pure; time is passed in.

Lengths here are in widths of the taught range, from its middle: its ends are -0.5 and 0.5.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.taught_range import TaughtRange

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

GREATEST_STRETCH: Final = 2.0
"""Movement counts at most so many times, and no less than one part in so many."""

FARTHEST: Final = 0.5
"""The middle of the visitor's range is at most so far from that of the taught one."""

SHORT: Final = 0.25
"""A movement up to this length, from one turn to the next, teaches nothing ..."""

LONG: Final = 0.5
"""... and one of this length, the narrowest range that is learnt, all that it can; between them in proportion."""

SLACK: Final = 0.05
"""A movement has turned round when it has come back by twice this."""

FIRST: Final = 3.0
"""How quickly a new visitor is learnt: the n-th turn counts `FIRST / (n + FIRST)` ..."""

LEAST: Final = 0.05
"""... but never less than this, so that the last twenty turns or so count."""

OUTWARD: Final = 0.7
"""A turn beyond the end that was learnt counts at least this: what was reached once can be reached."""

SAME: Final = 0.05
"""Ends that differ from the taught ones by less are the taught ones."""

SLEW: Final = 0.25
"""The ends move by at most this part of the way that the feature has moved since the last frame."""

TAUGHT: Final = np.array([[-0.5], [0.5]])
"""The ends of the taught range."""


class RangeAdaptation:
    """Follows the range of a visitor, and maps features from it onto the taught range.

    Args:
        keep_s: without a person in view, what was learnt is kept for so long ...
        fade_s: ... and is forgotten within this.
        on: see below.

    Attributes:
        on: whether it does anything; to be followed by `change`.
        stretches: (k,), how many times movement counts now, 1 / `GREATEST_STRETCH` to `GREATEST_STRETCH`; of no feature
            while it is off.
    """

    def __init__(self, keep_s: float = 0.5, fade_s: float = 1.5, *, on: bool = False) -> None:
        self.on = on
        self._keep_s, self._fade_s = keep_s, fade_s
        self._seen_s = -math.inf
        self.change(None)

    def change(self, taught: TaughtRange | None) -> None:
        """Begins with another taught range; None for none."""
        low, high = (taught.low.view, taught.high.view) if self.on and taught else (np.zeros(0), np.zeros(0))
        self._adaptable = np.asarray(high > low, dtype=np.bool_)
        self._width = np.where(self._adaptable, high - low, 1.0)
        self._middle = np.where(self._adaptable, (low + high) / 2.0, 0.0)
        self.reset()

    def reset(self) -> None:
        """Forgets the visitor."""
        count = len(self._width)
        self._new = np.zeros(count, dtype=np.bool_)  # features that begin with another visitor
        self._place: Float | None = None  # follows the feature with some slack; None before the first body
        self._turn = np.zeros(count)  # where the present movement began
        self._side = np.zeros(count)  # where it goes: 1 up, -1 down, 0 not known yet
        self._turns = np.zeros((2, count))  # how much was learnt about the lower and the upper end
        self._learnt = np.repeat(TAUGHT, count, axis=1)  # the ends of the visitor's range
        self._aim = self._learnt  # the same, within bounds
        self._ends = self._learnt  # those in use, which follow
        self.stretches = np.ones(count)

    def reset_of(self, changed: Bools) -> None:
        """Forgets one of several visitors: the one of the features that are `changed`, (k,)."""
        if not len(self._width):
            return
        self._new |= changed
        self._side, self.stretches = np.where(changed, 0.0, self._side), np.where(changed, 1.0, self.stretches)
        self._turns = np.where(changed, 0.0, self._turns)
        self._learnt, self._aim, self._ends = (
            np.where(changed, TAUGHT, ends) for ends in (self._learnt, self._aim, self._ends)
        )

    def adapted(self, values: Float, seen: Bools, time_s: float, predicted: Float | None = None) -> Float:
        """The features (k,) of a frame with a person, in terms of the taught range; learns from those that are seen.

        Args:
            values: (k,), finite.
            seen: (k,), which were measured in this frame.
            time_s: monotonic seconds.
            predicted: (k,), finite, adapted in the place of `values`. Nothing is learnt from it: predictions overshoot
                where a movement turns, and must not widen the range.
        """
        played = values if predicted is None else predicted
        if not self._adaptable.any():
            return played
        self._forget(time_s)
        u = (values - self._middle) / self._width
        if self._place is None:
            self._place = self._turn = u
        elif self._new.any():
            self._place, self._turn = np.where(self._new, u, self._place), np.where(self._new, u, self._turn)
            self._new[:] = False
        self._learn(self._place, u, seen & self._adaptable)
        middle = (self._ends[0] + self._ends[1]) * 0.5
        if predicted is not None:
            u = (predicted - self._middle) / self._width
        return np.where(self._adaptable, self._middle + self._width * self.stretches * (u - middle), played)

    def _learn(self, place: Float, u: Float, counted: Bools) -> None:
        followed = np.where(counted, np.minimum(np.maximum(place, u - SLACK), u + SLACK), place)
        step = followed - place
        self._place = followed
        if not step.any():
            return
        if (step * self._side < 0.0).any():
            self._take_turns(place, step * self._side < 0.0)
        self._side = np.where(step == 0.0, self._side, np.sign(step))
        way = SLEW * np.abs(step)
        self._ends = self._ends + np.minimum(np.maximum(self._aim - self._ends, -way), way)
        self.stretches = 1.0 / (self._ends[1] - self._ends[0])

    def _take_turns(self, place: Float, turned: Bools) -> None:
        """Learns from movements that have turned round, (k,)."""
        turn = place + self._side * SLACK
        weight = np.where(turned, np.clip((np.abs(turn - self._turn) - SHORT) / (LONG - SHORT), 0.0, 1.0), 0.0)
        self._turn = np.where(turned, turn, self._turn)
        side = np.array([[-1.0], [1.0]])
        counts = np.where(self._side == side, weight, 0.0)
        self._turns = self._turns + counts
        share = np.maximum(FIRST / (self._turns + FIRST), LEAST)
        share = np.where((turn - self._learnt) * side > 0.0, np.maximum(share, OUTWARD), share)
        self._learnt = self._learnt + share * counts * (turn - self._learnt)
        ends = np.where(np.abs(self._learnt - TAUGHT) < SAME, TAUGHT, self._learnt)
        width = np.clip(ends[1] - ends[0], 1.0 / GREATEST_STRETCH, GREATEST_STRETCH)
        middle = np.clip((ends[0] + ends[1]) * 0.5, -FARTHEST, FARTHEST)
        self._aim = middle + TAUGHT * width

    def _forget(self, time_s: float) -> None:
        """Goes back towards the taught range for the time without a person."""
        absent_s, self._seen_s = time_s - self._seen_s, time_s
        if absent_s <= self._keep_s or self._place is None:
            return
        kept = 1.0 - (absent_s - self._keep_s) / self._fade_s if self._fade_s > 0.0 else 0.0
        if kept <= 0.0:
            self.reset()
            return
        self._place = None
        self._side = np.zeros_like(self._side)
        self._turns = self._turns * kept
        self._learnt, self._aim, self._ends = (
            TAUGHT + kept * (ends - TAUGHT) for ends in (self._learnt, self._aim, self._ends)
        )
        self.stretches = 1.0 / (self._ends[1] - self._ends[0])
