"""Outputs that are fitted in ways of their own: some of the features, another model."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.output_fits import OutputFit
from gesturesynth.mapping.learning.predictors import Kernels, Layers
from tests.support.example_sets import held_poses, positions_as_outputs

RANDOM = np.random.default_rng(5)
POSES = RANDOM.normal(size=(6, 4))
SOUNDS = RANDOM.random((6, 3))
TAUGHT = held_poses(POSES, SOUNDS, frames=10)
OUTPUTS = positions_as_outputs(3)
LAST = OutputFit("auto", features=("hands",), columns=("f2", "f3"))


def test_an_output_moves_with_its_own_features_alone() -> None:
    mapping = fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS, own_fits={"o2": LAST}))
    for pose, sound in zip(POSES, SOUNDS, strict=True):
        np.testing.assert_allclose(mapping.predict(pose), sound, atol=0.05)
        for offset in (-1e3, 0.7):
            other = mapping.predict(pose + np.array([offset, offset, 0.0, 0.0]))
            assert other[2] == mapping.predict(pose)[2]
        assert abs(mapping.predict(pose + np.array([0.7, 0.7, 0.0, 0.0]))[0] - sound[0]) > 1e-3


def test_confidence_in_an_output_is_told_by_its_own_features() -> None:
    mapping = fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS, own_fits={"o2": LAST}))
    far = POSES[0] + np.array([20.0, 20.0, 0.0, 0.0])
    assert mapping.output_confidences(far).tolist() == [0.0, 0.0, 1.0]
    assert mapping.output_confidences(POSES[0] + np.array([0.0, 0.0, 20.0, 20.0])).tolist() == [0.0, 0.0, 0.0]


def test_it_is_the_model_that_its_features_alone_would_give() -> None:
    mapping = fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS, own_fits={"o2": LAST}))
    alone = fit(make_job(TAUGHT, ("f2", "f3"), OUTPUTS[2:]))
    for pose in RANDOM.normal(size=(20, 4)):
        assert mapping.predict(pose)[2] == pytest.approx(alone.predict(pose[2:])[0], abs=1e-9)
        assert mapping.output_confidences(pose)[2] == pytest.approx(alone.confidence(pose[2:]), abs=1e-9)


def test_an_output_can_have_a_model_of_its_own() -> None:
    fits = {"o1": OutputFit("ridge", {"alpha": 2.0})}
    job = make_job(TAUGHT, TAUGHT.columns, OUTPUTS, own_fits=fits)
    mapping = fit(msgspec.msgpack.decode(msgspec.msgpack.encode(job), type=type(job)))
    kinds = {model.outputs: type(model.predictor) for model in mapping.models}
    assert kinds == {(0, 2): Kernels, (1,): Layers}
    ridge = fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS[1:2], model="ridge", settings={"alpha": 2.0}))
    for pose in POSES:
        assert mapping.predict(pose)[1] == pytest.approx(ridge.predict(pose)[0], abs=1e-9)


def test_outputs_that_share_rows_features_and_model_share_one_fit() -> None:
    twenty = held_poses(POSES, RANDOM.random((6, 20)), frames=10)
    own = dict.fromkeys(("o3", "o7"), OutputFit("ridge")) | dict.fromkeys(("o4", "o5"), LAST)
    mapping = fit(make_job(twenty, twenty.columns, positions_as_outputs(20), own_fits=own))
    assert [model.outputs for model in mapping.models] == [(0, 1, 2, 6, *range(8, 20)), (3, 7), (4, 5)]
    same = dict.fromkeys(("o3", "o7"), OutputFit("rbf", {"smoothing": 1.0}))
    mapping = fit(make_job(twenty, twenty.columns, positions_as_outputs(20), model="rbf", own_fits=same))
    assert [model.outputs for model in mapping.models] == [tuple(range(20))]


@pytest.mark.parametrize(
    ("own", "about"),
    [
        ({"o2": LAST}, "linear rbf, 60 examples; o2 from hands"),
        ({"o1": OutputFit("ridge")}, "linear rbf and ridge (o1), 60 examples"),
        (
            {"o0": OutputFit("knn", columns=("f1",)), "o1": OutputFit("knn", columns=("f1",))},
            "knn and linear rbf (o2), 60 examples; o0, o1 from f1",
        ),
    ],
)
def test_the_description_says_what_differs(own: dict[str, OutputFit], about: str) -> None:
    assert fit(make_job(TAUGHT, TAUGHT.columns, OUTPUTS, own_fits=own)).describe() == about


def test_a_row_that_lacks_only_what_does_not_feed_an_output_teaches_it() -> None:
    x = TAUGHT.X.copy()
    x[:20, 0] = np.nan
    examples = dataclasses.replace(TAUGHT, X=x)
    mapping = fit(make_job(examples, examples.columns, OUTPUTS, own_fits={"o2": LAST}))
    whole = fit(make_job(TAUGHT, ("f2", "f3"), OUTPUTS[2:]))
    for pose in POSES:
        assert mapping.predict(pose)[2] == pytest.approx(whole.predict(pose[2:])[0], abs=1e-9)


def test_takes_that_look_alike_by_the_features_of_an_output_are_told() -> None:
    poses = np.array([[0.0, 0.5], [3.0, 0.5], [0.0, 3.0]])
    examples = held_poses(poses, np.array([[0.0, 0.1], [0.5, 0.9], [1.0, 0.5]]))
    outputs = positions_as_outputs(2)
    assert make_job(examples, examples.columns, outputs).notes == ()
    (note,) = make_job(examples, examples.columns, outputs, own_fits={"o1": OutputFit("rbf", columns=("f1",))}).notes
    assert "takes 0 and 1 look alike, but o1 differs" in note


def test_a_wrong_model_of_an_output_is_refused() -> None:
    with pytest.raises(UserError, match="did you mean 'ridge'"):
        make_job(TAUGHT, TAUGHT.columns, OUTPUTS, own_fits={"o1": OutputFit("rigde")})
