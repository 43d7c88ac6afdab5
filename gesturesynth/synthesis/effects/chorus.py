"""Chorus: several copies that drift around the sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from gesturesynth.synthesis.effects.base import RETURN, Effect
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject


class Chorus(Effect):
    """pyo.Chorus: eight modulated delay lines on each side."""

    kind: ClassVar[str] = "chorus"
    about: ClassVar[str] = "Many voices out of one."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("depth", "", 0.0, 4.0, "lin", 1.2, 0.1, "How far the copies drift."),
        Parameter("feedback", "", 0.0, 0.7, "lin", 0.25, 0.05, "How much of the copies is copied again."),
        RETURN,
    )

    def build(self, graph: Graph, source: PyoObject, control: Mapping[str, PyoObject]) -> PyoObject:
        """See Effect.build."""
        # Both sides drift alike, unless they drift by different distances.
        depth = graph.Mix([control["depth"], control["depth"] * 1.25], voices=2)
        return graph.Chorus(source, depth=depth, feedback=control["feedback"], bal=1.0)
