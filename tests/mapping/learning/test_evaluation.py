"""Evaluations: what is told of takes that were left out, and what is said where nothing can be told."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.gestures.columns import GESTURE_FEATURES
from gesturesynth.mapping.gestures.job import GestureJob
from gesturesynth.mapping.learning.evaluation import EvaluationJob, evaluate
from gesturesynth.mapping.learning.job import FitJob, make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.packed_array import Array
from gesturesynth.runtime.reports import Evaluation
from tests.mapping.gestures import movements
from tests.support.example_sets import held_poses

OUTPUTS = (Output("o0", 100.0, 200.0, "Hz"), Output("o1", 0.0, 1.0))
POSES = np.array([[0.0, 0.0, 5.0], [1.0, 0.0, 5.0], [0.0, 1.0, 5.0]])
SOUNDS = np.array([[100.0, 0.0], [200.0, 0.5], [150.0, 1.0]])


def taught(
    rounds: int, *, shift: float = 0.0, labels: tuple[str, ...] = (), sounds: NDArray[np.float64] = SOUNDS
) -> Examples:
    """Three poses, so many takes of each; takes of a pose are `shift` apart from each other."""
    parts = []
    for number in range(rounds):
        part = held_poses(POSES + shift * number, sounds, frames=20, labels=labels, seed=number)
        parts.append(dataclasses.replace(part, takes=part.takes + 1 + 3 * number))
    return Examples(
        parts[0].columns,
        np.concatenate([part.X for part in parts]),
        parts[0].outputs,
        np.concatenate([part.Y for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.takes for part in parts]),
    )


def judged(examples: Examples, outputs: tuple[Output, ...] = OUTPUTS, **changes: object) -> Evaluation:
    targets = {int(take): f"snapshot {(int(take) - 1) % 3 + 1}" for take in np.unique(examples.takes)}
    job = EvaluationJob("Air", make_job(examples, examples.columns, outputs), outputs, targets)
    return evaluate(msgspec.structs.replace(job, **changes))


def test_an_output_is_told_in_its_unit_and_beside_the_mean() -> None:
    found = judged(taught(3))
    pitch = found.outputs[0]
    assert (pitch.name, pitch.unit, pitch.takes) == ("o0", "Hz", 9)
    assert pitch.error is not None
    assert pitch.error_of_range is not None
    assert pitch.error == pytest.approx(100.0 * pitch.error_of_range)
    assert pitch.error_of_range < 0.05
    assert pitch.mean_error_of_range == pytest.approx(0.375), (
        "the mean of the eight other takes is off by 9/16, 0, 9/16"
    )
    assert found.error_of_range == pytest.approx(np.mean([one.error_of_range for one in found.outputs]))
    assert found.tested == found.takes == 9
    assert found.too_few == ()
    assert "Takes left out are played with an error of" in found.summary


def test_takes_that_do_not_agree_have_a_greater_error_and_are_less_known() -> None:
    near, far = judged(taught(3)), judged(taught(3, shift=0.4))
    assert far.error_of_range is not None
    assert near.error_of_range is not None
    assert far.error_of_range > 3.0 * near.error_of_range
    assert near.known == 1.0


def test_an_output_that_no_pose_tells_is_said_to_be_no_better_than_its_mean() -> None:
    examples = taught(4)
    flipped = np.where((examples.takes[:, None] % 2) == 0, 1.0 - examples.Y[:, 1:], examples.Y[:, 1:])
    found = judged(dataclasses.replace(examples, Y=np.hstack([examples.Y[:, :1], flipped])))
    assert "o1 is off by" in found.summary
    assert "no better than its mean played always" in found.summary


def test_with_one_take_of_each_nothing_is_told() -> None:
    found = judged(taught(1))
    assert found.tested == 0
    assert found.outputs[0].error is None
    assert found.error_of_range is found.known is None
    assert "It cannot be told how good this is" in found.summary
    assert "Record 3 takes of each snapshot or class." in found.summary
    assert "snapshot 1, snapshot 2, snapshot 3 have one take each" in found.too_few[0]


def test_with_two_takes_of_each_it_is_said_to_be_rough() -> None:
    assert "have two takes each: what is told of them is rough" in judged(taught(2)).too_few[0]


def test_many_sounds_that_were_taught_once_tell_how_well_sounds_between_are_guessed() -> None:
    places = np.linspace(0.0, 1.0, 12)[:, None]
    examples = held_poses(np.hstack([places, places**2]), np.hstack([100 + 100 * places, 1 - places]), frames=5)
    found = judged(examples)
    assert found.between
    assert "Sounds between takes are guessed" in found.summary
    assert found.error_of_range is not None
    assert found.error_of_range < 0.15
    assert "No sound was taught twice" in found.too_few[0]


def test_classes_are_told_by_a_confusion_matrix_and_the_worst_pair_is_named() -> None:
    examples = taught(3, labels=("a", "b", "c"))
    swapped = examples.takes == 8  # a take of b, in the pose of c
    x = examples.X.copy()
    x[swapped] += POSES[2] - POSES[1]
    found = judged(dataclasses.replace(examples, X=x), min_certainty=0.3)
    classes = found.classes
    assert classes is not None
    assert classes.names == ("a", "b", "c")
    assert [sum(row) for row in classes.confusion] == [60, 60, 60], "20 poses of each of three takes"
    assert classes.recall[0] == 1.0
    assert classes.right is not None
    assert classes.right < 1.0
    assert (classes.pairs[0].taught, classes.pairs[0].played) in {("b", "c"), ("b", ""), ("c", "b"), ("c", "")}
    assert "Classes:" in found.summary


def test_a_pose_far_from_its_class_counts_for_none() -> None:
    examples = taught(2, labels=("a", "b", "c"), shift=0.6)
    classes = judged(examples, min_certainty=0.99).classes
    assert classes is not None
    assert sum(row[-1] for row in classes.confusion) > 0, "the last column: none of them"


def test_features_that_no_training_can_use_are_named_with_the_reason() -> None:
    examples = taught(3)
    x = np.hstack([examples.X, 2.0 * examples.X[:, :1] + 1.0, np.full((len(examples), 1), np.nan)])
    found = judged(dataclasses.replace(examples, X=x, columns=(*examples.columns, "twice", "gone")))
    remarks = {(one.name, one.why, one.of) for one in found.features}
    assert ("twice", "double", "f0") in remarks
    assert ("gone", "missing", "") in remarks
    still = held_poses(POSES, SOUNDS, jitter=0.001)
    assert ("f2", "still") in {(one.name, one.why) for one in judged(still).features}


def test_takes_that_look_alike_are_in_the_report_and_in_the_summary() -> None:
    examples = taught(2)
    same = dataclasses.replace(examples, X=np.tile(examples.X[:20], (6, 1)))
    found = judged(same)
    assert any("look alike" in sentence for sentence in found.alike)
    assert "look alike" in found.summary
    assert not any("look alike" in note for note in found.notes)


def test_factory_examples_stay_in_every_fit_and_are_not_judged() -> None:
    examples = taught(3)
    job = EvaluationJob(
        "Air", make_job(examples, examples.columns, OUTPUTS), OUTPUTS, {1: "snapshot 1", 4: "snapshot 1"}
    )
    found = evaluate(job)
    assert (found.takes, found.tested) == (2, 2)


def test_movement_is_told_apart_by_what_is_known_of_it() -> None:
    rows = np.vstack([POSES, POSES + 9.0])
    assert judged(taught(3), movement=Array.pack(rows)).movement_known == pytest.approx(0.5)


def test_an_evaluation_is_the_same_each_time_and_can_be_sent() -> None:
    first, second = judged(taught(3, labels=("a", "b", "c"))), judged(taught(3, labels=("a", "b", "c")))
    assert first == second
    assert msgspec.json.decode(msgspec.json.encode(first), type=Evaluation) == first
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(first), type=Evaluation) == first


def test_gestures_are_told_by_what_their_takes_cost_against_each_other() -> None:
    styles = (movements.Style(), movements.Style(1.1, 1.05), movements.Style(0.9, 0.95))
    takes = [movements.take("swipe", style) for style in styles] + [movements.take("squat")]
    job = msgspec.structs.replace(FitJob.empty(("lean",), ()), gestures=GestureJob.pack(GESTURE_FEATURES, takes))
    swipe, squat = evaluate(EvaluationJob("Thrown", job, ())).gestures
    assert (swipe.name, swipe.takes, squat.takes, squat.cost) == ("swipe", 3, 1, None)
    assert swipe.cost is not None
    assert swipe.threshold is not None
    assert 0.0 < swipe.cost < swipe.threshold


def test_what_is_left_out_tells_nothing_about_turns_either() -> None:
    examples = dataclasses.replace(taught(2), view_changes=np.eye(3)[[0, 1]], view_takes=np.array([1, 4]))
    job = make_job(examples, examples.columns, OUTPUTS)
    part = job.with_rows(np.array(job.takes) != 4)
    assert part.view_takes == (1,)
    assert part.view_changes is not None
    np.testing.assert_array_equal(part.view_changes.view, np.eye(3)[:1])
