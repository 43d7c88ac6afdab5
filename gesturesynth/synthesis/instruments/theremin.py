"""Theremin: one warm voice without frets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.feedback_voice import GREATEST, feedback_voice
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import add_reverb
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (pitch, correction): takes out what ear weighting, body and room do to the loudness of each pitch. Measured as the
# median momentary loudness of the finished graph, level 0 dB, full vibrato; smoothed.
_PITCH_TRIM_DB: Final = (
    (55.0, -10.1),
    (78.0, -13.3),
    (110.0, -15.3),
    (156.0, -16.6),
    (220.0, -18.5),
    (311.0, -18.7),
    (440.0, -19.4),
    (523.0, -20.3),
    (622.0, -20.1),
    (740.0, -19.5),
    (880.0, -18.4),
    (1245.0, -17.9),
    (1760.0, -17.3),
    (2489.0, -16.1),
    (3520.0, -17.3),
)
_TIMBRE_TRIM_DB: Final = ((0.0, 0.3), (0.04, 0.1), (0.08, -0.2), (0.11, -0.9), (0.15, -2.7))


class Theremin(Instrument):
    """A sine that is bent into a string by feedback, coloured by a wooden body, heard in a small room.

    The body is three broad resonances near those of a cello and a low voice; it changes the colour along the scale, not
    the pitch. Vibrato grows on a pitch that is held and fades while the hand moves, as players do it. A little noise
    around the pitch keeps held notes from standing still.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "theremin"
    about: ClassVar[str] = "A warm singing voice that glides: the oldest instrument played without touch."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "pitch", "Hz", 55.0, 3520.0, "exp", 220.0, 0.06, "The note; every pitch between notes as well.", pitch=True
        ),
        Parameter("vibrato", "%", 0.0, 2.0, "lin", 0.5, 0.2, "Depth of the vibrato of a held note, 5 to 6 a second."),
        Parameter("timbre", "", 0.0, 0.15, "lin", 0.06, 0.1, "From a pure tone (0) to a bowed string (0.15)."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, timbre = control["pitch"], control["timbre"]

        # How far the hand has moved in the last 0.1 s, as a ratio: 3 % (half a semitone) halves the vibrato.
        behind = graph.Port(pitch, risetime=0.1, falltime=0.1, init=220.0)
        stillness = graph.Port(
            1 - graph.Clip(graph.Abs(pitch / graph.Clip(behind, 20.0, 5000.0) - 1) * 16, 0.0, 1.0), 0.3, 0.03
        )
        sway = graph.Sine(freq=graph.Randi(5.2, 5.9, freq=0.7), mul=stillness)
        freq = pitch * (sway * control["vibrato"] * 0.01 + 1)

        # Upwards the feedback is eased off: high bowed notes are piercing, and above 1 kHz their overtones would fold
        # back at half the sample rate.
        # A ramp that ends at 0 may come a rounding error below it, of which no power is a number.
        opened = graph.Pow(graph.Clip(timbre * (1 / GREATEST), 0.0, 1.0), 0.45, mul=GREATEST)
        bend = opened * curve(graph, pitch, ((55.0, 1.0), (280.0, 0.99), (900.0, 0.92), (3520.0, 0.33)), "exp")
        string = graph.DCBlock(feedback_voice(graph, freq, bend))
        breath = graph.Reson(NoiseSource(graph, pitch).white(), freq=pitch, q=9, mul=0.012)
        voice = string * (sway * control["vibrato"] * 0.03 + 1) + breath
        body = graph.EQ(graph.EQ(graph.EQ(voice, 270, 1.2, 3.0), 620, 1.4, 4.0), 2600, 1.6, -4.0)
        # Feedback alone adds little that is heard in its lower half: its overtones are lifted with it.
        lift_db = (
            timbre
            * (11 / GREATEST)
            * curve(graph, pitch, ((55.0, 0.6), (140.0, 0.9), (280.0, 1.0), (3520.0, 0.3)), "exp")
        )
        sung = graph.EQ(body, pitch * 2.2, 0.7, lift_db, type=2)

        trim_db = curve(graph, pitch, _PITCH_TRIM_DB, "exp") + curve(graph, timbre, _TIMBRE_TRIM_DB, "lin")
        played = sung * gain(graph, control["level"], trim_db)
        # The level comes before the reverb, so that the reverb of a note rings on after it.
        return add_reverb(graph, played, wet=0.3, decay_s=1.3, cutoff_hz=4200, size=0.9)
