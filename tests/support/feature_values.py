"""Measures features of stick figures. Short: two modules of tests need it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureExtractor, FeatureFrame
from tests.support.stick_figure import pose

FRAME = (640, 480)
HIPS = ("left_hip", "right_hip")
LEGS = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle", "heel", "foot_index"))


def measure(image: NDArray[np.float32] | None, *names: str, frame: tuple[int, int] = FRAME) -> list[float]:
    values = FeatureExtractor(names, None).extract(image, *frame, 0.0).values
    return [float(value) for value in values]


def film(
    extractor: FeatureExtractor, images: Sequence[NDArray[np.float32] | None], fps: float = 30.0, start_s: float = 0.0
) -> list[FeatureFrame]:
    return [extractor.extract(image, *FRAME, start_s + index / fps) for index, image in enumerate(images)]


def wave(seconds: float, hz: float = 1.0, reach: float = 0.4, fps: int = 60) -> list[NDArray[np.float32] | None]:
    turns = 2 * math.pi * hz * np.arange(int(seconds * fps)) / fps
    return [pose(right_wrist=(0.6, reach * math.sin(turn))) for turn in turns]
