"""`python -m tests.evaluation.feature_choice`: is the feature set that leave-one-take-out picks a good one?

Three poses of a recording with two to three takes each, three sounds; each feature set is judged as by `evaluate
--features`, and then by the error in later frames near to the taught poses.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.evaluation import EvaluationJob, evaluate
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from tests.evaluation.gestures import recordings
from tests.evaluation.trust import FEATURES, TAUGHT, seen, task

OUTPUTS: Final = (Output("a", 0.0, 1.0), Output("b", 0.0, 1.0))
SOUNDS: Final = np.array([[0.0, 0.5], [0.5, 1.0], [1.0, 0.0]])
SEEDS: Final = 8


def main(arguments: Sequence[str]) -> int:
    """Prints one line. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    picked, mean, best, tasks = [], [], [], 0
    for name in TAUGHT:
        for seed in range(SEEDS):
            asked = task(name, 3, 3, seed, 0.5, none=False)
            if asked is None or len(asked.takes) < 6:
                continue
            tasks += 1
            rows = np.concatenate([frames for frames, _ in asked.takes])
            lengths = [len(frames) for frames, _ in asked.takes]
            shown = np.repeat([pose for _, pose in asked.takes], lengths)
            takes = np.repeat(np.arange(len(lengths)), lengths)
            judged, errors = [], []
            for names in FEATURES.values():
                x = seen(name, names)[1]
                labels = np.full(len(rows), "")
                examples = Examples(columns(names), x[rows], ("a", "b"), SOUNDS[shown], labels, takes)
                job = make_job(examples, columns(names), OUTPUTS)
                judged.append(evaluate(EvaluationJob("study", job, OUTPUTS)).error_of_range)
                mapping = fit(job)
                played = np.array([mapping.predict(row) for row in x[asked.own]])
                errors.append(float(np.abs(played - SOUNDS[asked.shown]).mean()))
            told = [1.0 if one is None else one for one in judged]
            picked.append(errors[int(np.argmin(told))])
            mean.append(np.mean(errors))
            best.append(min(errors))
    better = np.mean(np.array(picked) <= np.array(mean))
    figures = f"picked {np.mean(picked):.3f}, mean of all sets {np.mean(mean):.3f}, best {np.mean(best):.3f}"
    print(f"{tasks} tasks: {figures}")
    print(f"picked at least as good as the mean: {better:.0%} of the tasks")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
