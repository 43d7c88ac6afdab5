"""What each parameter of each instrument does to its sound, as a table of measurements. Listed is tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gesturesynth.synthesis.solo import Samples, TimedChange
from tests.synthesis.instruments import hearing

Measure = Callable[[Samples], float]


@dataclass(frozen=True)
class Direction:
    """A parameter is set to `values`; what `measure` says of each sound must go as it is written here.

    Attributes:
        parameter: which.
        measure: of the rendered sound, without its first second.
        values: rising.
        least: from one value to the next the measure changes by this factor at least: above 1 it rises, below it falls.
        follows: instead, the measure is the value itself, to this part of it.
        fixed: the other parameters.
        happenings: changes and triggers while it sounds.
        seconds_s: of each render.
        begin_s: where measuring begins.
    """

    parameter: str
    measure: Measure
    values: Sequence[float]
    least: float = 1.0
    follows: float | None = None
    fixed: Mapping[str, float] = field(default_factory=dict)
    happenings: Sequence[TimedChange] = ()
    seconds_s: float = 2.2
    begin_s: float = 1.0


def struck(*triggers: str) -> list[TimedChange]:
    return [TimedChange(0.0, triggers=triggers)]


STRUCK: Final[dict[str, Any]] = {"happenings": struck("strike"), "begin_s": 0.05}
PLUCKED: Final[dict[str, Any]] = {"happenings": struck("pluck"), "begin_s": 0.05}
STEPPED: Final[dict[str, Any]] = {"happenings": struck("step"), "begin_s": 0.02}
LATER: Final = STRUCK | {"begin_s": 0.6}
ONE: Final = {"rate": 0.0}
"""Nothing but what is struck."""
SOFT: Final = {"rub": 0.0, "hardness": 300.0}
STILL: Final = {"rate": 0.0, "reach": 0.0, "length": 2.0}

DIRECTIONS: Final[Mapping[str, Sequence[Direction]]] = {
    "theremin": [
        Direction("pitch", hearing.fundamental_hz, (60, 220, 987, 3000), follows=0.003, fixed={"vibrato": 0.0}),
        Direction(
            "vibrato", hearing.pitch_swing, (0.0, 0.7, 2.0), 1.5, fixed={"pitch": 900.0, "timbre": 0.0}, begin_s=2.0
        ),
        Direction("timbre", hearing.centroid_hz, (0.0, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15), 1.03),
    ],
    "drone": [
        Direction("pitch", hearing.fundamental_hz, (45, 80, 150), follows=0.005, fixed={"detune": 0.0, "motion": 0.0}),
        Direction("brightness", hearing.centroid_hz, (200, 400, 800, 1500, 3000, 6000), 1.2, fixed={"motion": 0.0}),
        Direction("detune", hearing.swing, (0.0, 0.9), 2.0, fixed={"motion": 0.0}, seconds_s=6.0),
        Direction("motion", hearing.band_unrest_db, (0.0, 0.4, 1.0), 1.5, fixed={"detune": 0.0}, seconds_s=14.0),
    ],
    "granular": [
        Direction("position", hearing.centroid_hz, (0.0, 0.2, 0.5), 1.2, seconds_s=3.0),
        Direction("density", hearing.swing, (4, 120), 0.6, fixed={"grain": 0.03}, seconds_s=5.0),
        Direction("grain", hearing.swing, (0.02, 0.4), 0.7, fixed={"density": 10.0}, seconds_s=5.0),
        Direction("pitch", hearing.centroid_hz, (0.5, 1.0, 2.0), 1.5, seconds_s=4.0),
    ],
    "percussion": [
        Direction(
            "tune",
            hearing.centroid_hz,
            (40, 80, 160),
            1.1,
            happenings=struck("hat"),
            seconds_s=0.5,
            begin_s=0.0,
        ),
        Direction("decay", hearing.decay_s, (0.08, 0.3, 0.9), 1.5, happenings=struck("kick"), begin_s=0.0),
        Direction("click", hearing.edge, (0.0, 0.5, 1.0), 1.5, happenings=struck("kick"), begin_s=0.0, seconds_s=0.5),
        Direction("drive", hearing.edge, (0.0, 1.0), 1.1, happenings=struck("kick"), begin_s=0.0, seconds_s=0.5),
        Direction("rate", hearing.onsets, (2.0, 4.0, 8.0), 1.5, fixed={"decay": 0.08}, seconds_s=6.0),
        Direction("busy", hearing.onsets, (0.0, 0.3, 1.0), 1.2, fixed={"rate": 8.0, "decay": 0.08}, seconds_s=6.0),
        Direction(
            "variety",
            hearing.unlikeness_of_halves,
            (0.0, 0.5),
            3.0,
            fixed={"rate": 8.0, "decay": 0.08, "busy": 0.6, "drive": 0.0},
            seconds_s=17.0,
        ),
    ],
    "wind": [
        Direction("centre", hearing.centroid_hz, (150, 600, 2400), 1.8, fixed={"force": 0.0}),
        Direction("whistle", hearing.bandwidth, (1.0, 5.0, 25.0), 0.85, fixed={"force": 0.0, "centre": 1500.0}),
        Direction("gust", hearing.modulation_hz, (0.1, 0.5, 2.0), 1.3, fixed={"force": 1.0}, seconds_s=20.0),
        Direction("force", hearing.swing, (0.0, 0.5, 1.0), 1.3, fixed={"gust": 1.0}, seconds_s=8.0),
    ],
    "bells": [
        Direction("pitch", hearing.strongest_hz, (250, 523, 1500), follows=0.01, fixed=ONE | {"index": 0.5}, **STRUCK),
        Direction("ratio", hearing.centroid_hz, (1.3, 2.2, 3.5), 1.08, fixed=ONE | {"index": 4.0}, **STRUCK),
        Direction("index", hearing.bandwidth, (0.5, 2.0, 8.0), 1.1, fixed=ONE, **STRUCK),
        Direction("decay", hearing.decay_s, (0.5, 2.0, 6.0), 1.15, fixed=ONE, **(STRUCK | {"seconds_s": 8.0})),
        Direction("rate", hearing.onsets, (1.0, 3.0, 8.0), 1.3, fixed={"decay": 0.4}, seconds_s=8.0),
    ],
    "pluck": [
        Direction("position", hearing.fundamental_hz, (0.0, 0.3, 0.8), 1.5, **PLUCKED),
        Direction("root", hearing.fundamental_hz, (60, 110, 200), follows=0.01, **PLUCKED),
        Direction("ring", hearing.decay_s, (0.5, 2.0, 8.0), 1.4, **(PLUCKED | {"seconds_s": 8.0})),
        Direction("brightness", hearing.centroid_hz, (800, 2500, 9000), 1.1, **PLUCKED),
        Direction("rate", hearing.onsets, (1.0, 3.0, 6.0), 1.3, fixed={"ring": 0.5}, seconds_s=8.0),
    ],
    "choir": [
        Direction("pitch", hearing.fundamental_hz, (90, 150, 400), follows=0.01, fixed={"spread": 0.0, "unrest": 0.0}),
        Direction("vowel", hearing.centroid_hz, (0.0, 0.25, 0.5), 1.1, fixed={"pitch": 100.0}),
        Direction("spread", hearing.off_partials, (0.0, 1.0), 1.5, fixed={"pitch": 110.0, "unrest": 0.0}),
        Direction("unrest", hearing.sway, (0.0, 0.5, 1.0), 1.2, fixed={"pitch": 400.0, "spread": 0.0}, seconds_s=5.0),
    ],
    "bowed": [
        Direction("pitch", hearing.fundamental_hz, (70, 200, 800), follows=0.01, fixed={"vibrato": 0.0}),
        Direction("pressure", hearing.centroid_hz, (0.0, 0.5, 1.0), 1.1),
        Direction("place", hearing.centroid_hz, (0.04, 0.12, 0.4), 0.9),
        Direction("vibrato", hearing.sway, (0.0, 0.7, 2.0), 1.3, fixed={"pitch": 500.0, "pressure": 0.2}),
    ],
    "organ": [
        Direction(
            "pitch", hearing.fundamental_hz, (60, 200, 800), follows=0.002, fixed={"registration": 0, "chord": 0}
        ),
        Direction("registration", hearing.centroid_hz, (0.0, 0.25, 0.5, 0.75, 1.0), 1.1),
        Direction(
            "rotor", hearing.strongest_modulation_hz, (0.8, 2.5, 7.0), follows=0.03, fixed={"chord": 0}, seconds_s=5.0
        ),
        Direction("chord", hearing.centroid_hz, (0.0, 0.33, 0.67, 1.0), 1.1),
    ],
    "bowls": [
        Direction("pitch", hearing.strongest_hz, (120, 300, 800), follows=0.01, fixed=SOFT, **LATER),
        Direction("rub", hearing.level, (0.0, 0.1, 0.2, 0.5, 1.0), 1.1),
        Direction("hardness", hearing.centroid_hz, (300, 1500, 8000), 1.1, fixed={"rub": 0.0}, **STRUCK),
        Direction("ring", hearing.decay_s, (0.4, 1.5, 6.0), 1.2, fixed={"rub": 0.0}, **(STRUCK | {"seconds_s": 8.0})),
    ],
    "sea": [
        Direction("nearness", hearing.centroid_hz, (300, 1500, 8000), 1.4, fixed={"swell": 0.0, "foam": 0.0}),
        Direction("waves", hearing.modulation_hz, (0.1, 0.3, 1.0), 1.15, fixed={"swell": 1.0}, seconds_s=20.0),
        Direction("swell", hearing.swing, (0.0, 0.5, 1.0), 1.2, fixed={"waves": 0.5}, seconds_s=8.0),
        Direction("foam", hearing.centroid_hz, (0.0, 0.5, 1.0), 1.1, fixed={"swell": 0.0}),
    ],
    "pad": [
        Direction("pitch", hearing.fundamental_hz, (60, 110, 400), follows=0.005, fixed={"shimmer": 0.0}),
        Direction("brightness", hearing.centroid_hz, (0.0, 0.5, 1.0), 1.2),
        Direction("even", hearing.even_part, (0.0, 0.5, 1.0), 1.3, fixed={"brightness": 0.7}),
        Direction("stretch", hearing.centroid_hz, (0.0, 0.5, 1.0), 1.02, fixed={"brightness": 0.9, "shimmer": 0.0}),
        Direction("shimmer", hearing.band_unrest_db, (0.0, 1.0), 1.4, seconds_s=10.0),
    ],
    "pulses": [
        Direction("pitch", hearing.strongest_hz, (120, 500, 1700), follows=0.01, fixed={"answer": 1.0, "click": 0.0}),
        Direction("rate", hearing.onsets, (3.0, 8.0, 16.0), 1.4, fixed={"pattern": 1.0}, seconds_s=6.0),
        Direction("pattern", hearing.onsets, (0.0, 0.25, 0.6, 1.0), 1.3, fixed={"rate": 10.0}, seconds_s=8.0),
        Direction("answer", hearing.centroid_hz, (0.5, 1.0, 2.0), 1.15, fixed={"click": 0.0}, seconds_s=6.0),
        Direction("click", hearing.edge, (0.0, 0.3, 1.0), 1.2),
    ],
    "freeze": [
        Direction("position", hearing.centroid_hz, (0.0, 0.5, 0.8, 1.0), 1.1, fixed={"blur": 0.0}),
        Direction("pitch", hearing.centroid_hz, (0.25, 0.5, 1.0, 2.0), 1.5),
        Direction("blur", hearing.bandwidth, (0.0, 0.6, 1.0), 1.05, fixed={"position": 0.0}),
    ],
    "sampler": [
        Direction(
            "pitch", hearing.fundamental_hz, (65.41, 130.8, 200.0, 700.0), follows=0.005, fixed={"position": 1.0}
        ),
        Direction("position", hearing.centroid_hz, (0.0, 1.0), 1.15),
        Direction("hold", hearing.level, (0.1, 0.3, 1.0), 1.3),
        Direction("start", hearing.centroid_hz, (0.0, 0.25, 0.5), 0.99, fixed={"hold": 0.0}, **STRUCK),
        Direction("attack", hearing.rise_s, (0.002, 0.1, 1.0), 1.5, fixed={"hold": 0.0}, **STRUCK),
        Direction("release", hearing.decay_s, (0.3, 1.0, 3.0), 1.4, fixed={"hold": 0.0}, **STRUCK),
    ],
    "looper": [
        Direction("speed", hearing.centroid_hz, (0.25, 1.0, 4.0), 1.8),
        Direction("start", hearing.fundamental_hz, (0.0, 0.26), 1.3, fixed={"length": 0.15}),
        Direction("length", hearing.strongest_modulation_hz, (0.1, 0.2), 0.7, seconds_s=5.0),
        Direction("fade", hearing.level, (30.0, 60.0, 600.0), 1.1, seconds_s=10.0, begin_s=6.0),
    ],
    "arpeggio": [
        Direction("pitch", hearing.fundamental_hz, (60, 150, 400), follows=0.01, fixed=STILL, **STEPPED),
        Direction("rate", hearing.onsets, (3.0, 7.0, 14.0), 1.3, fixed={"length": 0.08}, seconds_s=5.0),
        Direction("reach", hearing.centroid_hz, (0.0, 0.5, 1.0), 1.15),
        Direction("chance", hearing.repeats, (0.0, 1.0), 0.9, fixed={"rate": 8.0, "reach": 0.35}, seconds_s=8.0),
        Direction("length", hearing.decay_s, (0.1, 0.6, 2.0), 1.1, fixed={"rate": 0.0}, **STEPPED),
        Direction("brightness", hearing.centroid_hz, (300, 1500, 8000), 1.1),
    ],
}
