"""What to record next: of poses that were moved through, the one that is farthest from all that was taught."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.predictors import FittedMapping

Float = NDArray[np.float64]


def distances_of(mapping: FittedMapping, x: Float) -> Float:
    """How far each pose is from what was taught, (n,), 0 or above; 1 where a pose is known no more.

    The distance to the examples of the output that is known least; to those of classes where there are no outputs.

    Args:
        mapping: what was taught.
        x: (n, k), features as the mapping has them.
    """
    found = np.zeros(len(x))
    models = [(model.scaling, model.confidence) for model in mapping.models]
    if not models and mapping.class_confidence is not None:
        models = [(mapping.class_scaling, mapping.class_confidence)]
    for scaling, confidence in models:
        far = confidence.far if np.isfinite(confidence.far) and confidence.far > 0.0 else 1.0
        apart = np.array([confidence.distance(row) for row in scaling.apply(x)]) / far
        found = np.maximum(found, apart)
    return found


def farthest_pose(distances: Float, times_s: Float, near_s: float = 0.6) -> int:
    """The number of the pose that is farthest, and that was not only passed through in a single frame.

    A landmarker's error lasts a frame or two, and is far from everything. So a pose counts as far as the nearest of
    the poses beside it in time, which is the least of three distances.

    Args:
        distances: (n,), n >= 1.
        times_s: (n,), rising.
        near_s: poses farther apart in time are not beside each other.
    """
    padded = np.concatenate([[np.inf], distances, [np.inf]])
    gap = np.concatenate([[np.inf], np.diff(times_s), [np.inf]])
    before = np.where(gap[:-1] <= near_s, padded[:-2], np.inf)
    after = np.where(gap[1:] <= near_s, padded[2:], np.inf)
    least = np.minimum(distances, np.minimum(before, after))
    return int(np.argmax(least))
