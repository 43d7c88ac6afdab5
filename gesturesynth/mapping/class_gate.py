"""Turns a class per frame into events: a class is entered once, after it has been the likeliest for a while.

It is left in the same way, so that a single wrong frame changes nothing. It is left later than it is entered: while it
stays nearly as certain as it had to be, and no other class is certain enough, it goes on. So a body at the edge of a
pose does not strike again and again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NONE: Final = "none"
"""The class for all other poses: it can be taught and recognised, and never fires."""

LEAVING: Final = 2 / 3
"""Of `ClassRule.min_certainty`: a class that is entered stays down to this. Chosen by strikes and alarms of moving
people (docs/playability.md): none of their strikes is lost, and hardly one is doubled."""


@dataclass(frozen=True)
class ClassRule:
    """When a class counts as entered.

    Attributes:
        hold_s: it must be the likeliest for so long without a break, 0 or above; until then the class before it stays.
        rest_s: for so long after firing it does not fire again, 0 or above.
        min_certainty: a frame counts for it only if its certainty is at least this, 0..1; once it is entered,
            `LEAVING` times this.
    """

    hold_s: float = 0.1
    rest_s: float = 0.25
    min_certainty: float = 0.6

    def __post_init__(self) -> None:
        """Raises ValueError, with a sentence, for numbers out of range."""
        for name, value in (("hold_s", self.hold_s), ("rest_s", self.rest_s)):
            if not 0.0 <= value < math.inf:
                raise ValueError(f"{name} must be a time of 0 s or above, not {value}")
        if not 0.0 <= self.min_certainty <= 1.0:
            raise ValueError(f"min_certainty must be from 0 to 1, not {self.min_certainty}")


DEFAULT_RULE: Final = ClassRule()


class ClassGate:
    """Follows the likeliest class over time.

    Attributes:
        recognised: the class that is entered at present, `none` included; empty when no class is.
    """

    def __init__(self, rules: Mapping[str, ClassRule] | None = None) -> None:
        self.recognised = ""
        self._rules = dict(rules or {})
        self._candidate = ""
        self._since_s = -math.inf
        self._rest_until_s: dict[str, float] = {}

    def observe(self, certainties: Mapping[str, float], time_s: float) -> tuple[str, ...]:
        """Processes one frame.

        Args:
            certainties: of each class, 0..1; empty when no person is in view.
            time_s: of the frame.

        Returns:
            The classes that were entered at this frame: one or none.
        """
        candidate = self._candidate_of(certainties)
        if candidate != self._candidate:
            self._candidate, self._since_s = candidate, time_s
        if candidate == self.recognised:
            return ()
        can_fire = candidate not in ("", NONE)
        rule = self._rule(candidate if can_fire else self.recognised)
        # The tolerance is for frame times such as 3/30 - 0/30 that fall short of 0.1 by rounding.
        if time_s - self._since_s < rule.hold_s - 1e-6:
            return ()
        self.recognised = candidate
        if not can_fire or time_s < self._rest_until_s.get(candidate, -math.inf):
            return ()
        self._rest_until_s[candidate] = time_s + rule.rest_s
        return (candidate,)

    def _candidate_of(self, certainties: Mapping[str, float]) -> str:
        """The class that a frame counts for; empty for none."""
        name, certainty = likeliest(certainties)
        if name and certainty >= self._rule(name).min_certainty:
            return name
        entered = self.recognised
        stays = certainties.get(entered, 0.0) >= LEAVING * self._rule(entered).min_certainty
        return entered if entered in certainties and stays else ""

    def _rule(self, name: str) -> ClassRule:
        return self._rules.get(name, DEFAULT_RULE)


def likeliest(certainties: Mapping[str, float]) -> tuple[str, float]:
    """The class with the greatest certainty, the first of equals, and that; an empty text and 0 without classes."""
    return max(certainties.items(), key=lambda entry: entry[1], default=("", 0.0))
