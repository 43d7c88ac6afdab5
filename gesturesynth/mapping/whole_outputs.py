"""Values of outputs for what is heard: whole numbers and notes step, and do not flutter at a border between two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.outputs import Output

Float = NDArray[np.float64]

HYSTERESIS: Final = 0.2
"""A whole number is left when the value is this far beyond the border to the next: 0.7 away from it. A still person
moves a value by less than 1 % of its range, which is below this for ranges of up to 20 numbers."""


class PlayedValues:
    """Turns positions into values, and remembers the whole numbers that were played last.

    Args:
        outputs: m of them.
    """

    def __init__(self, outputs: Sequence[Output]) -> None:
        self._outputs = tuple(outputs)
        self._last: dict[int, float] = {}
        self._lowest, self._highest = np.array([output.reach for output in outputs]).reshape(-1, 2).T
        plain = [o.warp == "lin" and o.limits is None and not o.whole and not o.notes for o in self._outputs]
        self._others = [(index, output) for index, output in enumerate(self._outputs) if not plain[index]]
        ends = np.array([(o.low, o.high) for o in self._outputs], dtype=np.float64).reshape(-1, 2)
        self._starts, self._spans = ends[:, 0], np.where(plain, ends[:, 1] - ends[:, 0], 0.0)
        self._least, self._most = ends.min(axis=1), ends.max(axis=1)

    def within(self, positions: Float) -> Float:
        """The positions (m,), each within the reach of its output."""
        return np.asarray(np.minimum(np.maximum(positions, self._lowest), self._highest), dtype=np.float64)

    def at(self, positions: Float) -> Float:
        """Values (m,) in units at positions (m,)."""
        # Those that need no thought at once: there may be hundreds, thousands of times a second.
        places = np.minimum(np.maximum(positions, 0.0), 1.0)
        values: Float = np.minimum(np.maximum(self._starts + self._spans * places, self._least), self._most)
        for index, output in self._others:
            value = float(output.fractional_values(positions[index]))
            if output.whole:
                last = self._last.get(index)
                if last is None or not abs(value - last) <= 0.5 + HYSTERESIS:
                    last = self._last[index] = float(np.rint(value))
                value = last
            elif output.notes:
                value = self._note(index, value)
            values[index] = value
        return values

    def _note(self, index: int, value: float) -> float:
        """The note that is played at a value: the last one, until the value is clearly nearer to another."""
        output = self._outputs[index]
        last, nearest = self._last.get(index), float(output.played(np.array(value)))
        if last is not None and last != nearest:
            way = math.log(nearest / last)
            if math.log(value / last) / way <= 0.5 + HYSTERESIS:
                return last
        self._last[index] = nearest
        return nearest
