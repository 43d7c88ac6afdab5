"""A person who holds a pose, as a landmarker sees it: every landmark trembles a little around its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureExtractor

FRAME = (640, 480)
TREMBLING = 0.0008
"""Of the image height: with this, features of a still person scatter by about 1 % of the spread of their poses."""
CORRELATION = 0.7
"""From frame to frame."""


def trembling_frames(
    image: NDArray[np.float32], count: int, random: np.random.Generator, size: float = TREMBLING
) -> Iterator[NDArray[np.float32]]:
    """Landmarks (33, 4) of a pose, frame by frame, with noise of this size in image heights."""
    offset = np.zeros((33, 2))
    for _ in range(count):
        offset = CORRELATION * offset + (1.0 - CORRELATION**2) ** 0.5 * random.normal(0.0, size, (33, 2))
        moved = image.astype(np.float64)
        moved[:, :2] += offset * (FRAME[1] / FRAME[0], 1.0)
        yield moved.astype(np.float32)


def trembling_features(
    image: NDArray[np.float32],
    names: Sequence[str],
    count: int,
    random: np.random.Generator,
    size: float = TREMBLING,
) -> NDArray[np.float64]:
    """Smoothed features (count, k) of these frames, 30 a second."""
    extractor = FeatureExtractor(names)
    frames = trembling_frames(image, count, random, size)
    return np.array([extractor.extract(frame, *FRAME, number / 30.0).values for number, frame in enumerate(frames)])
