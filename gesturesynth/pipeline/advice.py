"""Advice: what to record next, from the poses of the last minutes and the model that plays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.features.pose_words import pose_words
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.teaching.advice import distances_of, farthest_pose
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.reports import Advice

Float = NDArray[np.float64]

KNOWN: Final = 0.9
"""Confidence from which a pose needs no take of its own."""
LEAST: Final = 0.1
"""Confidence below which nothing that was taught is near."""


def movement_features(
    preset: Preset, poses: Sequence[Pose], needed: NDArray[np.bool_] | None = None
) -> tuple[Float, NDArray[np.intp]]:
    """The features (n, k) of the poses in which all that are needed can be measured, and the numbers (n,) of those.

    Args:
        preset: whose features.
        poses: in the order of their times.
        needed: (k,); by default all are.
    """
    reader = PoseReader(preset.features, None)  # poses are too far apart in time to be smoothed
    rows, numbers = [], []
    for number, pose in enumerate(poses):
        if pose.empty:
            continue
        frame = reader.read(pose)
        if frame.seen[... if needed is None else needed].all():
            rows.append(frame.values.copy())
            numbers.append(number)
    x = np.array(rows, dtype=np.float64).reshape(len(rows), len(reader.columns))
    return x, np.array(numbers, dtype=np.intp)


def make_advice(preset: Preset, mapping: FittedMapping | None, poses: Sequence[Pose], now_s: float) -> Advice:
    """What to record next.

    Args:
        preset: that plays.
        mapping: its model; None where there is none yet.
        poses: of the last minutes, in the order of their times.
        now_s: monotonic seconds.

    Raises:
        UserError: there is no model, or no pose to choose from.
    """
    if mapping is None:
        raise UserError("Nothing is taught yet: every pose is new. Record one for each sound, and train.")
    x, numbers = movement_features(preset, poses)
    if not len(x):
        raise UserError("No person was in view in the last minutes with all that is measured: move a little, then ask.")
    times = np.array([poses[number].capture_time_s for number in numbers], dtype=np.float64)
    best = farthest_pose(distances_of(mapping, x), times)
    confidence = _least_confidence(mapping, x[best])
    pose = poses[int(numbers[best])]
    image = pose.bodies[0].image_array() if pose.bodies else None
    words = pose_words(image, pose.width, pose.height) if image is not None else "what was sent"
    words = words or "the pose that is shown"
    age_s = max(0.0, now_s - pose.capture_time_s)
    if confidence >= KNOWN:
        text = f"All of the last minutes is known ground: no take is missing. Least known: {words}, {_ago(age_s)}."
    else:
        near = "nothing taught is near it" if confidence < LEAST else f"what was taught is {confidence:.0%} sure of it"
        text = f"Record next: {words}: {_ago(age_s)}; {near}."
    landmarks = (
        tuple((round(float(x), 4), round(float(y), 4), round(float(v), 2)) for x, y, _, v in image)
        if image is not None
        else ()
    )
    return Advice(text, words, round(confidence, 3), round(age_s, 1), pose.width, pose.height, landmarks)


def _least_confidence(mapping: FittedMapping, x: Float) -> float:
    """Of the outputs that were taught; of the classes where none were."""
    taught = [output for model in mapping.models for output in model.outputs]
    return float(mapping.output_confidences(x)[taught].min()) if taught else mapping.confidence(x)


def _ago(age_s: float) -> str:
    if age_s < 1.5:
        return "just now"
    return f"{age_s:.0f} s ago" if age_s < 100.0 else f"{age_s / 60.0:.0f} minutes ago"
