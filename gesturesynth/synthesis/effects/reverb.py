"""Reverb: a hall that all layers share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.effects.base import RETURN, Effect
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.reverb import reverberated

if TYPE_CHECKING:
    from pyo import PyoObject

SIZE: Final = 1.3
SMOOTH_S: Final = 0.4
_DECAY: Final = 0.72
"""In a hall of this size noise rings by so much longer than STRev is told: 1.5 times for 0.3 s, 1.26 for 8 s."""


class Reverb(Effect):
    """The hall of `instruments.reverb`, with a decay and a damping that can be moved.

    pyo takes over a new decay once a buffer, which is heard as a rattle when it changes fast: so it glides slowly, and
    by equal ratios.
    """

    kind: ClassVar[str] = "reverb"
    about: ClassVar[str] = "A hall, from a room to a cathedral."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("decay", "s", 0.3, 20.0, "exp", 2.5, 0.5, "How long it rings, to -60 dB."),
        Parameter("cutoff", "Hz", 500.0, 16000.0, "exp", 5000.0, 0.1, "Above it reflections die sooner."),
        RETURN,
    )

    def build(self, graph: Graph, source: PyoObject, control: Mapping[str, PyoObject]) -> PyoObject:
        """See Effect.build."""
        ratio = graph.Port(graph.Log2(control["decay"] * _DECAY), risetime=SMOOTH_S, falltime=SMOOTH_S, init=0.85)
        decay_s = graph.Pow(2.0, ratio)
        return reverberated(graph, source, decay_s=decay_s, cutoff_hz=control["cutoff"], size=SIZE)
