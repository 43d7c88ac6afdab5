"""A mapping that follows the body as it will be: outputs, and classes and gestures that look ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.mapping.gestures.watch import GestureWatch
from gesturesynth.mapping.mapper import Mapper
from tests.mapping.gestures.movements import Style, images, taught
from tests.support.mapper_player import FEATURES, HIGH, LOW, MAPPING, OUTPUTS, SMOOTHING, figure, fitted_mapping

Image = NDArray[np.float32]
FPS = 60
RISING = [figure(height) for height in np.clip(np.linspace(-1.5, 1.5, 31), -1.0, 1.0)]
"""Half a second from hanging arms to a raised one."""


def heights(predict_s: float) -> list[float]:
    mapper = Mapper(FEATURES, OUTPUTS, SMOOTHING)
    mapper.predict(predict_s)
    mapper.change_model(MAPPING, 0.0)
    found = [mapper.process_pose(image, 640, 480, number / FPS) for number, image in enumerate([LOW] * 30 + RISING)]
    return [float(frame.positions[0]) for frame in found[30:]]


def test_outputs_are_earlier_by_about_what_is_predicted() -> None:
    plain, early = heights(0.0), heights(0.05)
    half = [float(np.interp(0.5, np.maximum.accumulate(one), np.arange(len(one)))) for one in (plain, early)]
    assert 0.02 < (half[0] - half[1]) / FPS < 0.06
    assert heights(0.0) == plain


def entered(ahead: Sequence[str], predict_s: float, movement: Sequence[Image]) -> list[tuple[int, str]]:
    """The number of the frame at which each class was entered."""
    mapping = fitted_mapping([(image, name, ()) for image, name in ((HIGH, "up"), (LOW, "none")) for _ in range(5)], ())
    mapper = Mapper(FEATURES, (), SMOOTHING, classes_ahead=ahead)
    mapper.predict(predict_s)
    mapper.change_model(mapping, 0.0)
    found = []
    for number, image in enumerate([*[LOW] * 30, *movement]):
        frame = mapper.process_pose(image, 640, 480, number / FPS)
        found += [(number, name) for name in frame.fired]
    return found


def test_a_class_ahead_fires_once_and_earlier_and_the_others_when_the_body_is_there() -> None:
    strike = [*RISING, *[HIGH] * 20, *RISING[::-1], *[LOW] * 20]
    (usual,), (early,), (other,) = (entered([], 0.0, strike), entered(["up"], 0.06, strike), entered([], 0.06, strike))
    assert usual[1] == early[1] == "up"
    assert usual == other, "it was not asked to look ahead"
    assert 2 <= usual[0] - early[0] <= 5
    assert entered(["up"], 0.0, strike) == [usual], "nothing is predicted"


@pytest.mark.parametrize("shape", ["throw", "wave"])
def test_a_gesture_ahead_is_performed_no_later(shape: str) -> None:
    fitted = taught(shape)
    times, movement = images(shape, Style(tempo=1.2), 9)

    def performed(ahead: Sequence[str], predict_s: float) -> list[float]:
        watch = GestureWatch(GESTURE_FEATURES, SMOOTHING, {shape: 0.25}, ahead)
        watch.predict(predict_s)
        watch.change(fitted)
        return [
            float(time_s)
            for time_s, image in zip(times, movement, strict=True)
            for _ in watch.observe(image, 640, 480, float(time_s))
        ]

    usual, early = performed((), 0.06), performed([shape], 0.06)
    assert len(usual) == len(early) == 1
    assert usual == performed([shape], 0.0) == performed((), 0.0)
    assert early[0] <= usual[0]
