"""The share that each voice has in the sound, where a preset has one for each person.

The voices of persons who are in view sound together as loud as one of them alone: sounds that have nothing in common
add up by their power, so the gains of all voices are divided by the root of the sum of their squares, where that is
above 1. So a person who arrives or leaves is a crossfade at equal power among all voices, and one person alone has a
gain of exactly 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject

    from gesturesynth.synthesis.pyo_loader import PyoClasses

GLIDE_S: Final = 0.04
"""Shares come with the ticks of the conductor, 60 a second; between them they glide."""
INAUDIBLE: Final = 1e-6
"""As in `scene_shares`."""


class VoiceShares:
    """One gain for each voice.

    Args:
        pyo: its classes.
        shares: 0..1, of each voice, where they start.
    """

    def __init__(self, pyo: PyoClasses, shares: Sequence[float]) -> None:
        graph = self._graph = Graph(pyo)
        self._shares = [_share(share) for share in shares]
        self._ramps = graph.SigTo(list(self._shares), time=GLIDE_S, init=list(self._shares))
        # Sine and cosine: the power of sounds that have nothing in common stays the same.
        gains = graph.Sin(self._ramps * (math.pi / 2.0))
        power = graph.Mix(gains * gains, voices=1)
        self._gains = gains / graph.Sqrt(graph.Max(power, comp=1.0))

    def of(self, voice: int) -> PyoObject:
        """The gain of a voice, by its number from 1: 0 to 1."""
        return self._graph.Dummy([self._gains.getBaseObjects()[voice - 1]])

    @property
    def silent(self) -> frozenset[int]:
        """Numbers of the voices that have no share, or will soon have none."""
        return frozenset(number for number, share in enumerate(self._shares, 1) if share == 0.0)

    def set(self, shares: Sequence[float]) -> frozenset[int]:
        """Glides to other shares; what is missing stays as it is. Returns the voices that begin to be heard."""
        targets = [_share(share) for share in shares[: len(self._shares)]]
        targets += self._shares[len(targets) :]
        if targets == self._shares:
            return frozenset()
        before = self.silent
        self._shares = targets
        self._ramps.setValue(targets)
        return before - self.silent

    def faded(self) -> frozenset[int]:
        """Numbers of the voices of which nothing is heard any more."""
        now = enumerate(self._ramps.get(all=True), 1)
        return frozenset(number for number, share in now if share <= INAUDIBLE) & self.silent


def _share(share: float) -> float:
    return min(max(float(share), 0.0), 1.0) if math.isfinite(share) else 0.0
