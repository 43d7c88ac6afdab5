"""Percussion: five drums that a gesture triggers, and a bar that they play by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gesturesynth.synthesis.instruments.base import LEVEL, Instrument, Parameter, Trigger
from gesturesynth.synthesis.instruments.graph import Graph
from gesturesynth.synthesis.instruments.loudness import curve, gain
from gesturesynth.synthesis.instruments.percussion_pattern import BARS, CHANCE, STEPS, WEIGHTS, turns, velocities
from gesturesynth.synthesis.instruments.reverb import add_reverb, denormal_guard
from gesturesynth.synthesis.instruments.wavetables import NO_INTERPOLATION
from gesturesynth.synthesis.pyo_loader import PyoClasses

if TYPE_CHECKING:
    from pyo import PyoObject

# (value, correction): measured as the loudest 400 ms of a bar of kick, snare and hats, others at their defaults, level
# 0 dB; smoothed.
_DRIVE_TRIM_DB: Final = ((0.0, -1.4), (0.25, -2.7), (0.5, -3.1), (0.75, -2.5), (1.0, -1.8))
_DECAY_TRIM_DB: Final = ((0.08, 3.5), (0.18, 1.8), (0.35, 0.0), (0.9, -2.4))
_TUNE_TRIM_DB: Final = ((40.0, 1.0), (55.0, 0.0), (180.0, -0.3))

_CROWD_TRIM_DB: Final = ((0.0, 0.0), (2.0, -0.9), (4.0, -2.5), (8.0, -4.6), (16.0, -6.4))
"""By the steps a second that are struck: their power adds up, as far as `drive` lets it."""

_STRIKE_S: Final = 0.003
"""The length of a stroke: envelopes rise during this time."""

_REST: Final = 1e-6
"""Where a gate rests, far below hearing."""

_RUNG_OUT: Final = 0.004
"""Below this a drum counts as silent: its next stroke starts at the zero of its wave, the same each time."""

_HAT_HZ: Final = (2130.0, 2670.0, 3115.0, 3940.0, 5270.0, 6480.0)
"""Square waves that beat against one another as a cymbal does; no two in a simple ratio."""


class Percussion(Instrument):
    """Drums whose envelopes go on from where they are when they are struck again, so that rolls never click.

    A strike pushes each envelope up for 3 ms, then it falls by itself: a one-pole with a quick rise and a slow fall.
    The oscillators begin at their zero only when their drum has rung out.

    Loudness at level 0 dB, the loudest 400 ms of a bar, in every corner of the ranges: -16 LUFS +- 3.
    """

    kind: ClassVar[str] = "percussion"
    about: ClassVar[str] = "Five drums to strike, and a bar they play by themselves, from a heartbeat to a full groove."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "tune", "Hz", 40.0, 180.0, "exp", 55.0, 0.05, "Pitch of the kick; the other drums follow.", pitch=True
        ),
        Parameter("decay", "s", 0.08, 0.9, "exp", 0.35, 0.05, "How long the drums ring."),
        Parameter("click", "", 0.0, 1.0, "lin", 0.4, 0.05, "How hard the stick is."),
        Parameter("drive", "", 0.0, 1.0, "lin", 0.25, 0.05, "From clean (0) to crushed (1)."),
        Parameter("rate", "/s", 0.0, 16.0, "lin", 0.0, 0.1, "Steps a second of the bar of 16; 0 stands still."),
        Parameter(
            "busy", "", 0.0, 1.0, "lin", 0.5, 0.05, "How full the bar is: one beat, the groove, every ghost note."
        ),
        Parameter(
            "variety",
            "",
            0.0,
            1.0,
            "lin",
            0.3,
            0.05,
            "How much bars differ: the same for ever (0), turns and a fill in every four, and chance.",
        ),
        LEVEL,
    )
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger("kick", "Deep drum."),
        Trigger("snare", "Drum with a rattle."),
        Trigger("hat", "Short cymbal."),
        Trigger("tom", "Sounding drum, an octave above the kick."),
        Trigger("clap", "Hands in a room."),
    )

    def build(self, pyo: PyoClasses, controls: Mapping[str, PyoObject]) -> PyoObject:
        """See Instrument.build."""
        graph = self._graph = Graph(pyo)
        control = graph.private_streams(controls)
        tune, decay, click = control["tune"], control["decay"], control["click"]
        self._strikes = {trigger.name: self.timing.trigger(graph, trigger.name) for trigger in self.triggers}
        self._hold = graph.LinTable([(0, 1.0), (8, 1.0)], size=8)
        trigs, gates = self._gates(graph, control["rate"], control["busy"], control["variety"])

        def envelope(drum: str, fall_s: PyoObject | float, high: float = 1.0, above: float = 0.0) -> PyoObject:
            # Gates rest at _REST, not at 0: it keeps the end of the fall out of the slow range of very small floats.
            return graph.Port(
                gates[drum], risetime=0.0008, falltime=fall_s, init=_REST, mul=high, add=above - _REST * high
            )

        def skin(drum: str, ratio: float, bend: float, bend_s: float, *modes: tuple[float, PyoObject]) -> PyoObject:
            """Sines at `tune` x `ratio` x the ratio of each mode; they start `bend` higher and settle in `bend_s`."""
            bending = tune * envelope(drum, bend_s, high=bend * ratio, above=ratio)
            resting = graph.Compare(graph.Delay1(modes[0][1]), _RUNG_OUT, "<") * trigs[drum]
            return graph.Mix(
                [
                    graph.OscTrig(sine, resting, freq=bending * mode if mode != 1 else bending, mul=env)
                    for mode, env in modes
                ],
                voices=1,
            )

        sine = graph.HarmTable([1], size=4096)
        # pyo's own: the chance of the bars shares its random numbers, and their tests are of those.
        noise = graph.Noise([1.0, 1.0])
        hiss = graph.ButHP(noise, 1800)

        kick = skin("kick", 1.0, 4.5, 0.022, (1.0, envelope("kick", decay * 0.24)))
        tom = skin(
            "tom", 2.1, 0.65, 0.05, (1.0, envelope("tom", decay * 0.2, 0.7)), (1.6, envelope("tom", decay * 0.08, 0.2))
        )
        short = decay * 0.13
        head_modes = (1.0, envelope("snare", short, 0.45)), (1.55, envelope("snare", short, 0.3))
        head = skin("snare", 3.3, 0.45, 0.015, *head_modes)
        # Cymbals follow the skins by less: three octaves up they would be out of hearing.
        ratio = graph.Pow(tune * (1 / 55.0), 0.4)
        metal = graph.LFO(freq=[ratio * hz for hz in _HAT_HZ], sharp=1.0, type=2, mul=0.5).mix(1)
        cymbal = graph.ButHP(graph.ButHP(metal + noise * 0.35, ratio * 6500), ratio * 6500)
        spread = graph.LinTable([(0, 1.0), (900, 0.2), (1000, 1.0), (2100, 0.2), (2200, 0.9), (4095, 0.0)], size=4096)
        claps = graph.Port(
            graph.TrigEnv(trigs["clap"], spread, dur=0.035, interp=NO_INTERPOLATION, add=_REST), 0.001, 0.004, mul=0.9
        )
        stick = (envelope("kick", 0.003, 0.28) + envelope("snare", 0.004, 0.4) + envelope("tom", 0.003, 0.2)) * click

        sides = (
            hiss * (envelope("snare", decay * 0.18, 0.35) + stick)
            + cymbal * envelope("hat", decay * 0.09) * [0.55, 0.75]
            + graph.ButBP(noise, ratio * 1250, 1.3) * (claps + envelope("clap", decay * 0.17, 0.55))
            + tom * [0.8, 0.55]
            + (kick + head + denormal_guard(graph))
        )
        # One distortion for all drums, so that loud ones mask soft ones.
        push = graph.Pow(12.0, control["drive"]) * 0.8
        driven = graph.Tanh(sides * push) / graph.Pow(push, 0.6)
        strokes = control["rate"] * (control["busy"] * 0.75 + 0.25)
        trim_db = (
            curve(graph, strokes, _CROWD_TRIM_DB, "lin") * (1 - control["drive"] * 0.6)
            + curve(graph, control["drive"], _DRIVE_TRIM_DB, "lin")
            + curve(graph, decay, _DECAY_TRIM_DB, "exp")
            + curve(graph, tune, _TUNE_TRIM_DB, "exp")
        )
        played = graph.DCBlock(driven) * gain(graph, control["level"], trim_db, opening_s=0.0)
        return add_reverb(graph, played, wet=0.2, decay_s=0.7, cutoff_hz=5000, size=0.7)

    def _gates(
        self, graph: Graph, rate: PyoObject, busy: PyoObject, variety: PyoObject
    ) -> tuple[dict[str, PyoObject], dict[str, PyoObject]]:
        """For each drum: one-sample triggers, and gates that stay open during a stroke, as high as its velocity."""
        # Step 0 is where it waits (`Change` is silent about its first value); a nudge brings it to step 1, the first
        # beat. The last sample of a phasor before it wraps may reach 1, which would be a seventeenth step: hence Clip.
        count = STEPS * BARS
        if self.timing.follows("rate"):
            stepped = self.timing.ticks(graph, "rate", rate)
            begun = self.timing.counts(graph, "rate") + 1
            step = begun - graph.Floor(begun * (1 / count)) * count
        else:
            turn = graph.Phasor(rate * (1 / count), phase=0.99 / count) * count
            step = graph.Floor(graph.Clip(turn, 0.0, count - 0.001))
            stepped = graph.Change(step)
        quiet = 1 - busy
        # One beat alone has nothing to vary.
        strays = variety * graph.Clip(busy * 3.0, 0.0, 1.0)
        trigs: dict[str, PyoObject] = {}
        gates: dict[str, PyoObject] = {}
        for drum, bar in WEIGHTS.items():
            weights = (bar[-1], *bar[:-1])
            turned = turns(drum)
            turned = [turned[-1], *turned[:-1]]
            weight = graph.TableIndex(graph.DataTable(count, init=list(weights) * BARS), step)
            turn = graph.TableIndex(graph.DataTable(count, init=turned), step)
            chance = graph.TrigRand(stepped, -CHANCE, CHANCE)
            # What always sounds, and what never does, is left alone by chance.
            free = graph.Compare(weight, 0.0, ">") * graph.Compare(weight, 1.0, "<")
            place = weight + strays * (turn + chance * free)
            velocity = graph.TableIndex(graph.DataTable(count, init=velocities(weights) * BARS), step)
            joined = stepped * (place > quiet)
            struck = self._strikes[drum].stream
            by_trigger = graph.TrigEnv(struck, self._hold, dur=_STRIKE_S, interp=NO_INTERPOLATION)
            by_bar = graph.TrigEnv(joined, self._hold, dur=_STRIKE_S, interp=NO_INTERPOLATION) * velocity
            trigs[drum] = graph.Clip(struck + joined, 0.0, 1.0)
            gates[drum] = graph.Clip(by_trigger + by_bar, 0.0, 1.0, add=_REST)
        return trigs, gates

    def fire(self, trigger: str) -> None:
        """Plays a drum: it sounds from the next buffer. Raises KeyError for a name that is not in `triggers`."""
        self._strikes[trigger].play()
