"""Bells: frequency-modulated bells that ring by themselves, and one for each stroke."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.reverb import REST, add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import fan, spread
from gesturesynth.synthesis.instruments.voices import in_turn
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION, table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_INDEX_TRIM_DB: Final = ((0.5, 1.5), (2.5, 0.0), (8.0, 0.0))
_DECAY_TRIM_DB: Final = ((0.4, 10.0), (1.0, 5.5), (2.5, 0.0), (6.0, -1.0))
_TRIM_DB: Final = -3.0

VOICES: Final = 10
"""Bells that can ring at once; the oldest gives way."""

_RATIOS: Final = (0.5, 0.75, 1.0, 1.0, 1.5, 2.0)
"""Which notes ring by themselves, from the pitch: octaves, fifths and fourths, which fit into most scales."""

_ENTRIES: Final = 8192


def _falling(steepness: float) -> np.ndarray:
    """An envelope that rises in a 600th of its time and falls to silence, float32, shape (_ENTRIES,)."""
    place = np.arange(_ENTRIES) / _ENTRIES
    shape = np.exp(-steepness * place) * np.minimum(place * 600, 1)
    shape[-200:] *= np.linspace(1, 0, 200)
    return shape.astype(np.float32)


class Bells(Instrument):
    """Two pairs of sines, each modulated, the second a struck bar's overtone above the first that dies sooner.

    A clock with uneven ticks, or the beat where `rate` is a note, strikes one after the other of ten bells; a stroke
    (`strike`) is always at the pitch, the clock's are around it as well. An envelope that is struck again while it
    rings goes back within 3 ms.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "bells"
    about: ClassVar[str] = "Bells of glass and bronze, as many as the hand asks for."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 200.0, 1600.0, "exp", 523.3, 0.05, "The note in the middle.", pitch=True),
        Parameter("ratio", "", 1.2, 3.6, "lin", 1.4, 0.1, "What they are made of: the ratio of the modulation."),
        Parameter("index", "", 0.5, 8.0, "exp", 2.5, 0.05, "How hard they are struck, from glass to clangour."),
        Parameter("decay", "s", 0.4, 6.0, "exp", 2.5, 0.05, "How long they ring."),
        Parameter("rate", "/s", 0.0, 10.0, "lin", 2.0, 0.1, "Strokes a second by themselves."),
        LEVEL,
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger("strike", "One bell at the pitch."),)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, decay, rate = control["pitch"], control["decay"], control["rate"]
        self._strike = self.timing.trigger(graph, "strike")
        struck = self._strike.stream
        tick = self.timing.ticks(graph, "rate", rate, uneven=(0.8, 1.25))
        trigs = in_turn(graph, graph.Clip(tick + struck, 0.0, 1.0), VOICES)

        around = graph.TrigChoice(tick, list(_RATIOS), init=1.0)
        held = graph.SampHold(pitch * (around * (1 - struck) + struck), trigs, 1.0)
        freq = graph.Clip(held, 50.0, 4000.0)
        velocity = graph.TrigRand(trigs, 0.5, 1.0, init=0.7)
        loud, bright = (
            graph.Port(
                graph.TrigEnv(trigs, table(graph, shape), dur=decay, interp=NO_INTERPOLATION, add=REST), 0.0015, 0.003
            )
            for shape in (_falling(6.9), _falling(10.0))
        )
        # Where overtones would fold back there is less modulation.
        index = control["index"] * curve(graph, pitch, ((400.0, 1.0), (1600.0, 0.6)), "exp")
        bells = self._modulated(graph, freq, control["ratio"], bright * index * velocity) * (loud * velocity)
        bar = self._modulated(graph, freq * 2.76, control["ratio"], bright * 0.5)
        bars = bar * (loud * loud * loud * velocity * 0.25)

        trim_db = (
            curve(graph, control["index"], _INDEX_TRIM_DB, "exp")
            + curve(graph, decay, _DECAY_TRIM_DB, "exp")
            + _TRIM_DB
        )
        together = graph.DCBlock(spread(graph, bells + bars, fan(VOICES)) + denormal_guard(graph))
        played = steadied(graph, together * graph.DBToA(trim_db)) * gain(graph, control["level"], 0.0)
        return add_reverb(graph, played, wet=0.4, decay_s=3.0, cutoff_hz=6500, size=1.6)

    @staticmethod
    def _modulated(graph: Graph, freq: PyoObject, ratio: PyoObject, index: PyoObject) -> PyoObject:
        """A sine whose phase another one moves by `index` radians.

        Computed, not read from a table as pyo's FM does, whose phase can be rounded to the table's length: NaN.
        """
        modulator = graph.Sine(freq * ratio) * index
        return graph.Sin(graph.Phasor(freq) * (2 * math.pi) + modulator)

    def fire(self, trigger: str) -> None:
        """Strikes a bell. Raises KeyError for a name that is not in `triggers`."""
        {"strike": self._strike}[trigger].play()
