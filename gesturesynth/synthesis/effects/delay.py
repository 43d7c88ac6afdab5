"""Delay: echoes that go from side to side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.effects.base import RETURN, Effect
from gesturesynth.synthesis.instruments.base import Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.reverb import denormal_guard

if TYPE_CHECKING:
    from pyo import PyoObject

LONGEST_S: Final = 2.0
CROSSFADE_S: Final = 0.03


class Delay(Effect):
    """Two delay lines of twice the time, of which the right one is a time late, so that echoes alternate.

    A time that moves is crossfaded (pyo.SmoothDelay), not bent: no glissando.
    """

    kind: ClassVar[str] = "delay"
    about: ClassVar[str] = "Echoes that go from side to side."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("time", "s", 0.02, LONGEST_S, "exp", 0.375, 0.05, "From one echo to the next."),
        Parameter("feedback", "", 0.0, 0.95, "lin", 0.45, 0.05, "How much of an echo the next one is."),
        Parameter("cutoff", "Hz", 300.0, 16000.0, "exp", 6000.0, 0.05, "What is above it is taken out of the echoes."),
        RETURN,
    )

    def build(self, graph: Graph, source: PyoObject, control: Mapping[str, PyoObject]) -> PyoObject:
        """See Effect.build."""
        time_s, feedback = control["time"], control["feedback"]
        mono = graph.Tone(source.mix(1) * 0.7 + denormal_guard(graph), control["cutoff"])
        # Each line repeats after two times, so it loses twice as much as from one echo to the next.
        first = graph.SmoothDelay(mono, time_s, 0.0, CROSSFADE_S, LONGEST_S)
        second = graph.SmoothDelay(first, time_s, 0.0, CROSSFADE_S, LONGEST_S) * feedback
        twice = feedback * feedback
        sides = [
            echo + graph.SmoothDelay(echo, time_s * 2, twice, CROSSFADE_S, 2 * LONGEST_S) * twice
            for echo in (first, second)
        ]
        return graph.Mix(sides, voices=2)
