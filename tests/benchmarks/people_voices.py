"""A voice for each person: what one, two and four of them cost in the engine and in the conductor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import numpy as np

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.rack import Rack
from gesturesynth.synthesis.solo import server
from gesturesynth.tracking.offline_poses import read_poses
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.graphs import BUFFER_S, LOOK_EVERY, percent, stretches
from tests.benchmarks.setup import Plan

TITLE = "A voice for each person (`company`, four voices)"
PRESET = "company"
PEOPLE = (1, 2, 4)
LEVEL_DB = -6.0
SETTLED_S = 1.0


def measure(plan: Plan) -> Iterator[Figure]:
    """Processor time, never the time of the clock: by persons in view, and of the same piece with one voice."""
    preset = loader.load(paths.presets_dir() / f"{PRESET}.yaml")
    times = plan.choose(12, 4)
    one = _engine(preset, 0, times)
    yield of("engine: the same piece with `voices: one`", "% of a core", one)
    for people in PEOPLE:
        found = _engine(preset, people, times)
        ratio = float(np.median(found) / np.median(one))
        yield of(f"engine: {people} of 4 voices heard", "% of a core", found, note=f"{ratio:.2f} times one voice")
    poses = [pose for pose in read_poses("demo") if pose.bodies][: plan.choose(1500, 300)]
    steps = {people: _conductor(preset, people, poses) for people in (0, *PEOPLE)}
    for people, found in steps.items():
        what = f"{people} of 4 persons in view" if people else "one person, `voices: one`"
        ratio = float(np.median(found) / np.median(steps[0]))
        note = f"processor time from a pose to a Sound, {ratio:.2f} times one voice"
        yield of(f"conductor: {what}", "µs", found, note=note)


def _engine(preset: Preset, people: int, times: int) -> list[float]:
    """The graph of the scene, layers and buses included, without the master: percent of a core, each stretch.

    Args:
        preset: the piece.
        people: how many voices are heard; 0: the scene has one voice only.
        times: stretches.
    """
    scene = preset.scene() if people else preset.scene_of_one_voice()
    values = [LEVEL_DB if name.endswith(".level") else 0.3 for name in scene.parameters]
    values = [220.0 if name.endswith(".pitch") else value for name, value in zip(scene.parameters, values, strict=True)]
    with server() as made:
        empty = min(stretches(made.process, times))
        shares = [1.0] * people + [0.0] * (scene.voices - people) if people else []
        rack = Rack(made, scene, values, catalogue(), voices=shares)
        rack.output.play()
        for number in range(round(SETTLED_S / BUFFER_S)):
            made.process()
            if number % LOOK_EVERY == 0:
                rack.look()
        found = stretches(made.process, times)
        del rack
    return [percent(one - empty) for one in found]


def _conductor(preset: Preset, people: int, poses: list[Pose]) -> list[float]:
    """Processor time of each step, microseconds; with 0 the preset has one voice, and one person is in view."""
    piece = RunningPreset(preset if people else replace(preset, voices=1))
    piece.take_over(fit(fit_job(preset)), 0.0)
    found = []
    for pose in poses:
        bodies = tuple(Body(b.image, b.world, n) for b in pose.bodies[:1] for n in range(1, max(people, 1) + 1))
        together = msgspec.structs.replace(pose, bodies=bodies)
        begun_ns = time.thread_time_ns()
        piece.sound(piece.process_pose(together, pose.capture_time_s), pose.capture_time_s)
        found.append((time.thread_time_ns() - begun_ns) / 1000)
    return found[len(found) // 10 :]
