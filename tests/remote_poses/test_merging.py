"""Several trackers as one: the better-seen side wins without chattering, and the first room leads."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.remote_poses.merging import HOLD_S, MARGIN, STALE_S, MergedPose, PoseMerger, body_quality
from gesturesynth.runtime.messages import Body, Pose
from tests.support.remote_poses import body, pose

STEP_S = 1 / 30


def play(merger: PoseMerger, seconds: float, *sides: Body | None, start_s: float = 0.0) -> list[MergedPose]:
    """Frames of every side, each a third of a frame after the one before; None is an empty frame."""
    found = []
    for number in range(round(seconds / STEP_S)):
        for index, one in enumerate(sides):
            time_s = start_s + number * STEP_S + index * STEP_S / 3
            found.append(merger.add(index, pose(time_s, number, *([one] if one else [])), time_s + 0.02))
    return [one for one in found if one]


def test_quality_counts_what_is_seen_inside_of_the_frame() -> None:
    assert body_quality(body(0.8)) == pytest.approx(0.8)
    assert body_quality(body(0.8, x=1.2)) == 0.0
    half = body(1.0).image_array().copy()
    half[:16, 1] = -0.1
    assert body_quality(Body.from_arrays(half, np.zeros((33, 3), np.float32))) == pytest.approx(17 / 33)


def test_one_tracker_passes_as_it_is() -> None:
    merger = PoseMerger(["hall"])
    found = play(merger, 1.0, body(person=3))
    assert len(found) == 30
    assert found[0].pose.bodies == (body(person=3),)
    assert not any(one.handed_over for one in found)


def test_the_side_that_sees_better_wins_once() -> None:
    merger = PoseMerger(["hall", "hall"])
    found = play(merger, 1.0, body(0.9), body(0.4))
    assert merger.used == {0}
    found += play(merger, 3.0, body(0.3), body(0.8), start_s=1.0)
    assert merger.used == {1}
    assert sum(one.handed_over for one in found) == 1
    times = [one.pose.capture_time_s for one in found]
    assert all(before < after for before, after in pairwise(times))
    gaps = np.diff(times)
    assert gaps.max() < 3 * STEP_S, "no pause at the hand-over"


def test_a_little_better_is_not_enough_and_a_moment_neither() -> None:
    merger = PoseMerger(["hall", "hall"])
    play(merger, 1.0, body(0.6), body(0.6 + 0.8 * MARGIN))
    play(merger, 3.0, body(0.6), body(0.6 + 0.8 * MARGIN), start_s=1.0)
    assert merger.used == {0}
    play(merger, 0.6 * HOLD_S, body(0.2), body(0.9), start_s=4.0)
    play(merger, 1.0, body(0.9), body(0.2), start_s=4.0 + 0.6 * HOLD_S)
    assert merger.used == {0}


def test_who_is_lost_by_one_side_is_followed_by_the_other_at_once() -> None:
    merger = PoseMerger(["hall", "hall"])
    play(merger, 1.0, body(0.9), body(0.5))
    found = play(merger, 1.0, None, body(0.5), start_s=1.0)
    assert merger.used == {1}
    assert [one.handed_over for one in found].count(True) == 1
    assert sum(not one.pose.bodies for one in found) <= 8, "a quarter of a second without the person"


def test_a_side_that_is_silent_counts_as_none() -> None:
    merger = PoseMerger(["hall", "hall"])
    play(merger, 1.0, body(0.9), body(0.5))
    found = [
        merger.add(1, pose(1.0 + number * STEP_S, number, body(0.5)), 1.0 + number * STEP_S) for number in range(60)
    ]
    first = next(number for number, one in enumerate(found) if one)
    assert first * STEP_S <= STALE_S + 2 * STEP_S
    assert merger.used == {1}


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=30, max_size=90))
def test_whatever_sides_see_the_body_changes_hands_rarely(qualities: list[tuple[float, float]]) -> None:
    merger = PoseMerger(["hall", "hall"])
    hand_overs, last_s = [], -math.inf
    for number, sides in enumerate(qualities):
        for index, quality in enumerate(sides):
            time_s = number * STEP_S + index * 0.01
            merged = merger.add(index, pose(time_s, number, body(quality)), time_s)
            if merged:
                assert merged.pose.capture_time_s > last_s
                last_s = merged.pose.capture_time_s
                hand_overs += [time_s] if merged.handed_over else []
    assert all(after - before >= HOLD_S - STEP_S for before, after in pairwise(hand_overs))


def test_of_two_rooms_the_first_who_came_leads_and_the_others_follow_in_its_steps() -> None:
    merger = PoseMerger(["hall", "foyer"])
    play(merger, 1.0, None, body(0.9))
    found = play(merger, 1.0, body(0.9), body(0.9), start_s=1.0)
    assert {len(one.pose.bodies) for one in found[3:]} == {2}
    assert not any(one.handed_over for one in found)
    persons = {tuple(one.person for one in merged.pose.bodies) for merged in found[3:]}
    assert persons == {(2, 1)}, "the person of the foyer first, with numbers that differ"
    left = play(merger, 3.0, body(0.9), None, start_s=2.0)
    assert left[-1].pose.bodies[0].person == 1
    assert sum(one.handed_over for one in left) == 1


def test_persons_of_two_rooms_never_share_a_number() -> None:
    merger = PoseMerger(["hall", "foyer"])
    found = play(merger, 1.0, body(person=1), body(person=1))
    numbers = [one.person for one in found[-1].pose.bodies]
    assert len(set(numbers)) == len(numbers) == 2


def test_a_body_of_a_wider_frame_keeps_its_proportions() -> None:
    merger = PoseMerger(["hall", "foyer"])
    image = np.full((33, 4), 0.5, dtype=np.float32)
    image[0, 0], image[1, 0] = 0.4, 0.6
    wide = Pose(0.01, 1, 1280, 720, (Body.from_arrays(image, np.zeros((33, 3), np.float32)),))
    merger.add(0, pose(0.0, 0, body()), 0.0)
    merger.add(1, wide, 0.02)
    merged = merger.add(0, pose(0.03, 1, body()), 0.04)
    assert merged
    other = merged.pose.bodies[1].image_array()
    width_px = (other[1, 0] - other[0, 0]) * merged.pose.width / merged.pose.height
    assert width_px == pytest.approx(0.2 * 1280 / 720, rel=1e-5)
