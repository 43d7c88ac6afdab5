"""`python -m tests.evaluation.drums`: the shipped drums, struck by people who have not taught them.

Prints a table for docs/playability.md. Which drum a frame shows is told by where the wrists are, by the same rule as in
the factory examples; the same frames are then turned by 15 degrees. Recordings: those of `tests.evaluation.gestures`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.features.views import YAW_DEG
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.pipeline.fit_job import fit_job
from tests.evaluation.gestures import recordings
from tests.evaluation.trust import FEATURES, seen

WRISTS: Final = FEATURES["wrists (x, height)"]
UP: Final = 0.45
WIDE: Final = 1.8


def shown_drum(wrists: NDArray[np.float64]) -> str:
    """The drum that a pose shows; empty where it is none for sure, and not nothing either."""
    right, left, right_x, left_x = wrists
    if abs(right_x - left_x) > WIDE and max(abs(right), abs(left)) < UP:
        return "tom"
    if min(right, left) > UP:
        return "clap"
    if right > UP and left < 0.0:
        return "snare"
    if left > UP and right < 0.0:
        return "kick"
    return "none" if max(right, left) < -0.1 else ""


def main(arguments: Sequence[str]) -> int:
    """Prints the table. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    preset = loader.load(paths.presets_dir() / "drums.yaml")
    mapping = fit(fit_job(preset))
    counts: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    for name in recordings.ALL:
        drums = [shown_drum(wrists) for wrists in seen(name, WRISTS)[1]]
        for yaw_deg in (0.0, YAW_DEG):
            _, x, there = seen(name, preset.features, yaw_deg)
            for drum, row, present in zip(drums, x, there, strict=True):
                if drum and present:
                    label, certainty = mapping.classify(row)
                    found = label if certainty >= preset.classifier.confidence else "none"
                    counts[drum, yaw_deg][0] += found == drum
                    counts[drum, yaw_deg][1] += 1
    print(f"| pose | frames | recognised | turned by {YAW_DEG:g} degrees |\n|---|---|---|---|")
    for drum in sorted({drum for drum, _ in counts}):
        (hits, frames), (turned, _) = counts[drum, 0.0], counts[drum, YAW_DEG]
        print(f"| {drum} | {frames} | {hits / frames:.2f} | {turned / frames:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
