"""Drone: a low sustained chord that keeps moving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.reverb import add_reverb
from gesturesynth.synthesis.instruments.stereo import narrowed
from gesturesynth.synthesis.instruments.wavetables import saw_wave, table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction): takes out how loud each pitch, brightness, detune and motion comes out of the finished graph.
# Measured with `instrument trim`; smoothed.
_PITCH_TRIM_DB: Final = ((40.0, -1.9), (56.6, -2.2), (80.0, -4.5), (113.1, -6.7), (160.0, -7.3))
_BRIGHTNESS_TRIM_DB: Final = (
    (200.0, 4.9),
    (400.0, 2.0),
    (650.0, 0.7),
    (900.0, 0.0),
    (1500.0, -0.8),
    (2500.0, -1.8),
    (6000.0, -4.9),
)
_DETUNE_TRIM_DB: Final = ((0.0, 3.7), (0.05, 2.2), (0.1, 0.0), (0.9, 0.0))
_MOTION_TRIM_DB: Final = ((0.0, 1.1), (0.25, 0.3), (0.5, -0.3), (1.0, -0.6))

_LIFT_DB: Final = ((600.0, 0.0), (1500.0, 3.0), (6000.0, 15.0))

_OFFSETS: Final = ((0.0, 0.0058, -0.0097, 0.0149), (0.0, -0.0053, 0.0109, -0.0157))
"""How far each saw of each side is from the pitch at detune 1, as a part of it: 9 to 27 cents, no two alike."""

RESONANCE: Final = 0.25
FILTER_INPUT: Final = 1.6
"""What the low-pass may be given. pyo's MoogLP bends its output by y - y^3 / 6, which turns over where y is above 2.45
and never comes back: infinity. The sum of its impulse response's sizes is at most 1.4 at this resonance up to
`highest_cutoff_hz`, so y stays below 2.3 whatever comes. The strings are above this in rare moments only, when the
peaks of all meet."""
HIGHEST_CUTOFF_HZ: Final = 12000.0
_CUTOFF_PART: Final = 0.272
"""Of the sample rate: further up that sum grows, to 2.1 at 0.4."""


def highest_cutoff_hz(sample_rate: float) -> float:
    """The highest cutoff of the low-pass, Hz, at a sample rate in Hz."""
    return min(HIGHEST_CUTOFF_HZ, _CUTOFF_PART * sample_rate)


class Drone(Instrument):
    """Two groups of saws, left and right, a fifth and an octave whose level varies, and a resonance on the overtones.

    Each side has its own low-pass that moves around `brightness`, and a narrow resonance that moves slowly over the
    overtones, like a throat singer's. `motion` makes all movement wider and quicker; at 0 the sound stands still.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "drone"
    about: ClassVar[str] = "A low choir of strings whose overtones wander by themselves."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 40.0, 160.0, "exp", 65.4, 0.25, "The ground note.", pitch=True),
        Parameter("brightness", "Hz", 200.0, 6000.0, "exp", 900.0, 0.12, "How far up the overtones reach."),
        Parameter("detune", "", 0.0, 0.9, "lin", 0.3, 0.2, "From one string (0) to a beating swarm (0.9)."),
        Parameter("motion", "", 0.0, 1.0, "lin", 0.4, 0.5, "How much the sound moves by itself."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, brightness, motion = control["pitch"], control["brightness"], control["motion"]

        # Rises quickly: 0.75 at half way.
        depth = motion * (2 - motion)
        # Slow random movements between -1 and 1, one for each side, quicker with motion (20 s down to 3 s a turn).
        pace = motion * 0.28 + 0.05
        breath = graph.Port(graph.Randi(-1, 1, freq=[pace, pace * 1.13]), 0.3, 0.3)
        wander = graph.Port(graph.Randi(-1, 1, freq=[pace * 0.71, pace * 0.83]), 0.5, 0.5)
        swell = graph.Randi(0, 1, freq=[pace * 0.9, pace * 0.77])

        # 0 for one string, 1 from a detune of 0.1 on.
        company = graph.Clip(control["detune"] * 10, 0.0, 1.0)
        strings = self._swarm(graph, pitch, control["detune"], company)
        overtones = table(graph, saw_wave(40))
        # Pure at rest: what beats against the strings moves.
        ratios = [depth * -0.0005 + 1.5, depth * 0.0007 + 2.0]
        upper = graph.Osc(overtones, [pitch * one for one in ratios], mul=(swell * depth * 0.25 + 0.04) * company)
        ground = graph.Sine(freq=pitch, mul=0.06)
        # Less of the lowest octave, which few speakers have and which masks what the overtones do.
        tilted = graph.EQ(strings + upper, 200, 0.7, -8, type=1)
        highest_hz = highest_cutoff_hz(pitch.getSamplingRate())
        cutoff = graph.Clip(brightness * graph.Pow(2.0, breath * depth * 0.9), 60.0, highest_hz)
        filtered = graph.MoogLP(graph.Clip(tilted, -FILTER_INPUT, FILTER_INPUT), freq=cutoff, res=RESONANCE)
        # The overtones of a saw fall so fast that a low-pass above the first ten is hardly heard: they are lifted.
        lifted = graph.EQ(filtered, 1600, 0.6, curve(graph, brightness, _LIFT_DB, "exp"), type=2)
        # The resonance: around the cutoff, from the third overtone up, apart from the rest.
        opening = curve(graph, brightness, ((200.0, 0.15), (900.0, 1.0), (6000.0, 1.6)), "exp")
        sung = graph.Clip(brightness * graph.Pow(2.0, wander * depth * 1.1 - 0.4), pitch * 3, 5000.0)
        singing = graph.Reson(graph.Tone(tilted, 2500), freq=sung, q=22, mul=(motion * 1.8 + 0.1) * opening)

        trim_db = (
            curve(graph, pitch, _PITCH_TRIM_DB, "exp")
            + curve(graph, brightness, _BRIGHTNESS_TRIM_DB, "exp")
            + curve(graph, control["detune"], _DETUNE_TRIM_DB, "lin")
            + curve(graph, motion, _MOTION_TRIM_DB, "lin")
        )
        sound = graph.DCBlock(lifted + singing + ground)
        played = narrowed(sound) * gain(graph, control["level"], trim_db)
        # The reverb moves by itself (see `add_reverb`): a drone that stands still has less of it.
        wet = graph.Clip(motion * 0.92 + 0.08, 0.0, 0.45)
        return add_reverb(graph, played, wet=wet, decay_s=3.5, cutoff_hz=4500, size=1.6)

    @staticmethod
    def _swarm(graph: Graph, pitch: PyoObject, detune: PyoObject, company: PyoObject) -> PyoObject:
        """Saws around the pitch: two streams. Without detune there is one, in the middle, and no other can be heard."""
        saw = table(graph, saw_wave(130))
        alone = graph.Osc(saw, freq=pitch, mul=1 - company)
        voices = [
            graph.Osc(
                saw,
                freq=pitch * (detune * offset + 1) if offset else pitch * (1 + 0.0003 * (side - 0.5)),
                phase=(0.37 * number + 0.21 * side) % 1.0,
                mul=company,
            )
            for number, offsets in enumerate(zip(*_OFFSETS, strict=True))
            for side, offset in enumerate(offsets)
        ]
        return graph.Mix([*voices, alone, graph.Dummy(alone.getBaseObjects())], voices=2, mul=0.3)
