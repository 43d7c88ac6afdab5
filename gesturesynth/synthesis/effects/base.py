"""What an effect is: a table of parameters and a graph of pyo objects that a sound goes through."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

RETURN = Parameter("level", "dB", -80.0, 12.0, "lin", 0.0, 0.08, "Loudness of what comes back; -80 dB is silence.")
"""Every effect has it."""


class Effect(ABC):
    """One graph of pyo objects behind the sum of what layers send to it. Only the effect itself comes back.

    Attributes:
        kind: the name that presets use.
        about: one sentence for people.
        parameters: the table; `RETURN` is among them, and is applied outside of `build`.
    """

    kind: ClassVar[str]
    about: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]]

    def __init__(self, pyo: PyoClasses, source: PyoObject, controls: Mapping[str, PyoObject]) -> None:
        """Builds the graph.

        Args:
            pyo: the module.
            source: two streams, left and right.
            controls: one mono stream for each parameter, in its unit, already gliding.
        """
        self._graph = Graph(pyo)
        self.output = self.build(self._graph, source, self._graph.private_streams(controls))

    @abstractmethod
    def build(self, graph: Graph, source: PyoObject, control: Mapping[str, PyoObject]) -> PyoObject:
        """Makes the graph and returns its end: a pyo object of two streams, left and right."""
