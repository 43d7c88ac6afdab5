"""Instruments whose strokes are single samples: for measuring when they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject


class Ticker(Instrument):
    """One sample for each stroke, left and right."""

    kind: ClassVar[str] = "ticker"
    about: ClassVar[str] = "Clicks."
    parameters: ClassVar[tuple[Parameter, ...]] = (LEVEL,)
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger("hit", "One click."),)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        self._hit = self.timing.trigger(graph, "hit")
        return graph.Mix([self._hit.stream * 0.5, self._hit.stream * 0.5], voices=2)

    def fire(self, trigger: str) -> None:
        """One click."""
        self._hit.play()


class TickerByHand(Ticker):
    """The same, struck by `fire` alone, as an instrument that knows no tempo."""

    kind: ClassVar[str] = "by_hand"

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        self._trig = graph.Trig().stop()
        return graph.Mix([self._trig * 0.5, self._trig * 0.5], voices=2)

    def fire(self, trigger: str) -> None:
        """One click."""
        self._trig.play()
