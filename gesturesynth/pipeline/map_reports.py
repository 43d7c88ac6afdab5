"""Makes the reports that `runtime/map_reports.py` describes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset.model import Preset
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.learning.example_map import ExampleMap
from gesturesynth.mapping.learning.job import FitJob
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.pipeline.advice import movement_features
from gesturesynth.runtime.map_reports import MapPose, MapReport
from gesturesynth.runtime.messages import Pose

Float = NDArray[np.float64]

MOST_POINTS: Final = 1500
"""More cannot be told apart on a screen."""
GRID: Final = 24
"""Points of the shading along each side: 576 evaluations of the confidence, some 30 ms."""
EDGE: Final = 0.12
"""Around the points, in parts of their greater extent."""


def map_report(
    preset: Preset, job: FitJob, mapping: FittedMapping, plane: ExampleMap, *, targets: Mapping[int, str], number: int
) -> MapReport:
    """The map of the examples that a model was fitted to.

    Args:
        preset: that plays.
        job: of the fit, at least one row.
        mapping: fitted to it.
        plane: of the job.
        targets: of the takes, by their numbers.
        number: of the map.
    """
    points = plane.points.view
    count = len(points)
    rows = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).astype(int))
    low, high = points.min(axis=0), points.max(axis=0)
    edge = np.maximum(EDGE * (high - low).max(), 0.5)
    low, high = low - edge, high + edge
    across, upwards = np.linspace(low[0], high[0], GRID), np.linspace(low[1], high[1], GRID)
    at = np.stack(np.meshgrid(across, upwards), axis=-1).reshape(-1, 2)
    known = np.array([mapping.confidence(x) for x in plane.features_at(at)]).reshape(GRID, GRID)
    outputs = {output.name: output for output in preset.mapping_outputs()}
    positions = job.positions.view[rows]
    return MapReport(
        preset=preset.name,
        number=number,
        examples=count,
        spread=plane.spread,
        x=_rounded(points[rows, 0]),
        y=_rounded(points[rows, 1]),
        rows=tuple(int(row) for row in rows),
        takes=tuple(int(job.takes[row]) for row in rows),
        targets=tuple(targets.get(job.takes[row]) or job.labels[row] for row in rows),
        outputs={
            name: tuple(
                float(f"{value:.5g}") if np.isfinite(value) else None
                for value in outputs[name].values(positions[:, column])
            )
            for column, name in enumerate(job.outputs)
            if name in outputs
        },
        units={name: outputs[name].unit for name in job.outputs if name in outputs},
        low=(float(low[0]), float(low[1])),
        high=(float(high[0]), float(high[1])),
        confidence=tuple(_rounded(line, 2) for line in known),
    )


def map_pose(preset: Preset, job: FitJob, row: int, poses: Sequence[Pose]) -> MapPose:
    """The pose of an example: of its take, the one whose features are nearest.

    Args:
        preset: that plays.
        job: the examples.
        row: one of them.
        poses: of its take.

    Raises:
        UserError: no pose of the take can be measured.
    """
    wanted, spans = job.x.view[row], np.array(job.spans)
    known = np.isfinite(wanted)  # of a take of one person, all but the features of others
    x, numbers = movement_features(preset, poses, known)
    if not len(x):
        raise UserError("The take of this point has no pose in which the features of its example can be seen.")
    distances = np.square((x - np.where(known, wanted, 0.0)) / spans)[:, known].sum(axis=1)
    pose = poses[numbers[int(distances.argmin())]]
    bodies = [body.image_array()[:, [0, 1, 3]].astype(np.float64).round(4).tolist() for body in pose.bodies[:1]]
    landmarks = tuple((x, y, visible) for body in bodies for x, y, visible in body)
    return MapPose(job.takes[row], pose.width, pose.height, landmarks)


def _rounded(values: Float, digits: int = 3) -> tuple[float, ...]:
    return tuple(values.round(digits).tolist())
