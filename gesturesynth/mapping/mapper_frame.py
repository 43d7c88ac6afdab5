"""What the running mapping gives at one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureFrame
from gesturesynth.mapping.gestures.spotter import GestureEvent, GestureState

Float = NDArray[np.float64]


@dataclass(frozen=True)
class MapperFrame:
    """The result of one step.

    Attributes:
        values: float64 (m,), outputs in their units, within their ranges or soft limits.
        positions: float64 (m,), the same as 0..1, or within `Output.reach`.
        features: of the newest frame.
        present: a person is in the newest frame, and that frame is not older than `STALE_S`.
        confidence: how near the pose is to the examples, 0..1; 0 while no person is in view or without a model.
        recognised: the class that is entered at present; empty when no class is.
        fired: classes entered at this step.
        performed: gestures that ended at this step.
        gestures: where each gesture is that was taught, by name.
        gone: bool (m,), outputs of people who have left while others are in view; None: not told.
        probabilities: how certain each class is, 0..1, by name.
    """

    values: Float
    positions: Float
    features: FeatureFrame
    present: bool
    confidence: float
    recognised: str
    fired: tuple[str, ...]
    performed: tuple[GestureEvent, ...] = ()
    gestures: Mapping[str, GestureState] = field(default_factory=dict)
    probabilities: Mapping[str, float] = field(default_factory=dict)
    gone: NDArray[np.bool_] | None = None
