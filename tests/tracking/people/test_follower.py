"""Following persons: what the follower decides, with fake networks that know where each person is in each frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body
from gesturesynth.tracking.people import follower as followers
from gesturesynth.tracking.people.detections import Detection
from gesturesynth.tracking.people.follower import PeopleFollower
from gesturesynth.tracking.people.landmarks import Found
from gesturesynth.tracking.people.regions import BodyRegion, overlap

FRAME = np.zeros((480, 640, 3), dtype=np.uint8)
SIDE = 200.0
SHAPE = np.random.default_rng(3).uniform(-0.4, 0.4, (33, 3)) * SIDE


@dataclass
class FakeNetworks:
    """Persons as points: a region sees the nearest one that its middle is near, as the real networks do.

    Attributes:
        people: where each person is now, pixels.
    """

    people: list[tuple[float, float]] = field(default_factory=list)
    detected: int = 0
    looked: int = 0

    def detect(self, frame: NDArray[np.uint8], most: int) -> list[Detection]:
        self.detected += 1
        return [Detection(BodyRegion(x, y, SIDE, 0.0), 0.9) for x, y in self.people][:most]

    def look(self, frame: NDArray[np.uint8], region: BodyRegion) -> Found | None:
        self.looked += 1
        places = [BodyRegion(x, y, SIDE, 0.0) for x, y in self.people]
        near = min(places, key=lambda place: overlap(place, region), default=None)
        if near is None or overlap(near, region) > 0.4:
            return None
        image = SHAPE + np.array((near.x, near.y, 0.0))
        return Found(image, SHAPE / SIDE, np.full(33, 0.9), near)


@dataclass
class Scene:
    """A follower, and frames at 30 Hz."""

    networks: FakeNetworks = field(default_factory=FakeNetworks)
    time_s: float = 0.0
    follower: PeopleFollower = field(init=False)

    def __post_init__(self) -> None:
        self.follower = PeopleFollower(self.networks)

    def frames(self, count: int, people: int = 3) -> list[int]:
        """The numbers in the last of so many frames."""
        bodies: tuple[Body, ...] = ()
        for _ in range(count):
            self.time_s += 1 / 30
            bodies = self.follower.find(FRAME, self.time_s, people)
        return [body.person for body in bodies]

    def walk(self, which: int, to: tuple[float, float], count: int, people: int = 3) -> list[int]:
        """One person walks while frames pass; the numbers in the last one."""
        begin = self.networks.people[which]
        numbers: list[int] = []
        for step in range(1, count + 1):
            part = step / count
            self.networks.people[which] = (
                begin[0] + part * (to[0] - begin[0]),
                begin[1] + part * (to[1] - begin[1]),
            )
            numbers = self.frames(1, people)
        return numbers


def x_of(scene: Scene, number: int) -> float:
    """Where the person of a number is, pixels."""
    scene.time_s += 1 / 30
    bodies = {body.person: body for body in scene.follower.find(FRAME, scene.time_s, 3)}
    return float(np.mean(bodies[number].image_array()[:, 0]) * 640 - SHAPE[:, 0].mean())


def test_the_first_person_is_there_at_once_and_a_further_one_when_confirmed() -> None:
    scene = Scene(FakeNetworks([(150, 240)]))
    assert scene.frames(1) == [1]
    scene.networks.people.append((450, 240))
    longest = math.ceil(followers.DETECT_EVERY_S * 30) + followers.CONFIRMED_AFTER
    assert scene.frames(longest) == [1, 2]


def test_what_is_seen_in_one_frame_alone_is_no_body_and_takes_no_number() -> None:
    scene = Scene(FakeNetworks([(150, 240)]))
    scene.frames(1)
    scene.networks.people.append((450, 240))
    while scene.follower.following < 2:
        assert scene.frames(1) == [1]
    scene.networks.people.pop()
    assert scene.frames(30) == [1]
    scene.networks.people.append((300, 240))
    assert scene.frames(20) == [1, 2]


def test_the_detector_does_not_look_while_all_are_found_and_now_and_then_while_there_is_room() -> None:
    scene = Scene(FakeNetworks([(150, 240), (450, 240)]))
    scene.frames(30, people=2)
    before = scene.networks.detected, scene.networks.looked
    scene.frames(30, people=2)
    assert scene.networks.detected == before[0]
    assert scene.networks.looked == before[1] + 60
    scene.frames(30, people=3)
    assert 4 <= scene.networks.detected - before[0] <= 7
    assert scene.networks.looked == before[1] + 120, "persons who are followed cost one look each"


def test_in_an_empty_room_the_detector_looks_at_every_frame() -> None:
    scene = Scene()
    assert scene.frames(30) == []
    assert (scene.networks.detected, scene.networks.looked) == (30, 0)


def test_who_leaves_makes_room_and_numbers_are_not_given_twice() -> None:
    scene = Scene(FakeNetworks([(150, 240), (450, 240)]))
    assert scene.frames(20) == [1, 2]
    scene.networks.people = [(450, 240)]
    assert scene.frames(1) == [2]
    scene.frames(round(30 * (followers.REMEMBERED_S + 1)))
    scene.networks.people.append((150, 240))
    assert scene.frames(20) == [2, 3]
    scene.follower.reset()
    assert scene.frames(20) == [4, 5]


def test_who_comes_back_soon_has_the_former_number_and_place() -> None:
    scene = Scene(FakeNetworks([(150, 240), (450, 240)]))
    scene.frames(20)
    scene.networks.people = [(450, 240)]
    scene.frames(15)
    scene.networks.people.append((170, 240))
    assert scene.frames(20) == [1, 2]


def test_who_comes_back_later_has_the_former_number_but_not_the_place() -> None:
    scene = Scene(FakeNetworks([(150, 240), (450, 240)]))
    scene.frames(20)
    scene.networks.people = [(450, 240)]
    scene.frames(75)
    scene.networks.people.append((170, 240))
    assert scene.frames(20) == [2, 1]


def test_another_place_is_another_person() -> None:
    scene = Scene(FakeNetworks([(150, 240), (600, 240)]))
    scene.frames(20)
    scene.networks.people = [(600, 240)]
    scene.frames(10)
    scene.networks.people.append((380, 40))
    assert scene.frames(20) == [2, 3]


def test_two_regions_on_one_body_are_one_person() -> None:
    scene = Scene(FakeNetworks([(200, 240), (420, 240)]))
    scene.frames(20)
    scene.walk(1, (205, 240), 20)
    assert len(scene.frames(1)) == 1
    # The one who stood keeps the number, and the other one gets it back on the way on.
    scene.walk(1, (40, 240), 15)
    assert scene.frames(15) == [1, 2]
    assert x_of(scene, 1) == pytest.approx(200, abs=5)


def test_two_who_walk_past_each_other_are_not_swapped() -> None:
    scene = Scene(FakeNetworks([(120, 240), (520, 240)]))
    scene.frames(10)
    for step in range(40):
        scene.networks.people = [(120 + 10 * step, 240), (520 - 10 * step, 240)]
        scene.frames(1)
    assert scene.frames(10) == [1, 2]
    assert x_of(scene, 1) == pytest.approx(510, abs=15)


def test_two_who_meet_without_touching_and_turn_back_are_not_swapped() -> None:
    scene = Scene(FakeNetworks([(120, 240), (520, 240)]))
    scene.frames(10)
    for step in [*range(17), *range(17, 0, -1)]:  # 60 px apart at the nearest
        scene.networks.people = [(120 + 10 * step, 240), (520 - 10 * step, 240)]
        scene.frames(1)
    assert scene.frames(10) == [1, 2]
    assert x_of(scene, 1) == pytest.approx(130, abs=15)


def test_with_less_room_the_longest_in_view_stays() -> None:
    scene = Scene(FakeNetworks([(100, 240), (320, 240), (540, 240)]))
    assert scene.frames(20, people=3) == [1, 2, 3]
    assert scene.frames(1, people=1) == [1]
    assert scene.frames(20, people=2) == [1, 2]


def test_a_picture_of_another_size_is_another_source() -> None:
    scene = Scene(FakeNetworks([(100, 240)]))
    scene.frames(5)
    bodies = scene.follower.find(np.zeros((240, 320, 3), dtype=np.uint8), scene.time_s + 0.1, 3)
    assert [body.person for body in bodies] == [2]


def test_times_that_do_not_go_on_are_no_obstacle() -> None:
    scene = Scene(FakeNetworks([(100, 240), (400, 240)]))
    for time_s in (5.0, 5.0, 4.0, -1.0, 0.0):
        bodies = scene.follower.find(FRAME, time_s, 2)
    assert [body.person for body in bodies] == [1, 2]
    assert all(np.isfinite(body.image_array()).all() for body in bodies)


@pytest.mark.parametrize("shape", [(480, 640), (480, 640, 4), (0, 640, 3)])
def test_a_frame_of_another_kind_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a frame is uint8"):
        Scene().follower.find(np.zeros(shape, dtype=np.uint8), 0.0, 2)


def test_hours_of_coming_and_going_leave_nothing_behind() -> None:
    scene = Scene()
    random = np.random.default_rng(5)
    most = 0
    for _ in range(120):
        scene.networks.people = [(float(x), float(y)) for x, y in random.uniform(0, 640, (random.integers(7), 2))]
        scene.frames(int(random.integers(1, 8)), people=6)
        most = max(most, len(scene.follower._lost))
    scene.networks.people = []
    scene.frames(round(30 * (followers.REMEMBERED_S + 1)))
    assert not scene.follower._lost
    assert not scene.follower._people
    assert most < 120
