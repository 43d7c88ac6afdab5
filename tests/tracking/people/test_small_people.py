"""Persons who are small in the picture, where several are followed: the real networks on real people in a real room."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.people.follower import CONFIRMED_AFTER, PeopleFollower
from gesturesynth.tracking.people.networks import Networks
from gesturesynth.tracking.people.small_people import SmallPeople
from gesturesynth.tracking.second_look.crops import Box
from gesturesynth.tracking.second_look.motion import MotionDetector
from tests.support.small_people import dancers, noisy, room

FPS = 30
LARGE = (0.42, (0.75, 0.5), 0)


@pytest.fixture(scope="module")
def networks() -> Networks:
    return Networks(ensure_model())


def at_the_left(bodies: tuple[Body, ...]) -> list[Body]:
    return [body for body in bodies if body.image_array()[:, 0].mean() < 0.5]


def test_a_small_person_is_found_beside_a_large_one_and_followed(networks: Networks) -> None:
    follower = PeopleFollower(networks)
    numbers: list[set[int]] = []
    small: list[bool] = []
    for number, image in enumerate(dancers(75, LARGE, (0.15, (0.3, 0.6), 15))):
        bodies = follower.find(image, number / FPS, 2)
        numbers.append({body.person for body in bodies})
        small.append(bool(at_the_left(bodies)))
    first = small.index(True)
    assert 15 <= first < 15 + 2 * FPS, "within two seconds"
    assert all(small[first:]), "and never lost again"
    assert numbers[first - 1 :] == [{1}] + [{1, 2}] * (75 - first)


def test_a_small_person_alone_is_a_body_when_found_again_and_the_frames_before_count(networks: Networks) -> None:
    follower = PeopleFollower(networks)
    empty = [np.ascontiguousarray(noisy(room(), seed)[..., ::-1]) for seed in range(6)]
    nearly = 0
    for number, image in enumerate([*empty, *dancers(60, (0.15, (0.3, 0.6), 0))]):
        bodies = follower.find(image, number / FPS, 3)
        if bodies:
            break
        nearly += follower.nearly_found
        assert follower.nearly_found or not follower.following
    assert len(at_the_left(bodies)) == 1
    assert nearly == CONFIRMED_AFTER - 1
    assert not follower.nearly_found


def test_what_moves_where_a_person_is_followed_does_not_count() -> None:
    detector, followed = MotionDetector(), Box(0.6, 0.2, 0.9, 0.9)
    for number in range(20):
        image = np.full((120, 160, 3), 90, np.uint8)
        moving = slice(40 + 4 * (number % 2), 80 + 4 * (number % 2))
        image[moving, 110:130] = 200
        assert detector.regions(image, number / 4, [followed]) == []
        if number > 10:
            image[100:110, 20 + number : 30 + number] = 200
            (other,) = detector.regions(image, number / 4 + 0.1, [followed])
            assert other.box.right < followed.left
    assert MotionDetector().regions(image, 0.0) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3, 5), (480, 640)])
def test_frames_of_any_size_do_no_harm(size: tuple[int, int]) -> None:
    search, random = SmallPeople(), np.random.default_rng(1)
    for number in range(12):
        image: NDArray[np.uint8] = random.integers(0, 256, (*size, 3), np.uint8) * np.uint8(number % 3 > 0)
        crop = search.crop(image, [], [], number / 3)
        if crop:
            part, x, y = crop.part(image)
            assert part.size > 0
            assert x + part.shape[1] <= size[1]
            assert y + part.shape[0] <= size[0]
