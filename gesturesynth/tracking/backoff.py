"""Exponential backoff: when to open a lost source again, at longer and longer intervals. Pure: time is passed in."""

from __future__ import annotations

from typing import Final

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 8.0
HEALTHY_AFTER_S: Final = 3.0
"""A stream that has given frames for so long counts as healthy: after it, pauses begin from the shortest one."""


class Backoff:
    """The pauses between attempts to open one source."""

    def __init__(self, longest_pause_s: float = LONGEST_PAUSE_S) -> None:
        self._longest_s = longest_pause_s
        self._pause_s = FIRST_PAUSE_S
        self._due_s = float("-inf")

    def due(self, now_s: float) -> bool:
        """Whether the next attempt is due."""
        return now_s >= self._due_s

    def record_failure(self, now_s: float, streamed_s: float) -> float:
        """An attempt has ended.

        Args:
            now_s: monotonic time.
            streamed_s: for how long it had given frames; 0 without any.

        Returns:
            The pause before the next one, in seconds.
        """
        if streamed_s >= HEALTHY_AFTER_S:
            self._pause_s = FIRST_PAUSE_S
        pause_s = self._pause_s
        self._pause_s = min(2.0 * pause_s, self._longest_s)
        self._due_s = now_s + pause_s
        return pause_s
