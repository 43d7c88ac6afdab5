"""Live changes on JACK: gaps while pieces, or the scenes of one, follow each other, and while the engine only plays.

Turn by turn in one run, as in `gaps`: a machine has gaps of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import msgspec

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.runtime.messages import Scene, Sound
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import EngineBench, MeasuringError, Plan, engine_bench, jack

TITLE = "200 changes of the piece, and of the scene, JACK, 256 frames at 48 kHz, asynchronous"
EVERY_S = 0.4
CROSSFADE_S = 1.0
"""Of every second change; the others take the engine's own 0.1 s."""
SETTLED_S = 2.0


def measure(plan: Plan) -> Iterator[Figure]:
    """The same number of gaps is wanted with changes as without; each time it lasts as long."""
    pieces = [
        (preset.scene(), _middle(preset)) for preset in map(loader.load, sorted(paths.presets_dir().glob("*.yaml")))
    ]
    delta = loader.load(paths.presets_dir() / "delta.yaml")
    scenes = [(delta.scene(name), _middle(delta, name)) for name in delta.scenes]
    turns = plan.choose(4, 1)
    changes = plan.choose(50, 10)
    still: list[float] = []
    changing: list[float] = []
    switching: list[float] = []
    with jack(synchronous=False) as server:
        for _ in range(turns):
            with engine_bench(plan, server) as at:
                still.append(_gaps(at, pieces[:1], changes))
                changing.append(_gaps(at, pieces, changes))
                switching.append(_gaps(at, scenes, changes))
    lasts_s = changes * EVERY_S
    yield of("one piece plays", "gaps", still, note=f"{turns} times {lasts_s:g} s")
    note = f"{turns} times {changes} changes in {lasts_s:g} s, every second one with {CROSSFADE_S:g} s of crossfade"
    most = sorted(still)[len(still) // 2]
    yield of("pieces follow each other", "gaps", changing, aim_median=most, note=note)
    yield of("scenes of one piece follow each other", "gaps", switching, aim_median=most, note=note)


def _middle(preset: Preset, scene: str = "") -> tuple[float, ...]:
    outputs = preset.played_outputs()
    return tuple(float(outputs[number].value(0.5)) for number in preset.heard_outputs(scene))


def _gaps(at: EngineBench, pieces: Sequence[tuple[Scene, tuple[float, ...]]], changes: int) -> float:
    """How many gaps there were; with one piece it only plays."""
    at.play(_sound(*pieces[0]), SETTLED_S)
    first = at.status()
    for number in range(changes):
        scene, values = pieces[number % len(pieces)]
        wanted_s = CROSSFADE_S if number % 2 else 0.0
        changed = msgspec.structs.replace(scene, crossfade_in_s=wanted_s, scene_crossfade_s=wanted_s)
        at.play(_sound(changed, values), EVERY_S)
    last = at.status()
    if min(first.xruns, last.xruns) < 0 or last.pid != first.pid:
        raise MeasuringError("the engine cannot count xruns here, or was started again")
    return float(last.xruns - first.xruns)


def _sound(scene: Scene, values: tuple[float, ...]) -> Sound:
    return Sound(time.monotonic(), scene, values, trigger_counts=(0,) * len(scene.triggers))
