"""The share that each instrument has in the scene that plays: scenes of one preset cross over without a new graph.

All instruments of all scenes of a preset are built once. One that the scene does not play fades out at equal power, and
is then suspended, so that it costs nothing; one that both scenes play goes on as it is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from gesturesynth.runtime.messages import Scene
from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyo import PyoObject

    from gesturesynth.synthesis.pyo_loader import PyoClasses

SHORTEST_S: Final = 0.1
"""A crossfade between two scenes is never shorter."""
INAUDIBLE: Final = 1e-6
"""A share of which nothing is heard: -116 dB after the sine."""


class SceneShares:
    """One fade for each instrument of a rack.

    Args:
        pyo: its classes.
        names: of the instruments.
        scene: that plays first; there is no fade into it.

    Attributes:
        silent: instruments that the scene does not play.
    """

    def __init__(self, pyo: PyoClasses, names: Sequence[str], scene: Scene) -> None:
        self._names = tuple(names)
        self.silent = frozenset(scene.silent)
        graph = self._graph = Graph(pyo)
        start = self._targets()
        self._ramps = graph.SigTo(start, time=SHORTEST_S, init=start)
        # Sine and cosine: the power of sounds that have nothing in common stays the same.
        self._gains = graph.Sin(self._ramps * (math.pi / 2.0))

    def of(self, name: str) -> PyoObject:
        """The gain of an instrument, from 0 to 1."""
        return self._graph.Dummy([self._gains.getBaseObjects()[self._names.index(name)]])

    def change(self, scene: Scene) -> tuple[str, ...]:
        """Crosses over to a scene. Returns the instruments that are to be heard from now on."""
        silent = frozenset(scene.silent)
        if silent == self.silent:
            return ()
        begin, self.silent = self.silent - silent, silent
        self._ramps.setTime(max(SHORTEST_S, scene.scene_crossfade_s))
        self._ramps.setValue(self._targets())
        return tuple(sorted(begin))

    def faded(self) -> tuple[str, ...]:
        """Instruments of which nothing is heard any more.

        The fades themselves are asked: when two changes come within one buffer, pyo's ramp keeps the time of the first.
        """
        shares = self._ramps.get(all=True)
        pairs = zip(self._names, shares, strict=True)
        return tuple(name for name, share in pairs if name in self.silent and share <= INAUDIBLE)

    def _targets(self) -> list[float]:
        return [0.0 if name in self.silent else 1.0 for name in self._names]
