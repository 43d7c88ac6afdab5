"""Real movements: where they are, which repetitions are in them, and how they are made quicker, larger or mirrored.

The repetitions were found from the lowest and highest places of hips and wrists and checked by eye: from where the
body leaves its resting pose to where it is back in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.core.paths import demo_performer
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.images import mirrored
from gesturesynth.tracking.offline_poses import read_poses
from tests.support import footage

Float = NDArray[np.float64]
Span = tuple[float, float]

SKELETONS: Final = {"jacks": "jk.skeleton", "squats": "sqc.skeleton", "second_camera": "single_cam02.skeleton"}
CLIPS: Final = {"slow_squats": "squats", "dancer": "dancer", "athlete": "athlete", "walker": "walker", "two": "two"}
ALL: Final = (*SKELETONS, *CLIPS, "demo")

REPETITIONS: Final[Mapping[str, Mapping[str, Sequence[Span]]]] = {
    "jacks": {
        "jack": [
            *((0.52, 1.53), (1.53, 2.55), (2.55, 3.57)),  # from the front
            *((3.95, 4.90), (4.90, 5.92), (5.92, 6.90), (6.90, 7.92), (7.92, 8.90), (8.90, 9.93)),  # half turned
            *((10.30, 11.30), (11.30, 12.27), (12.27, 13.30), (13.30, 14.30), (14.30, 15.30)),  # from the side ...
            *((15.30, 16.33), (16.33, 17.32)),  # ... with the right arm out of sight
        ]
    },
    "squats": {"squat": [(0.05, 1.85), (2.75, 4.55), (5.50, 7.50), (8.40, 10.50), (11.65, 13.85)]},
    "slow_squats": {"squat": [(0.20, 4.00), (4.90, 8.60)]},
    "walker": {"jack": [(1.40, 2.50)]},
    "athlete": {"throw": [(0.12, 1.30)]},
    "second_camera": {"throw": [(0.12, 1.30)]},
    # The demo performer is made of the slow squats, the walker's jacks and the athlete.
    "demo": {
        "jack": [(21.00, 22.80), (22.85, 24.15)],
        "squat": [(31.10, 34.95), (35.80, 39.30)],
        "throw": [(24.20, 25.60)],
    },
}

ALSO: Final[Mapping[str, Mapping[str, Sequence[Span]]]] = {
    "demo": {"jack": [(19.60, 21.0), (24.15, 24.6)]},
    "walker": {"jack": [(0.0, 1.40), (2.5, 3.0)]},
    "athlete": {"throw": [(1.3, 1.7)]},
    "slow_squats": {"squat": [(9.6, 13.5)]},
}
"""Where a gesture half happens: neither a repetition nor something else."""

VIEWS: Final[Mapping[str, range]] = {"front": range(3), "half turned": range(3, 9), "side": range(9, 16)}
"""Of the jumping jacks."""


@dataclass(frozen=True)
class Change:
    """How a recording is changed before it is looked at."""

    tempo: float = 1.0
    size: float = 1.0
    mirror: bool = False


def skeleton_folder() -> Path:
    """Beside the footage."""
    return footage.folder().parent / "skeletons"


def missing() -> tuple[str, ...]:
    """Files that are looked for and not there."""
    paths = [skeleton_folder() / name for name in SKELETONS.values()]
    paths += [footage.folder() / footage.CLIPS[name] for name in CLIPS.values()]
    return tuple(str(path) for path in paths if not path.is_file())


KEPT: list[Path] = []
"""A folder with clips that were tracked before, `NAME.skeleton`: quicker, for working on the evaluation itself."""


@cache
def poses(name: str) -> tuple[Pose, ...]:
    """Every pose of a recording."""
    if name == "demo":
        return tuple(read_poses(str(demo_performer())))
    if name in SKELETONS:
        return tuple(read_poses(str(skeleton_folder() / SKELETONS[name])))
    file = footage.folder() / footage.CLIPS[CLIPS[name]]
    for folder in KEPT:
        if (folder / file.with_suffix(".skeleton").name).is_file():
            return tuple(read_poses(str(folder / file.with_suffix(".skeleton").name)))
    return tuple(read_poses(str(file)))


@cache
def features(name: str, feature_names: tuple[str, ...], change: Change = Change()) -> tuple[Float, Float]:
    """Times (n,) and features (n, k), NaN where not seen, of a changed recording.

    `size` makes the movement larger around the median pose of the body; `tempo` compresses time before the features
    are smoothed, as a quicker performer would.
    """
    shots = poses(name)
    images = [pose.bodies[0].image_array() if pose.bodies else None for pose in shots]
    there = [image for image in images if image is not None]
    middle = np.median([image[:, :2] - image[23:25, :2].mean(axis=0) for image in there], axis=0)
    extractor = FeatureExtractor(feature_names)
    times, rows = [], []
    for pose, seen in zip(shots, images, strict=True):
        image = seen
        if image is not None:
            if change.mirror:
                image = mirrored(pose.bodies[0]).image_array()
            if change.size != 1.0:
                hips = image[23:25, :2].mean(axis=0)
                image = image.copy()
                image[:, :2] = hips + middle + change.size * (image[:, :2] - hips - middle)
        time_s = pose.capture_time_s / change.tempo
        frame = extractor.extract(image, pose.width, pose.height, time_s)
        times.append(time_s)
        rows.append(np.where(frame.seen, frame.values, np.nan))
    return np.array(times), np.array(rows)


def between(times_s: Float, values: Float, start_s: float, end_s: float) -> tuple[Float, Float]:
    """The frames of a span."""
    inside = (times_s >= start_s - 1e-6) & (times_s <= end_s + 1e-6)
    return times_s[inside], values[inside]
