"""The features of poses that follow each other, as far as they can be seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.runtime.body_points import all_points
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
    extractor = FeatureExtractor(names, smoothing)
    rows = []
    for pose in poses:
        image = all_points(pose.bodies[0]) if pose.bodies else None
        frame = extractor.extract(image, pose.width, pose.height, pose.capture_time_s)
        rows.append(np.where(frame.seen, frame.values, np.nan))
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(extractor.columns))
