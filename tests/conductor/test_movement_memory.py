"""Poses of the last minutes: some of them, in memory, for a bounded time."""

from __future__ import annotations

import itertools

import msgspec

from gesturesynth.conductor.movement_memory import EVERY_S, KEEP_S, MovementMemory
from gesturesynth.runtime.messages import Pose
from tests.support.hand_figure import hand, with_hands
from tests.support.stick_figure import body


def pose_at(time_s: float, arm: float) -> Pose:
    return Pose(time_s, 0, 640, 480, (body(arm),))


def remembered(count: int, step_s: float, arms: tuple[float, ...]) -> tuple[Pose, ...]:
    memory = MovementMemory()
    for number in range(count):
        memory.add(pose_at(number * step_s, arms[number % len(arms)]))
    return memory.poses()


def test_a_moving_body_is_kept_four_times_a_second_for_minutes() -> None:
    found = remembered(round(2 * KEEP_S * 10), 0.1, (0.0, 60.0, 120.0, 170.0))
    times = [pose.capture_time_s for pose in found]
    assert len(found) <= KEEP_S / EVERY_S
    assert times[-1] - times[0] <= KEEP_S
    assert min(b - a for a, b in itertools.pairwise(times)) >= EVERY_S - 1e-9


def test_who_stands_still_takes_one_place() -> None:
    assert len(remembered(300, 0.5, (30.0,))) == 1


def test_frames_without_a_person_are_not_kept() -> None:
    memory = MovementMemory()
    memory.add(msgspec.structs.replace(pose_at(0.0, 0.0), bodies=()))
    assert memory.poses() == ()


def test_fingers_that_move_on_a_body_that_does_not_are_kept() -> None:
    memory = MovementMemory()
    for number in range(10):
        pose = pose_at(number * 0.5, 30.0)
        shown = with_hands(pose.bodies[0], right=hand("right", opened=number % 2))
        memory.add(msgspec.structs.replace(pose, bodies=(shown,)))
    assert len(memory.poses()) == 10


def test_another_person_who_moves_beside_one_who_does_not_is_kept() -> None:
    memory = MovementMemory()
    for number in range(10):
        memory.add(Pose(number * 0.5, 0, 640, 480, (body(30.0), body(60.0 + 30.0 * (number % 2)))))
    assert len(memory.poses()) == 10
    for number in range(10, 20):
        memory.add(Pose(number * 0.5, 0, 640, 480, (body(30.0), body(90.0))))
    assert len(memory.poses()) == 10
