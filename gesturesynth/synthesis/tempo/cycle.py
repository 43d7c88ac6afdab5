"""Cycles: a length of note that repeats along the line of beats. Pure: places in, ticks, counts and phases out."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.tempo import QUARTERS
from gesturesynth.synthesis.tempo.swing import Beats

COUNTED: Final = 20160
"""Counts begin again after so many: divisible by 64 and by all numbers to 10, and exact in 32-bit floats."""
_FINEST: Final = 192
"""All lengths of notes are multiples of 1/192 of a whole note."""


class Cycle:
    """One length that repeats; it may change at any time.

    Ticks follow a new length at once, on its own grid. A phase would jump, so it follows where a cycle of both begins.

    Args:
        length: whole notes.

    Attributes:
        length: may be set.
    """

    def __init__(self, length: float) -> None:
        self.length = length
        self._phase_length = length

    def ticks(self, beats: Beats) -> NDArray[np.intp]:
        """Samples at which a cycle begins.

        Args:
            beats: from `TempoLine.advance`, shape (frames + 1,).
        """
        turns = np.floor(beats / (self.length * QUARTERS) + 1e-9)
        return np.flatnonzero(np.diff(turns) > 0)

    def counts(self, beats: Beats) -> Beats:
        """How many cycles have begun before each sample, modulo `COUNTED`, shape (frames,)."""
        return np.asarray(np.mod(np.floor(beats[1:] / (self.length * QUARTERS) + 1e-9), COUNTED), dtype=np.float64)

    def phases(self, beats: Beats) -> Beats:
        """How far each sample is in its cycle, 0 to below 1, shape (frames,)."""
        now = beats[1:] / (self._phase_length * QUARTERS)
        if self._phase_length != self.length:
            both = _common(self._phase_length, self.length) * QUARTERS
            lines = np.flatnonzero(np.diff(np.floor(beats / both + 1e-9)) > 0)
            if lines.size:
                self._phase_length = self.length
                now[lines[0] :] = beats[lines[0] + 1 :] / (self.length * QUARTERS)
        return np.asarray(now - np.floor(now), dtype=np.float64)


def _common(first: float, second: float) -> float:
    """The shortest length that is a multiple of both."""
    one, other = (Fraction(length).limit_denominator(_FINEST) * _FINEST for length in (first, second))
    return lcm(max(1, round(one)), max(1, round(other))) / _FINEST
