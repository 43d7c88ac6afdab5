"""Probabilities of classes as something that outputs can follow and other programs can get: they glide. Pure.

A classifier's probability can leap from one frame to the next. What is read here follows it within `GLIDE_S`, and falls
to 0 in the same way when no person is in view.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

PROBABILITY: Final = "probability"
"""What can be told of a class, as in `up.probability`."""

CLASS_QUANTITIES: Final = (PROBABILITY,)

GLIDE_S: Final = 0.06
"""Time constant: after so long two thirds of a leap are done, after 0.2 s all but 4 %. Classes are held for 0.08 s."""


class ClassProbabilities:
    """Follows the probabilities of all classes over time.

    Attributes:
        now: by class, 0..1; a class that the model does not know is not in it.
    """

    def __init__(self) -> None:
        self.now: dict[str, float] = {}
        self._targets: Mapping[str, float] = {}
        self._time_s: float | None = None

    def aim(self, certainties: Mapping[str, float]) -> None:
        """Follows these from now on, 0..1 by class; a class that is not in it is known no more."""
        self._targets = certainties
        self.now = {name: self.now.get(name, 0.0) for name in certainties}

    def leave(self) -> None:
        """No person is in view: all fall to 0."""
        self._targets = dict.fromkeys(self._targets, 0.0)

    def readings(self, time_s: float) -> dict[str, float]:
        """Moves on to a time, monotonic seconds, and gives the readings, 0..1, by `CLASS.probability`."""
        passed_s = 0.0 if self._time_s is None else max(time_s - self._time_s, 0.0)
        self._time_s = time_s
        part = 1.0 - math.exp(-passed_s / GLIDE_S)
        self.now = {name: value + part * (self._targets[name] - value) for name, value in self.now.items()}
        return probability_readings(self.now)


def probability_readings(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Readings by `CLASS.probability`."""
    return {f"{name}.{PROBABILITY}": value for name, value in probabilities.items()}
