"""Sea: waves of noise on a shore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import add_reverb
from gesturesynth.synthesis.instruments.stereo import narrowed, pair, parts
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_NEARNESS_TRIM_DB: Final = ((300.0, 2.8), (930.0, 1.0), (2900.0, -0.7), (9000.0, -2.2))
_SWELL_TRIM_DB: Final = ((0.0, 1.3), (0.33, 0.7), (0.67, -0.2), (1.0, -1.0))
_FOAM_TRIM_DB: Final = ((0.0, 0.6), (0.33, 0.2), (0.67, -0.7), (1.0, -2.0))
_TRIM_DB: Final = -1.8


class Sea(Instrument):
    """Noise whose loudness and brightness rise and fall with waves that come at uneven times, two for each side.

    A wave rises quickly and runs out slowly. Behind it is a deep murmur; foam is what hisses while it runs out.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "sea"
    about: ClassVar[str] = "Waves on a shore, from a murmur far away to foam around the feet."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("nearness", "Hz", 300.0, 9000.0, "exp", 1800.0, 0.2, "How bright the water is: far away or near."),
        Parameter("waves", "/s", 0.05, 1.0, "exp", 0.15, 0.5, "Waves a second."),
        Parameter("swell", "", 0.0, 1.0, "lin", 0.6, 0.3, "How much a wave stands out; 0 rushes evenly."),
        Parameter("foam", "", 0.0, 1.0, "lin", 0.4, 0.2, "How much it hisses."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        waves, swell, foam = control["waves"], control["swell"], control["foam"]

        uneven = graph.Randi(0.75, 1.3, freq=[waves, waves * 0.71])
        if self.timing.follows("waves"):
            beaten = self.timing.phases(graph, "waves", waves)
            place = pair(graph, beaten, beaten + 0.45)
            phase = place - graph.Floor(place)
        else:
            phase = graph.Phasor(uneven * waves, phase=[0.0, 0.45])
        # Up in a fifth of the wave, down in the rest: x^0.43 turns the hump of a sine towards its beginning.
        hump = graph.Sin(graph.Pow(phase, 0.43, mul=3.14159265))
        wave = graph.Port(graph.Clip(hump, 0.0, 1.0), 0.05, 0.1)
        left, right = parts(graph, wave)
        breaking = pair(graph, left * 0.8 + right * 0.2, right * 0.8 + left * 0.2)
        loud = swell * (breaking * breaking * 2.2 - 1) + 1

        noise = NoiseSource(graph, waves)
        water = noise.pink([0.5, 0.5])
        cutoff = graph.Clip(graph.Pow(2.0, (breaking - 0.4) * swell * 1.6) * control["nearness"], 80.0, 14000.0)
        body = graph.Tone(graph.Tone(water, cutoff), cutoff, mul=loud)
        hiss = graph.ButHP(noise.white([0.12, 0.12]), graph.Clip(cutoff * 1.5, 500.0, 9000.0), mul=loud * foam)
        murmur = graph.ButBP(water, 110, 0.7, mul=0.5)

        trim_db = (
            curve(graph, control["nearness"], _NEARNESS_TRIM_DB, "exp")
            + curve(graph, swell, _SWELL_TRIM_DB, "lin")
            + curve(graph, foam, _FOAM_TRIM_DB, "lin")
            + _TRIM_DB
        )
        played = narrowed(graph.ButHP(body + hiss + murmur, 35)) * gain(graph, control["level"], trim_db)
        return add_reverb(graph, played, wet=0.15, decay_s=2.0, cutoff_hz=6000, size=2.0)
