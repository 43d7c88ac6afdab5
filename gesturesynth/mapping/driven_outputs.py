"""Outputs that follow a source instead of a model: `from: throw.progress` in a preset. Pure.

A source is a text, `NAME.QUANTITY` or the name of a feature, and gives one reading for each frame: a position from 0 to
1 in the output's range. A source without a reading (a gesture that was not taught yet) leaves its outputs idle, as a
model without examples does. Another kind of source needs a check of its names in `config.preset.sources`, and its
readings in `mapping.sources`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import find
from gesturesynth.mapping.gestures.spotter import GestureState
from gesturesynth.mapping.learning.outputs import Output

Float = NDArray[np.float64]

GESTURE_QUANTITIES: Final = ("progress", "closeness", "speed")
"""What can be told of a gesture."""

SPEED_RANGE: Final = 2.0
"""Speed at the high end of an output's range; 1, the tempo of the takes, is its middle."""


class DrivenOutputs:
    """Which outputs of a preset follow a source, and where their sources put them.

    Args:
        outputs: all m outputs of the preset.
        sources: the source of each output that has one, by the output's name.

    Attributes:
        learned: intp (l,), the outputs that a model moves, in order.
        driven: bool (m,), those that a source moves.
        starts: float64 (m,), where an output without an idle value is until the first person appears: in the middle of
            its range; one that follows a gesture or a class at the low end, where these are before they begin.
    """

    def __init__(self, outputs: Sequence[Output], sources: Mapping[str, str]) -> None:
        self._sources = [sources.get(output.name, "") for output in outputs]
        self.driven: NDArray[np.bool_] = np.array([bool(source) for source in self._sources], dtype=np.bool_)
        self.learned: NDArray[np.intp] = np.flatnonzero(~self.driven)
        begins = [bool(source) and find(source) is None for source in self._sources]
        self.starts: Float = np.where(begins, 0.0, 0.5)

    def of(self, sources: Collection[str]) -> list[int]:
        """The outputs that follow one of these sources."""
        return [index for index, source in enumerate(self._sources) if source in sources] if sources else []

    def merged(self, learned: Float, readings: Mapping[str, float]) -> tuple[Float, NDArray[np.bool_]]:
        """Positions of all outputs (m,), and which of them have one from their source, bool (m,).

        Args:
            learned: (l,), positions of the outputs that a model moves.
            readings: of sources, 0..1, by `NAME.QUANTITY`.
        """
        positions = np.full(len(self._sources), 0.5)
        positions[self.learned] = learned
        read = np.zeros(len(self._sources), dtype=np.bool_)
        for index in np.flatnonzero(self.driven):
            reading = readings.get(self._sources[index])
            if reading is not None:
                positions[index], read[index] = min(1.0, max(0.0, reading)), True
        return positions, read

    def followed(self, positions: Float, readings: Mapping[str, float]) -> Float:
        """Positions (m,) in which outputs whose sources are among these readings have new ones."""
        result = positions
        for index, source in enumerate(self._sources):
            if source in readings:
                result = positions.copy() if result is positions else result
                result[index] = readings[source]
        return result


def gesture_readings(states: Mapping[str, GestureState]) -> dict[str, float]:
    """Readings of all gestures: `throw.progress`, `throw.closeness` and `throw.speed`, each 0..1."""
    readings: dict[str, float] = {}
    for name, state in states.items():
        values = (state.progress, state.closeness, state.speed / SPEED_RANGE)
        for quantity, value in zip(GESTURE_QUANTITIES, values, strict=True):
            readings[f"{name}.{quantity}"] = min(1.0, max(0.0, value))
    return readings
