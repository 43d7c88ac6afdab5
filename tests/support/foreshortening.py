"""A body with a forearm that points at the camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.landmarks import LANDMARKS


def foreshortened(image: NDArray[np.float32], width: int, height: int, side: str, length: float) -> NDArray[np.float32]:
    """The landmarks (33, 4) with the wrist of one side `length` torso lengths from its elbow, in the same direction."""
    points = {name: image[LANDMARKS.index(name), :2].astype(np.float64) * (width, height) for name in LANDMARKS}
    shoulders, hips = ((points[f"left_{joint}"] + points[f"right_{joint}"]) / 2 for joint in ("shoulder", "hip"))
    elbow = points[f"{side}_elbow"]
    forearm = points[f"{side}_wrist"] - elbow
    shorter = forearm * (length * np.linalg.norm(shoulders - hips) / np.linalg.norm(forearm))
    result = image.copy()
    result[LANDMARKS.index(f"{side}_wrist"), :2] = (elbow + shorter) / (width, height)
    return result
