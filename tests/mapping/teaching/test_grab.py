"""Which poses of a movement are taught, and which sound each of them gets."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.mapping.teaching import grab

RANDOM = np.random.default_rng(3)
TIMES = np.arange(900) / 30
"""30 s."""
TURN = np.sin(2 * np.pi * TIMES / 5.0)
UP, ACROSS = 2.0 * TURN, 0.5 * np.cos(2 * np.pi * TIMES / 7.0)
MOVED = np.column_stack([UP, ACROSS]) + 0.01 * RANDOM.normal(size=(900, 2))


def test_poses_lie_at_the_ends_of_what_was_seen() -> None:
    chosen, _ = grab.far_poses(MOVED, UP, 2)
    low, high = sorted(UP[chosen])
    assert low < -1.7
    assert high > 1.7


def test_what_is_seen_for_a_frame_or_two_is_no_pose() -> None:
    wrong = MOVED.copy()
    wrong[100:102] = 50.0
    chosen, some = grab.far_poses(grab.filtered(wrong), UP, 3)
    assert np.abs(wrong[chosen]).max() < 3.0
    assert not {100, 101} & {*some.tolist()}


def test_who_stands_still_for_most_of_the_time_has_moved_all_the_same() -> None:
    still = np.concatenate([np.repeat(MOVED[:1], 5000, axis=0), MOVED])
    chosen, _ = grab.far_poses(still, still[:, 0], 2)
    assert np.ptp(still[chosen, 0]) > 3.4


def test_high_hands_get_the_high_sound_and_near_poses_near_sounds() -> None:
    places = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.1], [-1.0, 0.0]])
    sounds = np.array([[0.0, 0.1], [0.33, 0.3], [0.67, 0.7], [1.0, 0.9]])
    found = grab.matched(places, places[:, 0], sounds, sounds.mean(axis=1))
    assert found == [1, 3, 2, 0]
    turned = grab.matched(places, -places[:, 0], sounds, sounds.mean(axis=1))
    assert turned == [2, 0, 1, 3]


def test_where_hands_keep_their_height_the_first_feature_tells_what_rises() -> None:
    level = np.full(900, -0.3) + 0.02 * RANDOM.normal(size=900)
    assert np.array_equal(grab.rising(level, MOVED), MOVED[:, 0])
    assert np.array_equal(grab.rising(UP, MOVED), UP)
    hidden = np.where(TIMES < 20.0, np.nan, UP)
    assert np.array_equal(grab.rising(hidden, MOVED), MOVED[:, 0])


def test_made_sounds_span_each_output_and_follow_different_directions() -> None:
    z = np.column_stack([UP, 1.5 * np.cos(2 * np.pi * TIMES / 7.0)])
    chosen, _ = grab.far_poses(z, UP, 4)
    sounds = grab.made_sounds(z, chosen, UP, 3)
    assert sounds.min(axis=0) == pytest.approx(0.0)
    assert sounds.max(axis=0) == pytest.approx(1.0)
    assert np.corrcoef(sounds[:, 0], UP[chosen])[0, 1] > 0.9, "the first follows the greatest movement, upwards"
    assert abs(np.corrcoef(sounds[:, 0], sounds[:, 1])[0, 1]) < 0.9
    assert np.array_equal(sounds[:, 0], sounds[:, 2]), "there are two directions only"


def test_takes_are_frames_near_to_their_pose_and_short() -> None:
    chosen, some = grab.far_poses(MOVED, UP, 3)
    takes = grab.takes_of(TIMES, MOVED, some, chosen, [2, 0, 1])
    assert {take.sound for take in takes} == {0, 1, 2}
    assert [take.sound for take in takes if take.pose == chosen[0]] == [2]
    apart = np.median([np.linalg.norm(MOVED[a] - MOVED[b]) for a in chosen for b in chosen if a < b])
    for take in takes:
        assert take.first <= take.pose <= take.last
        assert TIMES[take.last] - TIMES[take.first] <= grab.MOST_S
        rows = MOVED[take.first : take.last + 1]
        assert np.linalg.norm(rows - MOVED[take.pose], axis=1).max() <= grab.NEAR * apart + 1e-9
        others = [MOVED[other.pose] for other in takes if other.sound != take.sound]
        assert min(np.linalg.norm(MOVED[take.pose] - pose) for pose in others) > 2 * grab.NEAR * apart
        nearest = np.argmin(np.linalg.norm(MOVED[chosen] - MOVED[take.pose], axis=1))
        assert [2, 0, 1][nearest] == take.sound, "a take belongs to the sound whose pose is nearest"


def test_a_take_does_not_go_on_across_a_gap() -> None:
    z = np.zeros((20, 1))
    z[:4], z[16:] = 5.0, -5.0
    times = np.arange(20) / 30
    times[10:] += 3.0
    takes = grab.takes_of(times, z, np.arange(20), np.array([0, 19]), [0, 1])
    assert all(np.diff(times[take.first : take.last + 1]).max(initial=0.0) < 0.1 for take in takes)
