"""A pattern while it plays: of the steps of a buffer, those that are struck. Pure; chance is the same each time."""

from __future__ import annotations

import math

from gesturesynth.runtime.pattern_steps import PatternSteps
from gesturesynth.runtime.patterns import PatternSetup
from gesturesynth.runtime.tempo import QUARTERS
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.tempo.cycle import Cycle
from gesturesynth.synthesis.tempo.swing import Beats

PATTERN_PARAMETERS = (
    Parameter("density", "", 0.0, 1.0, "lin", 1.0, 0.0, "How much of the rhythm is struck: from nothing to all."),
    Parameter("chance", "", 0.0, 1.0, "lin", 1.0, 0.0, "How likely each of its strokes is."),
)
"""What outputs can move of every pattern."""


class Pattern:
    """One pattern.

    Args:
        setup: what it strikes.
    """

    def __init__(self, setup: PatternSetup) -> None:
        self.setup = setup
        self._pattern = PatternSteps(setup)
        self._steps = Cycle(setup.every)

    def due(self, beats: Beats, bar: float, density: float, chance: float) -> list[int]:
        """Samples of a buffer at which it strikes.

        Args:
            beats: from `TempoLine.advance`, shape (frames + 1,).
            bar: its length in quarter notes.
            density: 0..1.
            chance: 0..1.
        """
        every = self.setup.every * QUARTERS
        found = []
        for sample in self._steps.ticks(beats).tolist():
            place = float(beats[sample + 1])
            step = math.floor(place / every + 1e-6)
            if self._pattern.strikes(step, bar, density, chance):
                found.append(sample)
        return found
