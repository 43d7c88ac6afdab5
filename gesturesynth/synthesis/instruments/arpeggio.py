"""Arpeggio: a chord, note after note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.reverb import REST, add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import fan, spread
from gesturesynth.synthesis.instruments.voices import in_turn
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION, saw_wave, table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_PITCH_TRIM_DB: Final = ((55.0, 3.5), (110.0, 0.5), (440.0, 0.0))
_LENGTH_TRIM_DB: Final = ((0.08, 18.5), (0.2, 9.0), (0.58, 0.0), (2.0, -3.0))
_TRIM_DB: Final = 2.0

RATIOS: Final = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Root, third, fifth, and so on over three octaves, in just ratios."""
VOICES: Final = 4
_ENTRIES: Final = 4096


class Arpeggio(Instrument):
    """Four plucked saws that take turns; each note begins where the one before still rings.

    Notes go up through a chord of just ratios, and from its end they begin again; `reach` says how many there are, and
    `chance` how often a note is any of them instead of the next one. `step` plays the next one now.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "arpeggio"
    about: ClassVar[str] = "A chord that runs note after note, as far up and as fast as a hand asks."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 55.0, 440.0, "exp", 146.8, 0.05, "The lowest note.", pitch=True),
        Parameter("rate", "/s", 0.0, 16.0, "lin", 5.0, 0.1, "Notes a second; 0 stands still."),
        Parameter("reach", "", 0.0, 1.0, "lin", 0.5, 0.1, "From one note (0) to three octaves (1)."),
        Parameter("chance", "", 0.0, 1.0, "lin", 0.0, 0.1, "From up in order (0) to any note (1)."),
        Parameter("length", "s", 0.08, 2.0, "exp", 0.5, 0.1, "How long a note rings."),
        Parameter("brightness", "Hz", 300.0, 8000.0, "exp", 1800.0, 0.1, "How bright a note begins."),
        LEVEL,
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger("step", "The next note, now."),)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        length, brightness = control["length"], control["brightness"]
        self._step = self.timing.trigger(graph, "step")
        tick = graph.Clip(self.timing.ticks(graph, "rate", control["rate"]) + self._step.stream, 0.0, 1.0)
        trigs = in_turn(graph, tick, VOICES)

        # The place in the chord, from 0: the count of notes over how many there are, or a random one of them.
        notes = graph.Floor(control["reach"] * (len(RATIOS) - 0.001)) + 1
        count = graph.Counter(tick, 0, 2520)  # divisible by all counts of notes
        turn = count / notes
        in_order = graph.Floor((turn - graph.Floor(turn)) * notes + 0.5)
        anywhere = graph.Floor(graph.TrigRand(tick, 0.0, 0.999) * notes)
        leaps = graph.Compare(graph.TrigRand(tick, 0.0, 0.999), control["chance"], "<")
        place = graph.Clip(in_order + (anywhere - in_order) * leaps, 0.0, len(RATIOS) - 1)
        ratio = graph.TableIndex(graph.DataTable(len(RATIOS), init=list(RATIOS)), place)
        hz = graph.Clip(graph.SampHold(control["pitch"] * ratio, trigs, 1.0), 20.0, 5000.0)

        along = np.arange(_ENTRIES) / _ENTRIES
        shape = np.exp(-6.0 * along) * np.minimum(along * 200, 1)
        shape[-100:] *= np.linspace(1, 0, 100)
        falling = table(graph, shape.astype(np.float32))
        loud = graph.Port(graph.TrigEnv(trigs, falling, dur=length, interp=NO_INTERPOLATION, add=REST), 0.002, 0.004)
        saws = graph.Osc(table(graph, saw_wave(40)), hz, mul=loud)
        cutoff = graph.Clip(brightness * (loud * 0.8 + 0.2), 80.0, 12000.0)
        # What two low-passes take from the fundamental is given back.
        softness = hz / brightness
        voices = graph.Tone(graph.Tone(saws * graph.Clip(softness * softness + 1, 1.0, 40.0), cutoff), cutoff)

        trim_db = (
            curve(graph, control["pitch"], _PITCH_TRIM_DB, "exp")
            + curve(graph, length, _LENGTH_TRIM_DB, "exp")
            + _TRIM_DB
        )
        together = graph.DCBlock(spread(graph, voices, fan(VOICES, 0.6)) + denormal_guard(graph))
        # A note that begins after silence would jump out.
        held = graph.DCBlock(graph.Tanh(steadied(graph, together * graph.DBToA(trim_db))))
        played = graph.Clip(held, -1.2, 1.2) * gain(graph, control["level"], 0.0)
        return add_reverb(graph, played, wet=0.3, decay_s=2.2, cutoff_hz=5500, size=1.2)

    def fire(self, trigger: str) -> None:
        """Plays the next note. Raises KeyError for a name that is not in `triggers`."""
        {"step": self._step}[trigger].play()
