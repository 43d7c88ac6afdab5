"""What features and models cost a frame, in microseconds, in this process: arrays in, arrays out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.features.catalogue import BODY_FEATURES, FEATURES
from gesturesynth.features.extractor import FeatureExtractor, FeatureFrame
from gesturesynth.mapping.adaptation import RangeAdaptation
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.model_kinds import MODEL_KINDS
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.learning.taught_range import TaughtRange
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.running_preset import RunningPreset
from gesturesynth.runtime.messages import Pose, Sound
from gesturesynth.tracking.offline_poses import read_poses
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Plan
from tests.support.example_sets import held_poses, positions_as_outputs

Float = NDArray[np.float64]

TITLE = "Features and mapping, for one frame"
PRESETS = ("theremin", "drums")
SNAPSHOTS, FRAMES, INPUTS, OUTPUTS = 10, 30, 6, 5
ADAPTATION_US = 50.0
PREDICT_S = 0.03
AIM_US = 1000.0
"""For a whole step: half of the overhead's aim is for the way, half for the work."""


def measure(plan: Plan) -> Iterator[Figure]:
    """Features, then models, then whole steps of the pieces that come with the project."""
    poses = [pose for pose in read_poses("demo") if pose.bodies][: plan.choose(1500, 300)]
    with threadpool_limits(1):
        yield from _features(poses)
        yield from _adaptation(poses)
        yield from _models(plan)
        yield from _pieces(poses)


def _timed(
    what: str, work: Callable[[Any], object], on: Iterable[Any], note: str = "", aim: float | None = None
) -> Figure:
    """How long the work takes on each; the first tenth is for warming up."""
    samples: list[float] = []
    for one in on:
        begun_ns = time.perf_counter_ns()
        work(one)
        samples.append((time.perf_counter_ns() - begun_ns) / 1000)
    return of(what, "µs", samples[len(samples) // 10 :], note=note, aim_median=aim)


def _features(poses: list[Pose]) -> Iterator[Figure]:
    for names, what in (
        (("right_wrist.height", "left_wrist.height", "hands.distance"), "features: three of the theremin"),
        (BODY_FEATURES, "features: every one of a body"),
    ):
        extractor = FeatureExtractor(names)

        def one(pose: Pose, extractor: FeatureExtractor = extractor) -> object:
            return extractor.extract(pose.bodies[0].image_array(), pose.width, pose.height, pose.capture_time_s)

        yield _timed(what, one, poses, f"{len(extractor.columns)} numbers")


def _adaptation(poses: list[Pose]) -> Iterator[Figure]:
    for names in (("right_wrist.height", "left_wrist.height", "hands.distance"), ("body.full",)):
        extractor = FeatureExtractor(names)
        spans = [(entry.low, entry.high) for name in names for entry in [FEATURES[name]] for _ in entry.recipes]
        adaptation = RangeAdaptation(on=True)
        adaptation.change(TaughtRange(*(Array.pack(np.array(ends)) for ends in zip(*spans, strict=True))))
        frames = [
            (extractor.extract(pose.bodies[0].image_array(), pose.width, pose.height, pose.capture_time_s), pose)
            for pose in poses
        ]

        def one(seen: tuple[FeatureFrame, Pose], adaptation: RangeAdaptation = adaptation) -> object:
            frame, pose = seen
            return adaptation.adapted(frame.values, frame.seen, pose.capture_time_s)

        yield _timed("adaptation to the visitor", one, frames, f"{len(spans)} numbers", ADAPTATION_US)


def _models(plan: Plan) -> Iterator[Figure]:
    random = np.random.default_rng(4)
    taught = random.normal(size=(SNAPSHOTS, INPUTS))
    queries = random.normal(size=(plan.choose(2000, 300), INPUTS))
    size = f"{SNAPSHOTS * FRAMES} examples, {INPUTS} features"
    for kind in MODEL_KINDS.values():
        if kind.continuous:
            examples = held_poses(taught, random.random((SNAPSHOTS, OUTPUTS)), frames=FRAMES)
            job = make_job(examples, examples.columns, positions_as_outputs(OUTPUTS), model=kind.name)
            mapping = fit(job)

            def play(x: Float, mapping: FittedMapping = mapping) -> object:
                return mapping.predict(x), mapping.confidence(x)

            yield _timed(f"model: {kind.name}", play, queries, f"{size}, {OUTPUTS} outputs; with confidence")
        if kind.classes:
            labels = tuple(f"class{number % 5}" for number in range(SNAPSHOTS))
            examples = held_poses(taught, np.zeros((SNAPSHOTS, 0)), frames=FRAMES, labels=labels)
            mapping = fit(make_job(examples, examples.columns, (), classifier=kind.name))
            yield _timed(f"classes: {kind.name}", mapping.classify, queries, f"{size}, 5 classes")


def _pieces(poses: list[Pose]) -> Iterator[Figure]:
    encoder = msgspec.msgpack.Encoder()
    decoder = msgspec.msgpack.Decoder(Pose)
    raw = [encoder.encode(pose) for pose in poses]
    for name in PRESETS:
        loaded = loader.load(paths.presets_dir() / f"{name}.yaml")
        piece = RunningPreset(loaded)
        piece.take_over(fit(fit_job(loaded)), 0.0)

        def step(message: bytes, piece: RunningPreset = piece) -> bytes:
            pose = decoder.decode(message)
            sound: Sound = piece.sound(piece.process_pose(pose, pose.capture_time_s), pose.capture_time_s)
            return encoder.encode(sound)

        yield _timed(f"whole step: {name}", step, raw, "from a pose's bytes to a Sound's", AIM_US)
        piece = RunningPreset(loaded, PREDICT_S)
        piece.take_over(fit(fit_job(loaded)), 0.0)

        def ahead(message: bytes, piece: RunningPreset = piece) -> bytes:
            return step(message, piece)

        yield _timed(f"whole step: {name}, `predict: 30 ms`", ahead, raw, "likewise", AIM_US)
