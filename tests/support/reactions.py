"""After how many sample frames a change is heard: the engine's own graph is rendered with the change and without.

Both renderings are the same to the bit until the change, so the first sample that differs by enough is the change. The
frames count from the buffer at which the change was applied. Live, up to one buffer passes before that (a change is
applied between buffers), so a limit in milliseconds leaves room for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import LEVEL
from gesturesynth.synthesis.meter import Block
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.rack import SHORTEST_GLIDE_S
from gesturesynth.synthesis.solo import FRAMES, RATE_HZ

AUDIBLE_DB: Final = -30.0
"""By so much the difference is below the sound before the change, or a strike's beginning below its peak."""
SILENT: Final = 1e-3
"""An RMS below this is silence: then what comes counts from its own peak."""
BEFORE: Final = 120 * FRAMES
"""Frames before the change, 0.64 s."""
AFTER: Final = 80 * FRAMES


@dataclass(frozen=True)
class MainParameter:
    """What a hand moves first, and at which fixed values an instrument sounds without pause, so that it can be heard.

    What sounds in single strokes or grains reads most of its parameters when one begins: it is set to begin often.
    """

    name: str
    fixed: Mapping[str, float] = field(default_factory=dict)


MAIN: Final[dict[str, MainParameter]] = {
    "granular": MainParameter("position", {"density": 120.0, "grain": 0.05}),
    "percussion": MainParameter("drive", {"rate": 16.0, "busy": 1.0, "decay": 0.9}),
    "bells": MainParameter("index", {"rate": 10.0}),
    "pluck": MainParameter("position"),
    "arpeggio": MainParameter("brightness", {"rate": 16.0}),
    "bowls": MainParameter("pitch", {"rub": 1.0, "ring": 0.3}),
    "pulses": MainParameter("pitch", {"rate": 24.0, "pattern": 1.0}),
}
"""Where it is not simply the first parameter of the table."""


NO_STRIKES: Final = {"looper"}
"""Their triggers begin and end a recording: nothing is struck."""


def strikes_of(kind: str) -> list[str]:
    """The triggers of an instrument that are strokes."""
    return [] if kind in NO_STRIKES else [trigger.name for trigger in catalogue()[kind].triggers]


def main_parameter(kind: str) -> MainParameter:
    """The main parameter of an instrument of the catalogue."""
    return MAIN.get(kind, MainParameter(catalogue()[kind].parameters[0].name))


def frames_to_change(kind: str, *glides_s: float) -> list[float]:
    """Frames until the main parameter is heard when it jumps over its whole range; infinite when it never is.

    Args:
        kind: of the instrument.
        glides_s: of the parameter, one or more: a count for each.
    """
    moved = main_parameter(kind)
    parameter = next(one for one in catalogue()[kind].parameters if one.name == moved.name)
    fixed = {LEVEL.name: -6.0, **moved.fixed}
    still = _rendered(_scene(kind, fixed, moved.name, glides_s[0]), parameter.low, parameter.low)
    before = float(np.sqrt(np.mean(np.square(still[BEFORE // 2 : BEFORE]))))
    found = []
    for glide_s in glides_s:
        difference = _rendered(_scene(kind, fixed, moved.name, glide_s), parameter.low, parameter.high) - still
        found.append(_first(difference, before if before > SILENT else float(np.abs(difference).max())))
    return found


def frames_to_strike(kind: str, trigger: str) -> float:
    """Frames until a strike is heard in silence, or above what sounds by itself; infinite when it never is."""
    by_itself = {"rate", "rub"} & {one.name for one in catalogue()[kind].parameters}
    quiet = dict.fromkeys(by_itself, 0.0)
    scene = _scene(kind, {LEVEL.name: 0.0, **quiet}, LEVEL.name, SHORTEST_GLIDE_S, (f"{kind}.{trigger}",))
    still, struck = (_rendered(scene, 0.0, 0.0, count) for count in (0, 1))
    difference = struck - still
    return _first(difference, float(np.abs(difference).max()))


def _scene(
    kind: str, fixed: Mapping[str, float], parameter: str, glide_s: float, triggers: tuple[str, ...] = ()
) -> Scene:
    instrument = InstrumentSetup(kind, kind, dict(fixed))
    moved = (f"{kind}.{parameter}",)
    return Scene("reactions", (instrument,), moved, glides_s=(glide_s,), triggers=triggers, fade_in_s=0.01)


def _rendered(scene: Scene, value: float, then: float, count: int = 0) -> Block:
    none = (0,) * len(scene.triggers)
    with OfflineEngine(RATE_HZ, FRAMES) as engine:
        engine.apply(Sound(0.0, scene, (value,), none))
        before = engine.render(BEFORE)
        engine.apply(Sound(0.0, scene, (then,), (count,) * len(none)))
        return np.concatenate([before, engine.render(AFTER)])


def own_glide_s(kind: str) -> float:
    """The glide of the main parameter unless a piece says otherwise."""
    moved = main_parameter(kind).name
    return next(one.glide_s for one in catalogue()[kind].parameters if one.name == moved)


def milliseconds(frames: float) -> float:
    """From frames at RATE_HZ."""
    return 1000 * frames / RATE_HZ


def _first(difference: Block, reference: float) -> float:
    """The first frame after BEFORE at which a side differs by enough of the reference."""
    assert not np.any(difference[:BEFORE]), "nothing is heard of a change before it is made"
    loud = np.flatnonzero(np.abs(difference[BEFORE:]).max(axis=1) > reference * 10 ** (AUDIBLE_DB / 20))
    return float(loud[0]) if len(loud) and reference > 1e-4 else float("inf")
