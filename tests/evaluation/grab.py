"""`python -m tests.evaluation.grab`: what a mapping plays that was made of movement that was watched (`grab`).

Prints a table for docs/playability.md. The first half of a recording (30 s of it at most) is watched, the second half
is played. Recordings: those of `tests.evaluation.gestures`; only frames count in which all that is measured is in view.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.fit_job import fit_job
from gesturesynth.pipeline.grab_saver import Snapshots, grabbed_takes
from gesturesynth.pipeline.seen_features import seen_features
from gesturesynth.runtime.messages import Pose
from tests.evaluation.gestures import recordings

Float = NDArray[np.float64]

WATCHED_S: Final = 30.0
END_S: Final[Mapping[str, float]] = {"squats": 14.0}
"""Of a recording: after his squats he lifts a hand to the camera, which he has not done before."""
RECORDINGS: Final = ("squats", "demo", "jacks")
"""Those of the recordings that are long enough for two halves."""


@dataclass(frozen=True)
class Played:
    """What the second half plays.

    Attributes:
        takes: how many were grabbed.
        coverage: of each output the part of its range, which is that of the sounds, from 5 to 95 of 100 frames.
        known: part of the frames with full confidence.
        rising: how the height of the hands and the mean of the outputs go together, -1 to 1.
    """

    takes: int
    coverage: Float
    known: float
    rising: float


def halves(name: str, preset: Preset) -> tuple[list[Pose], list[Pose]]:
    """The poses to be watched, and those to be played."""
    poses = [pose for pose in recordings.poses(name) if pose.capture_time_s <= END_S.get(name, np.inf)]
    x = seen_features(preset.features, preset.smoothing, poses)
    seen = [pose for pose, row in zip(poses, x, strict=True) if np.isfinite(row).all()]
    middle_s = float(np.median([pose.capture_time_s for pose in seen]))
    earlier = [pose for pose in poses if middle_s - WATCHED_S <= pose.capture_time_s < middle_s]
    return earlier, [pose for pose in poses if pose.capture_time_s >= middle_s]


def mapping_of(preset: Preset, snapshots: Snapshots, watched: Sequence[Pose]) -> tuple[FittedMapping, int, Float]:
    """The mapping that a grab makes, the number of its takes, and their sounds, positions (takes, m)."""
    takes = grabbed_takes(preset, snapshots, watched).takes
    names = [output.name for output in preset.learned_outputs]
    with TemporaryDirectory() as folder:
        store = ExampleStore.open(Path(folder) / "examples.sqlite", datetime(2026, 3, 1, tzinfo=UTC))
        store.add_takes(takes, instead=True)
        mapping = fit(fit_job(preset, store.examples(preset.features, names, preset.smoothing)))
        store.close()
    sounds = [[o.position(take.values[o.name]) for o in preset.mapping_outputs()] for take in takes]
    return mapping, len(takes), np.array(sounds)


def play(preset: Preset, snapshots: Snapshots, watched: Sequence[Pose], later: Sequence[Pose]) -> Played:
    """Grabs from some poses, and plays others."""
    mapping, takes, sounds = mapping_of(preset, snapshots, watched)
    x = seen_features(preset.features, preset.smoothing, later)
    rows = np.isfinite(x).all(axis=1)
    played = np.array([mapping.predict(row) for row in x[rows]])
    known = np.array([mapping.confidence(row) for row in x[rows]])
    low, high = np.quantile(played, [0.05, 0.95], axis=0)
    heights = seen_features(["hands.height"], preset.smoothing, later)[rows, 0]
    seen = np.isfinite(heights)
    rising = float(np.corrcoef(heights[seen], played[seen].mean(axis=1))[0, 1])
    return Played(takes, (high - low) / np.ptp(sounds, axis=0), float((known >= 1.0).mean()), rising)


def presets() -> dict[str, tuple[Preset, Snapshots]]:
    """Those that are shipped, and one that measures the whole body."""
    shipped = [loader.load(paths.presets_dir() / f"{name}.yaml") for name in ("theremin", "drone", "grains", "drums")]
    found: dict[str, tuple[Preset, Snapshots]] = {preset.path.stem: (preset, preset.snapshots) for preset in shipped}
    theremin = shipped[0]
    found["theremin, no snapshots"] = (theremin, {})
    found["theremin, whole body"] = (dataclasses.replace(theremin, features=("body.full",)), theremin.snapshots)
    return found


def main(arguments: Sequence[str]) -> int:
    """Prints the table. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    print("| preset | " + " | ".join(RECORDINGS) + " |\n|---|" + "---|" * len(RECORDINGS))
    for text, (preset, snapshots) in presets().items():
        cells = []
        for name in RECORDINGS:
            watched, later = halves(name, preset)
            played = play(preset, snapshots, watched, later)
            facts = f"{played.takes} takes, {played.rising:+.2f}"
            cells.append(f"{played.coverage.min():.2f} / {played.known:.2f} ({facts})")
        print(f"| {text} | " + " | ".join(cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
