"""Skeletons whose landmarks are no body: for tests of how poses travel, not of their geometry. Short on purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.tracking.skeleton_file import SkeletonWriter

RATE_HZ = 30.0


def poses(count: int = 30, rate_hz: float = RATE_HZ) -> list[Pose]:
    """So many poses a second from 0 s on; the first landmark's x tells the number of the pose: number / 1000."""
    performance = []
    for number in range(count):
        image = np.full((33, 4), 0.5, np.float32)
        image[0, 0] = number / 1000
        world = np.full((33, 3), 0.25, np.float32)
        body = Body.from_arrays(image, world)
        performance.append(Pose(number / rate_hz, number, 640, 480, (body,)))
    return performance


def number_of(pose: Pose) -> int:
    """Which of `poses` this is."""
    return round(float(pose.bodies[0].image_array()[0, 0]) * 1000)


def write_skeleton(path: Path, count: int = 30, rate_hz: float = RATE_HZ) -> Path:
    with SkeletonWriter(path, "a test") as writer:
        for pose in poses(count, rate_hz):
            writer.write(pose)
    return path
