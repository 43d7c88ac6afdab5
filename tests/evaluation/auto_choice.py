"""`python -m tests.evaluation.auto_choice`: what `auto` chooses on real repetitions, and how good that is.

Four poses of a repetition get a random sound each. Three repetitions teach them, and the others test.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureExtractor
from tests.evaluation.alike_takes import FEATURES, train
from tests.evaluation.gestures.recordings import REPETITIONS, Span
from tests.evaluation.gestures.recordings import poses as poses_of

Float = NDArray[np.float64]

MATERIAL: Final = (("jacks", "jack"), ("squats", "squat"))
SETS: Final = ("theremin's three", "four arm angles", "whole body")
PLACES: Final = (0.10, 0.23, 0.36, 0.49)
"""In a repetition, as parts of it."""
HALF_S: Final = 0.07
SEEDS: Final = range(3)


def rows(spans: Sequence[Span], times: Float, x: Float, sounds: Float) -> tuple[Float, Float, NDArray[np.int64]]:
    """Features, sounds and takes of these repetitions."""
    parts = []
    for number, (begin_s, end_s) in enumerate(spans):
        for place, sound in zip(PLACES, sounds, strict=True):
            near = np.abs(times - begin_s - place * (end_s - begin_s)) < HALF_S
            some = x[near & np.isfinite(x).all(axis=1)]
            take = number * len(PLACES) + PLACES.index(place)
            parts.append((some, np.tile(sound, (len(some), 1)), np.full(len(some), take)))
    features, wanted, takes = zip(*parts, strict=True)
    return np.concatenate(features), np.concatenate(wanted), np.concatenate(takes)


def main() -> int:
    """Prints each choice, and the mean errors of `rbf` and of `auto`."""
    errors = []
    for recording, gesture in MATERIAL:
        kept = [pose for pose in poses_of(recording) if pose.bodies]
        times = np.array([pose.capture_time_s for pose in kept])
        spans = REPETITIONS[recording][gesture]
        for name in SETS:
            extractor = FeatureExtractor(FEATURES[name])
            frames = [(p.bodies[0].image_array(), p.width, p.height, p.capture_time_s) for p in kept]
            x = np.array([extractor.extract(*frame).values.copy() for frame in frames])
            for seed in SEEDS:
                random = np.random.default_rng(seed)
                sounds, order = random.random((len(PLACES), 3)), random.permutation(len(spans))
                taught = rows([spans[place] for place in order[:3]], times - times[0], x, sounds)
                later, wanted, _ = rows([spans[place] for place in order[3:]], times - times[0], x, sounds)
                models = [train(FEATURES[name], *taught, kind) for kind in ("rbf", "auto")]
                played = [np.array([model.predict(row) for row in later]) for model in models]
                errors.append([np.abs(each - wanted).mean() for each in played])
                print(recording, name, seed, *models[1].chosen)
    usual, chosen = np.mean(errors, axis=0)
    print(f"{len(errors)} tasks: error of rbf {usual:.3f}, of auto {chosen:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
