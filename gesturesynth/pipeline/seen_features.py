"""The features of poses that follow each other, as far as they can be seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.runtime.messages import Pose


def seen_features(
    names: Sequence[str], smoothing: OneEuroSettings | None, poses: Sequence[Pose]
) -> NDArray[np.float64]:
    """The features at each pose, (n, k); NaN where one cannot be seen.

    Args:
        names: as in a preset; vectors expand to many columns.
        smoothing: of the features; None for none.
        poses: in the order of their times.
    """
    reader = PoseReader(names, smoothing)
    rows = []
    for pose in poses:
        frame = reader.read(pose)
        rows.append(np.where(frame.seen, frame.values, np.nan))
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(reader.columns))
