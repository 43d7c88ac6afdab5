"""From a guess a frame to events: a class is entered once, after it has won for a while, and leaves in the same way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NONE: Final = "none"
"""The class of standing about: it can be taught and recognised, and never fires."""


@dataclass(frozen=True)
class ClassRule:
    """When a class counts as entered.

    Attributes:
        hold_s: it must win for so long without a break, 0 or above; the class before it stays as long.
        rest_s: after firing it does not fire again for so long, 0 or above.
        minimum: a frame counts for it only if the belief in it is at least this, 0..1.
    """

    hold_s: float = 0.1
    rest_s: float = 0.25
    minimum: float = 0.6

    def __post_init__(self) -> None:
        """Raises ValueError, with a sentence, for numbers out of range."""
        for name, value in (("hold_s", self.hold_s), ("rest_s", self.rest_s)):
            if not 0.0 <= value < math.inf:
                raise ValueError(f"{name} must be a time of 0 s or above, not {value}")
        if not 0.0 <= self.minimum <= 1.0:
            raise ValueError(f"minimum must be from 0 to 1, not {self.minimum}")


DEFAULT_RULE: Final = ClassRule()


class ClassGate:
    """Follows guesses over time.

    Attributes:
        recognised: the class that is entered now, `none` included; empty when there is none.
    """

    def __init__(self, rules: Mapping[str, ClassRule] | None = None) -> None:
        self.recognised = ""
        self._rules = dict(rules or {})
        self._candidate = ""
        self._since_s = -math.inf
        self._rested_s: dict[str, float] = {}

    def observe(self, name: str, belief: float, time_s: float) -> tuple[str, ...]:
        """Takes the guess of one frame.

        Args:
            name: the likeliest class; empty for nobody.
            belief: in it, 0..1.
            time_s: of the frame.

        Returns:
            The classes that were entered just now: one or none.
        """
        candidate = name if name and belief >= self._rule(name).minimum else ""
        if candidate != self._candidate:
            self._candidate, self._since_s = candidate, time_s
        if candidate == self.recognised:
            return ()
        eventful = candidate not in ("", NONE)
        rule = self._rule(candidate if eventful else self.recognised)
        # The tolerance is for frame times such as 3/30 - 0/30 that fall short of 0.1 by rounding.
        if time_s - self._since_s < rule.hold_s - 1e-6:
            return ()
        self.recognised = candidate
        if not eventful or time_s < self._rested_s.get(candidate, -math.inf):
            return ()
        self._rested_s[candidate] = time_s + rule.rest_s
        return (candidate,)

    def _rule(self, name: str) -> ClassRule:
        return self._rules.get(name, DEFAULT_RULE)
