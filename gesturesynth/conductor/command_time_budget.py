"""How much time the conductor may spend on commands, so that the sound is never late because of them. Pure.

Between two ticks of the loop there is time for commands; when it is used up, the other commands wait for the next tick.
On a computer that has no time to spare, each command delays the next tick: so the share is halved whenever a tick
comes late, for any reason, and grows back while ticks come on time. It never shrinks to nothing: it must stay possible
to lower the volume of a computer that is too busy.
"""

from __future__ import annotations

from typing import Final

MOST_S: Final = 0.006
"""Of each tick's sixtieth of a second: some sixty commands, or 3,500 a second."""
LEAST_S: Final = 0.0002
"""Some two commands, or 120 a second."""
GROWTH: Final = 1 / 40
"""Of the most, at each tick that comes on time: two thirds of a second from the least to the most."""
LATE_S: Final = 0.003
"""A fifth of a tick."""
PROMPT_S: Final = MOST_S / 2
PORTION_S: Final = 0.002
"""After this time, at most, the loop checks for a new pose."""


class CommandTimeBudget:
    """The time for commands in each tick.

    Attributes:
        share_s: the time in a whole tick, `LEAST_S` to `MOST_S`.
        left_s: what is left of it in this tick.
    """

    def __init__(self) -> None:
        self.share_s = MOST_S
        self.left_s = MOST_S

    def begin_tick(self, late_s: float) -> None:
        """A tick begins, late by so many seconds; below 0 when a pose made it come before its time."""
        if late_s > LATE_S:
            self.share_s = max(LEAST_S, self.share_s / 2)
        else:
            self.share_s = min(MOST_S, self.share_s + GROWTH * MOST_S)
        self.left_s = self.share_s

    @property
    def may_wake_loop(self) -> bool:
        """Whether a command may wake the loop. Where ticks come late, it waits for the next one: waking costs time."""
        return self.share_s >= PROMPT_S and self.left_s > 0.0

    @property
    def portion_s(self) -> float:
        """How long to poll for commands now; 0 when the time of this tick is used up."""
        return max(0.0, min(PORTION_S, self.left_s))

    def spend(self, seconds: float) -> None:
        """Takes the time that was used from what is left."""
        self.left_s -= seconds
