"""The doors: opening hours while it plays. They say how loud the place is now, on top of everything else.

Whether it is open is asked anew every second, of the wall clock alone: no timer runs towards a time, so a clock that
was set, or jumps, is right again at the next question. How far a fade has come is a matter of monotonic time.

A hand may open what is closed, or close what is open. That holds for this stretch of the hours: when they change next,
or when the clock says that we are in another stretch, they decide again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from gesturesynth.config.opening_hours import Hours, Opening

ASK_S: Final = 1.0
FADE_DB: Final = -60.0
"""A fade goes down to here, evenly in decibels, and then to silence."""
HAND_FADE_S: Final = 0.5
"""A hand that opens is heard at once."""


class ManualOverride(msgspec.Struct, frozen=True):
    """What a hand decided, and the end of the stretch for which it did (seconds since 1970; None: without an end)."""

    open: bool
    until: float | None


class OpeningHoursGate:
    """One pair of doors.

    Args:
        hours: when it is open; None for always.
        fade_s: from sound to silence, and back.
        wall: the wall clock, with its zone.
        by_hand: what a hand had decided before this process began.

    Attributes:
        by_hand: what a hand has decided; None where the hours do.
    """

    def __init__(
        self,
        hours: Hours | None,
        fade_s: float,
        wall: Callable[[], datetime],
        by_hand: ManualOverride | None = None,
    ) -> None:
        self.manual = by_hand if hours else None
        self._hours = hours
        self._fade_s = fade_s
        self._wall = wall
        self._opening = Opening(open=True, until=None)
        self._ask_s = -math.inf
        self._now_s: float | None = None
        self._openness = 1.0  # 1 open, 0 silent
        self._pace_s = fade_s

    @property
    def override(self) -> bool:
        """Whether there are hours at all."""
        return self._hours is not None

    @property
    def open(self) -> bool:
        """Whether it is open now."""
        return self.manual.open if self.manual else self._opening.open

    @property
    def until(self) -> str:
        """When the hours change next, `Tue 10:00`; empty when they never do."""
        return (
            self._hours.format_instant(self._opening.until) if self._hours and self._opening.until is not None else ""
        )

    @property
    def status_text(self) -> str:
        """`closed until Tue 10:00`, `open by hand until Tue 10:00`; empty where there are no hours."""
        if not self.override:
            return ""
        hand = " by hand" if self.manual else ""
        return f"{'open' if self.open else 'closed'}{hand}{f' until {self.until}' if self.until else ''}"

    @property
    def gain_db(self) -> float:
        """What the fade takes from the volume: 0 when it is open, `FADE_DB` when it is closed."""
        return FADE_DB * (1.0 - self._openness)

    @property
    def silent(self) -> bool:
        """Whether it is silent: closed, and the fade is over."""
        return self._openness <= 0.0

    def update(self, now_s: float) -> bool:
        """Lets time pass; whether `words` has changed."""
        text = self.status_text
        if self._hours and now_s >= self._ask_s:
            self._ask_s = now_s + ASK_S
            self._ask(self._hours)
        passed_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        target = 1.0 if self.open else 0.0
        if self._now_s is None:  # what began is at its place; the engine fades in by itself
            self._openness = target
        else:
            far = passed_s / self._pace_s if self._pace_s > 0.0 else 1.0
            self._openness += min(max(target - self._openness, -far), far)
        self._now_s = now_s
        return self.status_text != text

    def set(self, *, on: bool) -> None:
        """A hand opens, or closes, until the hours change next; nothing happens where there are none."""
        if not self._hours:
            return
        self.manual = None if on == self._opening.open else ManualOverride(on, self._opening.until)
        self._pace_s = min(HAND_FADE_S, self._fade_s) if on else self._fade_s

    def _ask(self, hours: Hours) -> None:
        before = self.open
        self._opening = hours.at(self._wall())
        if self.manual and (self.manual.until != self._opening.until or self.manual.open == self._opening.open):
            self.manual = None
        if self.open != before:
            self._pace_s = self._fade_s
