"""From examples to a mapping: what is learned, what is refused, and that it is the same every time."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import msgspec
import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.model_kinds import AUTO, MODEL_KINDS, model_kind, model_settings
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.scaling import usual_spans
from tests.support.example_sets import held_poses, positions_as_outputs

CONTINUOUS = [name for name, kind in MODEL_KINDS.items() if kind.continuous]
CLASSIFIERS = [name for name, kind in MODEL_KINDS.items() if kind.classes]
RANDOM = np.random.default_rng(11)
POSES = RANDOM.normal(size=(6, 8))
SOUNDS = RANDOM.random((6, 2))
OUTPUTS = positions_as_outputs(2)
TAUGHT = held_poses(POSES, SOUNDS, frames=10)


@pytest.mark.parametrize("name", CONTINUOUS)
def test_a_pose_that_was_taught_gives_its_sound(name: str) -> None:
    mapping = fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS, model=name))
    played = np.array([mapping.predict(pose) for pose in POSES])
    # Five straight lines cannot pass by six poses, and the net's weights are held down.
    np.testing.assert_allclose(played, SOUNDS, atol=0.2 if name in {"ridge", "mlp"} else 0.05)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_pose_that_was_taught_is_recognised(name: str) -> None:
    labels = ("up", "down", "none", "up", "down", "none")
    examples = held_poses(POSES, np.zeros((6, 0)), labels=labels)
    mapping = fit(make_job(examples, examples.columns, (), classifier=name))
    assert [mapping.classify(pose)[0] for pose in POSES] == list(labels)
    assert mapping.predict(POSES[0]).shape == (0,)
    assert mapping.confidence(POSES[0]) == 1.0
    assert mapping.describe() == f"{name}, 3 classes"


@pytest.mark.parametrize("name", CONTINUOUS)
def test_the_same_examples_give_the_same_mapping_bit_by_bit(name: str) -> None:
    job = make_job(TAUGHT, TAUGHT.columns, OUTPUTS, model=name)
    assert msgspec.msgpack.encode(fit(job)) == msgspec.msgpack.encode(fit(job))


@pytest.mark.parametrize("name", CONTINUOUS)
def test_one_row_a_pose_reaches_its_sound_as_a_second_of_rows_does(name: str) -> None:
    few = held_poses(np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]]), frames=1, jitter=0.0)
    many = held_poses(np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]]), frames=30, jitter=0.0)
    low, high = [fit(make_job(e, e.columns, positions_as_outputs(1))).predict(np.ones(1))[0] for e in (few, many)]
    assert low == pytest.approx(high, abs=1e-9)
    assert low > 0.97


def test_an_output_is_learned_in_its_warp() -> None:
    pitch = Output("o0", 110.0, 1760.0, "Hz", "exp")
    examples = held_poses(np.array([[0.0], [1.0]]), np.array([[110.0], [1760.0]]), jitter=0.0)
    mapping = fit(make_job(examples, examples.columns, (pitch,)))
    assert pitch.value(mapping.predict(np.array([0.5]))[0]) == pytest.approx(440.0, rel=0.01)


def test_a_sound_outside_the_range_counts_as_its_end() -> None:
    examples = held_poses(POSES[:2], np.array([[-5.0, 0.0], [7.0, 1.0]]), jitter=0.0)
    mapping = fit(make_job(examples, examples.columns, OUTPUTS))
    assert mapping.predict(POSES[1])[0] == pytest.approx(1.0, abs=0.05)


def test_degrees_do_not_dominate_torso_lengths() -> None:
    columns = ("right_elbow.angle", "right_wrist.height")
    assert min(usual_spans(columns)) > 0.0
    poses = np.array([[170.0, -0.8], [90.0, -0.8], [170.0, 0.8], [90.0, 0.8]])
    examples = held_poses(poses, np.array([[0.0], [0.0], [1.0], [1.0]]), jitter=0.0)
    examples = dataclasses.replace(examples, columns=columns)
    mapping = fit(make_job(examples, columns, positions_as_outputs(1)))
    scaled = np.ptp(mapping.scaling.apply(poses), axis=0)
    assert 0.5 < scaled[0] / scaled[1] < 2.0


def test_a_joint_that_stood_still_is_not_magnified() -> None:
    poses = np.column_stack([POSES, np.zeros(6)])
    examples = held_poses(poses, SOUNDS, jitter=1e-4)
    mapping = fit(make_job(examples, examples.columns, OUTPUTS))
    moved = np.append(POSES[0], 0.1)
    np.testing.assert_allclose(mapping.predict(moved), mapping.predict(np.append(POSES[0], 0.0)), atol=0.1)
    assert mapping.confidence(moved) == 1.0


def test_a_row_of_numbers_that_no_body_can_have_is_left_out() -> None:
    x = TAUGHT.X.copy()
    x[0] = 1e30
    x[1, 0] = np.nan
    mapping = fit(make_job(changed(x=x), TAUGHT.columns, OUTPUTS))
    assert mapping.describe() == "linear rbf, 58 examples"
    np.testing.assert_allclose([mapping.predict(pose) for pose in POSES], SOUNDS, atol=0.05)


def test_columns_are_matched_by_name_whatever_their_order() -> None:
    mapping = fit(make_job(TAUGHT, TAUGHT.columns[::-1], OUTPUTS[::-1]))
    assert mapping.columns == TAUGHT.columns[::-1]
    np.testing.assert_allclose(mapping.predict(POSES[2][::-1]), SOUNDS[2][::-1], atol=0.05)


# ----------------------------------------------------------------------------------------------- too little, or too odd
def changed(x: Any = None, y: Any = None, labels: Any = None, rows: slice = slice(None)) -> Examples:
    """`TAUGHT` with some of it replaced."""
    return dataclasses.replace(
        TAUGHT,
        X=TAUGHT.X[rows] if x is None else x,
        Y=TAUGHT.Y[rows] if y is None else y,
        labels=TAUGHT.labels[rows] if labels is None else labels,
        takes=TAUGHT.takes[rows],
    )


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize(
    "examples",
    [
        pytest.param(changed(rows=slice(1)), id="one row"),
        pytest.param(changed(rows=slice(9, 11)), id="two rows"),
        pytest.param(changed(x=np.ones_like(TAUGHT.X)), id="one pose, many sounds"),
        pytest.param(changed(y=np.full_like(TAUGHT.Y, 0.25)), id="one sound"),
        pytest.param(changed(y=TAUGHT.Y * [1.0, 0.0]), id="one output never moves"),
        pytest.param(changed(x=TAUGHT.X * 1e-8), id="almost one pose"),
        pytest.param(changed(x=TAUGHT.X * 1e8), id="huge features"),
        pytest.param(changed(x=np.where(np.arange(60)[:, None] < 57, np.nan, TAUGHT.X)), id="three rows of numbers"),
    ],
)
def test_few_or_odd_examples_give_something_that_can_be_played(name: str, examples: Examples) -> None:
    mapping = fit(make_job(examples, examples.columns, OUTPUTS, model=name))
    usable = np.isfinite(examples.X).all(axis=1)
    played = np.array([mapping.predict(row) for row in [*examples.X[usable], np.zeros(8), np.full(8, 1e6)]])
    assert np.isfinite(played).all()
    assert mapping.confidence(examples.X[usable][0]) == 1.0
    if not np.ptp(examples.Y[usable], axis=0).any():
        np.testing.assert_allclose(played, np.broadcast_to(examples.Y[usable][0], played.shape), atol=1e-6)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_two_rows_are_enough_for_two_classes(name: str) -> None:
    examples = held_poses(POSES[:2], np.zeros((2, 0)), frames=1, labels=("a", "b"))
    mapping = fit(make_job(examples, examples.columns, (), classifier=name))
    assert [mapping.classify(pose)[0] for pose in POSES[:2]] == ["a", "b"]


def test_rows_that_only_teach_a_class_leave_outputs_alone_and_the_other_way_round() -> None:
    y = TAUGHT.Y.copy()
    y[30:] = np.nan
    labels = np.repeat(np.array(["", "", "", "up", "down", "none"]), 10)
    mapping = fit(make_job(changed(y=y, labels=labels), TAUGHT.columns, OUTPUTS))
    assert mapping.describe() == "linear rbf, 30 examples; logistic, 3 classes"
    np.testing.assert_allclose([mapping.predict(pose) for pose in POSES[:3]], SOUNDS[:3], atol=0.05)
    assert mapping.classifier is not None
    assert mapping.classifier.classes == ("down", "none", "up")
    assert mapping.classify(POSES[0])[1] < 0.3, "no class was taught with this pose"


half_named = np.where(np.arange(2) == 0, TAUGHT.Y, np.nan)


@pytest.mark.parametrize(
    ("examples", "outputs", "message"),
    [
        pytest.param(changed(rows=slice(0)), OUTPUTS, "no examples yet", id="none"),
        pytest.param(changed(x=np.full_like(TAUGHT.X, np.nan)), OUTPUTS, "not one example", id="no numbers"),
        pytest.param(TAUGHT, (), "neither outputs nor classes", id="nothing to learn"),
    ],
)
def test_examples_that_cannot_teach_are_refused_with_a_sentence(
    examples: Examples, outputs: tuple[Output, ...], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        make_job(examples, TAUGHT.columns, outputs)


def test_examples_of_another_preset_are_refused_with_a_sentence() -> None:
    with pytest.raises(UserError, match="do not hold the feature 'lean'"):
        make_job(TAUGHT, ("lean",), OUTPUTS)


# -------------------------------------------------------------------------- an output learns from the rows that name it
PARTLY = np.where(np.arange(60)[:, None] < [60, 30], TAUGHT.Y, np.nan)
"""The first output is named by all rows, the second by those of the first three poses."""


@pytest.mark.parametrize("name", CONTINUOUS)
def test_an_output_that_some_rows_name_learns_from_those_alone(name: str) -> None:
    mapping = fit(make_job(changed(y=PARTLY), TAUGHT.columns, OUTPUTS, model=name))
    whole = fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS[:1], model=name))
    some = fit(make_job(changed(rows=slice(30)), TAUGHT.columns, OUTPUTS[1:], model=name))
    assert [model.outputs for model in mapping.models] == [(0,), (1,)]
    played = np.array([mapping.predict(pose) for pose in POSES])
    np.testing.assert_allclose(played[:, 0], [whole.predict(pose)[0] for pose in POSES], atol=1e-9)
    if name == "rbf":  # the only kind that passes by its examples however the features are scaled
        np.testing.assert_allclose(played[:3, 1], SOUNDS[:3, 1], atol=0.05)
    assert np.isfinite(some.predict(POSES[0])).all()


def test_an_output_has_confidence_near_the_rows_that_name_it() -> None:
    mapping = fit(make_job(changed(y=PARTLY), TAUGHT.columns, OUTPUTS))
    np.testing.assert_array_equal(mapping.output_confidences(POSES[0]), [1.0, 1.0])
    np.testing.assert_allclose(mapping.output_confidences(POSES[5]), [1.0, 0.0], atol=0.1)
    for pose in POSES[:6]:  # both at once are the same to the bit, of the same features and of others
        for known in (pose, POSES[0].copy()):
            positions, confidences = mapping.positions_and_confidences(pose, known)
            np.testing.assert_array_equal(positions, mapping.predict(pose))
            np.testing.assert_array_equal(confidences, mapping.output_confidences(known))
    assert mapping.confidence(POSES[5]) == 1.0


def test_outputs_that_the_same_rows_name_share_one_fit() -> None:
    examples = held_poses(POSES, RANDOM.random((6, 20)), frames=10)
    y = np.where(np.arange(20) < 7, np.where(np.arange(60)[:, None] < 30, examples.Y, np.nan), examples.Y)
    mapping = fit(make_job(dataclasses.replace(examples, Y=y), examples.columns, positions_as_outputs(20)))
    assert [model.outputs for model in mapping.models] == [tuple(range(7)), tuple(range(7, 20))]


@pytest.mark.parametrize(
    ("y", "taught", "about"),
    [
        (half_named, [1.0, 0.0], "linear rbf, 60 examples (not taught: o1)"),
        (np.full_like(TAUGHT.Y, np.nan), [0.0, 0.0], "linear rbf, 0 examples (not taught: o0, o1)"),
    ],
)
def test_an_output_that_no_row_names_is_reported_and_has_no_confidence(y: Any, taught: list[float], about: str) -> None:
    job = make_job(changed(y=y), TAUGHT.columns, OUTPUTS)
    mapping = fit(job)
    assert mapping.describe() == about
    np.testing.assert_array_equal(mapping.output_confidences(POSES[0]), taught)
    assert np.isfinite(mapping.predict(POSES[0])).all()
    assert any("o1" in note and "not been taught" in note for note in job.notes)


def test_where_outputs_stay_that_were_not_taught_is_said() -> None:
    timbre, level = Output("timbre", 0.0, 1.0, idle=0.02), Output("level", -40.0, -9.0, "dB", idle=-40.0)
    job = make_job(TAUGHT, TAUGHT.columns, (*OUTPUTS, timbre))
    assert job.notes == ("timbre has not been taught: it stays at its idle value 0.02",)
    job = make_job(TAUGHT, TAUGHT.columns, (*OUTPUTS, Output("bend", 0.0, 1.0)))
    assert job.notes == ("bend has not been taught: it stays where it is",)
    (note,) = make_job(TAUGHT, TAUGHT.columns, (*OUTPUTS, timbre, level)).notes
    assert note == ("timbre, level have not been taught: they stay at their idle values (timbre 0.02, level -40 dB)")


def test_the_outputs_that_examples_name_instead_are_reported() -> None:
    job = make_job(TAUGHT, TAUGHT.columns, (OUTPUTS[0], Output("pitch", 0.0, 1.0)))
    assert any("examples name o1, which the preset does not have: was it renamed?" in note for note in job.notes)


def test_values_outside_a_range_are_counted_and_reported() -> None:
    pitch = Output("o0", 110.0, 1760.0, "Hz", "exp")
    job = make_job(TAUGHT, TAUGHT.columns, (pitch, OUTPUTS[1]))
    (note,) = job.notes
    assert note.startswith("all 60 values of 'o0' are outside its range of 110 to 1760 Hz")
    assert "look like 0 to 1" in note
    (note,) = make_job(changed(y=TAUGHT.Y + np.array([0.0, 0.5])), TAUGHT.columns, OUTPUTS).notes
    assert " of 60 values of 'o1'" in note
    assert "look like" not in note


def test_a_single_class_is_reported_and_the_outputs_play() -> None:
    job = make_job(changed(labels=np.full(60, "clap")), TAUGHT.columns, OUTPUTS)
    mapping = fit(job)
    np.testing.assert_allclose([mapping.predict(pose) for pose in POSES], SOUNDS, atol=0.05)
    assert mapping.classify(POSES[0]) == ("", 0.0)
    assert any("only one class, 'clap'" in note for note in job.notes)


# -------------------------------------------------------------------------------------- features that some rows lack
def test_rows_of_a_take_in_which_something_was_out_of_sight_for_a_moment_are_left_out() -> None:
    x = TAUGHT.X.copy()
    x[::3, 2] = np.nan
    job = make_job(changed(x=x), TAUGHT.columns, OUTPUTS)
    assert fit(job).describe() == "linear rbf, 40 examples"
    assert job.notes == ()


def test_a_feature_that_no_row_has_is_left_out_and_reported() -> None:
    columns = (*TAUGHT.columns, "added")
    job = make_job(TAUGHT, columns, OUTPUTS)
    mapping = fit(job)
    assert any("feature added could not be told" in note for note in job.notes)
    for added in (-1e6, 0.0, 3.0):
        played = [mapping.predict(np.append(pose, added)) for pose in POSES]
        np.testing.assert_allclose(played, SOUNDS, atol=0.05)
        assert mapping.confidence(np.append(POSES[1], added)) == 1.0


def test_whole_snapshots_are_not_lost_for_a_feature_that_newer_takes_have() -> None:
    x = np.column_stack([TAUGHT.X, np.where(np.arange(60) < 50, np.nan, 1.0)])
    examples = dataclasses.replace(changed(), X=x, columns=(*TAUGHT.columns, "added"))
    mapping = fit(make_job(examples, examples.columns, OUTPUTS))
    assert mapping.describe() == "linear rbf, 60 examples"
    np.testing.assert_allclose([mapping.predict(np.append(pose, 7.0)) for pose in POSES], SOUNDS, atol=0.05)


def test_classes_learn_from_the_features_that_their_rows_know() -> None:
    labels = np.repeat(np.array(["up", "down", "none"] * 2), 10)
    examples = dataclasses.replace(
        changed(y=np.full_like(TAUGHT.Y, np.nan), labels=labels),
        X=np.column_stack([TAUGHT.X, np.full(60, np.nan)]),
        columns=(*TAUGHT.columns, "added"),
    )
    mapping = fit(make_job(examples, examples.columns, ()))
    assert [mapping.classify(np.append(pose, 5.0))[0] for pose in POSES[:3]] == ["up", "down", "none"]


# ---------------------------------------------------------------------------------------------------- names and numbers
def test_auto_is_the_default_of_each_use() -> None:
    assert model_kind(AUTO).name == "rbf"
    assert model_kind(AUTO, "classes").name == "logistic"


def test_an_unknown_model_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(UserError, match=r"auto, rbf, gaussian-process, ridge.*did you mean 'forest'"):
        model_kind("forrest")
    with pytest.raises(UserError, match=r"'rbf' is not a classifier: allowed are auto, mlp, knn, logistic, svm"):
        model_kind("rbf", "classes")


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("rbf", {"smothing": 1.0}, "did you mean 'smoothing'"),
        ("rbf", {"smoothing": 0.0}, "0.001 to 1000"),
        ("rbf", {"smoothing": float("nan")}, "0.001 to 1000"),
        ("rbf", {"smoothing": True}, "a number"),
        ("mlp", {"hidden": 2.5}, "whole number"),
        ("logistic", {"c": 1.0}, "allowed are alpha"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_is_allowed(name: str, given: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        model_settings(MODEL_KINDS[name], given)


def test_a_setting_changes_the_model() -> None:
    loose = fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS, settings={"smoothing": 1000.0}))
    tight = fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS))
    assert np.ptp([loose.predict(pose) for pose in POSES]) < 0.5 * np.ptp([tight.predict(pose) for pose in POSES])


def test_the_default_model_needs_no_scikit_learn_and_neither_does_playing() -> None:
    program = """
import sys
import numpy as np
import gesturesynth.pipeline.trainer, gesturesynth.mapping.learning.model_kinds, gesturesynth.mapping.mapper
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from tests.support.example_sets import held_poses, positions_as_outputs
examples = held_poses(np.eye(3), np.eye(3))
mapping = fit(make_job(examples, examples.columns, positions_as_outputs(3)))
mapping.predict(np.zeros(3)), mapping.confidence(np.zeros(3)), mapping.classify(np.zeros(3))
heavy = {"sklearn", "scipy", "pyo", "mediapipe", "cv2"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
