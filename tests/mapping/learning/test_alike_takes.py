"""One pose that was taught twice: something in the middle, steady, and said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.alike_takes import settled
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import FitJob, make_job
from gesturesynth.mapping.learning.outputs import Output
from tests.support import stick_figure
from tests.support.foreshortening import foreshortened
from tests.support.trembling import FRAME, TREMBLING, trembling_features

OUTPUTS = (Output("pitch", 0.0, 1.0), Output("level", 0.0, 1.0))
FEATURES = {
    "three features": ("right_wrist.height", "left_wrist.height", "hands.distance"),
    "four arm angles": ("left_elbow.angle", "left_shoulder.angle", "right_elbow.angle", "right_shoulder.angle"),
    "the upper body": ("body.upper",),
    "the whole body": ("body.full",),
}
POSE = stick_figure.pose(right_arm=(70.0, 150.0), left_arm=(40.0, 120.0), frame=FRAME)
OTHER = stick_figure.pose(right_arm=(160.0, 170.0), left_arm=(10.0, 30.0), frame=FRAME)


def job(
    names: tuple[str, ...],
    *takes: tuple[NDArray[np.float32], tuple[float, float]],
    labels: tuple[str, ...] = (),
    seed: int = 0,
    size: float = TREMBLING,
) -> FitJob:
    """Takes 1, 2, ... of a second and a half each."""
    random = np.random.default_rng(seed)
    rows = [trembling_features(image, names, 45, random, size) for image, _ in takes]
    examples = Examples(
        columns=tuple(columns(names)),
        X=np.concatenate(rows),
        outputs=tuple(output.name for output in OUTPUTS),
        Y=np.repeat([sound for _, sound in takes], 45, axis=0),
        labels=np.repeat(np.array(labels or ("",) * len(takes)), 45),
        takes=np.repeat(np.arange(1, len(takes) + 1), 45),
    )
    return make_job(examples, columns(names), OUTPUTS)


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "with another pose"])
@pytest.mark.parametrize("name", FEATURES)
def test_one_pose_with_opposite_sounds_is_steady_in_the_middle_and_known(name: str, others: int) -> None:
    names = FEATURES[name]
    takes = [(POSE, (0.0, 1.0)), (POSE, (1.0, 0.0)), *[(OTHER, (0.2, 0.2))] * others]
    mapping = fit(job(names, *takes))
    still = trembling_features(POSE, names, 90, np.random.default_rng(1))
    played = np.array([mapping.predict(row) for row in still])
    assert np.ptp(played, axis=0).max() <= 0.1
    np.testing.assert_allclose(played.mean(axis=0), 0.5, atol=0.05)
    assert min(mapping.confidence(row) for row in still) >= 0.95


@pytest.mark.parametrize("seed", range(4))
def test_arm_angles_of_a_body_that_is_small_in_the_picture_are_steady_and_known_too(seed: int) -> None:
    straight = stick_figure.pose(right_arm=(95.0, 100.0), left_arm=(40.0, 45.0), frame=FRAME)
    mapping = fit(job(("arms.angles",), (straight, (0.0, 1.0)), (straight, (1.0, 0.0)), seed=seed, size=4 * TREMBLING))
    still = trembling_features(straight, ("arms.angles",), 90, np.random.default_rng(seed + 9), 4 * TREMBLING)
    assert np.ptp([mapping.predict(row) for row in still], axis=0).max() <= 0.1
    assert min(mapping.confidence(row) for row in still) >= 0.95


@pytest.mark.parametrize("long", [0.04, 0.1, 0.16])
@pytest.mark.parametrize("seed", range(3))
def test_arm_angles_of_a_forearm_that_points_at_the_camera_are_steady_too(long: float, seed: int) -> None:
    pointing = foreshortened(POSE, *FRAME, "right", long)
    takes = [(pointing, (0.0, 1.0)), (pointing, (1.0, 0.0))]
    mapping = fit(job(("arms.angles",), *takes, seed=seed, size=2 * TREMBLING))
    still = trembling_features(pointing, ("arms.angles",), 90, np.random.default_rng(seed + 9), 2 * TREMBLING)
    assert np.ptp([mapping.predict(row) for row in still], axis=0).max() <= 0.12
    assert min(mapping.confidence(row) for row in still) >= 0.95


def test_takes_that_look_alike_are_named_with_what_differs() -> None:
    names = FEATURES["three features"]
    notes = job(names, (OTHER, (0.0, 0.0)), (POSE, (0.0, 0.5)), (POSE, (1.0, 0.52))).notes
    assert notes == (
        (
            "takes 2 and 3 look alike, but pitch differs: there it plays something in the middle. "
            "Record one of them in another pose, or delete it"
        ),
    )


def test_classes_of_takes_that_look_alike_are_named() -> None:
    names = FEATURES["four arm angles"]
    sounds = (0.5, 0.5)
    (note,) = job(names, (POSE, sounds), (POSE, sounds), (OTHER, sounds), labels=("kick", "snare", "none")).notes
    assert "takes 1 and 2 look alike, but the classes 'kick' and 'snare' differ" in note


def test_the_same_sound_twice_and_other_poses_are_nothing_to_talk_about() -> None:
    names = FEATURES["the whole body"]
    assert job(names, (POSE, (0.3, 0.7)), (POSE, (0.3, 0.7)), (OTHER, (1.0, 0.0))).notes == ()


def test_a_pose_of_its_own_keeps_its_sound_exactly() -> None:
    random = np.random.default_rng(3)
    group = np.repeat([0, 1, 2], 30)
    x = np.array([[0.0, 0.0], [0.0, 0.0], [3.0, 0.0]])[group] + random.normal(0.0, 0.02, (90, 2))
    y = np.array([[0.0], [1.0], [0.9]])[group]
    found = settled(x, y, group)
    np.testing.assert_allclose(found[:60], 0.5, atol=0.02)
    np.testing.assert_array_equal(found[60:], y[60:])


def test_single_rows_that_say_no_trembling_are_taken_as_they_are() -> None:
    x, y = np.array([[0.0], [0.001], [1.0]]), np.array([[0.0], [1.0], [0.5]])
    np.testing.assert_array_equal(settled(x, y, np.arange(3)), y)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.floats(1e-6, 10.0))
def test_sounds_stay_between_those_that_were_taught(seed: int, snapshots: int, spread: float) -> None:
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(snapshots), random.integers(1, 20, snapshots))
    x = random.normal(0.0, spread, (snapshots, 3))[group] + random.normal(0.0, 0.05, (len(group), 3))
    y = random.random((snapshots, 2))[group]
    found = settled(x, y, group)
    assert np.isfinite(found).all()
    assert (found >= y.min(axis=0) - 1e-9).all()
    assert (found <= y.max(axis=0) + 1e-9).all()
