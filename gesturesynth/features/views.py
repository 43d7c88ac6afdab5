"""How features change when a body or the camera turns a little: what tells a turned body from another pose.

A body that turns about its own axis moves every point sideways by its depth. Depth (z) of image landmarks trembles too
much to be a feature, but it is good enough to say in which direction a pose moves among the features when it turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.computed.extractor import ComputedExtractor
from gesturesynth.features.landmarks import LANDMARKS, POINT
from gesturesynth.features.people.role_frame import RoleFrame

Float = NDArray[np.float64]

YAW_DEG: Final = 15.0
ROLL_DEG: Final = 8.0
"""A person who stands before a camera for the second time is turned by so much, or the camera is."""

_TRUNK: Final = [POINT[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]


def turned(
    image: NDArray[np.float32], width: int, height: int, *, yaw_deg: float = 0.0, roll_deg: float = 0.0
) -> NDArray[np.float32]:
    """The landmarks (33, 4) of a body that is turned about the middle of its trunk.

    Args:
        image: as in `Body.image`: x and y in parts of the picture, z in the scale of x. Rows behind the body's, of
            hands and face, stay as they are: their features tell little of the view.
        width: of the picture in pixels.
        height: likewise.
        yaw_deg: about the vertical axis.
        roll_deg: about the axis of the camera, after that.
    """
    points = image[: len(LANDMARKS), :3].astype(np.float64) * (width, height, width)
    middle = points[_TRUNK].mean(axis=0)
    x, y, z = (points - middle).T
    yaw, roll = np.deg2rad(yaw_deg), np.deg2rad(roll_deg)
    x, z = x * np.cos(yaw) + z * np.sin(yaw), z * np.cos(yaw) - x * np.sin(yaw)
    x, y = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
    result = image.copy()
    result[: len(LANDMARKS), :3] = (np.column_stack([x, y, z]) + middle) / (width, height, width)
    return result


class ViewChanges:
    """Computes how features change with the view, for some frames of a take.

    Args:
        names: of features.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._views = tuple(
            (ComputedExtractor(names, None), turn)
            for sign in (1.0, -1.0)
            for turn in (partial(turned, yaw_deg=sign * YAW_DEG), partial(turned, roll_deg=sign * ROLL_DEG))
        )

    def of_frames(self, frames: Iterable[tuple[RoleFrame, int, int, float]]) -> Float:
        """Half of the difference between a turn to one side and to the other.

        Args:
            frames: who has which role, width and height in pixels, time in seconds, in the order of time.

        Returns:
            float64 (2 n, k) for n frames: for each a row for `YAW_DEG` and one for `ROLL_DEG`; 0 where a feature cannot
            be measured.
        """
        for extractor, _ in self._views:
            extractor.reset()
        rows = []
        for people, width, height, time_s in frames:
            seen = []
            for extractor, turn in self._views:
                other = people.changed(partial(turn, width=width, height=height))
                frame = extractor.extract(other.image, width, height, time_s, other)
                seen.append(np.where(frame.seen, frame.values, np.nan))
            rows += [(seen[0] - seen[2]) / 2.0, (seen[1] - seen[3]) / 2.0]
        columns = len(self._views[0][0].columns)
        return np.nan_to_num(np.array(rows, dtype=np.float64).reshape(len(rows), columns))
