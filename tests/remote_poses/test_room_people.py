"""People whom several sides of a room see keep their numbers and their order when another side takes over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.remote_poses.merging import PoseMerger
from gesturesynth.remote_poses.side_matching import FARTHEST, SideMatcher, differences, heights
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import read_skeleton
from tests.support import footage

STEP_S = 1 / 30
WORLD = np.zeros((33, 3), np.float32)


def person(number: int, arms: float, x: float = 0.5, visibility: float = 0.9) -> Body:
    """A person whose arms are so high above the shoulders, torso lengths; in a square picture."""
    image = np.full((33, 4), 0.5, np.float32)
    image[:, 0], image[:, 3] = x, visibility
    image[[11, 12], 1], image[[23, 24], 1] = 0.4, 0.6
    image[13:17, 1] = 0.4 - 0.2 * arms
    return Body.from_arrays(image, WORLD, number)


class Room:
    """Two sides of a hall. A side sees people by its own numbers, in its own order."""

    def __init__(self) -> None:
        self.merger = PoseMerger(["hall", "hall"])
        self.number = 0
        self.last: tuple[int, ...] = ()

    def play(self, seconds: float, *sides: tuple[Sequence[tuple[int, int]], float], still: bool = False) -> None:
        """For each side (number there, who it is) of all in view, and how well it sees; each moves in their own way."""
        for _ in range(round(seconds / STEP_S)):
            self.number += 1
            time_s = self.number * STEP_S
            for index, (those, visibility) in enumerate(sides):
                bodies = tuple(
                    person(there, 0.0 if still else float(np.sin((2 + who) * time_s + who)), visibility=visibility)
                    for there, who in those
                )
                merged = self.merger.add(index, Pose(time_s, self.number, 480, 480, bodies), time_s)
                self.last = tuple(body.person for body in merged.pose.bodies) if merged else self.last
                assert len(set(self.last)) == len(self.last)


def test_each_keeps_number_and_place_though_the_other_side_has_them_in_another_order() -> None:
    room = Room()
    room.play(2.0, ([(1, 0), (2, 1), (3, 2)], 0.9), ([(7, 2), (8, 0), (9, 1)], 0.6))
    first = room.last
    room.play(2.0, ([(1, 0), (2, 1), (3, 2)], 0.3), ([(7, 2), (8, 0), (9, 1)], 0.9))
    assert room.merger.used == {1}
    assert room.last == first
    room.play(1.0, ([(1, 0), (2, 1), (3, 2)], 0.3), ([(7, 2), (9, 1)], 0.9))
    assert room.last == first[1:], "and the one who has left is that one"
    room.play(2.0, ([(1, 0), (2, 1), (3, 2)], 0.9), ([(7, 2), (9, 1)], 0.3))
    assert room.merger.used == {0}
    assert set(room.last) == set(first), "back at the former side"
    assert room.last[:2] == first[1:], "who was away for a second has lost the place"


def test_who_all_stand_still_are_told_by_the_order_in_which_they_came() -> None:
    room = Room()
    room.play(2.0, ([(1, 0), (2, 1)], 0.9), ([(7, 0), (8, 1)], 0.6), still=True)
    first = room.last
    room.play(2.0, ([(1, 0), (2, 1)], 0.3), ([(7, 0), (8, 1)], 0.9), still=True)
    assert room.merger.used == {1}
    assert room.last == first


def test_one_who_moves_otherwise_is_another_person() -> None:
    room = Room()
    room.play(2.0, ([(1, 0)], 0.9), ([(7, 5)], 0.6))
    first = room.last
    room.play(2.0, ([(1, 0)], 0.3), ([(7, 5)], 0.9))
    assert room.merger.used == {1}
    assert room.last
    assert room.last != first


@settings(max_examples=30)
@given(st.lists(st.tuples(st.permutations([0, 1, 2]), st.permutations([3, 4, 5]), st.booleans(), st.integers(0, 3))))
def test_no_number_is_in_a_pose_twice(turns: list[tuple[list[int], list[int], bool, int]]) -> None:
    room = Room()
    for own, other, better, count in turns[:12]:
        sides = ([(1 + who, who) for who in own[:count]], 0.9), ([(1 + who, who % 3) for who in other], 0.5)
        changed = tuple((those, 1.4 - well) for those, well in sides) if better else sides
        room.play(0.8, *changed)


def test_two_real_cameras_agree_about_one_person_and_not_about_others() -> None:
    second = footage.folder().parent / "skeletons" / "single_cam02.skeleton"
    if not second.is_file():
        pytest.skip(f"TEST FOOTAGE MISSING: {second}")
    of: Mapping[str, list[Pose]] = {
        "one": list(read_poses(str(footage.clip("athlete")))),
        "other": list(read_skeleton(second)),
        "stranger": list(read_skeleton(Path(second).with_name("sqc.skeleton"))),
    }
    one, other, stranger = (
        np.array([heights(pose.bodies[0], pose.width / pose.height) for pose in of[name]]) for name in of
    )
    same = float(np.nanmean(np.diag(differences(one, other))))
    apart = float(np.nanmean(np.diag(differences(one, stranger))))
    assert same < 0.15
    assert apart > FARTHEST
    matcher = SideMatcher()
    for number in range(60):
        frames = of["one"][number], of["other"][number], of["stranger"][number]
        a, b, c = (frame.bodies[0] for frame in frames)
        matcher.see(0, [(1, a), (2, c)], 1080 / 1920, number / 60)
        matcher.see(1, [(5, c), (6, b)], 1080 / 1920, number / 60 + 0.01)
    assert matcher.matched([1, 2], [5, 6]) == {5: 2, 6: 1}
