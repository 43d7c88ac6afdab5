"""The points of a body: 33 landmarks in BlazePose order, and a few that are means of them.

The order is that of the BlazePose topology (V. Bazarevsky et al., BlazePose: On-device Real-time Body Pose Tracking,
2020). Left and right are the performer's own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

LANDMARKS: Final[tuple[str, ...]] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
"""Names of the 33 landmarks, by index."""

MEANS: Final[dict[str, tuple[str, ...]]] = {
    "head": ("nose", "left_eye", "right_eye", "left_ear", "right_ear", "mouth_left", "mouth_right"),
    "left_hand": ("left_pinky", "left_index", "left_thumb"),
    "right_hand": ("right_pinky", "right_index", "right_thumb"),
    "hands": ("left_wrist", "right_wrist"),
    "feet": ("left_ankle", "right_ankle"),
    "shoulders": ("left_shoulder", "right_shoulder"),
    "hips": ("left_hip", "right_hip"),
}
"""Points that are the mean of landmarks; seen only when all of these landmarks are."""

POINTS: Final[tuple[str, ...]] = LANDMARKS + tuple(MEANS)
"""All points, by index: the landmarks first, then the means."""

POINT: Final[dict[str, int]] = {name: index for index, name in enumerate(POINTS)}
"""Index of a point by name."""

PARTS: Final[dict[str, tuple[str, ...]]] = {name: (name,) for name in LANDMARKS} | MEANS
"""The landmarks that a point is made of."""


def _membership() -> NDArray[np.bool_]:
    table = np.zeros((len(POINTS), len(LANDMARKS)), dtype=np.bool_)
    for name, parts in PARTS.items():
        table[POINT[name], [POINT[part] for part in parts]] = True
    return table


MEMBERS: Final[NDArray[np.bool_]] = _membership()
"""bool, shape (points, 33): which landmarks a point is the mean of."""

WEIGHTS: Final[NDArray[np.float64]] = MEMBERS / MEMBERS.sum(axis=1, keepdims=True)
"""float64, shape (points, 33): `WEIGHTS @ landmarks` gives all points."""

# x to the performer's right, y up, torso lengths, from the middle of the hips: (sideways, height) of the right side,
# or of the middle. The left side is its mirror image.
_STANDING: Final[dict[str, tuple[float, float]]] = {
    "nose": (0.0, 1.42),
    "eye_inner": (0.04, 1.49),
    "eye": (0.06, 1.49),
    "eye_outer": (0.08, 1.49),
    "ear": (0.14, 1.46),
    "mouth": (0.05, 1.34),
    "shoulder": (0.33, 1.0),
    "elbow": (0.43, 0.45),
    "wrist": (0.46, -0.03),
    "pinky": (0.48, -0.20),
    "index": (0.46, -0.22),
    "thumb": (0.44, -0.16),
    "hip": (0.18, 0.0),
    "knee": (0.18, -0.78),
    "ankle": (0.18, -1.52),
    "heel": (0.17, -1.60),
    "foot_index": (0.23, -1.68),
}


def _standing() -> NDArray[np.float64]:
    rows = []
    for name in LANDMARKS:
        parts = name.split("_")
        sideways, height = _STANDING["_".join(part for part in parts if part not in {"left", "right"})]
        rows.append((-sideways if "left" in parts else sideways, height))
    return np.array(rows)


STANDING: Final[NDArray[np.float64]] = WEIGHTS @ _standing()
"""float64, shape (points, 2): the points of a person who stands still with hanging arms.

x to the performer's right and y up, in torso lengths, from the middle of the hips. It is the position
of points that were never seen.
"""


def order_rows(columns: int = 3) -> list[list[str]]:
    """The landmarks with their indices, from top to bottom in so many columns, for documents; 11 rows of 3."""
    cells = [f"{index}: {name}" for index, name in enumerate(LANDMARKS)]
    height = len(cells) // columns
    return [cells[row::height] for row in range(height)]
