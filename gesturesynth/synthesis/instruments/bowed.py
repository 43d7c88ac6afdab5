"""Bowed: a string under a bow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.wavetables import saw_wave, table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_PRESSURE_TRIM_DB: Final = ((0.0, 4.5), (0.33, 0.0), (1.0, 0.0))
_PLACE_TRIM_DB: Final = ((0.04, 6.0), (0.086, 1.5), (0.19, -0.8), (0.4, -1.4))
_TRIM_DB: Final = -4.0
_END_DB: Final = -2.7

_BODY: Final = ((98, 5, 5), (190, 4, 4), (235, 5, 3), (420, 3, 3), (580, 4, 2), (1400, 2, 3), (2300, 3, 4))
"""Resonances of a body as large as a cello's: Hz, Q, dB."""


class Bowed(Instrument):
    """The saw that a bowed string moves in, without the overtones that have a node under the bow, in a wooden body.

    The difference of two readings of one wave, as far apart as the bow is from the bridge, leaves these overtones out.
    Rosin is noise that comes in pulses with every slip of the string. No two turns of the string are alike: the pitch
    trembles by some cents, more under pressure.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "bowed"
    about: ClassVar[str] = "A string under a bow, from a breath on the fingerboard to a cry at the bridge."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 65.0, 880.0, "exp", 130.8, 0.08, "The note.", pitch=True),
        Parameter("pressure", "", 0.0, 1.0, "lin", 0.4, 0.08, "How hard the bow is pressed: airy to raw."),
        Parameter("place", "", 0.04, 0.4, "exp", 0.13, 0.1, "Where the bow is: bridge (0.04) to fingerboard (0.4)."),
        Parameter("vibrato", "%", 0.0, 2.0, "lin", 0.6, 0.2, "Depth of the vibrato, 5 to 6 a second."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, pressure = control["pitch"], control["pressure"]
        sway = graph.Sine(graph.Randi(5.0, 5.8, freq=0.6)) * control["vibrato"] * 0.01
        noise = NoiseSource(graph, pitch)
        tremble = graph.Port(noise.white(), 0.012, 0.012) * (pressure * 0.12 + 0.04)
        hz = pitch * (sway + tremble + 1)

        saw = table(graph, saw_wave(100))
        bridge = graph.Osc(saw, hz)
        under_bow = graph.Osc(saw, hz, phase=control["place"])
        string = (bridge - under_bow) * 0.5
        turn = graph.Phasor(hz)
        slip = graph.Pow(graph.Clip(1 - turn, 0.0, 1.0), 6)
        rosin = graph.ButHP(noise.white(), 1500) * (slip * 0.6 + 0.15) * (pressure * 0.1 + 0.02)
        bright = graph.Clip(hz * (pressure * 18 + 2) + pressure * 2500, 200.0, 12000.0)
        sound: PyoObject = graph.Tone(graph.Tone(string, bright) + rosin, graph.Clip(bright * 2, 200.0, 15000.0))
        for body_hz, q, db in _BODY:
            sound = graph.EQ(sound, body_hz, q, db)
        breath = graph.Port(graph.Randi(0.8, 1.0, freq=2.3), 0.1, 0.1)

        trim_db = (
            curve(graph, pressure, _PRESSURE_TRIM_DB, "lin")
            + curve(graph, control["place"], _PLACE_TRIM_DB, "exp")
            + _TRIM_DB
        )
        bowed = graph.DCBlock(sound * breath + denormal_guard(graph)) * graph.DBToA(trim_db)
        played = steadied(graph, bowed) * gain(graph, control["level"], _END_DB)
        return add_reverb(graph, played, wet=0.3, decay_s=1.8, cutoff_hz=4500, size=1.1)
