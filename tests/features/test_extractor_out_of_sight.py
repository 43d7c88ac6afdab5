"""Features of bodies that are partly or completely out of view: values are held, and notes give the reason."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gesturesynth.features.catalogue import BODY_FEATURES, columns
from gesturesynth.features.extractor import NO_PERSON, FeatureExtractor
from gesturesynth.features.landmarks import LANDMARKS
from tests.support import stick_figure
from tests.support.feature_values import FRAME, HIPS, LEGS, film, wave
from tests.support.stick_figure import pose


def test_a_joint_out_of_sight_holds_its_feature_and_is_named() -> None:
    extractor = FeatureExtractor(["right_wrist.height", "left_wrist.height", "hands.distance"])
    up = pose(right_wrist=(0.5, 0.6), left_wrist=(-0.5, 0.0))
    gone = pose(right_wrist=(0.5, -0.6), left_wrist=(-0.5, 0.2), hidden=["right_wrist"])
    seen = film(extractor, [up] * 5)[-1]
    held = film(extractor, [gone] * 30, start_s=1.0)[-1]
    assert seen.seen.all()
    assert seen.notes == ()
    assert held.seen.tolist() == [False, True, False]
    assert held.values[0] == seen.values[0]
    assert held.values[2] == seen.values[2]
    assert held.values[1] == pytest.approx(0.2, abs=0.01)
    assert held.notes == ("right_wrist cannot be seen",)


def test_visibility_has_to_be_clear_to_appear_and_clearly_gone_to_vanish() -> None:
    extractor = FeatureExtractor(["right_wrist.height"])
    seen = []
    for index, visibility in enumerate((0.4, 0.6, 0.4, 0.35, 0.2, 0.4, 0.55)):
        image = pose()
        image[LANDMARKS.index("right_wrist"), 3] = visibility
        seen.append(bool(extractor.extract(image, *FRAME, index / 30).seen[0]))
    assert seen == [False, True, True, True, False, False, True]


def test_the_first_values_are_those_of_a_person_who_stands_with_hanging_arms() -> None:
    names = list(BODY_FEATURES)
    frame = FeatureExtractor(names).extract(None, *FRAME, 0.0)
    values = dict(zip(columns(names), frame.values, strict=True))
    assert values["left_wrist.height"] == values["right_wrist.height"] < -0.9
    assert values["left_wrist.x"] < 0 < values["right_wrist.x"]
    assert values["right_knee.angle"] > 170
    assert (values["lean"], values["presence"], values["energy"]) == (0.0, 0.0, 0.0)
    assert not frame.seen.any()
    assert frame.notes == (NO_PERSON,)


def test_without_a_person_in_view_values_are_held_and_presence_is_0() -> None:
    extractor = FeatureExtractor(["right_wrist.height", "presence"])
    there = film(extractor, [pose(right_wrist=(0.5, 0.6))] * 5)[-1]
    left = extractor.extract(None, *FRAME, 0.2)
    back = extractor.extract(pose(right_wrist=(0.5, 0.2)), *FRAME, 5.0)
    assert there.values.tolist() == pytest.approx([0.6, 1.0], abs=1e-5)
    assert left.values.tolist() == [there.values[0], 0.0]
    assert not left.seen.any()
    assert back.values.tolist() == pytest.approx([0.2, 1.0], abs=1e-5)


def test_a_new_person_does_not_inherit_the_values_of_the_one_before() -> None:
    names = ["right_wrist.height", "left_wrist.height"]
    fresh = FeatureExtractor(names).extract(None, *FRAME, 0.0).values
    for empty_s, height in ((0.5, 0.6), (2.0, fresh[0])):
        extractor = FeatureExtractor(names)
        film(extractor, [pose(right_wrist=(0.5, 0.6))] * 5)
        film(extractor, [None] * round(empty_s * 30), start_s=0.2)
        frame = extractor.extract(pose(hidden=["right_wrist"]), *FRAME, 0.2 + empty_s)
        assert frame.seen.tolist() == [False, True]
        assert frame.values[0] == pytest.approx(height, abs=0.01)


def test_a_body_without_a_visible_landmark_does_not_count() -> None:
    extractor = FeatureExtractor(["right_wrist.height", "presence"])
    present, hidden = film(extractor, [pose(), pose(hidden=LANDMARKS)])
    assert present.person_present
    assert not hidden.person_present
    assert hidden.notes == (NO_PERSON,)


def test_the_arms_are_measured_on_without_a_step_when_the_hips_leave_the_image() -> None:
    extractor = FeatureExtractor(["right_wrist.height", "left_elbow.angle", "body.upper", "lean"])
    arms = {"right_wrist": (0.6, 0.7), "left_wrist": (-0.5, -0.3)}
    whole = pose(**arms)  # type: ignore[arg-type]  # a table of arguments
    half = pose(**arms, hidden=LEGS)  # type: ignore[arg-type]  # likewise
    frames = film(extractor, [whole] * 60 + [half] * 60 + [whole] * 60)
    values = np.array([frame.values for frame in frames])
    assert all(frame.seen[:-1].all() for frame in frames)
    assert not frames[70].seen[-1]
    assert np.abs(np.diff(values[:, 0])).max() < 0.01
    assert values[:, 0] == pytest.approx(0.7, abs=0.03)


def test_with_hips_never_in_sight_lengths_are_still_about_torso_lengths() -> None:
    frames = film(FeatureExtractor(["right_wrist.height"]), [pose(right_wrist=(0.6, 0.7), hidden=LEGS)] * 30)
    assert frames[-1].seen.all()
    assert frames[-1].values[0] == pytest.approx(0.7, rel=0.2)


def test_when_the_hips_appear_the_scale_changes_smoothly() -> None:
    wide = stick_figure.Proportions(shoulder_width=0.85)
    half = pose(right_wrist=(0.6, 0.7), hidden=HIPS, proportions=wide)
    whole = pose(right_wrist=(0.6, 0.7), proportions=wide)
    frames = film(FeatureExtractor(["right_wrist.height"]), [half] * 30 + [whole] * 90)
    heights = np.array([frame.values[0] for frame in frames])
    assert heights[0] < 0.6
    assert heights[-1] == pytest.approx(0.7, abs=0.01)
    assert np.abs(np.diff(heights)).max() < 0.02


def test_the_angle_of_an_arm_that_points_at_the_camera_is_hardly_moved_by_noise() -> None:
    extractor = FeatureExtractor(["right_elbow.angle"], None)
    elbow = (0.32 + 0.56, 0.0)
    angles = []
    for turn in range(8):
        tip = (elbow[0] + 0.04 * math.cos(turn), 0.04 * math.sin(turn))
        image = pose(right_arm=(90, 180))
        image[LANDMARKS.index("right_wrist"), :2] = pose(right_wrist=tip)[LANDMARKS.index("right_wrist"), :2]
        pointing = extractor.extract(image, *FRAME, turn / 30)
        assert pointing.seen[0]
        angles.append(pointing.values[0])
    # At right angles to the upper arm, which lies in the plane of the picture.
    np.testing.assert_allclose(angles, 90.0, atol=10.0)


def test_an_angle_moves_without_a_step_while_its_limb_turns_to_the_camera() -> None:
    extractor = FeatureExtractor(["right_elbow.angle", "right_shoulder.angle"], None)
    values = []
    for step in range(100):
        image = pose(right_arm=(0, 170))
        elbow, wrist = LANDMARKS.index("right_elbow"), LANDMARKS.index("right_wrist")
        part = 1.0 - step / 99
        image[wrist, :2] = image[elbow, :2] + part * (image[wrist, :2] - image[elbow, :2])
        frame = extractor.extract(image, *FRAME, step / 30)
        assert frame.seen.all()
        values.append(frame.values)
    elbows = np.array(values)[:, 0]
    assert elbows[0] == pytest.approx(170, abs=0.5)
    assert elbows[-1] == pytest.approx(90, abs=0.5)
    assert np.abs(np.diff(elbows)).max() < 2.0
    np.testing.assert_allclose(np.array(values)[:, 1], 0.0, atol=0.5)


def test_the_tilt_of_shoulders_that_cover_each_other_is_held() -> None:
    extractor = FeatureExtractor(["shoulders.tilt"], None)
    tilted = extractor.extract(pose(), *FRAME, 0.0)
    image = pose()
    image[LANDMARKS.index("left_shoulder")] = image[LANDMARKS.index("right_shoulder")] + 1e-3
    beside = extractor.extract(image, *FRAME, 1 / 30)
    assert beside.values[0] == tilted.values[0]
    assert not beside.seen[0]
    assert beside.notes == ("shoulders.tilt cannot be measured, it points at the camera",)


def test_reset_forgets_what_was_held() -> None:
    extractor = FeatureExtractor(["right_wrist.height"])
    fresh = extractor.extract(None, *FRAME, 0.0).values[0]
    extractor.extract(pose(right_wrist=(0.5, 0.6)), *FRAME, 0.1)
    extractor.reset()
    assert extractor.extract(None, *FRAME, 0.2).values[0] == fresh


def test_the_same_skeletons_give_the_same_values() -> None:
    one, other = (film(FeatureExtractor(list(BODY_FEATURES)), wave(1.0)) for _ in range(2))
    assert all((a.values == b.values).all() for a, b in zip(one, other, strict=True))
