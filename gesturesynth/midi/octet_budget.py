"""How many octets may leave: as many as a MIDI cable carries. Pure: time is passed in."""

from __future__ import annotations

from typing import Final

OCTETS_PER_S: Final = 3125.0
"""31,250 baud, ten bits an octet (MIDI 1.0 Electrical Specification). USB carries more, but what stands behind it often
is a cable."""
MOST_AT_ONCE: Final = 96
"""What a receiver has to keep meanwhile: thirty milliseconds of a cable."""


class OctetBudget:
    """A bucket of octets. Notes and the clock may overdraw it, since they must not wait; controllers wait."""

    def __init__(self) -> None:
        self._left = float(MOST_AT_ONCE)
        self._at_s: float | None = None

    def spend(self, octets: int) -> None:
        """Something was sent."""
        self._left = max(self._left - octets, -float(MOST_AT_ONCE))

    def left(self, now_s: float) -> int:
        """How many may leave now; `now_s` is monotonic."""
        if self._at_s is not None:
            self._left = min(MOST_AT_ONCE, self._left + max(0.0, now_s - self._at_s) * OCTETS_PER_S)
        self._at_s = now_s
        return int(self._left)
