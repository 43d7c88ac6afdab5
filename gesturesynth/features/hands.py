"""A hand, measured by the 21 landmarks of its fingers.

They come from the tracker when a preset asks for a feature of this table (`hand_rows`). They are placed from the wrist,
in lengths of the palm, and smoothed there, so that neither the distance from the camera nor the size of the hand
matters; then measured. Other than of a body, depth is used: of these landmarks it is good enough. A still hand in front
of the camera trembled by 0.3 degrees in its fingers' bends (docs/hands.md).

Axes: x to the performer's right, y up, z away from the camera.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.feature import Feature
from gesturesynth.features.measurements import HandMeasure, Recipe
from gesturesynth.features.one_euro import OneEuroFilter, OneEuroSettings
from gesturesynth.runtime.body_points import HAND_LANDMARKS, SIDES, Side

Array = NDArray[np.float64]

FINGERS: Final = {
    "thumb": (2, 3, 4),
    "index": (5, 6, 8),
    "middle": (9, 10, 12),
    "ring": (13, 14, 16),
    "pinky": (17, 18, 20),
}
"""Three landmarks of each: the joint at the palm, the next one, the tip."""

FIST, FLAT = 70.0, 165.0
"""Mean bend of the four fingers, degrees: `open` is 0 and 1."""
TOUCHING, APART = 0.15, 0.85
"""From the tip of the thumb to that of the index finger, palm lengths: `pinch` is 1 and 0."""

SMALLEST_PALM: Final = 0.005
"""In image heights. A smaller hand cannot be measured."""

# A relaxed right hand, held up with its palm to the camera, in palm lengths: where a hand that was never seen is.
_RESTING: Final = (
    (0.0, 0.0),
    *((-0.3, 0.25), (-0.5, 0.5), (-0.6, 0.75), (-0.65, 0.95)),
    *((-0.25, 0.95), (-0.3, 1.35), (-0.33, 1.6), (-0.35, 1.8)),
    *((0.0, 1.0), (0.0, 1.45), (0.0, 1.75), (0.0, 1.95)),
    *((0.2, 0.95), (0.23, 1.35), (0.25, 1.6), (0.27, 1.8)),
    *((0.4, 0.85), (0.45, 1.15), (0.48, 1.35), (0.5, 1.5)),
)
_KNUCKLES: Final = [5, 9, 13, 17]


def hand_rows() -> Iterator[Feature]:
    """Rows of the table of features."""
    group = "hands (only when a preset asks for them)"
    for side in SIDES:
        hand, label = f"{side}_hand", f"{side} hand"
        rows: list[tuple[str, str, float, float, str]] = [
            ("open", "", 0.0, 1.0, f"How far the {label} is open: 0 is a fist, 1 is flat."),
            ("pinch", "", 0.0, 1.0, f"How near thumb and index finger of the {label} are: 1 when they touch."),
            ("spread", "°", 0.0, 35.0, f"How far the fingers of the {label} are spread."),
            ("roll", "°", -90.0, 90.0, f"Roll of the {label}: 90 shows its palm, 0 its edge, -90 its back."),
            ("point.x", "", -1.0, 1.0, f"Where the {label}'s index finger points: 1 to the performer's right."),
            ("point.y", "", -1.0, 1.0, f"Where the {label}'s index finger points: 1 up, -1 down."),
            ("place.x", "", 0.0, 1.0, f"Where the {label} is in the image: 0 at the performer's left edge."),
            ("place.y", "", 0.0, 1.0, f"Where the {label} is in the image: 0 at its bottom, 1 at its top."),
            ("place.size", "", 0.0, 0.4, f"Length of the {label}'s palm in image heights: how near it is."),
        ]
        for finger in FINGERS:
            low = 120.0 if finger == "thumb" else 60.0
            rows.append((f"{finger}.angle", "°", low, 180.0, f"Bend of the {label}'s {finger}: 180 is straight."))
        for name, unit, low, high, text in rows:
            yield Feature(f"{hand}.{name}", unit, low, high, text, group, {f"{hand}.{name}": HandMeasure(side, name)})
        bends: dict[str, Recipe] = {
            f"{hand}.fingers.{finger}": HandMeasure(side, f"{finger}.angle") for finger in FINGERS
        }
        yield Feature(f"{hand}.fingers", "°", 60.0, 180.0, f"Bends of all five fingers of the {label}.", group, bends)


class HandShape:
    """Smooths one hand, and measures it.

    Args:
        side: which.
        smoothing: None for none.
    """

    def __init__(self, side: Side, smoothing: OneEuroSettings | None) -> None:
        self._side = side
        points = np.column_stack([np.array(_RESTING), np.zeros(HAND_LANDMARKS)])
        if side == "left":
            points[:, 0] = -points[:, 0]
        start = np.concatenate([points.ravel(), [0.5, 0.5, 0.1]])
        self._filter = OneEuroFilter(start, smoothing)
        self._all = np.ones(start.size, dtype=np.bool_)

    def reset(self) -> None:
        """Forgets the hand."""
        self._filter.reset()

    def update(self, hand: NDArray[np.float32], width: int, height: int, time_s: float) -> bool:
        """Takes a frame's landmarks; whether the hand was measured.

        Args:
            hand: (21, 4): x, y as fractions of the frame, z in the scale of x; rows that are not finite are not seen.
            width: of the frame in pixels.
            height: likewise.
            time_s: of the frame.
        """
        points = np.asarray(hand[:, :3], dtype=np.float64) * (-width / height, -1.0, width / height)
        palm = float(np.linalg.norm(points[_KNUCKLES] - points[0], axis=1).mean())
        if not SMALLEST_PALM <= palm <= 10.0 or not np.isfinite(points).all():  # the first is true for NaN too
            return False
        middle = (points[0] + points[_KNUCKLES].mean(axis=0)) / 2.0
        place = (1.0 + middle[0] * height / width, 1.0 + middle[1], palm)
        samples = np.concatenate([((points - points[0]) / palm).ravel(), place])
        self._filter.filter(samples, self._all, time_s)
        return True

    def measures(self) -> dict[str, float]:
        """All measures of the hand as it is now."""
        values = self._filter.value
        points = values[:-3].reshape(HAND_LANDMARKS, 3)
        found = {f"{name}.angle": _angle(*points[list(places)]) for name, places in FINGERS.items()}
        bend = sum(found[f"{name}.angle"] for name in ("index", "middle", "ring", "pinky")) / 4.0
        found["open"] = _share(bend, FIST, FLAT)
        found["pinch"] = _share(math.dist(points[4], points[8]), APART, TOUCHING)
        found["spread"] = _between(points[6] - points[5], points[18] - points[17])
        palm = np.cross(points[5] - points[0], points[17] - points[0])
        facing = float(palm[2] / max(float(np.linalg.norm(palm)), 1e-9)) * (1.0 if self._side == "left" else -1.0)
        found["roll"] = math.degrees(math.asin(max(-1.0, min(1.0, facing))))
        pointing = points[8] - points[5]
        length = max(float(np.linalg.norm(pointing)), 1e-9)
        found["point.x"], found["point.y"] = float(pointing[0]) / length, float(pointing[1]) / length
        found["place.x"], found["place.y"], found["place.size"] = values[-3:].tolist()
        return found


def _angle(before: Array, joint: Array, after: Array) -> float:
    return _between(before - joint, after - joint)


def _between(one: Array, other: Array) -> float:
    """The angle between two directions, degrees; 0 where one has no length."""
    across = float(np.linalg.norm(np.cross(one, other)))
    return math.degrees(math.atan2(across, float(one @ other)))


def _share(value: float, none: float, full: float) -> float:
    return max(0.0, min(1.0, (value - none) / (full - none)))
