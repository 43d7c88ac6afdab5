"""The values of what there is once for all voices, such as buses: those of the voice that leads. Pure; time comes in.

When another voice leads, they cross over to its values as outputs do to another person: no output jumps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.crossfade import smooth

Float = NDArray[np.float64]


class SharedValues:
    """Follows the values of one voice, and crosses over to another one.

    Args:
        crossfade_s: how long that takes.
    """

    def __init__(self, crossfade_s: float) -> None:
        self._crossfade_s = max(crossfade_s, 1e-3)
        self._lead: int | None = None
        self._from: Float | None = None
        self._newest: Float | None = None
        self._begun_s = 0.0

    def follow(self, values: Float, lead: int, time_s: float) -> Float:
        """The values now, float64 (m,).

        Args:
            values: of the voice that leads, (m,), in units.
            lead: which voice that is.
            time_s: now, monotonic seconds.
        """
        if lead != self._lead:
            self._from, self._begun_s, self._lead = self._newest, time_s, lead
        part = (time_s - self._begun_s) / self._crossfade_s
        if self._from is None or part >= 1.0:
            self._newest, self._from = values, None
        else:
            self._newest = self._from + smooth(np.full_like(values, max(part, 0.0))) * (values - self._from)
        return self._newest
