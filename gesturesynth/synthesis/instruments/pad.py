"""Pad: a bank of sines that a hand draws a spectrum with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import spread
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_PITCH_TRIM_DB: Final = ((55.0, 5.0), (110.0, 0.0), (220.0, -4.3), (440.0, -1.4))
_BRIGHTNESS_TRIM_DB: Final = ((0.0, 0.1), (0.33, 0.5), (0.67, -1.8), (1.0, -7.3))
_EVEN_TRIM_DB: Final = ((0.0, 1.8), (0.33, 0.8), (1.0, 0.0))
_TRIM_DB: Final = -11.4

PARTIALS: Final = 16
_HIGHEST_HZ: Final = 14000.0
_STRETCH: Final = 0.09
"""Partial n is at n^(1 + this) when `stretch` is 1: the second is a semitone sharp, as of a thick metal bar."""


class Pad(Instrument):
    """Sixteen partials between left and right; loudness falls from one to the next by a slope that `brightness` sets.

    `stretch` pulls them apart until the tone is a bell's, `even` takes the even ones away, `shimmer` lets each swell by
    itself.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "pad"
    about: ClassVar[str] = "A chord of pure tones that a hand bends from a flute to a bell."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 55.0, 440.0, "exp", 110.0, 0.2, "The lowest partial.", pitch=True),
        Parameter("brightness", "", 0.0, 1.0, "lin", 0.4, 0.15, "How far up the partials reach."),
        Parameter("even", "", 0.0, 1.0, "lin", 1.0, 0.2, "Even partials: without (0) it is hollow as a clarinet."),
        Parameter("stretch", "", 0.0, 1.0, "lin", 0.0, 0.3, "From a harmonic tone (0) to a bell (1)."),
        Parameter("shimmer", "", 0.0, 1.0, "lin", 0.4, 0.3, "How much the single partials swell by themselves."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, brightness, even = control["pitch"], control["brightness"], control["even"]
        stretch, shimmer = control["stretch"], control["shimmer"]
        numbers = [float(number) for number in range(1, PARTIALS + 1)]

        falling = self._powers(graph, brightness * 2.4 - 3.0)
        hz = self._powers(graph, stretch * _STRETCH + 1) * pitch
        audible = graph.Clip((_HIGHEST_HZ - hz) * 0.001, 0.0, 1.0)
        swells = graph.Port(graph.Randi(0, 1, freq=[0.23 + 0.037 * number for number in numbers]), 0.2, 0.2)
        alive = shimmer * (swells * 2 - 1) + 1
        oddness = [0.0 if number % 2 else 1.0 for number in numbers]
        kept = (even - 1) * oddness + 1
        tones = graph.Sine(graph.Clip(hz, 20.0, _HIGHEST_HZ), mul=falling * audible * alive * kept)
        # The higher a partial, the further from the middle.
        places = [(1 if number % 2 else -1) * min(0.09 * (number - 1), 0.8) for number in numbers]

        trim_db = (
            curve(graph, pitch, _PITCH_TRIM_DB, "exp")
            + curve(graph, brightness, _BRIGHTNESS_TRIM_DB, "lin")
            + curve(graph, even, _EVEN_TRIM_DB, "lin")
            + _TRIM_DB
        )
        together = graph.DCBlock(spread(graph, tones, places) + denormal_guard(graph))
        return add_reverb(
            graph, together * gain(graph, control["level"], trim_db), wet=0.25, decay_s=3.5, cutoff_hz=6000, size=1.8
        )

    @staticmethod
    def _powers(graph: Graph, exponent: PyoObject) -> PyoObject:
        """The power of each partial's number. A power costs as much as eight products: only primes have one."""
        powers: dict[int, PyoObject] = {1: graph.Sig(1.0)}
        for number in range(2, PARTIALS + 1):
            factor = next(factor for factor in range(2, number + 1) if number % factor == 0)
            rest = number // factor
            powers[number] = graph.Pow(number, exponent) if rest == 1 else powers[factor] * powers[rest]
        return graph.Mix([powers[number] for number in range(1, PARTIALS + 1)], voices=PARTIALS)
