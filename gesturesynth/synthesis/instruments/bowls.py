"""Bowls: metal that is struck and rubbed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import narrowed, pair, parts
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION, table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_RING_TRIM_DB: Final = ((0.3, 6.5), (0.9, 3.0), (2.7, 0.5), (8.0, 1.0))
_TRIM_DB: Final = 11.5

RATIOS: Final = (1.0, 2.71, 5.15, 8.43, 1.003, 4.06)
"""Partials of a bowl, the first one twice: two that nearly agree beat against each other."""
_DETUNED: Final = (0.0, 0.0021, -0.0017, 0.0013, 0.0008, 0.0016)
"""How far the right side is from the left."""
_HIGHEST_HZ: Final = 12000.0
_STROKE_S: Final = 0.004


class Bowls(Instrument):
    """Resonators at the partials of a metal bowl, set off by a short burst or rubbed by steady noise.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "bowls"
    about: ClassVar[str] = "Singing bowls: struck by a trigger, rubbed by a movement."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 110.0, 880.0, "exp", 220.0, 0.1, "The lowest partial.", pitch=True),
        Parameter("rub", "", 0.0, 1.0, "lin", 0.5, 0.08, "How hard the rim is rubbed; 0 leaves it to strokes."),
        Parameter("hardness", "Hz", 300.0, 8000.0, "exp", 2000.0, 0.05, "From felt to wood."),
        Parameter("ring", "s", 0.3, 8.0, "exp", 3.0, 0.1, "How long it rings."),
        LEVEL,
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger("strike", "One stroke."),)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, rub, hardness, ring = (control[name] for name in ("pitch", "rub", "hardness", "ring"))
        self._strike = self.timing.trigger(graph, "strike")
        shape = table(graph, np.sin(np.pi * np.arange(512) / 512).astype(np.float32))
        stroke = graph.TrigEnv(self._strike.stream, shape, dur=_STROKE_S, interp=NO_INTERPOLATION)
        # A long ring gathers what rubs it: as much as its square root.
        gathered = graph.Pow(ring, -0.5)
        touched = graph.Noise([0.5, 0.5]) * (stroke * 2.6 + rub * gathered * 0.3)
        # What two low-passes take from the lowest partial is given back.
        softness = pitch / hardness
        lost = graph.Clip(softness * softness + 1, 1.0, 16.0)
        touched = graph.Tone(graph.Tone(touched * lost + denormal_guard(graph), hardness), hardness)
        rings = []
        for number, (ratio, apart) in enumerate(zip(RATIOS, _DETUNED, strict=True)):
            left = graph.Clip(pitch * ratio, 20.0, _HIGHEST_HZ)
            hz = pair(graph, left, left * (1 + apart + 0.0012))
            rings.append(graph.ComplexRes(touched, hz, ring / (1 + 0.35 * number), mul=1 / (1 + 0.5 * number)))
        metal = graph.Mix([stream for one in rings for stream in parts(graph, one)], voices=2)

        trim_db = curve(graph, ring, _RING_TRIM_DB, "exp") + _TRIM_DB
        played = steadied(graph, narrowed(graph.DCBlock(metal)) * graph.DBToA(trim_db)) * gain(
            graph, control["level"], 0.0
        )
        return add_reverb(graph, played, wet=0.35, decay_s=3.0, cutoff_hz=6000, size=1.5)

    def fire(self, trigger: str) -> None:
        """Strikes the bowl. Raises KeyError for a name that is not in `triggers`."""
        {"strike": self._strike}[trigger].play()
