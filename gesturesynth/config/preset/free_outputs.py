"""Outputs that move no parameter of an instrument: numbers for other programs, which leave over OSC only."""

from __future__ import annotations

from typing import Final

from gesturesynth.config.preset.output_schema import OutputEntry
from gesturesynth.core.units import UNITS, Unit
from gesturesynth.synthesis.instruments.base import Parameter

FARTHEST: Final = 1e9
"""No end of a range is beyond this, nor below its negative: 32-bit floats, as they are sent, have seven digits."""


def free_parameter(entry: OutputEntry) -> Parameter:
    """What such an output moves instead of a parameter: any number, in the unit that it names, without a glide.

    Args:
        entry: an output without `to`.
    """
    unit: Unit = next((unit for unit in UNITS if unit == entry.unit), "")
    low, high = (-FARTHEST, FARTHEST) if entry.range else (0.0, 1.0)
    return Parameter("value", unit, low, high, "lin", 0.0, 0.0, "A number for other programs.")
