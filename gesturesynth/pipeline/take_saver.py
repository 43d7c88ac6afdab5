"""Stores a take; that of a gesture is looked at first, while its performer still stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import columns
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.mapping.class_gate import NONE
from gesturesynth.mapping.examples.feature_reader import movement
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.mapping.gestures.columns import column_units, out_of_sight, sideways_columns
from gesturesynth.mapping.gestures.fit import MOST_TAKES, holds_several
from gesturesynth.mapping.gestures.fitted import STEP_S
from gesturesynth.mapping.gestures.takes import TakeError, sample_evenly, trim_to_movement
from gesturesynth.runtime.messages import Pose

MovingSounds = Callable[[Sequence[Pose]], tuple[list[dict[str, float]], str]]
"""Poses -> the sound of each, and a sentence about them; may be empty."""


def take_saver(
    preset: Preset,
    target: str,
    values: Mapping[str, float],
    label: str,
    poses: Sequence[Pose],
    *,
    moving: MovingSounds | None = None,
) -> Callable[[ExampleStore], str]:
    """A change of the store that adds a take and returns facts about it: text such as `112 poses in 4.0 s, take 3`.

    It raises UserError when there is no body in the poses, or when they are for a gesture and cannot teach it.

    Args:
        preset: for which it is.
        target: see `ExampleStore.add_take`.
        values: likewise.
        label: likewise.
        poses: likewise.
        moving: makes the sound of each pose, where the sound moved, and a sentence about them; called in the worker.
    """

    def save(store: ExampleStore) -> str:
        earlier = sum(info.target == target for info in store.takes())
        note = _movement_note(preset, target, poses, earlier)
        sounds, remark = moving(poses) if moving and any(not pose.empty for pose in poses) else (None, "")
        named = sounds[0] if sounds else values
        info = store.add_take(target, named, label, poses, moving=sounds)
        rows = f"{info.rows} pose{'s' * (info.rows != 1)}"
        length = f" in {info.duration_s:.1f} s" if info.duration_s else ""
        return f"{rows}{length}, take {info.id}.{note}{remark and f' {remark}'}"

    return save


def _movement_note(preset: Preset, target: str, poses: Sequence[Pose], earlier: int) -> str:
    """Sentences about the movement in a take of a gesture; empty for other targets.

    Raises:
        UserError: nothing moves in it, or for too short or too long a time.
    """
    if target not in preset.gestures or target == NONE or not any(not pose.empty for pose in poses):
        return ""
    times_s, features = movement(poses, PoseReader(preset.gesture_features, preset.smoothing))
    try:
        template = trim_to_movement(sample_evenly(times_s, features), column_units(preset.gesture_features))
    except TakeError as error:
        raise UserError(
            f"The take is not kept: {error}. Perform the gesture once in it, and stand still before and after it."
        ) from error
    hidden = ", ".join(out_of_sight(columns(preset.gesture_features), [template]))
    unseen = f" Out of sight in it: {hidden}; a take cannot ask for what it does not show." if hidden else ""
    several = ""
    if holds_several(template, column_units(preset.gesture_features), sideways_columns(preset.gesture_features)):
        several = " It seems to hold the movement more than once: trim it to one performance, unless it is meant so."
    newest = f" The newest {MOST_TAKES} of its {earlier + 1} takes count." if earlier >= MOST_TAKES else ""
    return f" Its movement takes {STEP_S * (len(template) - 1):.1f} s.{several}{unseen}{newest}"
