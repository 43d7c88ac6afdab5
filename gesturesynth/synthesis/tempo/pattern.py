"""A pattern while it plays: of the steps of a buffer, those that are struck. Pure; chance is the same each time."""

from __future__ import annotations

import math
import zlib

from gesturesynth.runtime.patterns import PatternSetup
from gesturesynth.runtime.tempo import QUARTERS
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.tempo.cycle import Cycle
from gesturesynth.synthesis.tempo.rhythm import struck
from gesturesynth.synthesis.tempo.swing import Beats

PATTERN_PARAMETERS = (
    Parameter("density", "", 0.0, 1.0, "lin", 1.0, 0.0, "How much of the rhythm is struck: from nothing to all."),
    Parameter("chance", "", 0.0, 1.0, "lin", 1.0, 0.0, "How likely each of its strokes is."),
)
"""What outputs can move of every pattern."""
_MASK = (1 << 64) - 1


class Pattern:
    """One pattern.

    Args:
        setup: what it strikes.
    """

    def __init__(self, setup: PatternSetup) -> None:
        self.setup = setup
        self._seed = zlib.crc32(setup.name.encode())
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
            if self._strikes(step, step * every, bar, density, chance):
                found.append(sample)
        return found

    def _strikes(self, step: int, place: float, bar: float, density: float, chance: float) -> bool:
        setup = self.setup
        bars = math.floor(place / bar + 1e-6)
        if setup.fill is not None and bars % setup.bars == setup.bars - 1:
            cells = struck(setup.fill, 1.0)
            return cells[round((place - bars * bar) / (setup.every * QUARTERS)) % len(cells)]
        cells = struck(setup.rhythm, density)
        turns = step // len(cells)
        return cells[(step - setup.rotate - turns * setup.turn) % len(cells)] and self._random(step) < chance

    def _random(self, step: int) -> float:
        """A number from 0 to below 1 for each step, the same for the same pattern (SplitMix64 by Sebastiano Vigna)."""
        mixed = (self._seed * 0x9E3779B97F4A7C15 + (step + 1) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return float((mixed ^ (mixed >> 31)) >> 11) / float(1 << 53)
