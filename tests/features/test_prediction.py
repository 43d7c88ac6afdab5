"""Prediction: nearer to where the body will be, calm where it is still, and nothing where nothing is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from gesturesynth.core.paths import demo_performer
from gesturesynth.features.catalogue import BODY_FEATURES
from gesturesynth.features.extractor import FeatureExtractor, FeatureFrame
from gesturesynth.features.prediction import LONGEST_S, LONGEST_STEP, carried
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.offline_poses import read_poses
from tests.support.feature_values import FRAME, film, wave
from tests.support.stick_figure import pose

Float = NDArray[np.float64]
ARMS = ["right_wrist.height", "left_wrist.height", "right_wrist.x", "left_wrist.x"]


def ahead(names: list[str], ahead_s: float) -> FeatureExtractor:
    extractor = FeatureExtractor(names)
    extractor.ahead_s = ahead_s
    return extractor


def shown(extractor: FeatureExtractor, poses: list[Pose]) -> list[FeatureFrame]:
    found = []
    for one in poses:
        image = one.bodies[0].image_array() if one.bodies else None
        found.append(extractor.extract(image, one.width, one.height, one.capture_time_s))
    return found


@pytest.fixture(scope="module")
def recorded() -> list[Pose]:
    """Real people who move and stand."""
    return list(read_poses(str(demo_performer())))


def test_without_prediction_there_is_one_body(recorded: list[Pose]) -> None:
    plain, asked = FeatureExtractor(list(BODY_FEATURES)), ahead(list(BODY_FEATURES), 0.03)
    for seen, frame in zip(shown(plain, recorded[:200]), shown(asked, recorded[:200]), strict=True):
        assert seen.predicted is seen.values
        assert frame.values.tobytes() == seen.values.tobytes()
        assert (frame.seen == seen.seen).all()


def test_real_movement_is_foreseen_and_a_still_body_does_not_tremble(recorded: list[Pose]) -> None:
    later_s = 1 / 30
    truth = np.array([frame.values for frame in shown(FeatureExtractor(ARMS, None), recorded)])
    frames = shown(ahead(ARMS, later_s), recorded)
    usable = np.array([frame.seen.all() for frame in frames])[:-1]
    seen = np.array([frame.values for frame in frames])
    predicted = np.array([frame.predicted for frame in frames])
    steps = np.abs(np.diff(truth, axis=0)).max(axis=1)
    moving, still = usable & (steps > 0.03) & (steps < 0.4), usable & (steps < 0.01)
    assert min(moving.sum(), still.sum()) > 100
    errors = [np.median(np.abs(now[:-1][moving] - truth[1:][moving])) for now in (predicted, seen)]
    assert errors[0] < 0.75 * errors[1]
    moves = [np.sqrt(np.mean(np.diff(now, axis=0)[still] ** 2)) for now in (predicted, seen)]
    assert moves[0] < 1.15 * moves[1]


def test_all_features_describe_the_carried_body() -> None:
    """A hand that rises: its height, its distance and the angle of its arm are all those of a moment later."""
    names = ["right_wrist.height", "right_elbow.angle", "hands.distance", "right_wrist.speed"]
    frames = film(ahead(names, 0.06), [pose(right_arm=(3.0 * number, 170)) for number in range(40)], fps=60)
    seen, predicted = (np.array([getattr(frame, which) for frame in frames[-10:]]) for which in ("values", "predicted"))
    assert (np.abs(predicted - seen)[:, 2] > 0.02).all()
    assert (predicted[:, 0] > seen[:, 0] + 0.05).all()
    assert predicted[:, 3] == pytest.approx(seen[:, 3]), "a speed is that of the movement"


def test_a_jump_and_another_person_are_not_carried_on() -> None:
    extractor = ahead(ARMS, LONGEST_S)
    images = [pose(right_wrist=(0.5, -0.6 + 0.05 * number)) for number in range(20)]
    frames = film(extractor, images, fps=60)
    assert frames[-1].predicted[0] > frames[-1].values[0] + 0.05
    leapt = extractor.extract(pose(at=(0.9, 0.5), right_wrist=(0.5, -0.6)), *FRAME, 20 / 60)
    assert leapt.predicted == pytest.approx(leapt.values)
    absent = extractor.extract(None, *FRAME, 21 / 60)
    assert absent.predicted == pytest.approx(leapt.predicted), "held, as what is seen"
    later = [extractor.extract(image, *FRAME, 3.0 + number / 60) for number, image in enumerate([None, images[0]])]
    assert later[-1].predicted == pytest.approx(later[-1].values)


def test_what_is_hidden_holds_its_last_prediction() -> None:
    extractor = ahead(["right_wrist.height", "presence"], 0.06)
    rising = [pose(right_wrist=(0.5, -0.6 + 0.05 * number)) for number in range(20)]
    last = film(extractor, rising, fps=60)[-1]
    hidden = extractor.extract(pose(right_wrist=(0.5, 0.4), hidden=("right_wrist",)), *FRAME, 20 / 60)
    assert not hidden.seen[0]
    assert (hidden.predicted[0], hidden.values[0]) == (last.predicted[0], last.values[0])
    gone = extractor.extract(None, *FRAME, 21 / 60)
    assert (gone.predicted[1], gone.values[1]) == (0.0, 0.0)


def test_it_can_be_changed_while_it_runs_and_nothing_jumps() -> None:
    extractor = ahead(ARMS, 0.0)
    images = wave(4.0)
    before = film(extractor, images[:60], fps=60)
    extractor.ahead_s = 0.06
    changed = film(extractor, images[60:150], fps=60, start_s=1.0)
    shifts = [np.abs(frame.predicted - frame.values).max() for frame in (*before, *changed)]
    assert max(shifts) > 0.05
    assert np.abs(np.diff(shifts[58:75])).max() < 0.02, "at its quickest the wrist would leap by 0.1"
    extractor.ahead_s = 0.0
    last = film(extractor, images[150:190], fps=60, start_s=2.5)[-1]
    assert last.predicted is last.values


landmarks = arrays.arrays(np.float32, (33, 4), elements=st.floats(width=32, allow_nan=True, allow_infinity=True))


@given(st.lists(st.tuples(landmarks | st.none(), st.floats(allow_nan=True, allow_infinity=True)), max_size=6))
def test_no_numbers_whatever_make_a_prediction_that_is_none(frames: list[tuple[Float | None, float]]) -> None:
    extractor = ahead(list(BODY_FEATURES), LONGEST_S)
    for image, time_s in frames:
        frame = extractor.extract(image, *FRAME, time_s)  # type: ignore[arg-type]  # of 32 bits
        assert np.isfinite(frame.predicted).all()


finite = arrays.arrays(np.float64, (6, 2), elements=st.floats(-1e9, 1e9))


@given(finite, finite, st.floats(0.0, LONGEST_S))
def test_no_point_is_carried_far_or_against_its_movement(positions: Float, velocities: Float, ahead_s: float) -> None:
    step = carried(positions, velocities, ahead_s) - positions
    assert np.isfinite(step).all()
    assert (np.hypot(*step.T) <= LONGEST_STEP + 1e-9 + 1e-6 * np.abs(positions).max()).all()
    assert (carried(np.zeros((6, 2)), velocities, ahead_s) * velocities >= 0.0).all()
