"""A video of a dancer who takes three poses in turn: real footage, for MediaPipe.

The clip is cut at run time: real frames of the dancer, forwards and backwards, so that nothing jumps. At each of the
three poses the frames around it are repeated forwards and backwards: a pose that is held, with the small movements of a
real body.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Pose
from tests.support import footage

FRAME_HZ = 30
HELD_S = 1.6
AROUND = 3
"""So many frames before and after its moment belong to a held pose: a fifth of a second."""

MOMENTS = {"low": 24, "high": 50, "folded": 94}
"""The frame of the clip at which each pose is at its clearest."""

POSES = {"low": (-1.06, -0.98, 1.4), "high": (1.10, 1.06, 1.1), "folded": (-0.02, -0.05, 0.36)}
"""The measures of each: height of the right and of the left wrist above the shoulders, distance of the wrists, all in
torso lengths."""
NEAR = 0.22
"""A body is in a pose when none of its three measures differs by more, torso lengths."""

ORDER = ("low", "high", "folded", "high")
"""The order of the poses; the video repeats it."""


def _held(middle: int) -> Iterator[int]:
    """Frame numbers forwards and backwards around a moment, beginning and ending with it."""
    rounds = round(HELD_S * FRAME_HZ / (4 * AROUND))
    steps = [*range(1, AROUND + 1), *range(AROUND - 1, -AROUND - 1, -1), *range(1 - AROUND, 1)]
    yield middle
    for step in steps * rounds:
        yield middle + step


def _loop() -> list[int]:
    """Frame numbers of one loop."""
    frames: list[int] = []
    for here, there in zip(ORDER, (*ORDER[1:], ORDER[0]), strict=True):
        begin, end = MOMENTS[here], MOMENTS[there]
        way = 1 if end > begin else -1
        frames += [*_held(begin), *range(begin + way, end, way)]
    return frames


LOOP_S = len(_loop()) / FRAME_HZ


def write_posed_video(path: Path) -> Path:
    """Writes the video (Motion JPEG); gives its path back. Skips the test where the footage is missing."""
    source = cv2.VideoCapture(str(footage.clip("dancer")))
    frames: list[Any] = []
    while len(frames) <= max(MOMENTS.values()) + AROUND:
        good, frame = source.read()
        assert good, "the clip of the dancer is shorter than it was"
        frames.append(frame)
    source.release()
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FRAME_HZ, (width, height))
    assert writer.isOpened(), "OpenCV cannot write Motion JPEG here"
    for number in _loop():
        writer.write(frames[number])
    writer.release()
    return path


def measures(pose: Pose) -> NDArray[np.float64]:
    """The measures that `POSES` has, of this pose, float64 (3,); NaN without a body."""
    if not pose.bodies:
        return np.full(3, np.nan)
    points = pose.bodies[0].image_array()[:, :2].astype(np.float64) * (pose.width, pose.height)
    shoulders, hips = points[[11, 12]].mean(axis=0), points[[23, 24]].mean(axis=0)
    right, left = points[16], points[15]
    lengths = np.array([shoulders[1] - right[1], shoulders[1] - left[1], np.hypot(*(right - left))])
    return np.asarray(lengths / np.hypot(*(shoulders - hips)), dtype=np.float64)


def pose_of(pose: Pose) -> str:
    """The name of the pose in `POSES`; empty between two poses."""
    seen = measures(pose)
    return next((name for name, there in POSES.items() if np.abs(seen - there).max() < NEAR), "")
