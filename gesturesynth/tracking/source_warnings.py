"""Warnings about a source that plays all the same: of clips and of skeleton recordings, hence a module of its own."""

from __future__ import annotations

from collections.abc import Callable

from gesturesynth.core import log

WarningHandler = Callable[[str], None]
"""Receives a warning: a sentence for people."""


def warn(message: str) -> None:
    """Logs a warning."""
    log.get().warning("source fault found", message=message)


class WarnOnce:
    """Logs each warning once, also for a source that is played in a loop."""

    def __init__(self) -> None:
        self._reported: set[str] = set()

    def __call__(self, message: str) -> None:
        """Logs a warning, unless it was logged before."""
        if message not in self._reported:
            self._reported.add(message)
            warn(message)
