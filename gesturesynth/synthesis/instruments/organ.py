"""Organ: drawbars, up to four notes, a rotating loudspeaker."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard, exact_delays
from gesturesynth.synthesis.instruments.stereo import pair
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_PITCH_TRIM_DB: Final = ((55.0, 2.1), (139.0, -0.1), (350.0, -0.7), (880.0, -0.4))
_REGISTRATION_TRIM_DB: Final = ((0.0, 3.0), (0.33, 0.7), (0.67, -3.2), (1.0, -5.8))
_CHORD_TRIM_DB: Final = ((0.0, 5.8), (0.33, 1.4), (0.67, -1.5), (1.0, -4.0))
_TRIM_DB: Final = -6.3

_REGISTRATIONS: Final = (
    {2: 1.0, 4: 0.15, 6: 0.05},
    {1: 0.5, 2: 1.0, 3: 0.4, 4: 0.6, 6: 0.4, 8: 0.2},
    {1: 0.8, 2: 1.0, 3: 0.8, 4: 1.0, 6: 0.8, 8: 0.8, 10: 0.6, 12: 0.6, 16: 0.9},
)
"""Flute, principal, full: how far each drawbar is out, by its partial of the note an octave below. The flute has
none of that one, so that the note is the pitch."""

_CHORD: Final = (1.0, 1.5, 2.0, 3.0)
"""The notes that join one after the other: root, fifth, octave, twelfth. No third: it would be wrong in many scales."""

_DISTANCE_S: Final = 0.002
_TURN_S: Final = 0.0004
"""How long the sound takes from the rotor to the ear, and by how much that varies, each way: the turning pitch."""


class Organ(Instrument):
    """Four notes of three crossfaded tables, and a turning loudspeaker.

    The rotor bends pitch (by a delay that varies) and loudness (6 dB); the right side is a quarter of a
    turn ahead of the left.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "organ"
    about: ClassVar[str] = "An organ whose stops a hand pulls, in front of a turning loudspeaker."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 55.0, 880.0, "exp", 130.8, 0.03, "The lowest note.", pitch=True),
        Parameter("registration", "", 0.0, 1.0, "lin", 0.4, 0.2, "From a flute (0) to the full organ (1)."),
        Parameter("rotor", "/s", 0.6, 7.0, "exp", 0.8, 0.8, "Turns of the loudspeaker a second."),
        Parameter(
            "chord",
            "",
            0.0,
            1.0,
            "lin",
            0.5,
            0.1,
            "From one note (0) to four (1): the fifth joins, the octave, the twelfth.",
        ),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, registration = control["pitch"], control["registration"]
        stops = [
            graph.HarmTable([drawbars.get(partial, 0.0) for partial in range(1, 17)], size=8192)
            for drawbars in _REGISTRATIONS
        ]
        # Each stop is alone at its place; between two they cross. High notes leave the shrill ones out.
        pulled = registration * curve(graph, pitch, ((220.0, 1.0), (880.0, 0.6)), "exp")
        shares = [
            graph.Clip(1 - pulled * 2, 0.0, 1.0),
            graph.Clip(1 - graph.Abs(pulled * 2 - 1), 0.0, 1.0),
            graph.Clip(pulled * 2 - 1, 0.0, 1.0),
        ]
        # The tables begin an octave below the note, so that there can be a drawbar below it.
        hz = pitch * [ratio * 0.5 for ratio in _CHORD]
        joined = graph.Clip(control["chord"] * 3 + [1.0, 0.0, -1.0, -2.0], 0.0, 1.0)
        pipes = [graph.Osc(stop, hz, mul=joined * share) for stop, share in zip(stops, shares, strict=True)]
        wind = graph.Reson(NoiseSource(graph, pitch).white(), freq=pitch * 2, q=2, mul=0.004)
        sounding = graph.Mix(pipes, voices=1, mul=0.2) + wind + denormal_guard(graph)
        if self.timing.follows("rotor"):
            beaten = self.timing.phases(graph, "rotor", control["rotor"]) * (2 * math.pi)
            turn: PyoObject = pair(graph, graph.Sin(beaten), graph.Cos(beaten))
        else:
            turn = graph.Sine(control["rotor"], phase=[0.0, 0.25])
        middle_s, longest_s = exact_delays(pitch.getSamplingRate(), _DISTANCE_S, _TURN_S)
        turned = graph.Delay(sounding, turn * _TURN_S + middle_s, maxdelay=longest_s) * (turn * 0.25 + 0.75)

        trim_db = (
            curve(graph, pitch, _PITCH_TRIM_DB, "exp")
            + curve(graph, registration, _REGISTRATION_TRIM_DB, "lin")
            + curve(graph, control["chord"], _CHORD_TRIM_DB, "lin")
            + _TRIM_DB
        )
        played = graph.DCBlock(turned) * gain(graph, control["level"], trim_db)
        return add_reverb(graph, played, wet=0.25, decay_s=1.5, cutoff_hz=5000, size=1.0)
