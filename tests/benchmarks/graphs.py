"""What each part of the engine's graph costs: processor time, of one core, at 48 kHz with buffers of 256 frames.

Every figure is a difference of two graphs that are computed by turns in short stretches, in processor time and not by
the clock, so that other programs disturb it as little as can be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.base import LEVEL
from gesturesynth.synthesis.rack import Rack
from gesturesynth.synthesis.solo import FRAMES, RATE_HZ, SoloPlayer, server

if TYPE_CHECKING:
    from pyo import Server

BUFFER_S: Final = FRAMES / RATE_HZ
STRETCH: Final = 150
"""Buffers that are computed in one go, 0.8 s of sound."""
LOOK_EVERY: Final = 16
"""Buffers between two looks at what is silent."""
SUSPENDED_S: Final = 6.0
"""After so long an instrument at its lowest level is suspended."""


def percent(seconds: float) -> float:
    """Of a core, from processor seconds for one buffer."""
    return 100 * seconds / BUFFER_S


def stretches(compute: Callable[[], None], times: int) -> list[float]:
    """Processor seconds for one buffer, in each of some stretches."""
    found = []
    for _ in range(times):
        begun = time.process_time()
        for _ in range(STRETCH):
            compute()
        found.append((time.process_time() - begun) / STRETCH)
    return found


def alone(kind: str, times: int, **fixed: float) -> list[float]:
    """An instrument alone at its defaults and level 0 dB, without layer and master: percent of a core, each stretch."""
    return _alone(lambda made: SoloPlayer(made, catalogue()[kind], fixed), times)


def _alone(make: Callable[[Server], Any], times: int) -> list[float]:
    with server() as made:
        empty = min(stretches(made.process, times))
        playing = make(made)
        for _ in range(2 * STRETCH):
            made.process()
        found = stretches(made.process, times)
        del playing
    return [percent(one - empty) for one in found]


def scene_of(instruments: Sequence[InstrumentSetup], buses: Sequence[InstrumentSetup] = ()) -> Scene:
    """A scene that stands still."""
    return Scene("bench", tuple(instruments), parameters=(), glides_s=(), buses=tuple(buses), fade_in_s=0.05)


def racks(scene: Scene, times: int, settle_s: float = 1.0) -> list[float]:
    """The graph of a scene, layers and buses included, without the master: percent of a core, each stretch."""
    with server() as made:
        empty = min(stretches(made.process, times))
        rack = Rack(made, scene, (), catalogue())
        rack.output.play()
        for number in range(round(settle_s / BUFFER_S)):
            made.process()
            if number % LOOK_EVERY == 0:
                rack.look()
        found = stretches(made.process, times)
        del rack
    return [percent(one - empty) for one in found]


def silent(kind: str) -> InstrumentSetup:
    """An instrument at its lowest level."""
    return InstrumentSetup(kind, kind, {LEVEL.name: LEVEL.low})


def above(more: Sequence[float], less: Sequence[float]) -> list[float]:
    """By how much each is above the median of the others."""
    middle = float(np.median(less))
    return [one - middle for one in more]
