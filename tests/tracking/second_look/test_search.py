"""The second look, with the real landmarker: small people are found and followed, and all else is as without it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.landmarker import Landmarker
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.second_look.crops import Box, box_of
from gesturesynth.tracking.second_look.motion import Region
from gesturesynth.tracking.second_look.search import SecondLook
from gesturesynth.tracking.view_check import ViewCheck
from tests.support.small_people import clip_frames, noisy, room, small_dancer

FPS = 30


class CountingLandmarker:
    """The real landmarker, with the number of frames that it was given."""

    def __init__(self) -> None:
        self.own = Landmarker(ensure_model())
        self.looks = 0

    def detect(self, frame_rgb: NDArray[np.uint8], capture_time_s: float) -> tuple[Body, ...]:
        self.looks += 1
        return self.own.detect(frame_rgb, capture_time_s)

    def reset(self) -> None:
        self.looks = 0
        self.own.reset()

    def close(self) -> None:
        self.own.close()


@pytest.fixture(scope="module")
def counting() -> Iterator[CountingLandmarker]:
    landmarker = CountingLandmarker()
    yield landmarker
    landmarker.close()


@pytest.fixture
def finder(counting: CountingLandmarker) -> SecondLook:
    second = SecondLook(counting)
    second.reset()
    return second


def test_a_person_of_a_tenth_of_the_height_is_found_and_followed_without_jumps(
    finder: SecondLook, counting: CountingLandmarker
) -> None:
    empty = [np.ascontiguousarray(noisy(room(), seed)[..., ::-1]) for seed in range(6)]
    images = [*empty, *small_dancer(0.1, 90)]
    # The room is looked at now and then, as with idle pacing; the person comes in between two looks.
    times = [*np.arange(6) * 0.3, *(2.0 + np.arange(90) / FPS)]
    found, nearly = [], []
    for image, time_s in zip(images, times, strict=True):
        found.append(finder.detect(image, 10 + time_s))
        nearly.append(finder.nearly_found)
    assert not any(found[:6])
    bodies = [body for one in found for body in one]
    first = next(number for number, one in enumerate(found) if one)
    assert first < 6 + 2 * FPS, "within two seconds"
    assert len(bodies) == len(found) - first, "and never lost again"
    assert nearly[first - 1], "the frames before it count, also in a room that was empty for long"
    assert not nearly[-1]
    centres = np.array([box_of(body).centre for body in bodies])
    assert np.all(np.abs(centres - (0.3, 0.6)) < (0.06, 0.08))
    heights = np.array([box_of(body).height for body in bodies])
    assert 0.07 < np.median(heights) < 0.15
    shoulders = np.array([body.image_array()[11:13, :2].mean(axis=0) for body in bodies])
    steps = np.linalg.norm(np.diff(shoulders, axis=0), axis=1)
    assert steps[:20].max() < max(2 * steps[20:].max(), 0.01), "no jump where the crop gets wider"
    counting.looks = 0
    finder.detect(images[-1], 20.0)
    assert counting.looks == 1, "from then on one look a frame, at the whole frame"


def test_a_person_of_normal_size_is_the_same_to_the_bit(finder: SecondLook, counting: CountingLandmarker) -> None:
    images = [np.ascontiguousarray(frame[..., ::-1]) for frame in clip_frames("dancer", 40)]
    with_second = [finder.detect(image, 10 + number / FPS) for number, image in enumerate(images)]
    assert counting.looks == len(images)
    counting.reset()
    without = [counting.detect(image, 10 + number / FPS) for number, image in enumerate(images)]
    assert with_second == without


@pytest.mark.parametrize("sizes", [[(1, 1)], [(1, 900), (900, 1)], [(480, 640), (64, 48), (480, 640)], [(3, 5)]])
def test_frames_of_any_size_and_content_do_no_harm(
    finder: SecondLook, counting: CountingLandmarker, sizes: list[tuple[int, int]]
) -> None:
    random = np.random.default_rng(1)
    check = ViewCheck()
    for number in range(24):
        height, width = sizes[number % len(sizes)]
        image = random.integers(0, 256, (height, width, 3), np.uint8) * np.uint8(number % 3 > 0)
        bodies = finder.detect(image, 10 + number / 4)
        check.observe(image, bodies, [*finder.regions, Region(Box(0.0, 0.0, 1.0, 1.0), 1.0)], 10 + number / 4)
        assert all(np.isfinite(body.image_array()).all() for body in bodies)
    assert counting.looks >= 24


def test_a_still_empty_room_gets_no_second_look_and_a_flickering_one_no_person(
    finder: SecondLook, counting: CountingLandmarker
) -> None:
    still = room()[..., ::-1]
    for number in range(30):
        assert finder.detect(np.ascontiguousarray(noisy(still, number)), 10 + number / 10) == ()
        assert finder.regions == []
    assert counting.looks == 30
    rows = np.arange(480)[:, None, None]
    for number in range(50):
        bands = still * (1 + 0.15 * np.sin(rows / 40 + number * 1.7))
        flickering = noisy(np.clip(bands, 0, 255).astype(np.uint8), number)
        assert finder.detect(flickering, 20 + number / 10) == ()
