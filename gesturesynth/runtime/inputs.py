"""Inputs: numbers that another program sends, to be features beside those of the camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PORT: Final = 6448
"""Where inputs arrive, UDP: that of Wekinator."""
MOST_VALUES: Final = 512
"""Of one input."""
SILENT_AFTER_S: Final = 1.0
"""An input that says nothing about its rate counts as unseen after so long without a message, seconds."""
MISSED: Final = 5
"""One that does, after so many messages that did not come, but not before `SILENT_AT_LEAST_S`."""
SILENT_AT_LEAST_S: Final = 0.25


EAR_ADDRESS: Final = ""
"""Of the input whose values come from the microphone."""


@dataclass(frozen=True)
class InputSetup:
    """One input.

    Attributes:
        name: the first part of its features: `phone.1`, `phone.2`.
        address: OSC address at which it arrives.
        count: how many numbers a message has, 1 to MOST_VALUES.
        low, high: their usual range.
        rate_hz: how many messages a second are expected; 0 where that is not known.
        midi: what of MIDI it is, such as `control 74`; empty for one that arrives at an OSC address.
    """

    name: str
    address: str
    count: int
    low: float = 0.0
    high: float = 1.0
    rate_hz: float = 0.0
    midi: str = ""

    @property
    def silent_after_s(self) -> float:
        """How long after its newest message it counts as unseen, seconds."""
        return max(SILENT_AT_LEAST_S, MISSED / self.rate_hz) if self.rate_hz > 0 else SILENT_AFTER_S
