"""Freeze: a hall that keeps what is in it, for as long as it is held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from gesturesynth.synthesis.effects.base import RETURN, Effect
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.reverb import denormal_guard

if TYPE_CHECKING:
    from pyo import PyoObject


class Freeze(Effect):
    """A network of eight delay lines a side (pyo.WGVerb) whose feedback reaches 1 while nothing more goes in."""

    kind: ClassVar[str] = "freeze"
    about: ClassVar[str] = "Holds what sounds now, for as long as you like."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("hold", "", 0.0, 1.0, "lin", 0.0, 0.1, "0: a hall; 1: what is in it stays, and nothing is added."),
        Parameter("cutoff", "Hz", 500.0, 16000.0, "exp", 9000.0, 0.1, "Above it the held sound fades."),
        RETURN,
    )

    def build(self, graph: Graph, source: PyoObject, control: Mapping[str, PyoObject]) -> PyoObject:
        """See Effect.build."""
        hold = control["hold"]
        entering = source * (hold * -1 + 1) + denormal_guard(graph)
        hall = graph.WGVerb(entering, feedback=hold * 0.2 + 0.8, cutoff=control["cutoff"], bal=1.0)
        return graph.DCBlock(hall)
