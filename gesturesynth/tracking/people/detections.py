"""From the output of BlazePose's detector to regions of persons. Pure.

The detector gives a score and four points for each of 2254 anchors, which lie on three grids. Anchors of one person
overlap: those that do are one detection, whose points are the mean, weighted by the scores. (The numbers are those of
MediaPipe's `pose_detection_cpu`: SsdAnchorsCalculator, TensorsToDetectionsCalculator, NonMaxSuppressionCalculator.)
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturesynth.tracking.people.regions import BodyRegion, region_around

INPUT_PX: Final = 224
"""Side of the square picture that the detector looks at."""
GRIDS: Final = ((28, 2), (14, 2), (7, 6))
"""Cells along a side, and anchors in each cell."""
LEAST_SCORE: Final = 0.5
SAME_PERSON: Final = 0.3
"""Two boxes whose intersection is a greater part of their union are of one person."""
GREATEST_LOGIT: Final = 100.0
MOST_BOXES: Final = 300
"""Those with the highest scores; a picture full of noise cannot make it take long."""


def _anchors() -> NDArray[np.float64]:
    middles = []
    for cells, each in GRIDS:
        places = (np.arange(cells) + 0.5) / cells
        down, across = np.meshgrid(places, places, indexing="ij")
        middles.append(np.repeat(np.stack((across.ravel(), down.ravel()), axis=1), each, axis=0))
    return np.concatenate(middles)


ANCHORS: Final = _anchors()
"""float64 (2254, 2): the middle of each anchor, fractions of the input's side."""


class Detection(NamedTuple):
    """A person who was found; `score` 0.5 to 1."""

    region: BodyRegion
    score: float


def detections(
    boxes: NDArray[np.float32], logits: NDArray[np.float32], width: int, height: int, most: int
) -> list[Detection]:
    """The persons in a picture, the surest first.

    Args:
        boxes: float32 (2254, 12): of each anchor the middle (x, y), the size and four points of the box, in pixels of
            the input, from the anchor.
        logits: float32 (2254,), which a logistic function makes scores of.
        width: of the picture that was fitted into the middle of the input, pixels.
        height: likewise.
        most: how many are returned at most.
    """
    scores = 1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float64), -GREATEST_LOGIT, GREATEST_LOGIT)))
    likely = np.flatnonzero(scores >= LEAST_SCORE)
    likely = likely[np.argsort(-scores[likely], kind="stable")][:MOST_BOXES]
    scores = scores[likely]
    chosen = boxes[likely].astype(np.float64) / INPUT_PX
    middles, halves = chosen[:, :2] + ANCHORS[likely], chosen[:, 2:4] / 2
    corners = np.concatenate((middles - halves, middles + halves), axis=1)
    points = chosen[:, 4:8].reshape(-1, 2, 2) + ANCHORS[likely][:, None, :]
    longer = max(width, height)
    margins = (longer - np.array((width, height))) / 2
    found: list[Detection] = []
    left = np.arange(len(likely))
    while len(left) and len(found) < most:
        same = _shared(corners[left], corners[left[0]]) > SAME_PERSON
        same[0] = True
        group = left[same]
        weights = scores[group] / scores[group].sum()
        middle, edge = np.tensordot(weights, points[group], axes=1) * longer - margins
        found.append(Detection(region_around(middle, edge), float(scores[group[0]])))
        left = left[~same]
    return found


def _shared(boxes: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.float64]:
    """The intersection of each box with one of them, divided by their union."""
    sides = np.clip(np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2]), 0.0, None)
    common = sides.prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    united = areas + areas[0] - common
    return np.asarray(np.divide(common, united, out=np.zeros_like(common), where=united > 0.0))
