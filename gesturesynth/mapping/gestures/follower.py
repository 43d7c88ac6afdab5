"""How far along a gesture is: a left-right Markov chain through the frames of its templates.

After Bevilacqua et al., Continuous realtime gesture following and recognition (2010): each frame of a template is a
state; from one frame to the next a performance stays, advances by one, or leaps; how well a state explains what is seen
follows from the cost of its frame. All templates of a gesture share one probability.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.fitted import STEP_S
from gesturesynth.mapping.gestures.frame_costs import GREATEST_COST, FrameCosts

Float = NDArray[np.float64]

MOVES: Final = (0.28, 0.30, 0.24, 0.18)
"""Probability of advancing by 0, 1, 2 and 3 frames of the template: quicker than the takes is as likely as slower. With
0.30, 0.36, 0.22 and 0.12, quick performances were followed late (error 0.08 instead of 0.07 at twice the tempo)."""

AGAIN: Final = 0.02
"""Probability that the gesture begins at its beginning in this very frame, whatever was before."""

SPREAD: Final = 0.06
"""Cost at which a state explains a frame 2.7 times less well. Costs of real repetitions are 0.01 to 0.3."""

NO_CHANCE: Final = 1e-60
"""A state is never less likely than this. Smaller numbers change nothing, and processors are slow with those whose
squares are below 1e-307."""

LEAST: Final = 1e-100
"""Chances below this say nothing; the gesture is at its beginning."""

SPEED_S: Final = 0.2
"""Speed is the mean over so long: a quick gesture is over in half a second."""

FASTEST_PACE: Final = 4.0
"""A step that is longer than at so many times the tempo is a change of mind about where the performer is."""

SLIPPING: Final = 0.5
"""Nor does a gesture go backwards; but the estimate trembles."""

CLOSENESS_S: Final = 0.15
"""Closeness glides with this time constant."""


class ProgressFollower:
    """Follows all gestures at once.

    Attributes:
        progress: float64 (g,), 0..1: where in the gesture the performer is.
        cost: float64 (g,): of what is seen against that place, smoothed.
        speed: float64 (g,), 0 or above: 1 is the tempo of the takes.
    """

    def __init__(self, costs: FrameCosts, durations_s: Float) -> None:
        self._costs = costs
        self._durations_s = durations_s
        self._place = np.maximum(costs.index, 0) / np.maximum(costs.length - 1, 1)
        self._firsts = np.searchsorted(costs.frame_owner, np.arange(len(durations_s)))
        entry = np.where(costs.index == 0, 1.0, 0.0)
        if len(durations_s):
            entry /= np.maximum(np.add.reduceat(entry, self._firsts)[costs.frame_owner], 1.0)
        self._entry = entry
        self._again = AGAIN * entry
        self._count = len(durations_s)
        self.reset()

    def reset(self) -> None:
        """Every gesture is at its beginning."""
        self._chance = self._entry.copy()
        self.progress = np.zeros(self._count)
        self.cost = np.zeros(self._count)
        self._fresh = True
        self.speed = np.zeros(self._count)
        self._progress_before = self.progress
        self._paces: deque[Float] = deque(maxlen=round(SPEED_S / STEP_S))

    def advance(self, frame_costs: Float) -> None:
        """One frame: `frame_costs` (N,) of `FrameCosts.at`."""
        if not self._count:
            return
        chance = np.convolve(self._chance, MOVES)[: len(self._chance)]
        chance += self._again
        evidence = frame_costs * (-1.0 / SPREAD)
        chance *= np.exp(evidence, out=evidence)  # 0 for the guards between templates
        total = np.add.reduceat(chance, self._firsts)
        if total.min() > LEAST:
            chance *= (1.0 / total).take(self._costs.frame_owner)
        else:
            every = total.take(self._costs.frame_owner)
            chance = np.where(every > LEAST, chance / np.maximum(every, LEAST), self._entry)
        self._chance = np.maximum(chance, NO_CHANCE, out=chance)
        self._measure(frame_costs)

    def _measure(self, frame_costs: Float) -> None:
        # Squares: the likeliest place speaks, and not the middle between two.
        weight = self._chance * self._chance
        total = np.add.reduceat(weight, self._firsts)
        progress = np.add.reduceat(weight * self._place, self._firsts) / total
        self.progress = np.minimum(np.maximum(progress, 0.0), 1.0)
        cost = np.add.reduceat(weight * np.minimum(frame_costs, GREATEST_COST), self._firsts) / total
        glide = STEP_S / (CLOSENESS_S + STEP_S)
        self.cost = cost if self._fresh else self.cost + glide * (cost - self.cost)
        self._fresh = False
        pace = (self.progress - self._progress_before) * self._durations_s / STEP_S
        self._progress_before = self.progress
        if self._paces:  # to begin again is no pace
            pace = np.where((pace >= -SLIPPING) & (pace <= FASTEST_PACE), pace, self._paces[-1])
            self._paces.append(pace)
        else:
            self._paces.append(np.zeros(self._count))
        self.speed = np.minimum(np.maximum(sum(self._paces) / len(self._paces), 0.0), FASTEST_PACE)
