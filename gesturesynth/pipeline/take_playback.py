"""The poses of a take for playing it back on a screen, with what the mapping makes of each. Pure; nothing is heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.mapping.examples.takes import TakeInfo
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.take_reports import listed_take
from gesturesynth.runtime.messages import LANDMARKS, Pose
from gesturesynth.runtime.take_reports import TakePoses

MOST_POSES: Final = 400
"""13 s at 30 poses a second; longer takes are shown with fewer. As JSON 260 kB, and an answer may have 1 MB."""


def take_poses(
    preset: Preset, mapping: FittedMapping | None, info: TakeInfo, poses: Sequence[Pose], predict_s: float = 0.0
) -> TakePoses:
    """The poses that count, evenly thinned out, and the outputs of the model at each.

    Args:
        preset: that plays.
        mapping: its model; None where there is none yet.
        info: the take.
        poses: of it that count.
        predict_s: how far the body is carried forward, as it is heard.

    Raises:
        UserError: it has none; it was imported.
    """
    if not poses:
        raise UserError(f"Take {info.id} has no poses to be played back: it was imported as features.")
    step = -(-len(poses) // MOST_POSES)
    shown = poses[::step]
    reader = PoseReader(preset.features, preset.smoothing, predict_s)
    usable = mapping if mapping and set(mapping.columns) <= set(reader.columns) else None
    indices = [reader.columns.index(name) for name in usable.columns] if usable else []
    outputs = {output.name: output for output in preset.mapping_outputs()}
    names = [name for name in (usable.outputs if usable else ()) if name in outputs]
    played: dict[str, list[float | None]] = {name: [] for name in names}
    confidences: list[float] = []
    skeletons = []
    for pose in shown:
        frame = reader.read(pose)
        image = reader.people.image
        seen = usable is not None and frame.person_present
        positions = usable.predict(frame.predicted[indices]) if usable and seen else None
        confidences.append(round(usable.confidence(frame.predicted[indices]), 3) if usable and seen else 0.0)
        for place, name in enumerate(usable.outputs if usable else ()):
            if name in played:
                value = None if positions is None else float(outputs[name].values(positions[place]))
                played[name].append(None if value is None else float(f"{value:.5g}"))
        drawn = () if image is None else image[:LANDMARKS, [0, 1, 3]].astype(np.float64).round(3).tolist()
        skeletons.append(tuple((x, y, visible) for x, y, visible in drawn))
    first_s = shown[0].capture_time_s
    return TakePoses(
        preset=preset.name,
        take=listed_take(info),
        stored=len(poses),
        width=shown[-1].width,
        height=shown[-1].height,
        times_s=tuple(round(pose.capture_time_s - first_s, 3) for pose in shown),
        poses=tuple(skeletons),
        outputs={name: tuple(values) for name, values in played.items()},
        units={name: outputs[name].unit for name in names},
        confidence=tuple(confidences),
    )
