"""A face, measured by the numbers that the tracker sends of it (`body_points.FACE_VALUES`).

These are ratios of lengths. What they are for a face at rest differs between people by as much as a small smile does,
so a piece that uses them is best taught by the person who plays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.feature import Feature
from gesturesynth.features.measurements import FaceMeasure, Recipe
from gesturesynth.features.one_euro import OneEuroFilter, OneEuroSettings
from gesturesynth.runtime.body_points import FACE_VALUES

RANGES: Final = {
    "mouth_open": (0.03, 0.7),
    "mouth_wide": (0.45, 0.75),
    "lift": (-0.15, 0.1),
    "brow_up": (0.5, 0.9),
    "eye_open": (0.1, 0.3),
}
"""The ratios at which a measure is 0 and 1: the lips apart, in lengths of the nose; the corners of the mouth apart, in
distances between the outer corners of the eyes; the corners above the middle of the lips, and the brows above the eyes,
in lengths of the nose; the lids apart, in widths of the eye. Two faces at rest had 0.01 and 0.04, 0.58 and 0.59, -0.12
and -0.11, 0.59 and 0.61, 0.37 and 0.26 (one with eyes nearly closed 0.2)."""

_START: Final = {
    "mouth_open": 0.0,
    "mouth_wide": 0.55,
    "smile": -0.12,
    "brow_up": 0.6,
    "left_eye_open": 0.3,
    "right_eye_open": 0.3,
}
"""Of a face that was never seen: at rest."""


def face_rows() -> Iterator[Feature]:
    """Rows of the table of features."""
    for name, text in (
        ("face.mouth.open", "How far the mouth is open: 0 is closed."),
        ("face.mouth.wide", "How wide the mouth is: less when the lips are pursed, more in a smile."),
        ("face.smile", "How much the mouth smiles: its corners raised, and far from each other."),
        ("face.brow.up", "How far the brows are raised above the eyes."),
        ("face.eyes.open", "How far both eyes are open: 0 is closed."),
        ("face.left_eye.open", "How far the left eye is open: 0 is closed."),
        ("face.right_eye.open", "How far the right eye is open: 0 is closed."),
    ):
        recipes: dict[str, Recipe] = {name: FaceMeasure(name.removeprefix("face."))}
        yield Feature(name, "", 0.0, 1.0, text, "face (only when a preset asks for it)", recipes)


class FaceShape:
    """Smooths the numbers of a face, and measures it.

    Args:
        smoothing: None for none.
    """

    def __init__(self, smoothing: OneEuroSettings | None) -> None:
        self._filter = OneEuroFilter(np.array([_START[name] for name in FACE_VALUES]), smoothing)

    def reset(self) -> None:
        """Forgets the face."""
        self._filter.reset()

    def update(self, values: NDArray[np.float32], time_s: float) -> bool:
        """Takes a frame's numbers, any shape; whether the face was measured: where one is not finite, it was not."""
        samples = np.asarray(values, dtype=np.float64).ravel()[: len(FACE_VALUES)]
        if not np.isfinite(samples).all():
            return False
        self._filter.filter(samples, np.ones(samples.size, dtype=np.bool_), time_s)
        return True

    def measures(self) -> dict[str, float]:
        """All measures of the face as it is now."""
        ratios = dict(zip(FACE_VALUES, self._filter.value.tolist(), strict=True))
        wide = _share(ratios["mouth_wide"], "mouth_wide")
        left, right = (_share(ratios[f"{side}_eye_open"], "eye_open") for side in ("left", "right"))
        return {
            "mouth.open": _share(ratios["mouth_open"], "mouth_open"),
            "mouth.wide": wide,
            "smile": (_share(ratios["smile"], "lift") + wide) / 2.0,
            "brow.up": _share(ratios["brow_up"], "brow_up"),
            "eyes.open": (left + right) / 2.0,
            "left_eye.open": left,
            "right_eye.open": right,
        }


def _share(ratio: float, name: str) -> float:
    none, full = RANGES[name]
    return max(0.0, min(1.0, (ratio - none) / (full - none)))
