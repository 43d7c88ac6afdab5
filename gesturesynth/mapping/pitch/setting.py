"""Which pitches an output may play, and how firmly it is led to them: scale, root, tuning, strength and times."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gesturesynth.core.units import Unit
from gesturesynth.mapping.pitch.notes import NAMES, REFERENCE_HZ, note_hz
from gesturesynth.mapping.pitch.scales import OCTAVE, Scale
from gesturesynth.mapping.pitch.tunings import EQUAL, Tuning, retuned

HOLD_S: Final = 0.12
"""A note sounds at least so long. Measured on real movement (docs/scales.md): without it three notes in four are
shorter than 0.1 s, with it none, and what is heard comes 50 ms later; a limit on the speed of the hand adds 200 ms."""
HYSTERESIS_CENTS: Final = 40.0
"""A note is left when the pitch is so far beyond the border to the next: a still hand does not flutter at it."""
MOST_HYSTERESIS: Final = 0.3
"""Of the distance between two notes: with notes close together the next one is always reached well before its place."""
GLIDE_S: Final = 0.01
"""From note to note, where neither the output nor the scale says otherwise: with 4 notes a second 96 % of the time is
in tune (docs/scales.md), and a pitch that is ramped does not click."""
PITCH_UNITS: Final[tuple[Unit, ...]] = ("Hz", "x")
"""Units of outputs that can follow a scale: frequencies, and ratios whose root is 1."""
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class ScaleSetting:
    """A scale at its place, and how it is played.

    Attributes:
        scale: which notes, above the root.
        root: the semitones of the root above C, 0..11.
        tuning: how its semitones are tuned.
        reference_hz: the A above middle C.
        strength: from 0 (free, as without a scale) to 1 (only notes of the scale).
        hold_s: the least duration of a note.
        hysteresis_cents: how far beyond the border between two notes the pitch has to be.
    """

    scale: Scale
    root: int = 0
    tuning: Tuning = EQUAL
    reference_hz: float = REFERENCE_HZ
    strength: float = 1.0
    hold_s: float = HOLD_S
    hysteresis_cents: float = HYSTERESIS_CENTS

    @property
    def root_name(self) -> str:
        """The root as a note: `A`."""
        return NAMES[self.root]

    @property
    def text(self) -> str:
        """For people: `A minor pentatonic, just`."""
        return f"{self.root_name} {self.scale.name}, {self.tuning.name}"

    def notes(self, low: float, high: float, unit: Unit) -> tuple[float, ...]:
        """The notes from `low` to `high`, ascending, both ends included.

        Args:
            low: lower end, above 0, in `unit`.
            high: upper end.
            unit: of `PITCH_UNITS`. A ratio of 1 is the root, whatever the root is called.
        """
        base = 1.0 if unit == "x" else note_hz(self.root, self.reference_hz)
        return tuple(_notes(retuned(self.scale, self.tuning), base, low, high))


def _notes(scale: Scale, base: float, low: float, high: float) -> Iterator[float]:
    period = math.floor(OCTAVE * math.log2(low / base) / scale.period)
    while True:
        for cents in scale.cents:
            value = base * 2.0 ** ((period * scale.period + cents) / OCTAVE)
            if value > high * (1 + _ROUNDING):
                return
            if value >= low * (1 - _ROUNDING):
                yield min(high, max(low, value))
        period += 1
