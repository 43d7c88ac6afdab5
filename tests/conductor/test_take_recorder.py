"""A take whose values change while it goes on."""

from __future__ import annotations

import pytest

from gesturesynth.conductor import take_recorder
from gesturesynth.conductor.take_recorder import TakeRecorder
from gesturesynth.control.session.targets import SET
from gesturesynth.runtime.messages import Pose


def pose(time_s: float) -> Pose:
    return Pose(time_s, 1, 1, 1, (), inputs={"wek": (0.5,)})


def test_the_same_values_once_more_are_no_change() -> None:
    take = TakeRecorder(SET, {"a": 0.0}, 0.0, 60.0)
    for number in range(100):
        take.change_values(0.1 * number, {"a": float(number // 50)})
    assert take.changes == [(5.0, {"a": 1.0})]


def test_a_flood_of_values_ends_the_take_and_no_pose_gets_those_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take_recorder, "MOST_CHANGED_VALUES", 20)
    take = TakeRecorder(SET, {"a": 0.0, "b": 0.0}, 0.0, 60.0)
    for number in range(1, 31):
        take.change_values(float(number), {"a": float(number), "b": 1.0})
        take.add_pose(pose(number + 0.5))
    poses = take.poses(60.0)
    assert len(take.changes) == 10
    assert [one["a"] for one in take.sounds(poses)[0]] == [float(number) for number in range(1, 11)]
