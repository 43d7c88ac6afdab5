"""Features of poses whose answers are known, and of any numbers at all."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from gesturesynth.core.errors import UserError
from gesturesynth.features.catalogue import BODY_FEATURES, FEATURES, columns
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.features.landmarks import LANDMARKS
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.extractor import PeopleExtractor
from tests.support import stick_figure
from tests.support.feature_values import FRAME, film, measure, wave
from tests.support.stick_figure import pose


def test_the_stick_figure_and_the_features_have_the_same_landmarks() -> None:
    assert stick_figure.ORDER == LANDMARKS


# ----------------------------------------------------------------------------------------------- known answers
@pytest.mark.parametrize("height", [-0.8, -0.3, 0.0, 0.4, 0.9])
def test_a_wrist_is_as_high_as_it_is_held(height: float) -> None:
    image = pose(right_wrist=(0.5, height), left_wrist=(-0.3, -0.2))
    found = measure(image, "right_wrist.height", "right_wrist.x", "left_wrist.x", "hands.height", "hands.x")
    assert found == pytest.approx([height, 0.5, -0.3, (height - 0.2) / 2, 0.1], abs=1e-5)


def test_distances_between_hands_head_and_shoulders() -> None:
    image = pose(right_wrist=(0.32, 0.5), left_wrist=(-0.28, -0.3))
    found = measure(
        image, "hands.distance", "left_wrist.to_right_shoulder", "right_wrist.reach", "shoulders.width", "feet.distance"
    )
    assert found == pytest.approx([1.0, math.hypot(0.6, 0.3), 0.5, 0.64, 0.36], abs=1e-5)


@pytest.mark.parametrize(("raised", "bend"), [(0, 180), (90, 180), (90, 90), (135, 60), (180, 180)])
def test_arm_angles(raised: float, bend: float) -> None:
    image = pose(right_arm=(raised, bend), left_arm=(raised, bend))
    names = ("right_shoulder.angle", "right_elbow.angle", "left_shoulder.angle", "left_elbow.angle")
    assert measure(image, *names) == pytest.approx([raised, bend, raised, bend], abs=0.01)


def test_a_forearm_that_stands_up_is_told_from_one_that_hangs() -> None:
    names = ("right_elbow.angle", "right_forearm.angle")
    assert measure(pose(right_arm=(90, 90)), *names) == pytest.approx([90, 180], abs=0.01)
    assert measure(pose(right_arm=(90, 270)), *names) == pytest.approx([90, 0], abs=0.01)
    assert measure(pose(left_arm=(90, 180)), "left_forearm.angle") == pytest.approx([90], abs=0.01)


def test_leg_angles_and_the_height_of_the_hips() -> None:
    names = ("right_knee.angle", "left_knee.angle", "hips.height", "right_ankle.height")
    assert measure(pose(), *names) == pytest.approx([180, 180, 1.52, -1.52], abs=0.1)
    # Two bones of 0.78 and 0.74 that span 0.8: the law of cosines.
    bend = math.degrees(math.acos((0.78**2 + 0.74**2 - 0.8**2) / (2 * 0.78 * 0.74)))
    assert measure(pose(squat=0.72), *names) == pytest.approx([bend, bend, 0.8, -0.8], abs=0.1)
    assert measure(pose(squat=0.72), "right_hip.angle")[0] < 150 < measure(pose(), "right_hip.angle")[0]


@pytest.mark.parametrize("lean", [-30, 0, 15])
def test_lean_is_towards_the_performers_right_and_tilts_the_shoulders(lean: float) -> None:
    found = measure(pose(lean_deg=lean), "lean", "shoulders.tilt", "left_shoulder.height")
    assert found[:2] == pytest.approx([lean, lean], abs=0.01)
    assert (found[2] > 1.0) == (lean > 0) or lean == 0


def test_openness_runs_from_hanging_arms_to_a_star() -> None:
    hanging = measure(pose(), "openness")[0]
    level = measure(pose(right_arm=(90, 180), left_arm=(90, 180)), "openness")[0]
    star = measure(
        pose(right_arm=(125, 180), left_arm=(125, 180), right_ankle=(0.8, -1.3), left_ankle=(-0.8, -1.3)), "openness"
    )[0]
    assert hanging < 0.1
    assert 0.5 < level < star <= 1.0
    assert star > 0.9


def test_place_and_size_in_the_image_as_the_performer_sees_it() -> None:
    image = pose(at=(0.25, 0.6), size=0.2)
    # Left in the image is the performer's right; the shoulders are one torso, a fifth of the image, above the hips.
    assert measure(image, "body.x", "body.y", "body.size") == pytest.approx([0.75, 0.6, 0.2], abs=1e-5)


def test_vectors_hold_every_point_from_their_own_origin() -> None:
    image = pose(right_wrist=(0.5, 0.3), left_wrist=(-0.6, -0.1))
    full = dict(zip(columns(["body.full"]), measure(image, "body.full"), strict=True))
    upper = dict(zip(columns(["body.upper"]), measure(image, "body.upper"), strict=True))
    offsets = dict(zip(columns(["body.offsets"]), measure(image, "body.offsets"), strict=True))
    assert (full["body.full.right_wrist.x"], full["body.full.right_wrist.y"]) == pytest.approx((0.5, 1.3), abs=1e-5)
    assert full["body.full.left_knee.x"] == pytest.approx(-0.18, abs=1e-2)
    assert (upper["body.upper.left_wrist.x"], upper["body.upper.left_wrist.y"]) == pytest.approx((-0.6, -0.1), abs=1e-5)
    assert offsets["body.offsets.left_wrist-right_wrist.x"] == pytest.approx(1.1, abs=1e-5)
    assert (len(full), len(upper), len(offsets)) == (22, 14, 42)


def test_neither_place_nor_distance_nor_the_shape_of_the_frame_matters() -> None:
    names = [name for name in BODY_FEATURES if name not in {"body.x", "body.y", "body.size"}]
    arms = {"right_wrist": (0.5, 0.6), "left_wrist": (-0.7, -0.2), "lean_deg": 10.0}
    near = measure(pose(**arms, at=(0.4, 0.7), size=0.35), *names)  # type: ignore[arg-type]  # a table of arguments
    far = measure(pose(**arms, at=(0.8, 0.4), size=0.1, frame=(1080, 1920)), *names, frame=(1080, 1920))  # type: ignore[arg-type]  # likewise
    assert near == pytest.approx(far, abs=1e-4)


def test_speed_is_in_torso_lengths_a_second_and_the_other_hand_rests() -> None:
    frames = film(FeatureExtractor(["right_wrist.speed", "left_wrist.speed"]), wave(3.0), fps=60)
    right, left = np.array([frame.values for frame in frames[60:]]).T
    assert right.max() == pytest.approx(2 * math.pi * 0.4, rel=0.2)
    assert left.max() == 0.0


def test_energy_is_zero_at_rest_grows_with_the_movement_and_knows_a_jump() -> None:
    random = np.random.default_rng(3)
    still = pose()
    noise = [still + random.normal(scale=0.0005, size=(33, 4)).astype(np.float32) for _ in range(90)]
    rest = film(FeatureExtractor(["energy"]), noise)
    assert max(frame.values[0] for frame in rest) == 0.0
    small, large = (film(FeatureExtractor(["energy"]), wave(2.0, reach=r), fps=60)[-30:] for r in (0.2, 0.4))
    assert 0.0 < max(f.values[0] for f in small) < max(f.values[0] for f in large)
    jump = [pose(at=(0.5, 0.5 - 0.1 * math.sin(math.pi * n / 15))) for n in range(16)]
    assert max(frame.values[0] for frame in film(FeatureExtractor(["energy"]), jump)) > 0.5


def test_another_body_far_away_is_no_movement() -> None:
    frames = film(
        FeatureExtractor(["energy", "right_wrist.speed"]), [pose(at=(0.2, 0.5))] * 10 + [pose(at=(0.8, 0.5))] * 10
    )
    assert max(frame.values.max() for frame in frames) == 0.0


def test_another_body_is_measured_with_its_own_length_at_once() -> None:
    far = pose(right_wrist=(0.6, 0.7), at=(0.2, 0.5), size=0.1)
    near = pose(right_wrist=(0.6, 0.7), at=(0.8, 0.5), size=0.3)
    for images in ([far] * 30 + [near] * 30, [near] * 30 + [far] * 30):
        heights = [frame.values[0] for frame in film(FeatureExtractor(["right_wrist.height"]), images)]
        assert heights == pytest.approx([0.7] * 60, abs=0.01)


# ----------------------------------------------------------------------------------------------- the table
def test_every_feature_has_a_help_text_and_its_columns() -> None:
    for name, feature in FEATURES.items():
        assert feature.name == name
        assert feature.low < feature.high
        assert feature.help.endswith(".")
        assert len(feature.help) < 100
        assert columns([name]) == tuple(feature.recipes)
        assert PeopleExtractor([name]).columns == columns([name])
    every = columns(BODY_FEATURES)
    assert len(every) == len(set(every))


def test_a_pose_at_rest_stays_within_the_bars() -> None:
    values = dict(zip(columns(BODY_FEATURES), measure(pose(), *BODY_FEATURES), strict=True))
    for feature in map(FEATURES.__getitem__, BODY_FEATURES):
        for column in feature.recipes:
            assert feature.low - 0.05 <= values[column] <= feature.high + 0.05, column


def test_a_feature_named_twice_is_measured_once() -> None:
    twice = ["lean", "openness", "lean"]
    assert FeatureExtractor(twice).columns == columns(twice) == ("lean", "openness")


def test_a_repeated_time_changes_nothing_and_steps_may_be_irregular() -> None:
    extractor = FeatureExtractor(list(BODY_FEATURES))
    random = np.random.default_rng(4)
    for time_s in np.cumsum(random.uniform(0.005, 0.2, 40)):
        heights = random.uniform(-0.5, 0.5, 2)
        first, again = (
            extractor.extract(pose(right_wrist=(0.5, height), at=(height + 0.5, 0.5)), *FRAME, float(time_s))
            for height in heights
        )
        assert (first.values == again.values).all()


def test_a_misspelt_feature_is_refused_with_what_was_meant() -> None:
    for error in (UserError, ValueError):
        with pytest.raises(error, match=r"unknown feature 'right_wirst\.height', did you mean 'right_wrist\.height'"):
            FeatureExtractor(["right_wirst.height"])
    with pytest.raises(UserError, match="gesturesynth features"):
        columns(["zzz"])


# ----------------------------------------------------------------------------------------------- anything at all
numbers = st.floats(width=32) | st.floats(-2.0, 2.0, width=32) | st.just(0.5)
bodies = arrays.arrays(
    np.float32, (33, 4), elements=numbers, fill=st.sampled_from([0.5, 0.0, math.nan]).map(np.float32)
)


@given(
    st.lists(
        st.tuples(
            st.none() | bodies,
            st.sampled_from([(640, 480), (1, 100_000), (100_000, 1), (0, 0), (-5, 5)]),
            st.floats() | st.floats(0, 3),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([OneEuroSettings(), None]),
)
def test_any_landmarks_at_any_times_give_finite_values(
    steps: list[tuple[NDArray[np.float32] | None, tuple[int, int], float]], settings: OneEuroSettings | None
) -> None:
    extractor = FeatureExtractor(list(BODY_FEATURES), settings)
    for image, frame, time_s in steps:
        result = extractor.extract(image, *frame, time_s)
        assert result.values.shape == result.seen.shape == (len(extractor.columns),)
        assert np.isfinite(result.values).all()


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-0.5, 0.8), st.floats(0, 1)), min_size=2, max_size=30))
def test_held_or_measured_a_wrist_never_leaves_the_range_it_was_shown_in(
    steps: list[tuple[float, float, float]],
) -> None:
    extractor = FeatureExtractor(["right_wrist.height"])
    heights = [extractor.extract(None, *FRAME, 0.0).values[0]]
    time_s = 0.0
    for pause_s, height, visibility in steps:
        image = pose(right_wrist=(0.4, height))
        image[LANDMARKS.index("right_wrist"), 3] = visibility
        heights.append(height)
        time_s += pause_s
        value = extractor.extract(image, *FRAME, time_s).values[0]
        assert min(heights) - 1e-3 <= value <= max(heights) + 1e-3
