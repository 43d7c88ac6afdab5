"""Silence while no person is in view: levels fade beyond the ranges of their outputs, and come back at once. Pure.

An idle value is where an output goes in poses that nothing was taught about, too: there it should be soft, not gone. So
silence is something else: it comes only when there is no person, after the same pause and in the same time as the way
to the idle values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.mapper import RETURN_S


class IdleSilence:
    """Fades some values to silence; within `RETURN_S` they are back.

    Args:
        floors: by index of the output, the value that is silence, dB.
        after_s: since a person was last in view.
        glide_s: how long the way to silence takes.

    Attributes:
        amount: from 0, nothing is changed, to 1, silence.
    """

    def __init__(self, floors: Mapping[int, float], after_s: float, glide_s: float) -> None:
        self._floors = dict(floors)
        self._after_s = after_s
        self._glide_s = max(glide_s, 1e-3)
        self._time_s: float | None = None
        self._awake_s = -math.inf
        self.amount = 1.0 if floors else 0.0
        self._of_gone = dict.fromkeys(self._floors, 0.0)  # the same, of outputs whose own person has left

    def fade(
        self, values: NDArray[np.float64], time_s: float, *, awake: bool, gone: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """The values (m,), faded by what is due at this step.

        Args:
            values: in units.
            time_s: now, monotonic seconds.
            awake: a person is in view, or a sound is held.
            gone: bool (m,), outputs whose own person has left for so long as outputs hold, though another is in view;
                None for none.
        """
        if not self._floors:
            return values
        passed_s = 0.0 if self._time_s is None else max(0.0, time_s - self._time_s)
        self._time_s = time_s
        if awake:
            self._awake_s = time_s
            self.amount = max(0.0, self.amount - passed_s / RETURN_S)
        elif time_s - self._awake_s > self._after_s:
            self.amount = min(1.0, self.amount + passed_s / self._glide_s)
        for index, amount in self._of_gone.items():
            fading = awake and gone is not None and gone[index]
            step = passed_s / self._glide_s if fading else -passed_s / RETURN_S
            self._of_gone[index] = min(1.0, max(0.0, amount + step))
        if not self.amount and not any(self._of_gone.values()):
            return values
        faded = values.copy()
        for index, floor in self._floors.items():
            faded[index] += max(self.amount, self._of_gone[index]) * (floor - faded[index])
        return faded
