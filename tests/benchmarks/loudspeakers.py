"""What more loudspeakers cost: processor time of the same four moving layers and a hall, layout by layer in turns."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from gesturesynth.runtime.messages import InstrumentSetup, Scene, Sound
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.space.layout import STEREO, SpeakerLayout
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Plan

TITLE = "Loudspeakers: processor time against stereo, four layers that move and a hall, 256 frames at 48 kHz"
KINDS = ("bells", "pluck", "drone", "choir")
LAYOUTS = (SpeakerLayout(1), SpeakerLayout(2, "headphones"), SpeakerLayout(4), SpeakerLayout(8))
STEP = 4800
WARM_STEPS = 10


def measure(plan: Plan) -> Iterator[Figure]:
    """Each layout after stereo, in turns, so that a busy moment of the machine is in both."""
    steps, turns = plan.choose(40, 10), plan.choose(5, 2)
    ratios: dict[str, list[float]] = {layout.name: [] for layout in LAYOUTS}
    stereo: list[float] = []
    for _ in range(turns):
        stereo.append(_cost(STEREO, steps))
        for layout in LAYOUTS:
            ratios[layout.name].append(_cost(layout, steps) / stereo[-1])
    yield of("stereo", "% of a core", [100 * cost for cost in stereo])
    for name, found in ratios.items():
        yield of(f"{name}, against stereo", "x", found)


def _cost(layout: SpeakerLayout, steps: int) -> float:
    """Processor seconds for each second of sound."""
    setups = tuple(InstrumentSetup(kind, kind, {"level": -12.0, "send_hall": -12.0}) for kind in KINDS)
    parameters = tuple(f"{kind}.pan" for kind in KINDS)
    hall = (InstrumentSetup("hall", "reverb"),)
    scene = Scene("around", setups, parameters=parameters, glides_s=(0.1,) * len(KINDS), fade_in_s=0.05, buses=hall)
    with OfflineEngine(layout=layout) as engine:
        for step in range(WARM_STEPS + steps):
            if step == WARM_STEPS:
                begun_s = time.process_time()
            engine.apply(Sound(0.0, scene, (math.sin(step),) * len(KINDS)))
            engine.render(STEP)
        return (time.process_time() - begun_s) / (steps * STEP / engine.sample_rate)
