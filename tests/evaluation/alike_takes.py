"""`python -m tests.evaluation.alike_takes`: one pose taught twice with opposite sounds, and takes of moving people.

Prints three tables for docs/playability.md. The recordings are those of `tests.evaluation.gestures`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import columns
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.runtime.messages import Pose
from tests.evaluation.gestures.recordings import poses as poses_of
from tests.support.foreshortening import foreshortened
from tests.support.trembling import trembling_features

Float = NDArray[np.float64]

FEATURES: Final = {
    "theremin's three": ("right_wrist.height", "left_wrist.height", "hands.distance"),
    "drums' four": ("right_wrist.height", "left_wrist.height", "right_wrist.x", "left_wrist.x"),
    "four arm angles": ("left_elbow.angle", "left_shoulder.angle", "right_elbow.angle", "right_shoulder.angle"),
    "whole body": ("body.full",),
}
SIZES: Final = (0.0005, 0.0008, 0.0015)
"""Of the image height: half, once and twice what is measured of still people."""
POINTING: Final = (0.04, 0.08, 0.12, 0.16, 0.2, 0.3)
"""Torso lengths that a forearm is seen to have, when it points at the camera more or less."""
WINDOWS_S: Final = (0.25, 0.7)
NEAR: Final = 0.3
"""Of the median distance between snapshots: frames so near to one are expected to have its sound."""


@dataclass(frozen=True)
class Task:
    """Takes of the first half of a recording (x, y, takes), and frames of the second half.

    Attributes:
        later: (q, k), all frames of the second half.
        tested: those of them that are near to a take, by number, and `wanted`, the sounds of that.
    """

    x: Float
    y: Float
    takes: NDArray[np.int64]
    later: Float
    tested: NDArray[np.intp]
    wanted: Float


def train(names: Sequence[str], x: Float, y: Float, takes: NDArray[np.int64], model: str = "rbf") -> FittedMapping:
    """A mapping of these rows."""
    outputs = [Output(f"o{number}", 0.0, 1.0) for number in range(y.shape[1])]
    labels = np.full(len(x), "")
    examples = Examples(tuple(columns(names)), x, tuple(output.name for output in outputs), y, labels, takes)
    return fit(make_job(examples, columns(names), outputs, model=model))


def conflict(names: Sequence[str], image: NDArray[np.float32], size: float) -> tuple[float, float]:
    """Swing of an output, and the least confidence, in three seconds of a pose that was taught 0 and 1."""
    random = np.random.default_rng(7)
    first, second, still = (trembling_features(image, names, count, random, size) for count in (45, 45, 90))
    mapping = train(
        names, np.concatenate([first, second]), np.repeat([[0.0], [1.0]], 45, axis=0), np.repeat([1, 2], 45)
    )
    played = [float(mapping.predict(row)[0]) for row in still]
    return max(played) - min(played), min(mapping.confidence(row) for row in still)


def held_out(names: Sequence[str], poses: Sequence[Pose], count: int, window_s: float, seed: int) -> float | None:
    """Mean error in the second half of a recording, near to takes of its first half; None where there is nothing."""
    task = held_out_task(names, poses, count, window_s, seed)
    if task is None:
        return None
    mapping = train(names, task.x, task.y, task.takes)
    played = np.array([mapping.predict(row) for row in task.later[task.tested]])
    return float(np.abs(played - task.wanted).mean())


def held_out_task(names: Sequence[str], poses: Sequence[Pose], count: int, window_s: float, seed: int) -> Task | None:
    """Takes of the first half of a recording, far from each other, with random sounds; None where there are none."""
    extractors = [FeatureExtractor(names), FeatureExtractor(["body.full"])]
    kept = [pose for pose in poses if pose.bodies]
    times = np.array([pose.capture_time_s for pose in kept])
    x, whole = (
        np.array([e.extract(p.bodies[0].image_array(), p.width, p.height, p.capture_time_s).values for p in kept])
        for e in extractors
    )
    middle_s = (times[0] + times[-1]) / 2
    starts = times[times + window_s < middle_s]
    if len(starts) < count:
        return None
    random = np.random.default_rng(seed)

    def rows_from(start_s: float) -> NDArray[np.bool_]:
        return (times >= start_s) & (times < start_s + window_s)

    chosen = [float(random.choice(starts))]
    while len(chosen) < count:
        means = [whole[rows_from(start_s)].mean(axis=0) for start_s in chosen]
        candidates = random.choice(starts, 12)
        apart = [min(np.linalg.norm(whole[rows_from(c)].mean(axis=0) - mean) for mean in means) for c in candidates]
        chosen.append(float(candidates[int(np.argmax(apart))]))
    rows = [np.flatnonzero(rows_from(start_s)) for start_s in chosen]
    places = np.array([whole[part].mean(axis=0) for part in rows])
    between = np.median([np.linalg.norm(places[a] - places[b]) for a in range(count) for b in range(a)])
    sounds = random.random((count, 3))
    distance = np.linalg.norm(whole[:, None] - places[None], axis=2)
    tested = np.flatnonzero((times >= middle_s) & (distance.min(axis=1) < NEAR * between))
    if len(tested) < 5:
        return None
    takes = np.repeat(np.arange(count), [len(part) for part in rows])
    later = np.flatnonzero(times >= middle_s)
    return Task(
        x[np.concatenate(rows)],
        sounds[takes],
        takes,
        x[later],
        np.searchsorted(later, tested),
        sounds[distance[tested].argmin(axis=1)],
    )


def pointing_forearms(poses: Sequence[Pose]) -> None:
    """Prints what becomes of poses of which a forearm points at the camera, by arm angles."""
    print("\n| length that a forearm seems to have | swing, median (greatest) | above 0.1 |\n|---|---|---|")
    for length in POINTING:
        images = [
            foreshortened(pose.bodies[0].image_array(), pose.width, pose.height, side, length)
            for pose in poses
            for side in ("left", "right")
        ]
        swings = np.array([conflict(("arms.angles",), image, size)[0] for image in images for size in SIZES])
        wide = f"{(swings > 0.1).sum()} of {len(swings)}"
        print(f"| {length:g} | {np.median(swings):.2f} ({swings.max():.2f}) | {wide} |")


def main() -> int:
    """Prints the tables."""
    recordings = [poses_of(name) for name in ("demo", "jacks", "squats", "slow_squats", "dancer")]
    poses = [pose for recording in recordings for pose in recording[20:600:140] if pose.bodies]
    print("| features | swing, median (greatest) | least confidence |\n|---|---|---|")
    for name, names in FEATURES.items():
        found = np.array([conflict(names, pose.bodies[0].image_array(), size) for pose in poses for size in SIZES])
        print(f"| {name} | {np.median(found[:, 0]):.2f} ({found[:, 0].max():.2f}) | {found[:, 1].min():.2f} |")
    pointing_forearms(poses)
    print("\n| features | " + " | ".join(f"takes of {window_s:g} s" for window_s in WINDOWS_S) + " |\n|---|---|---|")
    for name, names in FEATURES.items():
        errors = [
            np.mean(
                [
                    error
                    for recording in recordings
                    for count in (3, 6, 9)
                    for seed in range(4)
                    if (error := held_out(names, recording, count, window_s, seed)) is not None
                ]
            )
            for window_s in WINDOWS_S
        ]
        print(f"| {name} | " + " | ".join(f"{error:.3f}" for error in errors) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
