"""`python -m tests.evaluation.advice`: takes that were advised against takes at random; a table for the documents.

A performer moves; what each pose should sound like is a smooth function of the whole body (its first two principal
components in the recording, 0..1). Takes of half a second come from the first 60 of 100 frames, the error is that of
all later frames. Advised takes begin with one at random; each other is the pose that is known least, as `advise` says.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.teaching.advice import distances_of, farthest_pose
from tests.evaluation.alike_takes import train
from tests.evaluation.gestures import recordings
from tests.evaluation.trust import FEATURES, TAUGHT, seen

Float = NDArray[np.float64]

TAKE_S: Final = 0.5
ASKED_S: Final = 0.25
"""Between poses that are remembered for advice."""
TAKES: Final = (3, 5, 8)
SEEDS: Final = 6


def wanted_sounds(name: str) -> Float:
    """(n, 2), 0..1: the first two principal components of the whole body, by rank."""
    _, whole, there = seen(name, ("body.full",))
    centred = whole - whole[there].mean(axis=0)
    axes = np.linalg.svd(centred[there], full_matrices=False)[2][:2]
    along = centred @ axes.T
    low, high = np.quantile(along[there], [0.02, 0.98], axis=0)
    return np.asarray(np.clip((along - low) / (high - low), 0.0, 1.0), dtype=np.float64)


class Study:
    """Takes of one recording with some features."""

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        self.names = names
        self.times, self.x, there = seen(name, names)
        self.y = wanted_sounds(name)
        border_s = self.times[0] + 0.6 * (self.times[-1] - self.times[0])
        self.earlier = np.flatnonzero(there & (self.times < border_s - TAKE_S))
        self.later = np.flatnonzero(there & (self.times >= border_s))
        step = max(1, round(ASKED_S / float(np.median(np.diff(self.times)))))
        self.asked = self.earlier[::step]

    def mapping(self, starts: Sequence[int]) -> FittedMapping:
        """Taught by takes that begin at these frames: each has the sound of its middle."""
        rows, sounds, takes = [], [], []
        for take, start in enumerate(starts):
            begin_s = self.times[start]
            frames = np.flatnonzero((self.times >= begin_s) & (self.times < begin_s + TAKE_S))
            rows.append(self.x[frames])
            sounds.append(np.repeat(self.y[frames].mean(axis=0)[None], len(frames), axis=0))
            takes += [take] * len(frames)
        return train(self.names, np.concatenate(rows), np.concatenate(sounds), np.array(takes))

    def error(self, starts: Sequence[int]) -> float:
        """Mean error of the later frames."""
        mapping = self.mapping(starts)
        played = np.array([mapping.predict(row) for row in self.x[self.later[::3]]])
        return float(np.abs(played - self.y[self.later[::3]]).mean())

    def advised(self, first: int, count: int) -> list[int]:
        """The first take and those that are advised after it."""
        starts = [first]
        while len(starts) < count:
            distances = distances_of(self.mapping(starts), self.x[self.asked])
            middle = int(self.asked[farthest_pose(distances, self.times[self.asked])])
            starts.append(int(np.searchsorted(self.times, self.times[middle] - TAKE_S / 2)))
        return starts


def main(arguments: Sequence[str]) -> int:
    """Prints the table. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    head = " | ".join(f"{count} {kind}" for count in TAKES for kind in ("advised", "random"))
    print(f"| features | {head} |\n|---|" + "---|" * (2 * len(TAKES)))
    for text, names in FEATURES.items():
        errors: dict[tuple[int, str], list[float]] = {(n, kind): [] for n in TAKES for kind in ("advised", "random")}
        for name in TAUGHT:
            study = Study(name, names)
            for seed in range(SEEDS):
                at_random = np.random.default_rng(seed).permutation(study.earlier)[: max(TAKES)].tolist()
                advised = study.advised(at_random[0], max(TAKES))
                for count in TAKES:
                    errors[count, "advised"].append(study.error(advised[:count]))
                    errors[count, "random"].append(study.error(at_random[:count]))
        print(f"| {text} | " + " | ".join(f"{np.mean(found):.3f}" for found in errors.values()) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
