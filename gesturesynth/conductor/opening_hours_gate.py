"""Opening hours while the installation plays: they fade the sound out when it closes and in when it opens.

Whether it is open is computed every second from the wall clock alone: no timer runs towards a time, so after a clock
was set, or has jumped, the next second is right again. The progress of a fade follows monotonic time.

A person may open while it is closed, or close while it is open. That holds for this interval of the hours: when they
change next, or when the clock is in another interval, the hours decide again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from gesturesynth.config.opening_hours import Hours, Opening

CHECK_S: Final = 1.0
FADE_DB: Final = -60.0
"""A fade goes down to here, evenly in decibels, and then to silence."""
MANUAL_FADE_S: Final = 0.5
"""Where a person opens, the sound is back at once."""


class ManualOverride(msgspec.Struct, frozen=True):
    """What a person decided, and until when it holds: the end of the interval (seconds since 1970; None: no end)."""

    open: bool
    until: float | None


class OpeningHoursGate:
    """Gives a gain for the present time, by opening hours and a person's decision.

    Args:
        hours: when it is open; None for always.
        fade_s: from sound to silence, and back.
        wall_clock: the time of day, with its zone.
        manual: what a person had decided before this process began.

    Attributes:
        manual: what a person has decided; None where the hours decide.
    """

    def __init__(
        self,
        hours: Hours | None,
        fade_s: float,
        wall_clock: Callable[[], datetime],
        manual: ManualOverride | None = None,
    ) -> None:
        self.manual = manual if hours else None
        self._hours = hours
        self._fade_s = fade_s
        self._wall_clock = wall_clock
        self._opening = Opening(open=True, until=None)
        self._check_due_s = -math.inf
        self._now_s: float | None = None
        self._openness = 1.0  # 1 open, 0 silent
        self._current_fade_s = fade_s

    @property
    def has_hours(self) -> bool:
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
        if not self.has_hours:
            return ""
        by_hand = " by hand" if self.manual else ""
        return f"{'open' if self.open else 'closed'}{by_hand}{f' until {self.until}' if self.until else ''}"

    @property
    def gain_db(self) -> float:
        """To be added to the volume, in dB: 0 when it is open, `FADE_DB` when it is closed."""
        return FADE_DB * (1.0 - self._openness)

    @property
    def silent(self) -> bool:
        """Whether it is silent: closed, and the fade is over."""
        return self._openness <= 0.0

    def update(self, now_s: float) -> bool:
        """Advances the fade to `now_s`; whether `status_text` has changed."""
        text = self.status_text
        if self._hours and now_s >= self._check_due_s:
            self._check_due_s = now_s + CHECK_S
            self._check_hours(self._hours)
        passed_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        target = 1.0 if self.open else 0.0
        if self._now_s is None:  # at the start there is no fade: the engine fades in by itself
            self._openness = target
        else:
            far = passed_s / self._current_fade_s if self._current_fade_s > 0.0 else 1.0
            self._openness += min(max(target - self._openness, -far), far)
        self._now_s = now_s
        return self.status_text != text

    def set(self, *, on: bool) -> None:
        """Opens or closes until the hours change next; does nothing where there are no hours."""
        if not self._hours:
            return
        self.manual = None if on == self._opening.open else ManualOverride(on, self._opening.until)
        self._current_fade_s = min(MANUAL_FADE_S, self._fade_s) if on else self._fade_s

    def _check_hours(self, hours: Hours) -> None:
        before = self.open
        self._opening = hours.at(self._wall_clock())
        if self.manual and (self.manual.until != self._opening.until or self.manual.open == self._opening.open):
            self.manual = None
        if self.open != before:
            self._current_fade_s = self._fade_s
