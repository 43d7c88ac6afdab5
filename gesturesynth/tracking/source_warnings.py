"""Sentences about what is wrong with a source that plays all the same."""

from __future__ import annotations

from collections.abc import Callable

from gesturesynth.core import log

WarningHandler = Callable[[str], None]
"""Takes such a sentence."""


def warn(sentence: str) -> None:
    """Writes it into the log."""
    log.get().warning(sentence)


class WarnOnce:
    """Says each sentence once, however often a source begins again."""

    def __init__(self) -> None:
        self._reported: set[str] = set()

    def __call__(self, sentence: str) -> None:
        """Says it, unless it was said before."""
        if sentence not in self._reported:
            self._reported.add(sentence)
            warn(sentence)
