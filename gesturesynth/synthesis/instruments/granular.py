"""Granular: grains of one source sound, from the place that a gesture chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.grain_source import RATE_HZ, SCANNED_S, grain_source
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.wavetables import table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (pitch, correction): measured as the median momentary loudness of the finished graph, others at their defaults, level
# 0 dB; smoothed.
_PITCH_TRIM_DB: Final = ((0.25, 10.1), (0.5, 8.8), (1.0, 8.3), (2.0, 7.9), (2.8, 6.8), (4.0, 6.7))

_DRIFT_S: Final = 0.09
_SCATTER_S: Final = 0.03
_REACH_S: Final = _DRIFT_S + _SCATTER_S
"""How far grains stray from the position: slowly all together, and each by itself."""


class Granular(Instrument):
    """Short pieces of a source sound (`grain_source`), scattered over the stereo field, in a hall.

    Each grain starts a little off the position, at a random place between left and right; the position itself drifts
    slowly, so that a still hand does not hold a still sound.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS, from 9 below (single grains of dust) to 3 above.
    """

    kind: ClassVar[str] = "granular"
    about: ClassVar[str] = "A cloud of grains from voices, glass, metal and breath: position walks through the sound."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("position", "", 0.0, 1.0, "lin", 0.2, 0.1, "Where in the sound: hum, voices, glass, metal, breath."),
        Parameter("density", "/s", 4.0, 120.0, "exp", 30.0, 0.1, "Grains a second."),
        Parameter("grain", "s", 0.02, 0.4, "exp", 0.16, 0.1, "Length of a grain, from dust to long breaths."),
        Parameter(
            "pitch", "x", 0.25, 4.0, "exp", 1.0, 0.06, "Speed of a grain: 2 is an octave up, 0.5 one down.", pitch=True
        ),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        density, grain, pitch = control["density"], control["grain"], control["pitch"]

        # Grains read these streams when they start: noise there is another value for every grain.
        noise = NoiseSource(graph, pitch)
        drift = graph.Randi(-_DRIFT_S, _DRIFT_S, freq=0.31) + noise.white(_SCATTER_S)
        start = (control["position"] * (SCANNED_S - 2 * _REACH_S) + drift + _REACH_S) * RATE_HZ
        speed = pitch * (RATE_HZ / density.getSamplingRate())
        # A grain begins whenever the density of all samples adds up to the sample rate: on the beat, by one sample.
        rate_hz = density.getSamplingRate()
        grains = self.timing.ticks(graph, "density", density) * rate_hz if self.timing.follows("density") else density
        cloud = graph.Particle(
            table(graph, grain_source()),
            graph.HannTable(),
            dens=grains,
            pitch=speed,
            pos=start,
            dur=grain,
            dev=0.8,
            pan=noise.white(0.42, add=0.5),
            chnls=2,
        )
        # Grains that overlap add up like noise: power grows with their number. Sparse ones stay single events.
        # It rises slowly, so that grains that still sound do not get louder when fewer follow.
        crowd = graph.Port(graph.Pow(density * grain * 0.8 + 0.2, -0.5), risetime=0.4, falltime=0.02, init=0.5)
        trim_db = curve(graph, pitch, _PITCH_TRIM_DB, "exp")
        played = graph.DCBlock(cloud + denormal_guard(graph)) * crowd * gain(graph, control["level"], trim_db)
        return add_reverb(graph, played, wet=0.5, decay_s=2.6, cutoff_hz=6000, size=1.4)
