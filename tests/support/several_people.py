"""Poses with several people, made of landmarks of one: moved sideways, made larger, with numbers of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body, Pose

Image = NDArray[np.float32]
WORLD = np.zeros((33, 3), dtype=np.float32)


def moved(image: Image, x: float = 0.0, y: float = 0.0, size: float = 1.0) -> Image:
    """The landmarks, larger about the middle of the frame, then shifted by parts of its width and height."""
    result = image.copy()
    result[:, :2] = (image[:, :2] - 0.5) * size + 0.5 + np.array([x, y], dtype=np.float32)
    return result


def pose_of(time_s: float, *bodies: tuple[int, Image], width: int = 640, height: int = 480) -> Pose:
    """A pose of these people: number and landmarks of each."""
    found = tuple(Body.from_arrays(image, WORLD, person) for person, image in bodies)
    return Pose(time_s, round(time_s * 30), width, height, found)
