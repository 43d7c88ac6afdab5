"""Filter: takes out what is above, below or around a frequency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from gesturesynth.synthesis.effects.base import RETURN, Effect
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject


class Filter(Effect):
    """A state-variable filter (pyo.SVF), from low-pass over band-pass to high-pass."""

    kind: ClassVar[str] = "filter"
    about: ClassVar[str] = "A resonant filter."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("cutoff", "Hz", 40.0, 8000.0, "exp", 1200.0, 0.05, "Where it works."),
        Parameter("resonance", "", 0.5, 10.0, "exp", 1.0, 0.05, "How much it stresses that frequency."),
        Parameter("type", "", 0.0, 1.0, "lin", 0.0, 0.1, "From low-pass (0) over band-pass (0.5) to high-pass (1)."),
        RETURN,
    )

    def build(self, graph: Graph, source: PyoObject, control: Mapping[str, PyoObject]) -> PyoObject:
        """See Effect.build."""
        return graph.SVF2(source, freq=control["cutoff"], q=control["resonance"], type=control["type"] * 2.0)
