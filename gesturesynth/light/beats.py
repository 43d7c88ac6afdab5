"""The beats and bars that have begun. Pure; time is passed in."""

from __future__ import annotations

import math
from typing import Final

from gesturesynth.runtime.piece_state import PieceState

BEAT: Final = "beat"
BAR: Final = "bar"


class BeatCounter:
    """Follows the tempo of the piece."""

    def __init__(self) -> None:
        self._beats: tuple[float, float] | None = None

    def step(self, state: PieceState, now_s: float) -> frozenset[str]:
        """`beat` and `bar` where one has begun since the last call; nothing at the first call of a tempo."""
        if state.tempo is None:
            self._beats = None
            return frozenset()
        place = state.tempo.beat_at(now_s)
        now = math.floor(place), math.floor(place / state.tempo.bar)
        former, self._beats = self._beats, now
        if former is None:
            return frozenset()
        return frozenset(name for name, last, new in zip((BEAT, BAR), former, now, strict=True) if new > last)
