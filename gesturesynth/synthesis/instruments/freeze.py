"""Freeze: moments of a sound that stand still, and a hand that goes from one to the next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter
from gesturesynth.synthesis.instruments.frozen_moments import MOMENTS, SIZE, made_moments
from gesturesynth.synthesis.instruments.grain_source import RATE_HZ
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.stereo import narrowed, pair
from gesturesynth.synthesis.instruments.wavetables import table
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction), measured with `instrument trim`; smoothed.
_PITCH_TRIM_DB: Final = ((0.25, 1.8), (0.5, 0.2), (2.0, -0.5))
_TRIM_DB: Final = 0.9

_APART: Final = 1.0007
"""The right side is read a little faster, 1.2 cents: both sides never meet again."""
_DRIFT: Final = 0.08
"""How far the place strays, in moments, so that a still hand does not hold a still sound."""
_WIDEST: Final = 3.0
"""How many moments away one is still heard at blur 1."""


class FreezeInstrument(Instrument):
    """Eight moments of a sound, each a table of its spectrum without time (`frozen_moments`).

    `position` lies between two moments and crossfades them with equal power; `blur` lets those further away in.

    Loudness at level 0 dB, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "freeze"
    about: ClassVar[str] = "Moments of a sound, held for ever: a hand goes from one to the next, or blurs them."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "position",
            "",
            0.0,
            1.0,
            "lin",
            0.3,
            0.15,
            "Which moment; of the sound that it brings: from dark to bright.",
        ),
        Parameter("pitch", "x", 0.25, 2.0, "exp", 1.0, 0.06, "2 is an octave up, 0.5 one down.", pitch=True),
        Parameter("blur", "", 0.0, 1.0, "lin", 0.1, 0.15, "From one moment (0) to all that is around it (1)."),
        LEVEL,
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        tables = [table(graph, samples) for samples in made_moments()]
        cycle_hz = control["pitch"] * (RATE_HZ / SIZE)
        # 1 at a moment, 0 at its neighbours; with blur further away.
        drift = graph.Randi(-_DRIFT, _DRIFT, freq=0.4)
        place = graph.Clip(control["position"] * (MOMENTS - 1) + drift, 0.0, MOMENTS - 1)
        narrowness = graph.Pow(control["blur"] * (_WIDEST - 1) + 1, -1.0)
        shares = [
            graph.Sin(graph.Clip(1 - graph.Abs(place - number) * narrowness, 0.0, 1.0) * (math.pi / 2))
            for number in range(MOMENTS)
        ]
        power = graph.Mix([share * share for share in shares], voices=1)
        sides = [
            graph.Mix(
                [
                    graph.Osc(moment, cycle_hz * apart, phase=phase, mul=share)
                    for moment, share in zip(tables, shares, strict=True)
                ],
                voices=1,
            )
            for apart, phase in ((1.0, 0.0), (_APART, 0.41))
        ]
        both = narrowed(pair(graph, *sides))
        sound = graph.DCBlock(both + denormal_guard(graph)) * graph.Pow(power, -0.5)
        trim_db = curve(graph, control["pitch"], _PITCH_TRIM_DB, "exp") + _TRIM_DB
        played = sound * gain(graph, control["level"], trim_db)
        return add_reverb(graph, played, wet=0.35, decay_s=2.5, cutoff_hz=6000, size=1.5)
