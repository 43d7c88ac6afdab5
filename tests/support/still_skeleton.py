"""A skeleton recording of a body that does not move, so that no change of the sound comes from a gesture.

Short: a function that several kinds of tests need.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import SkeletonWriter

HELD_S = 20.13
"""In the demo performance both arms are lifted here, half a torso above the shoulders."""


def write_still_skeleton(path: Path, duration_s: float = 10.0) -> Path:
    """Writes the recording, 30 poses a second; returns its path."""
    held = next(pose for pose in read_poses("demo") if pose.capture_time_s >= HELD_S)
    with SkeletonWriter(path) as writer:
        for number in range(round(duration_s * 30)):
            writer.write(msgspec.structs.replace(held, capture_time_s=number / 30, sequence=number))
    return path
