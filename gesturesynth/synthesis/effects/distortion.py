"""Distortion: overtones that the sound did not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from gesturesynth.synthesis.effects.base import RETURN, Effect
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.instruments.graph import Graph

if TYPE_CHECKING:
    from pyo import PyoObject


class Distortion(Effect):
    """A soft limit (tanh) behind a gain of up to 40 dB, most of which is taken back."""

    kind: ClassVar[str] = "distortion"
    about: ClassVar[str] = "From warm to torn."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("drive", "", 0.0, 1.0, "lin", 0.4, 0.05, "From nearly clean to nearly a square."),
        Parameter("cutoff", "Hz", 300.0, 12000.0, "exp", 4000.0, 0.05, "What is above it is taken out afterwards."),
        RETURN,
    )

    def build(self, graph: Graph, source: PyoObject, control: Mapping[str, PyoObject]) -> PyoObject:
        """See Effect.build."""
        gain_db = control["drive"] * 40.0
        driven = graph.Tanh(source * graph.DBToA(gain_db))
        return graph.Tone(graph.DCBlock(driven), control["cutoff"]) * graph.DBToA(gain_db * -0.6)
