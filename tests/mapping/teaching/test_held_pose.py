"""A pose that is held is pressed once; what moves through it, or hangs, is not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.teaching.held_pose import (
    FEATURES,
    HOLD_S,
    SPANS,
    HeldPose,
    HeldPoseWatch,
    is_hanging,
    is_still,
)
from tests.evaluation.hands_free import BUTTONS, starts
from tests.support import stick_figure
from tests.support.trembling import trembling_features

Float = NDArray[np.float64]


def held(name: str, frames: int, seed: int = 1) -> Float:
    """Features (n, k) of a figure that trembles as people do who stand still."""
    right, left = BUTTONS[name]
    image = stick_figure.pose(right_arm=right, left_arm=left, frame=(640, 480))
    return trembling_features(image, FEATURES, frames, np.random.default_rng(seed), 0.0008)


ON_HEAD = HeldPose(held("hands on head", 60).mean(axis=0) / SPANS)


def pressed(*parts: Float) -> list[float]:
    """The times at which it is pressed, 30 frames a second."""
    watch = HeldPoseWatch(ON_HEAD)
    rows = np.concatenate([held("T", 30), *parts])
    return [number / 30 for number, row in enumerate(rows) if watch.observe(row, number / 30)]


def test_held_for_two_seconds_it_is_pressed_once_until_it_is_left() -> None:
    pose, other = held("hands on head", 300), held("T", 60)
    assert pressed(other, pose) == [pytest.approx(3.0 + HOLD_S, abs=0.04)]
    assert len(pressed(pose, other, pose, other, pose)) == 3
    assert pressed(pose[:55], other, pose[:55], other) == [], "not quite two seconds"


def test_who_holds_it_when_it_begins_has_to_leave_it_first() -> None:
    watch, pose = HeldPoseWatch(ON_HEAD), held("hands on head", 200)
    assert not any(watch.observe(row, number / 30) for number, row in enumerate(pose))
    later = np.concatenate([held("T", 30), pose])
    assert any(watch.observe(row, 10.0 + number / 30) for number, row in enumerate(later))


def test_a_short_loss_from_view_does_not_matter_and_a_long_one_does() -> None:
    pose, hidden = held("hands on head", 40), np.full((4, len(columns(FEATURES))), np.nan)
    assert len(pressed(pose, hidden, pose)) == 1
    assert pressed(pose, np.repeat(hidden, 4, axis=0), pose) == []


def test_a_second_of_another_pose_within_it_begins_the_two_seconds_again() -> None:
    pose, other = held("hands on head", 45), held("T", 30)
    assert pressed(pose, other, pose) == []


def test_arms_that_wave_around_the_pose_do_not_press() -> None:
    still = held("hands on head", 300)
    waving = still + 0.09 * SPANS * np.sin(np.arange(300) / 30 * 2 * np.pi)[:, None]
    assert pressed(still) != []
    assert pressed(waving) == []
    assert is_still(still)
    assert not is_still(waving)


@pytest.mark.parametrize("name", BUTTONS)
def test_any_pose_but_hanging_hands_can_be_a_button(name: str) -> None:
    x = held(name, 90)
    assert is_hanging(x) == (name == "hands hang")
    assert is_still(x)


@pytest.mark.parametrize("name", [name for name in BUTTONS if name != "hands hang"])
def test_a_performer_does_not_press_it(name: str) -> None:
    assert starts(name, "demo") == 0
