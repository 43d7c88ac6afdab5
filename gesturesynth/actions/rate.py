"""At most so many a second: what is beyond is left out, never kept for later. Pure: time is passed in."""

from __future__ import annotations


class Rate:
    """A bucket that holds the actions of one second, and at least one.

    Args:
        rate_hz: above 0.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._most = max(1.0, rate_hz)
        self._left = self._most
        self._seen_s: float | None = None

    def take(self, now_s: float) -> bool:
        """Whether one more is allowed now; if so, it is counted."""
        if self._seen_s is not None:
            self._left = min(self._most, self._left + max(0.0, now_s - self._seen_s) * self._rate_hz)
        self._seen_s = now_s
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
