"""Choir: eight voices on one vowel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import fan, parts, spread
from gesturesynth.synthesis.instruments.wavetables import saw_wave, table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_PITCH_TRIM_DB: Final = ((80.0, 0.0), (250.0, 0.0), (440.0, 4.0))
_SPREAD_TRIM_DB: Final = ((0.0, 4.0), (0.33, 0.0), (1.0, 0.0))
_UNREST_TRIM_DB: Final = ((0.0, 4.0), (0.33, 0.0), (1.0, 0.0))
_TRIM_DB: Final = 14.0

FORMANTS: Final = (
    ((320.0, 0.0, 50.0), (800.0, -12.0, 80.0), (2500.0, -28.0, 120.0), (3500.0, -34.0, 150.0)),
    ((450.0, 0.0, 60.0), (850.0, -6.0, 80.0), (2500.0, -24.0, 120.0), (3500.0, -30.0, 150.0)),
    ((700.0, 0.0, 80.0), (1150.0, -4.0, 90.0), (2600.0, -16.0, 120.0), (3500.0, -22.0, 150.0)),
    ((480.0, 0.0, 70.0), (1750.0, -8.0, 90.0), (2500.0, -14.0, 120.0), (3500.0, -20.0, 150.0)),
    ((300.0, 0.0, 50.0), (2150.0, -12.0, 100.0), (2850.0, -16.0, 130.0), (3600.0, -22.0, 150.0)),
)
"""Of the vowels u, o, a, e and i, evenly along `vowel`: frequency in Hz, level in dB and width in Hz of each formant.
Round figures within what phonetics measures of grown men and women (textbook averages differ by 15 % themselves)."""

_CHORD: Final = (1.0, 1.5, 2.0, 2.5, 1.0, 1.5, 2.0, 3.0)
"""What the voices sing when `spread` is 1: root, fifth, octave, tenth, twelfth."""


class Choir(Instrument):
    """Eight saws through the resonances of a throat, which move between five vowels.

    Between two vowels every formant goes straight from one place to the other. Each voice has a drift, a vibrato and a
    roughness of its own; `unrest` scales all three, and at 0 they sing as an organ does.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "choir"
    about: ClassVar[str] = "Eight singers on one breath: a hand opens the vowel and spreads the chord."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 80.0, 440.0, "exp", 146.8, 0.15, "The ground note.", pitch=True),
        Parameter("vowel", "", 0.0, 1.0, "lin", 0.3, 0.15, "From u by o, a and e to i."),
        Parameter("spread", "", 0.0, 1.0, "lin", 0.5, 0.2, "From one note (0) to a chord over three octaves (1)."),
        Parameter("unrest", "", 0.0, 1.0, "lin", 0.4, 0.2, "Vibrato and drift of the single voices."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, vowel, unrest = control["pitch"], control["vowel"], control["unrest"]
        count = len(_CHORD)

        drift = graph.Port(graph.Randi(-1, 1, freq=[0.5 + 0.13 * n for n in range(count)]), 0.2, 0.2, mul=0.006)
        vibrato = graph.Sine(graph.Randi(4.7, 6.1, freq=[0.3 + 0.05 * n for n in range(count)]), mul=0.006)
        noise = NoiseSource(graph, pitch)
        rough = graph.Port(noise.white([1.0] * count), 0.02, 0.02, mul=0.06)
        sway = (drift + vibrato + rough) * unrest + 1
        # The chord opens voice by voice over whole ratios: between them it glides as singers do.
        note = pitch * (control["spread"] * [ratio - 1 for ratio in _CHORD] + 1)
        voices = graph.Osc(table(graph, saw_wave(60)), note * sway, phase=[0.13 * n % 1 for n in range(count)], mul=0.2)
        throat = graph.DCBlock(spread(graph, voices, fan(count, 0.7))) + noise.white([0.004, 0.004])
        throat = throat + denormal_guard(graph)

        formants = []
        for number in range(len(FORMANTS[0])):
            points = [(place / 4, vowel_formants[number]) for place, vowel_formants in enumerate(FORMANTS)]
            hz, db, width_hz = (curve(graph, vowel, [(at, one[n]) for at, one in points], "lin") for n in range(3))
            if number == 0:
                # Singers move the first formant up with a note that would be above it.
                hz = graph.Max(hz, pitch * 1.02)
            # A resonance passes more the narrower it is: its peak stands at `db`.
            formants.append(graph.Reson(throat, hz, hz / width_hz, mul=graph.DBToA(db)))
        sung = graph.Mix([stream for formant in formants for stream in parts(graph, formant)], voices=2)

        trim_db = (
            curve(graph, pitch, _PITCH_TRIM_DB, "exp")
            + curve(graph, control["spread"], _SPREAD_TRIM_DB, "lin")
            + curve(graph, unrest, _UNREST_TRIM_DB, "lin")
            + _TRIM_DB
        )
        played = steadied(graph, graph.DCBlock(sung) * graph.DBToA(trim_db)) * gain(graph, control["level"], 0.0)
        return add_reverb(graph, played, wet=0.4, decay_s=3.2, cutoff_hz=5000, size=1.8)
