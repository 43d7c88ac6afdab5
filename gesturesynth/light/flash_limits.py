"""How many flashes people see in a second, for those whom flicker makes ill. Pure; times are passed in.

Three flashes in a second are the usual limit (WCAG 2.2, 2.3.1; ITU-R BT.1702-3). A flash is a pair of opposing changes
of a tenth of full light or more. Two limits work one behind the other: `FlashGate` for the flashes that a preset asks
for, of all lamps together, and `SwingLimiter` for whatever makes the brightness of one lamp, or one of its components,
go up and down.
"""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW_S: Final = 1.0
SWING: Final = 0.1
"""A change that counts, as a part of full light."""
_UNDER: Final = 0.999 * SWING
"""How far a level may rise that may not flash."""


class FlashGate:
    """Says which flashes may be: at most `most` in any second, those of one moment counting as one.

    Attributes:
        withheld: how many were refused.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: deque[float] = deque()
        self.withheld = 0

    def allow(self, now_s: float) -> bool:
        """Whether lamps may flash now; counts it."""
        if _room(self._times, self._most, now_s):
            self._times.append(now_s)
            return True
        self.withheld += 1
        return False


class SwingLimiter:
    """Follows a level, but lets it rise by a tenth or more at most `most` times in any second.

    Falling is always allowed, so that lamps can go out at once. A rise that may not be stops below a tenth, and goes on
    as soon as it may.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._rises: deque[float] = deque()
        self._level = self._low = self._peak = 0.0
        self._rising = False

    def step(self, target: float, now_s: float) -> float:
        """The level for this target, 0..1."""
        if self._rising:
            self._level = target
            self._peak = max(self._peak, target)
            if self._peak - target >= SWING:
                self._rising, self._low = False, target
        elif target < self._low + SWING:
            self._level = target
            self._low = min(self._low, target)
        elif _room(self._rises, self._most, now_s):
            self._rises.append(now_s)
            self._rising, self._level, self._peak = True, target, target
        else:
            self._level = self._low + _UNDER
        return self._level


def _room(times: deque[float], most: int, now_s: float) -> bool:
    while times and now_s - times[0] > WINDOW_S:
        times.popleft()
    return len(times) < most
