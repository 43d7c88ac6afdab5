"""A mapper with a small fitted model, played tick by tick with figures whose wrists move."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.mapping.class_gate import ClassRule
from gesturesynth.mapping.examples.dataset import examples_from_rows
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.mapper import Mapper
from gesturesynth.mapping.mapper_frame import MapperFrame

TICK_S = 1.0 / 60.0
MAX_STEP = 1.5 * TICK_S / 0.2 + 1e-6
"""Largest step of a position in one tick while the person stands still: the steepest point of a crossfade of 0.2 s."""
FEATURES = ("right_wrist.height", "left_wrist.height", "hands.distance")
PITCH = Output("pitch", 110.0, 1760.0, "Hz", "exp")  # holds
LEVEL = Output("level", -40.0, -9.0, "dB", idle=-40.0)
OUTPUTS = (PITCH, LEVEL)
SMOOTHING = OneEuroSettings()
Image = NDArray[np.float32]


def figure(right: float, left: float = -1.0, spread: float = 0.0) -> Image:
    """Landmarks (33, 4) of a person in a 640x480 frame, with the wrists so many torso lengths above the shoulders."""
    image = np.zeros((33, 4), dtype=np.float32)
    torso = 0.25
    image[:, :2] = (0.5, 0.2)  # the face
    image[:, 3] = 1.0
    for number, x, y in (
        *((11, 0.56, 0.3), (12, 0.44, 0.3), (23, 0.54, 0.3 + torso), (24, 0.46, 0.3 + torso)),
        *((25, 0.54, 0.72), (26, 0.46, 0.72), (27, 0.54, 0.88), (28, 0.46, 0.88)),
        *((29, 0.54, 0.9), (30, 0.46, 0.9), (31, 0.55, 0.92), (32, 0.45, 0.92)),
    ):
        image[number, :2] = (x, y)
    for elbow, wrist, hand, x, height in (
        (13, 15, (17, 19, 21), 0.6 + spread, left),
        (14, 16, (18, 20, 22), 0.4 - spread, right),
    ):
        y = 0.3 - height * torso
        image[elbow, :2] = ((x + 0.5) / 2.0, (y + 0.35) / 2.0)
        image[[wrist, *hand], :2] = (x, y)
    return image


LOW, HIGH, WIDE = figure(-1.0), figure(1.0), figure(0.0, 0.0, 0.2)
UNTAUGHT = figure(1.1, 1.1, 0.38)


def fitted_mapping(
    rows: list[tuple[Image, str, tuple[float, ...]]] | None = None, outputs: tuple[Output, ...] = OUTPUTS
) -> FittedMapping:
    """A mapping fitted to landmarks with their class and values; without rows to LOW, HIGH and WIDE."""
    rows = rows or [(LOW, "", (110.0, -20.0)), (HIGH, "", (1760.0, -10.0)), (WIDE, "", (440.0, -12.0))]
    extractor = FeatureExtractor(FEATURES, None)
    features = [extractor.extract(image, 640, 480, float(time)).values for time, (image, _, _) in enumerate(rows)]
    examples = examples_from_rows(
        [
            (take, row[1], x, np.array(row[2][: len(outputs)]))
            for take, (row, x) in enumerate(zip(rows, features, strict=True))
        ],
        extractor.columns,
        [output.name for output in outputs],
    )
    return fit(make_job(examples, extractor.columns, outputs))


MAPPING = fitted_mapping()


class MapperPlayer:
    """Runs a mapper tick by tick, with a frame at every other tick, as from a camera of 30 frames a second."""

    def __init__(
        self, mapping: FittedMapping | None = MAPPING, outputs: tuple[Output, ...] = OUTPUTS, **rules: ClassRule
    ) -> None:
        self.mapper = Mapper(FEATURES, outputs, SMOOTHING, class_rules=rules)
        self.ticks = 0
        self.frames: list[MapperFrame] = []
        if mapping is not None:
            self.mapper.change_model(mapping, 0.0)

    @property
    def time_s(self) -> float:
        return self.ticks * TICK_S

    def play(
        self, seconds: float, image: Image | Callable[[float], Image | None] | None, *, camera: bool = True
    ) -> list[MapperFrame]:
        first = len(self.frames)
        for number in range(round(seconds / TICK_S)):
            self.ticks += 1
            if camera and self.ticks % 2:
                shown = image(number * TICK_S) if callable(image) else image
                self.frames.append(self.mapper.process_pose(shown, 640, 480, self.time_s))
            else:
                self.frames.append(self.mapper.tick(self.time_s))
        return self.frames[first:]

    def greatest_step(self) -> float:
        positions = np.array([frame.positions for frame in self.frames])
        return float(np.abs(np.diff(positions, axis=0)).max())
