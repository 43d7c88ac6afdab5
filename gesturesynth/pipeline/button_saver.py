"""The pose of the record button: stored as a take that teaches nothing else, and read from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from gesturesynth.core.errors import UserError
from gesturesynth.features.extractor import SMOOTHING
from gesturesynth.mapping.examples.new_takes import NO_PERSON
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.mapping.teaching import held_pose
from gesturesynth.mapping.teaching.held_pose import HeldPose
from gesturesynth.pipeline.seen_features import seen_features
from gesturesynth.runtime.messages import Pose

SETTLING: Final = 0.25
"""Of a take, left out at its beginning: there a person still comes to rest."""


def button_saver(target: str, poses: Sequence[Pose]) -> Callable[[ExampleStore], str]:
    """A change of the store that adds the take, and returns facts about it.

    It raises UserError, with sentences, where the pose cannot be a button.
    """

    def save(store: ExampleStore) -> str:
        read_button(poses)
        info = store.add_take(target, {}, "", poses)
        return f"take {info.id}."

    return save


def read_button(poses: Sequence[Pose]) -> HeldPose:
    """The pose in a take.

    Raises:
        UserError: no arms are seen in it, it is not held still, or hands hang as they do in anyone who listens.
    """
    if not any(pose.bodies for pose in poses):
        raise UserError(NO_PERSON)
    x = seen_features(held_pose.FEATURES, SMOOTHING, poses)
    times_s = np.array([pose.capture_time_s for pose in poses])
    rows = x[np.isfinite(x).all(axis=1) & (times_s >= times_s[0] + SETTLING * (times_s[-1] - times_s[0]))]
    if len(rows) < held_pose.FEWEST:
        raise UserError("Both arms have to be in view: the pose was not kept. Step back, and try again (f).")
    if held_pose.is_hanging(rows):
        raise UserError(
            "Hands that hang are no button, since they hang whenever you listen: it was not kept. Try again (f), for "
            "example with both hands on the head."
        )
    if not held_pose.is_still(rows):
        raise UserError("The pose was not held still: it was not kept. Try again (f), and hold it through the take.")
    return HeldPose(rows.mean(axis=0) / held_pose.SPANS)
