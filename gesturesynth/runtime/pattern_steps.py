"""Which steps of a pattern are struck: the same in every process that asks, chance included. Pure."""

from __future__ import annotations

import math
import zlib
from typing import Final

from gesturesynth.runtime.patterns import PatternSetup
from gesturesynth.runtime.rhythm import struck
from gesturesynth.runtime.tempo import QUARTERS

_MASK: Final = (1 << 64) - 1


class PatternSteps:
    """The steps of one pattern.

    Args:
        setup: what it strikes.
    """

    def __init__(self, setup: PatternSetup) -> None:
        self.setup = setup
        self._seed = zlib.crc32(setup.name.encode())

    def strikes(self, step: int, bar: float, density: float, chance: float) -> bool:
        """Whether a step is struck.

        Args:
            step: counted from the beginning of the line of beats.
            bar: its length in quarter notes.
            density: 0..1.
            chance: 0..1.
        """
        setup = self.setup
        every = setup.every * QUARTERS
        place = step * every
        bars = math.floor(place / bar + 1e-6)
        if setup.fill is not None and bars % setup.bars == setup.bars - 1:
            cells = struck(setup.fill, 1.0)
            return cells[round((place - bars * bar) / every) % len(cells)]
        cells = struck(setup.rhythm, density)
        turns = step // len(cells)
        return cells[(step - setup.rotate - turns * setup.turn) % len(cells)] and self._random(step) < chance

    def _random(self, step: int) -> float:
        """A number from 0 to below 1 for each step, the same for the same pattern (SplitMix64 by Sebastiano Vigna)."""
        mixed = (self._seed * 0x9E3779B97F4A7C15 + (step + 1) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return float((mixed ^ (mixed >> 31)) >> 11) / float(1 << 53)
