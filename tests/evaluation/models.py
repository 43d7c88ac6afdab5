"""`python -m tests.evaluation.models`: every kind of model on takes of moving people, a table for docs/models.md.

The tasks are those of `alike_takes`: 3, 6 or 9 takes of 0.7 s in the first half of a recording, with random sounds.
"""

from __future__ import annotations

import sys
import time
from typing import Final

import numpy as np

from gesturesynth.mapping.learning.model_kinds import MODEL_KINDS
from tests.evaluation.alike_takes import FEATURES, Task, held_out_task, train
from tests.evaluation.gestures.recordings import poses as poses_of

RECORDINGS: Final = ("demo", "jacks", "squats", "slow_squats", "dancer")
SETS: Final = ("theremin's three", "four arm angles", "whole body")
COUNTS: Final = (3, 6, 9)
SEEDS: Final = range(2)
WINDOW_S: Final = 0.7
TREMBLING: Final = 0.01
"""Of the spread of the taught poses: how far a still person's features scatter."""


def measure(kind: str, names: tuple[str, ...], task: Task) -> tuple[float, float, float, float]:
    """Error, greatest step from frame to frame, jitter of a still person, and seconds of the fit."""
    begun_s = time.perf_counter()
    mapping = train(names, task.x, task.y, task.takes, kind)
    took_s = time.perf_counter() - begun_s
    played = np.array([mapping.predict(row) for row in task.later])
    random = np.random.default_rng(1)
    places = task.x[np.unique(task.takes, return_index=True)[1]]
    still = places[:, None] + TREMBLING * task.x.std(axis=0) * random.normal(size=(len(places), 30, task.x.shape[1]))
    heard = np.array([[mapping.predict(row) for row in pose] for pose in still])
    error = float(np.abs(played[task.tested] - task.wanted).mean())
    step = float(np.abs(np.diff(played, axis=0)).max())
    return error, step, float(heard.std(axis=1).mean()), took_s


def main() -> int:
    """Prints the table."""
    tasks = [
        (FEATURES[name], name, task)
        for name in SETS
        for recording in map(poses_of, RECORDINGS)
        for count in COUNTS
        for seed in SEEDS
        if (task := held_out_task(FEATURES[name], recording, count, WINDOW_S, seed)) is not None
    ]
    kinds = [name for name, kind in MODEL_KINDS.items() if kind.continuous]
    head = " | ".join(f"error, {name}" for name in SETS)
    print(f"| model | {head} | greatest step, median | jitter, still | fit, median |")
    print("|---|" + "--:|" * (len(SETS) + 3))
    for kind in kinds:
        found = np.array([measure(kind, names, task) for names, _, task in tasks])
        errors = [found[[name == each for _, name, _ in tasks], 0].mean() for each in SETS]
        texts = [f"{error:.3f}" for error in errors]
        texts += [
            f"{np.median(found[:, 1]):.2f}",
            f"{found[:, 2].mean():.4f}",
            f"{1e3 * np.median(found[:, 3]):.0f} ms",
        ]
        print(f"| `{kind}` | " + " | ".join(texts) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
