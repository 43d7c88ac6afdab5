"""From the output of BlazePose's landmark network to landmarks in the picture, and the next region. Pure.

Of 39 landmarks the first 33 are those of the body; the next two lead to the region in which the person is looked for in
the next picture. Each one is refined by its heat map: the mean of the places around it, weighted by how likely each
is. (The numbers are those of MediaPipe's `pose_landmarks_detector_graph`.)
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import LANDMARKS
from gesturesynth.tracking.people.regions import BodyRegion, Points, region_around, to_picture, turned

INPUT_PX: Final = 256
"""Side of the square picture that the network looks at."""
ALL: Final = 39
HEAT_CELLS: Final = 64
"""Along a side of a heat map."""
REACH: Final = np.arange(-3, 4)
"""Cells around a landmark that refine it."""
LEAST_HEAT: Final = 0.5
"""Of the likeliest cell; below, a landmark stays where it is."""
LEAST_PRESENCE: Final = 0.5
"""Below, no person is in the region."""


class NetworkOutput(NamedTuple):
    """What the network gives for one region.

    Attributes:
        landmarks: float32 (39, 5): x, y and z in pixels of the input, visibility and presence as logits.
        presence: that a person is in the region, 0..1.
        heat: float32 (64, 64, 39), logits.
        world: float32 (39, 3), metres, as if the region were not turned.
    """

    landmarks: NDArray[np.float32]
    presence: float
    heat: NDArray[np.float32]
    world: NDArray[np.float32]


class Found(NamedTuple):
    """A person in a picture, not smoothed.

    Attributes:
        image: float64 (33, 3): x, y and z, pixels.
        world: float64 (33, 3), metres, as `messages.Body` has them.
        visibility: float64 (33,), 0..1.
        region: where to look next.
    """

    image: Points
    world: Points
    visibility: NDArray[np.float64]
    region: BodyRegion


def read_landmarks(output: NetworkOutput, region: BodyRegion) -> Found | None:
    """The person in a region, or None: none is there, or what the network gives is no number."""
    if not output.presence >= LEAST_PRESENCE:
        return None
    raw = output.landmarks.astype(np.float64)
    world = output.world[:LANDMARKS].astype(np.float64)
    if not (np.isfinite(raw).all() and np.isfinite(world).all()):
        return None
    flat = to_picture(refined(raw[:, :2] / INPUT_PX, output.heat), region)
    image = np.column_stack((flat[:LANDMARKS], raw[:LANDMARKS, 2] / INPUT_PX * region.side))
    world[:, :2] = turned(world[:, :2], region.angle)
    visibility = 1.0 / (1.0 + np.exp(-np.clip(raw[:LANDMARKS, 3], -100.0, 100.0)))
    following = region_around(flat[LANDMARKS], flat[LANDMARKS + 1])
    return Found(image, world, visibility, following) if following.usable else None


def refined(points: Points, heat: NDArray[np.float32]) -> Points:
    """Points moved by their heat maps.

    Args:
        points: float64 (39, 2), fractions of the region's side; one outside of it stays as it is.
        heat: float32 (64, 64, 39), logits; rows, columns, points.
    """
    cells = np.maximum(np.minimum(points * HEAT_CELLS, 1e6), -1e6).astype(np.int64)
    columns, rows = cells[:, :1] + REACH, cells[:, 1:] + REACH
    edge = bool(columns.min() < 0 or rows.min() < 0 or columns.max() >= HEAT_CELLS or rows.max() >= HEAT_CELLS)
    if edge:
        within = HEAT_CELLS * _nearest_cell(rows)[:, :, None] + _nearest_cell(columns)[:, None, :]
    else:
        within = HEAT_CELLS * rows[:, :, None] + columns[:, None, :]
    logits = heat.ravel()[within * len(points) + np.arange(len(points))[:, None, None]].astype(np.float64)
    weights = 1.0 / (1.0 + np.exp(-np.maximum(logits, -80.0)))
    if edge:
        weights *= _within(rows)[:, :, None] & _within(columns)[:, None, :]
    down, across = weights.sum(axis=2), weights.sum(axis=1)
    total = down.sum(axis=1)
    sure = (weights.max(axis=(1, 2)) >= LEAST_HEAT) & (total > 0.0)
    if edge:
        sure &= ((cells >= 0) & (cells < HEAT_CELLS)).all(axis=1)
        total = np.where(total > 0.0, total, 1.0)
    moved = np.stack(((across * columns).sum(axis=1), (down * rows).sum(axis=1)), axis=1) / (
        HEAT_CELLS * total[:, None]
    )
    return np.where(sure[:, None], moved, points)


def _nearest_cell(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.maximum(np.minimum(cells, HEAT_CELLS - 1), 0))


def _within(cells: NDArray[np.int64]) -> NDArray[np.bool_]:
    return (cells >= 0) & (cells < HEAT_CELLS)
