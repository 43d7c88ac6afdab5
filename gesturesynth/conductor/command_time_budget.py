"""How much time the conductor may spend on commands, so that what sounds is never late because of them. Pure.

Between two steps there is time for commands, and what is left of it when all of it was used waits for the next step.
On a computer that has no time to spare, each command makes the next step later: so the share is halved whenever a step
comes late, for whatever reason, and grows back while steps come on time. It never shrinks to nothing, or nobody could
lower the volume of a computer that is too busy.
"""

from __future__ import annotations

from typing import Final

MOST_S: Final = 0.006
"""Of each step's sixtieth of a second: some sixty commands, or 3,500 a second."""
LEAST_S: Final = 0.0002
"""Some two commands, or 120 a second."""
GROWTH: Final = 1 / 40
"""Of the most, at each step that comes on time: two thirds of a second from the least to the most."""
LATE_S: Final = 0.003
"""A fifth of a step."""
PROMPT_S: Final = MOST_S / 2
PORTION_S: Final = 0.002
"""At most so long without looking whether there is a new pose."""


class CommandTimeBudget:
    """The time for commands of one step after the other.

    Attributes:
        share_s: what a step gives, `LEAST_S` to `MOST_S`.
        left_s: what is left of this step's.
    """

    def __init__(self) -> None:
        self.share_s = MOST_S
        self.left_s = MOST_S

    def step(self, late_s: float) -> None:
        """A step begins, so much later than it should have; below 0 when it came before its time, with a pose."""
        if late_s > LATE_S:
            self.share_s = max(LEAST_S, self.share_s / 2)
        else:
            self.share_s = min(MOST_S, self.share_s + GROWTH * MOST_S)
        self.left_s = self.share_s

    @property
    def promptly(self) -> bool:
        """Whether a command may wake the loop. Where steps come late, it waits for the next: waking has its price."""
        return self.share_s >= PROMPT_S and self.left_s > 0.0

    @property
    def portion_s(self) -> float:
        """How long to listen now; 0 when this step's time is used up."""
        return max(0.0, min(PORTION_S, self.left_s))

    def spent(self, seconds: float) -> None:
        """So much of it was used."""
        self.left_s -= seconds
