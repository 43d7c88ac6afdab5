"""`python -m tests.evaluation.following`: how exactly a recording tells how late a person follows a sound.

Prints a table for docs/playability.md. A follower is made of a recording: poses of it that are far apart belong to the
snapshots of a score, the follower moves from one to the next as the score does, late by a delay that differs from
glide to glide by 60 ms (standard deviation), and trembles as the recording does. The recordings are those of
`tests.evaluation.gestures`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.catalogue import columns
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.rbf import k_centre
from gesturesynth.mapping.learning.scaling import Scaling, least_spreads, usual_spans
from gesturesynth.mapping.teaching.following import FOLLOWING_S, following_s
from gesturesynth.mapping.teaching.score import Score, ScoreStep
from gesturesynth.runtime.messages import Pose
from tests.evaluation.gestures.recordings import poses as poses_of

Float = NDArray[np.float64]

FEATURES: Final = {
    "theremin's three": ("right_wrist.height", "left_wrist.height", "hands.distance"),
    "whole body": ("body.full",),
}
SCORES: Final = {"1, 2, 3": (1, 2, 3), "1, 2, 3, 1": (1, 2, 3, 1)}
DELAYS_S: Final = (0.1, 0.25, 0.4)
UNEVEN_S: Final = 0.06
TAIL_S: Final = 0.5
OUTPUTS: Final = (Output("a", 0.0, 1.0), Output("b", 0.0, 1.0))
SOUNDS: Final = {1: {"a": 0.1, "b": 0.8}, 2: {"a": 0.6, "b": 0.2}, 3: {"a": 0.95, "b": 0.6}}


class Follower:
    """A person who was recorded, and follows a score."""

    def __init__(self, poses: Sequence[Pose]) -> None:
        kept = [pose for pose in poses if pose.bodies]
        self.images = np.stack([pose.bodies[0].image_array() for pose in kept]).astype(np.float64)
        self.size = kept[0].width, kept[0].height
        kernel = np.ones(9) / 9
        flat = self.images.reshape(len(kept), -1)
        smooth = np.stack([np.convolve(column, kernel, "same") for column in flat.T], axis=1)
        self.trembling = (flat - smooth)[5:-5].reshape(-1, 33, 4)
        extractor = FeatureExtractor(["body.full"])
        shots = enumerate(self.images)
        x = np.stack([extractor.extract(image.astype(np.float32), *self.size, i / 30).values for i, image in shots])
        self.ends = self.images[k_centre(np.nan_to_num(x), 3)]

    def features(self, names: Sequence[str], parts: Sequence[tuple[int, int, float]], start: int) -> Float:
        """Features (n, k) at ways between the poses of two snapshots."""
        extractor = FeatureExtractor(names)
        rows = []
        for frame, (one, other, part) in enumerate(parts):
            image = (1.0 - part) * self.ends[one - 1] + part * self.ends[other - 1]
            image = image + self.trembling[(start + frame) % len(self.trembling)]
            rows.append(extractor.extract(image.astype(np.float32), *self.size, frame / 30).values)
        return np.array(rows)


def way_at(steps: Sequence[ScoreStep], time_s: float) -> tuple[int, int, float]:
    """Two snapshots and the part of the way between them, as a score has it."""
    for step, following in pairwise(steps):
        time_s -= step.hold_s
        if time_s < step.glide_s:
            part = max(0.0, time_s) / step.glide_s
            return step.snapshot, following.snapshot, part * part * (3.0 - 2.0 * part)
        time_s -= step.glide_s
    return steps[-1].snapshot, steps[-1].snapshot, 0.0


def error(names: Sequence[str], x: Float, y: Float, test_x: Float, test_y: Float) -> float:
    """Mean error of a mapping that was trained with these rows."""
    labels, takes = np.full(len(x), ""), np.ones(len(x), dtype=np.int64)
    mapping = fit(make_job(Examples(tuple(columns(names)), x, ("a", "b"), y, labels, takes), columns(names), OUTPUTS))
    played = np.array([mapping.predict(row) for row in test_x])
    return float(np.abs(played - test_y).mean())


def main() -> int:
    """Prints the table."""
    recordings = {name: poses_of(name) for name in ("jacks", "squats", "second_camera", "demo")}
    print("| features | score | delay | found, mean error (told by) | mapping: found | 0.25 s | 0 s | exact |")
    print("|---|---|---|---|---|---|---|---|")
    followers = [Follower(poses) for poses in recordings.values()]
    for feature_set, names in FEATURES.items():
        for score_text, numbers in SCORES.items():
            steps = [ScoreStep(number) for number in numbers]
            score = Score(steps, SOUNDS, OUTPUTS, SOUNDS[1])
            for delay_s in DELAYS_S:
                off, told, errors = [], 0.0, []
                for number, follower in enumerate(followers):
                    row = task(names, steps, score, delay_s, follower, number)
                    off.append(row[0])
                    told += row[1]
                    errors.append(row[2:])
                means = " | ".join(f"{value:.3f}" for value in np.mean(errors, axis=0))
                found = f"{1000 * np.mean(off):.0f} ms ({told:.0f} of {len(followers)})"
                print(f"| {feature_set} | {score_text} | {1000 * delay_s:.0f} ms | {found} | {means} |", flush=True)
    return 0


def task(  # noqa: PLR0917
    names: Sequence[str], steps: Sequence[ScoreStep], score: Score, delay_s: float, follower: Follower, seed: int
) -> tuple[float, ...]:
    """Error of the delay that was found, whether it was told, and the errors of four mappings."""
    random = np.random.default_rng(seed)
    times = np.arange(0.0, score.duration_s + TAIL_S, 1 / 30)
    late = np.interp(times, np.arange(0.0, 40.0, 5.0), delay_s + UNEVEN_S * random.normal(size=8))
    x = follower.features(names, [way_at(steps, time - lag) for time, lag in zip(times, late, strict=True)], 0)
    test_x = follower.features(names, [way_at(steps, time) for time in times], len(times))

    def sounds(lag_s: float) -> Float:
        return np.array([[*score.sound_at(float(time) - lag_s).values()] for time in times])

    seen = np.isfinite(x).all(axis=1)
    x, test_x = x[seen], np.nan_to_num(test_x)[seen]
    scaling = Scaling.from_rows(x, np.array(usual_spans(columns(names))), least_spreads(columns(names)))
    found, told = following_s(
        times[seen], scaling.apply(x), lambda time: np.array([*score.sound_at(time).values()], dtype=np.float64)
    )
    errors = [
        error(names, x, sounds(lag)[seen], test_x, sounds(0.0)[seen]) for lag in (found, FOLLOWING_S, 0.0, delay_s)
    ]
    return abs(found - delay_s), float(told), *errors


if __name__ == "__main__":
    sys.exit(main())
