"""What has happened since the message before: classes entered, gestures performed, triggers struck, beats. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from gesturesynth.runtime.piece_state import PieceState, VoiceState

BEAT: Final = "beat"
BAR: Final = "bar"


class EventCounter:
    """Compares counts, which only grow. The first that it sees of a piece are the zero mark."""

    def __init__(self) -> None:
        self._piece: tuple[int, int] | None = None
        self._counts: list[dict[str, int]] = []
        self._beats: tuple[float, float] | None = None

    def take(self, state: PieceState) -> list[frozenset[str]]:
        """The names of what has happened in each voice: of classes, gestures and triggers."""
        counts = [_counts(voice) for voice in state.voices]
        piece = state.pid, state.changes
        former = self._counts if piece == self._piece else []
        self._piece, self._counts = piece, counts
        found = []
        for number, own in enumerate(counts):
            before = former[number] if number < len(former) else own
            found.append(frozenset(name for name, count in own.items() if count > before.get(name, 0)))
        return found

    def beats(self, state: PieceState, now_s: float) -> frozenset[str]:
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


def _counts(voice: VoiceState) -> dict[str, int]:
    """All counts of a voice. A class and a gesture have different names, and a trigger has a point in its name."""
    found: dict[str, int] = {}
    parts: tuple[Mapping[str, int], ...] = (voice.entered, voice.performed, voice.struck)
    for part in parts:
        found.update(part)
    return found
