"""When all lamps go out, and how: a factor for all levels. Pure; times are passed in."""

from __future__ import annotations

from typing import Final

from gesturesynth.runtime.piece_state import PieceState

FADE_S: Final = 2.0
"""From full light to none, and back."""
CLOSING_S: Final = 1.0
"""Likewise when the process stops: supervisors wait a few seconds."""
CLOSED: Final = "closed"
PANIC: Final = "panic"
MUTED: Final = "muted"
STOPPING: Final = "stopping"


def dark_reason(state: PieceState, *, when_muted: bool) -> str:
    """Why lamps are to be dark; empty where they are not.

    Args:
        state: of the piece.
        when_muted: whether they are when the sound is muted.
    """
    if state.panic:
        return PANIC
    if state.closed:
        return CLOSED
    return MUTED if state.muted and when_muted else ""


class Dimmer:
    """The factor of now, 0..1.

    Args:
        factor: with which it begins.

    Attributes:
        factor: that all levels are multiplied by.
    """

    def __init__(self, factor: float = 0.0) -> None:
        self.factor = factor
        self._stepped_s: float | None = None

    def step(self, reason: str, now_s: float) -> float:
        """The factor. A panic is dark at once, everything else fades.

        Args:
            reason: from `dark_reason`, or STOPPING.
            now_s: monotonic seconds.
        """
        passed_s = 0.0 if self._stepped_s is None else max(0.0, now_s - self._stepped_s)
        self._stepped_s = now_s
        if reason == PANIC:
            self.factor = 0.0
        elif reason:
            self.factor = max(0.0, self.factor - passed_s / (CLOSING_S if reason == STOPPING else FADE_S))
        else:
            self.factor = min(1.0, self.factor + passed_s / FADE_S)
        return self.factor
