"""Flashes in real pictures, and none where people move."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.tracking.flash_detector import FlashDetector
from gesturesynth.tracking.images import Image
from gesturesynth.tracking.video_file import Clip
from tests.support import footage


@pytest.fixture(scope="module")
def dancing() -> list[Image]:
    with Clip(footage.clip("dancer")) as clip:
        return [shot[0] for _ in range(40) if (shot := clip.read())]


def test_a_bright_corner_is_seen_in_its_first_frame_and_a_dancer_is_none(dancing: list[Image]) -> None:
    detector = FlashDetector()
    assert detector.rise(dancing[0]) == 0.0, "there is nothing before it"
    quiet = max(detector.rise(image) for image in dancing[1:20])
    lit = dancing[20].copy()
    lit[-100:, :100] = 255
    assert detector.rise(lit) > max(0.3, 1.5 * quiet)


@pytest.mark.parametrize("part", [0.15, 0.4, 1.0])
@pytest.mark.parametrize("gain", [40, 120])
def test_the_rise_is_that_of_the_brightest_part(part: float, gain: int) -> None:
    noise = np.random.default_rng(1)
    dark = noise.integers(40, 60, (480, 640, 3), np.uint8)
    detector = FlashDetector()
    for _ in range(5):
        assert detector.rise(noise.integers(40, 60, (480, 640, 3), np.uint8)) < 0.02
    lit = dark.copy()
    lit[: round(480 * part), : round(640 * part)] += np.uint8(gain)
    assert detector.rise(lit) == pytest.approx(gain / 255, abs=0.03)
    assert detector.rise(lit) == pytest.approx(gain / 255, abs=0.03), "a flash lasts for more than a frame"


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (1080, 1920)])
def test_any_size_can_be_looked_at(size: tuple[int, int]) -> None:
    detector = FlashDetector()
    assert detector.rise(np.zeros((*size, 3), np.uint8)) == 0.0
    assert detector.rise(np.full((*size, 3), 255, np.uint8)) == 1.0
