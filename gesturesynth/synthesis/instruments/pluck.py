"""Pluck: eight strings over which a hand moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import parts, spread
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION, table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_POSITION_TRIM_DB: Final = ((0.0, 2.0), (1.0, 0.0))
_ROOT_TRIM_DB: Final = ((55.0, 2.0), (90.0, 1.5), (140.0, 0.0), (220.0, 0.0))
_RING_TRIM_DB: Final = ((0.5, 10.0), (1.4, 4.5), (4.2, 0.0), (12.0, -1.0))
_BRIGHTNESS_TRIM_DB: Final = ((800.0, 7.0), (1800.0, 3.0), (4000.0, 0.0), (9000.0, -1.0))
_TRIM_DB: Final = 10.0

RATIOS: Final = (1.0, 1.5, 2.0, 2.25, 2.5, 3.0, 4.0, 5.0)
"""The strings from the root: fifth, octave, ninth, tenth, twelfth, two octaves, and a third above them."""
_BURST_S: Final = 0.006


class Pluck(Instrument):
    """Eight strings of delay lines, each set ringing by a short burst of noise when the hand crosses it.

    `position` is a place over the strings: moving from one to the next plucks the one that is reached. `rate` plucks
    strings by chance, `pluck` the one under the hand.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "pluck"
    about: ClassVar[str] = "Eight strings that a hand strums; crossing one plucks it."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("position", "", 0.0, 1.0, "lin", 0.0, 0.02, "Where the hand is over the strings, low to high."),
        Parameter("root", "Hz", 55.0, 220.0, "exp", 110.0, 0.1, "The lowest string.", pitch=True),
        Parameter("ring", "s", 0.5, 12.0, "exp", 4.0, 0.1, "How long the strings ring."),
        Parameter("brightness", "Hz", 800.0, 9000.0, "exp", 3500.0, 0.1, "Thumb or nail."),
        Parameter("rate", "/s", 0.0, 12.0, "lin", 0.0, 0.1, "Strings a second that are plucked by chance."),
        LEVEL,
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger("pluck", "The string under the hand."),)

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        count = len(RATIOS)
        self._pluck = self.timing.trigger(graph, "pluck")
        place = graph.Floor(graph.Clip(control["position"] * count, 0.0, count - 0.001))
        reached = graph.Clip(graph.Change(place) + self._pluck.stream, 0.0, 1.0)
        tick = self.timing.ticks(graph, "rate", control["rate"], uneven=(0.7, 1.4))
        chance = graph.TrigRandInt(tick, max=count)

        place_shape = np.arange(2048) / 2048
        shape = table(graph, (np.sin(np.pi * place_shape) ** 0.5 * (1 - place_shape)).astype(np.float32))
        hits = []
        for number in range(count):
            by_hand = reached * graph.Compare(graph.Abs(place - number), 0.5, "<")
            by_chance = tick * graph.Compare(graph.Abs(chance - number), 0.5, "<")
            hits.append(graph.Clip(by_hand + by_chance, 0.0, 1.0))
        trigs = graph.Mix(hits, voices=count)
        velocity = graph.TrigRand(trigs, 0.6, 1.0, init=0.7)
        noise = NoiseSource(graph, control["root"]).white()
        bursts = graph.TrigEnv(trigs, shape, dur=_BURST_S, interp=NO_INTERPOLATION, mul=velocity) * noise
        bursts = bursts + denormal_guard(graph)
        soft = graph.Tone(graph.Tone(bursts, control["brightness"]), control["brightness"])
        freqs = [control["root"] * ratio for ratio in RATIOS]
        # A string sounds where it is plucked as well, not only a period later.
        strings = soft + graph.Waveguide(soft, freqs, dur=control["ring"], minfreq=40)
        # What the lower strings have more of.
        even = [part * ratio**0.25 for part, ratio in zip(parts(graph, strings), RATIOS, strict=True)]
        places = [0.7 * (2 * number / (count - 1) - 1) for number in range(count)]
        body = spread(graph, graph.Mix(even, voices=count), places)
        body = graph.EQ(graph.EQ(graph.DCBlock(body), 110, 2, 4), 420, 1.5, 3)

        trim_db = (
            curve(graph, control["position"], _POSITION_TRIM_DB, "lin")
            + curve(graph, control["root"], _ROOT_TRIM_DB, "exp")
            + curve(graph, control["ring"], _RING_TRIM_DB, "exp")
            + curve(graph, control["brightness"], _BRIGHTNESS_TRIM_DB, "exp")
            + _TRIM_DB
        )
        # A stroke after silence would jump out.
        held = graph.DCBlock(graph.Tanh(steadied(graph, body * graph.DBToA(trim_db))))
        played = held * gain(graph, control["level"], 0.0, opening_s=0.0)
        return add_reverb(graph, played, wet=0.3, decay_s=1.4, cutoff_hz=5500, size=0.9)

    def fire(self, trigger: str) -> None:
        """Plucks the string under the hand. Raises KeyError for a name that is not in `triggers`."""
        {"pluck": self._pluck}[trigger].play()
