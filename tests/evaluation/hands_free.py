"""`python -m tests.evaluation.hands_free`: how often people who move seem to hold the pose of a record button.

Prints a table for docs/playability.md. The buttons are poses of a computed figure; the recordings those of
`tests.evaluation.gestures`, as they are, mirrored, and at half the tempo. No person in them knows of a button.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.teaching.held_pose import FEATURES, SPANS, HeldPose, HeldPoseWatch
from tests.evaluation.gestures import recordings
from tests.evaluation.gestures.recordings import Change
from tests.support import stick_figure
from tests.support.trembling import trembling_features

Arm = tuple[float, float]

BUTTONS: Final[dict[str, tuple[Arm, Arm]]] = {
    "hands on head": ((120.0, 40.0), (120.0, 40.0)),
    "T": ((90.0, 175.0), (90.0, 175.0)),
    "both up": ((170.0, 175.0), (170.0, 175.0)),
    "right up": ((170.0, 175.0), (10.0, 175.0)),
    "hands at shoulders": ((60.0, 20.0), (60.0, 20.0)),
    "right hand at shoulder": ((60.0, 20.0), (10.0, 175.0)),
    "hands on hips": ((35.0, 90.0), (35.0, 90.0)),
    "hands hang": ((10.0, 175.0), (10.0, 175.0)),
}
"""Right and left arm: the upper arm's angle to the trunk, and the elbow's."""
CHANGES: Final = {"as they are": Change(), "mirrored": Change(mirror=True), "half the tempo": Change(tempo=0.5)}
SIZES: Final = (0.0008, 0.0015, 0.003)
"""Trembling, of the image height: of still people, and two and four times that."""


def button(name: str) -> HeldPose:
    """The pose, taught by the figure."""
    right, left = BUTTONS[name]
    extractor = FeatureExtractor(FEATURES)
    image = stick_figure.pose(right_arm=right, left_arm=left, frame=(640, 480))
    return HeldPose(extractor.extract(image, 640, 480, 0.0).values / SPANS)


def starts(name: str, recording: str, change: Change = CHANGES["as they are"]) -> int:
    """How often a button counts as held in a recording."""
    watch = HeldPoseWatch(button(name))
    times_s, x = recordings.features(recording, FEATURES, change)
    return sum(watch.observe(row, float(time_s)) for time_s, row in zip(times_s, x, strict=True))


def pressed_after_s(name: str, size: float) -> float:
    """After how long it is pressed by a figure that holds it and trembles; NaN for never."""
    right, left = BUTTONS[name]
    image = stick_figure.pose(right_arm=right, left_arm=left, frame=(640, 480))
    x = trembling_features(image, FEATURES, 120, np.random.default_rng(7), size)
    watch = HeldPoseWatch(button(name))
    watch.observe(np.full(len(SPANS), np.nan), -1.0)  # it was left before
    return next((number / 30 for number, row in enumerate(x) if watch.observe(row, number / 30)), float("nan"))


def main(arguments: Sequence[str]) -> int:
    """Prints the table. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    minutes = {
        text: sum(float(np.ptp(recordings.features(name, FEATURES, change)[0])) for name in recordings.ALL) / 60.0
        for text, change in CHANGES.items()
    }
    head = [*(f"{text} ({minutes[text]:.1f} min)" for text in CHANGES), *(f"held, {size:g}" for size in SIZES)]
    print("| button | " + " | ".join(head) + " |\n|---|" + "---|" * len(head))
    for name in BUTTONS:
        counts = [sum(starts(name, recording, change) for recording in recordings.ALL) for change in CHANGES.values()]
        delays = [f"{pressed_after_s(name, size):.2f} s" for size in SIZES]
        print(f"| {name} | " + " | ".join([*map(str, counts), *delays]) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
