"""What has happened in a piece from one `PieceState` to the next. Pure.

Counts only grow, and the first one that is seen is the zero mark, so that neither a process that has just begun nor
another preset brings about what happened before. Where a count has grown by several, it has happened once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gesturesynth.runtime.piece_state import PieceState, VoiceState


@dataclass(frozen=True)
class VoiceEvents:
    """What has happened in one voice.

    Attributes:
        left: the class that was left; empty for none.
        entered: classes; performed: gestures; struck: triggers (`instrument.trigger`).
    """

    left: str = ""
    entered: tuple[str, ...] = ()
    performed: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Classes, gestures and triggers. A class and a gesture have different names, a trigger has a point in its."""
        return frozenset((*self.entered, *self.performed, *self.struck))


class EventWatch:
    """Compares each state of a piece with the one before."""

    def __init__(self) -> None:
        self._of: tuple[int, int] | None = None
        self._voices: tuple[VoiceState, ...] = ()

    def step(self, state: PieceState) -> list[VoiceEvents]:
        """What has happened in each voice since the last call; nothing in a voice that is new."""
        of = (state.pid, state.changes)
        former = self._voices if of == self._of else ()
        self._of, self._voices = of, state.voices
        return [
            _compared(former[number], voice) if number < len(former) else VoiceEvents()
            for number, voice in enumerate(state.voices)
        ]


def _compared(before: VoiceState, now: VoiceState) -> VoiceEvents:
    return VoiceEvents(
        left=before.recognised if before.recognised != now.recognised else "",
        entered=_grown(before.entered, now.entered),
        performed=_grown(before.performed, now.performed),
        struck=_grown(before.struck, now.struck),
    )


def _grown(before: Mapping[str, int], now: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for name, count in now.items() if count > before.get(name, 0))
