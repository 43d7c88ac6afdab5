"""Pulses: signs of dots and dashes, as a telegraph sends them, by two stations in turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain, steadied
from gesturesynth.synthesis.instruments.noise import NoiseSource
from gesturesynth.synthesis.instruments.reverb import REST, add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import spread
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

UNITS: Final = 16
"""Of a bar: a dot lasts one unit, a dash three, the rest between them one."""

SIGNS: Final = (
    "1000000000000000",  # E
    "1110000000000000",  # T
    "1011100000000000",  # A
    "1010100000000000",  # S
    "1110101110000000",  # K
    "1010101110000000",  # V
    "1110101110100000",  # C
    "1010101010000000",  # 5
    "1010101010101010",  # dots without a rest
)
"""Signs of the international Morse code (ITU-R M.1677-1), by how many pulses they have."""

# (value, correction), measured with `instrument trim`; smoothed.
_PITCH_TRIM_DB: Final = ((110.0, 7.0), (220.0, 0.8), (1760.0, 0.0))
_PATTERN_TRIM_DB: Final = ((0.0, 2.5), (0.5, 0.0), (1.0, -1.0))
_CLICK_TRIM_DB: Final = ((0.0, 0.0), (0.5, 8.5), (1.0, 13.0))
_RATE_TRIM_DB: Final = ((0.0, 4.0), (6.0, 0.0), (24.0, 0.0))
_TRIM_DB: Final = 4.0

# Likewise, for what short peaks lose when they are held.
_KNOCK_MAKEUP_DB: Final = ((0.0, 0.0), (0.5, 1.0), (1.0, 1.2))
_LOW_MAKEUP_DB: Final = ((110.0, 0.8), (220.0, 0.2), (1760.0, 0.0))

_OPEN: Final = 0.55
"""Above this, a softened gate counts as open."""


class Pulses(Instrument):
    """One sign over and over: a bar of it from the left, at `pitch`, and a bar from the right, at `pitch` x `answer`.

    A pulse is a tone (`click` 0), or a knock where it begins and another where it ends, as the armature of a telegraph
    makes them (`click` 1). `dot` and `dash` send one by hand: a dot from the left, a dash from the right.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "pulses"
    about: ClassVar[str] = "Dots and dashes from two stations that answer each other, as tones or as knocks."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("pitch", "Hz", 110.0, 1760.0, "exp", 587.3, 0.03, "The tone of the left station.", pitch=True),
        Parameter("rate", "/s", 0.0, 24.0, "lin", 9.0, 0.1, "Units a second: a dot is one; 0 stands still."),
        Parameter("pattern", "", 0.0, 1.0, "lin", 0.6, 0.02, "Which sign: E, T, A, S, K, V, C, 5, dots without rest."),
        Parameter("answer", "x", 0.5, 2.0, "exp", 1.335, 0.03, "The tone of the right station: 2 is an octave above."),
        Parameter("click", "", 0.0, 1.0, "lin", 0.1, 0.05, "From a soft tone (0) to a knock at both its ends (1)."),
        LEVEL,
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger("dot", "A short pulse, from the left."),
        Trigger("dash", "A pulse three times as long, from the right."),
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        pitch, click = control["pitch"], control["click"]
        left, right = self._gates(graph, control["rate"], control["pattern"])

        soft_s = (1 - click) * 0.005 + 0.0015
        # Two ports one after the other: edges round at both ends.
        loud = [graph.Port(graph.Port(gate, soft_s, soft_s), soft_s, soft_s) for gate in (left, right)]
        hz = graph.Clip(graph.Mix([pitch, pitch * control["answer"]], voices=2), 40.0, 4000.0)
        keyed = graph.Mix(loud, voices=2)
        tones = graph.Sine(hz) + graph.Sine(hz * 2) * (0.15 + click * 0.25) + graph.Sine(hz * 3) * (click * 0.3)

        # A knock where a gate opens, a softer and higher one where it closes.
        hold = graph.LinTable([(0, 1.0), (8, 1.0)], size=8)
        moved = [graph.Change(graph.Compare(gate, _OPEN, ">")) for gate in loud]
        blows = [graph.TrigEnv(trig, hold, dur=0.001, interp=NO_INTERPOLATION, add=REST) for trig in moved]
        blow = graph.Mix(blows, voices=2)
        hammer = graph.Port(blow, 0.0004, 0.012)
        noise = NoiseSource(graph, pitch)
        wood = (
            graph.Reson(noise.white([1.0, 1.0]) * hammer, hz * 2.7, 6)
            + graph.ButHP(noise.white([0.06, 0.06]), 2500) * hammer
        )

        trim_db = (
            curve(graph, pitch, _PITCH_TRIM_DB, "exp")
            + curve(graph, control["rate"], _RATE_TRIM_DB, "lin")
            + curve(graph, control["pattern"], _PATTERN_TRIM_DB, "lin")
            + _TRIM_DB
        )
        click_trim_db = curve(graph, click, _CLICK_TRIM_DB, "lin")
        sent = tones * keyed * (1 - click) * 0.4 + wood * click * graph.DBToA(click_trim_db) * 4
        sides = spread(graph, sent, (-0.35, 0.35)) * graph.DBToA(trim_db)
        held = graph.DCBlock(graph.Tanh(steadied(graph, sides + denormal_guard(graph))))
        makeup_db = curve(graph, click, _KNOCK_MAKEUP_DB, "lin") + curve(graph, pitch, _LOW_MAKEUP_DB, "exp")
        played = held * gain(graph, control["level"], makeup_db)
        return add_reverb(graph, played, wet=0.25, decay_s=1.4, cutoff_hz=5000, size=1.0)

    def _gates(self, graph: Graph, rate: PyoObject, pattern: PyoObject) -> tuple[PyoObject, PyoObject]:
        """The keys of both stations: 1 while one is pressed."""
        # It waits on the last unit, a rest; a nudge brings it to the first. A phasor may reach 1 before it wraps.
        if self.timing.follows("rate"):
            begun = self.timing.counts(graph, "rate")
            unit = begun - graph.Floor(begun * (1 / (2 * UNITS))) * (2 * UNITS)
        else:
            bars = graph.Phasor(rate * (1 / (2 * UNITS)), phase=1 - 0.01 / UNITS) * (2 * UNITS)
            unit = graph.Floor(graph.Clip(bars, 0.0, 2 * UNITS - 0.001))
        second = graph.Compare(unit, UNITS - 0.5, ">")
        # Two rows of the table alike: a row for each station.
        cells = [float(cell) for sign in SIGNS for cell in sign]
        row = graph.Floor(pattern * (len(SIGNS) - 0.001))
        key = graph.TableIndex(graph.DataTable(len(cells), init=cells), row * UNITS + unit - second * UNITS)
        self._sent = {trigger.name: self.timing.trigger(graph, trigger.name) for trigger in self.triggers}
        hold = graph.LinTable([(0, 1.0), (8, 1.0)], size=8)
        dot_s = 0.04 + graph.Pow(rate + 5, -1.0) * 0.4
        dot, dash = (
            graph.TrigEnv(self._sent[name].stream, hold, dur=dot_s * units, interp=NO_INTERPOLATION)
            for name, units in (("dot", 1.0), ("dash", 3.0))
        )
        pressed = key * (1 - second) + dot, key * second + dash
        return graph.Clip(pressed[0], 0.0, 1.0, add=REST), graph.Clip(pressed[1], 0.0, 1.0, add=REST)

    def fire(self, trigger: str) -> None:
        """Sends a pulse. Raises KeyError for a name that is not in `triggers`."""
        self._sent[trigger].play()
