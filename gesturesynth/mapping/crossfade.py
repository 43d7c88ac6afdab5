"""Crossfades: how an output moves from what sounds to what comes next, when the source of its values changes."""

from __future__ import annotations

import math
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Part = TypeVar("Part", float, Float)

MAX_RANGES_PER_S: Final = 1.0
"""When the model changes, or a held sound is released, no output moves faster than this; the crossfade takes as long as
needed. At 60 steps a second, less than 2 % of the range a step."""

MAX_CROSSFADE_STEP_S: Final = 0.018
"""A step of such a crossfade counts as this at most, so that it stays even while a fit keeps the computer busy."""

MAX_SLOPE: Final = 1.5
"""Slope of `smooth` in its middle, where it is steepest."""


class OutputCrossfade:
    """The crossfade of all outputs from what sounded when it began; positions are float64 (m,), 0..1.

    Args:
        positions: what sounds.
        duration_s: of a crossfade, as long as none has begun.
    """

    def __init__(self, positions: Float, duration_s: float) -> None:
        self._from = positions
        self._done = np.ones(len(positions))  # 0..1
        self._duration_s: Float = np.full(len(positions), duration_s)
        self._most_step_s = math.inf

    def begin(self, positions: Float, duration_s: Float | float, most_step_s: float = math.inf) -> None:
        """Begins at what sounds now.

        Args:
            positions: what sounds.
            duration_s: of each output, (m,), or of all; 0: at once.
            most_step_s: a step counts as this at most.
        """
        durations_s = np.broadcast_to(duration_s, positions.shape)
        self._from, self._duration_s, self._most_step_s = positions, np.maximum(durations_s, 1e-3), most_step_s
        self._done = np.where(durations_s > 0.0, 0.0, 1.0)

    def advance(self, passed_s: float) -> None:
        """Moves on by a step."""
        self._done = np.minimum(1.0, self._done + min(passed_s, self._most_step_s) / self._duration_s)

    def positions(self, target: Float) -> Float:
        """What sounds now, on the way to `target`."""
        return np.asarray(self._from + smooth(self._done) * (target - self._from), dtype=np.float64)


def smooth(part: Part) -> Part:
    """0..1 to 0..1 with level ends, element by element: 3p^2 - 2p^3; its slope is 1.5 at most."""
    return part * part * (3.0 - 2.0 * part)
