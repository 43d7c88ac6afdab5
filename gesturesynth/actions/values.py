"""The values that may stand in what an action sends, by their names. Pure."""

from __future__ import annotations

import math

from gesturesynth.actions.template import POSITION, Value
from gesturesynth.runtime.piece_state import PieceState


class Values:
    """Gives the values of a moment. A feature that cannot be seen keeps its last value, and is 0 before the first."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._of = (0, 0)

    def note(self, state: PieceState) -> None:
        """Remembers the features that are seen; of another preset or conductor, nothing is kept."""
        of = (state.pid, state.changes)
        if of != self._of:
            self._of, self._last = of, {}
        for voice in state.voices:
            for name, value in voice.features.items():
                if math.isfinite(value):
                    self._last[name] = value

    def of(self, state: PieceState, voice: int, action: str) -> dict[str, Value]:
        """All values, by name.

        Args:
            state: of the moment.
            voice: from 0, the one in which something has happened.
            action: the name of the action.
        """
        found: dict[str, Value] = {
            "action": action,
            "voice": float(voice + 1),
            "people": float(state.people),
            "scene": state.scene,
        }
        if voice < len(state.voices):
            one = state.voices[voice]
            found |= {"person": float(one.person), "confidence": one.confidence}
            found |= {
                name: value if math.isfinite(value) else self._last.get(name, 0.0)
                for name, value in one.features.items()
            }
            found |= {name + POSITION: value for name, value in one.positions.items()}
            found |= one.outputs
        return found
