"""Wind: air in a gap, from a breath to a whistling storm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import add_reverb
from gesturesynth.synthesis.instruments.stereo import pair, parts
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_CENTRE_TRIM_DB: Final = ((120.0, 1.9), (416.0, 0.3), (1440.0, -1.8), (5000.0, -3.8))
_FORCE_TRIM_DB: Final = ((0.0, 0.5), (0.33, 0.4), (0.67, -0.4), (1.0, -1.9))
_GUST_TRIM_DB: Final = ((0.05, -1.8), (0.3, 0.0), (2.0, 2.4))
_TRIM_DB: Final = 3.4


class Wind(Instrument):
    """Pink noise through two resonances on each side, which gusts push up and make louder.

    The second resonance is above the first as in a narrow gap, and grows quicker with a gust; below both is a rumble.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "wind"
    about: ClassVar[str] = "Wind in a gap, from a breath to a whistling storm."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("centre", "Hz", 120.0, 5000.0, "exp", 500.0, 0.15, "How high it blows."),
        Parameter("whistle", "", 1.0, 25.0, "exp", 4.0, 0.2, "From a broad rush (1) to a whistle (25)."),
        Parameter("gust", "/s", 0.05, 2.0, "exp", 0.3, 0.3, "Gusts a second."),
        Parameter("force", "", 0.0, 1.0, "lin", 0.5, 0.3, "How much a gust changes; 0 blows evenly."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        centre, whistle, gust, force = (control[name] for name in ("centre", "whistle", "gust", "force"))

        # Gusts come at uneven times, no two as strong, and flutter; each side has its own, and hears the other's.
        pace = graph.Randi(0.7, 1.3, freq=[gust, gust * 0.83])
        if self.timing.follows("gust"):
            beaten = self.timing.phases(graph, "gust", gust)
            turn = pair(graph, beaten + 0.16, beaten + 0.12) * (2 * math.pi)
            swelling: PyoObject = graph.Sin(turn, mul=0.5, add=0.5)
        else:
            swelling = graph.Sine(pace * gust, phase=[0.16, 0.12], mul=0.5, add=0.5)
        rising = swelling * graph.Randi(0.7, 1, freq=gust * 0.9)
        flutter = graph.Randi(-0.12, 0.12, freq=[gust * 6 + 1, gust * 5 + 1])
        left, right = parts(graph, graph.Port(graph.Clip(rising + flutter, 0.0, 1.0), 0.05, 0.08))
        blown = pair(graph, left * 0.75 + right * 0.25, right * 0.75 + left * 0.25)
        loud = force * (blown * blown * 2.0 - 0.7) + 1
        place = graph.Pow(2.0, (blown - 0.5) * force * 1.4)

        # Partly the same on both sides: wide, but whole in one loudspeaker.
        noise = NoiseSource(graph, centre)
        air = noise.pink([0.4, 0.4]) + noise.pink(0.3)
        hz = graph.Clip(place * centre, 60.0, 9000.0)
        root = graph.Pow(whistle, 0.5)
        low = graph.Reson(air, hz, whistle, mul=loud * root)
        high = graph.Reson(air, graph.Clip(hz * 2.31, 60.0, 12000.0), whistle * 1.5, mul=loud * loud * root * 0.35)
        rumble = graph.ButBP(air, 150, 0.8, mul=loud * 0.1)

        trim_db = (
            curve(graph, centre, _CENTRE_TRIM_DB, "exp")
            + curve(graph, force, _FORCE_TRIM_DB, "lin")
            + curve(graph, gust, _GUST_TRIM_DB, "exp") * force
            + _TRIM_DB
        )
        played = graph.DCBlock(low + high + rumble) * gain(graph, control["level"], trim_db)
        return add_reverb(graph, played, wet=0.3, decay_s=2.5, cutoff_hz=5000, size=2.0)
