"""What `auto` becomes for classes: logistic regression, unless takes show that another kind is clearly better."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.predictors import Softmax, Votes
from tests.support.example_sets import held_poses

Float = NDArray[np.float64]


def taught(poses: dict[str, Float], takes: int, apart: float, seed: int = 0) -> Examples:
    """Each pose (k,) of these classes (p, k) shown by so many takes, which differ by `apart`."""
    random = np.random.default_rng(seed)
    every, labels = [], []
    for name, several in poses.items():
        for pose in np.repeat(several, takes, axis=0):
            every.append(pose + apart * random.normal(size=pose.shape))
            labels.append(name)
    return held_poses(np.array(every), np.zeros((len(every), 0)), frames=10, labels=tuple(labels))


ANGLES = np.linspace(0.0, 2.0 * np.pi, 10, endpoint=False)
RING = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])
AROUND = {"middle": np.zeros((4, 2)), "around": RING}
"""No straight line tells the middle from what is around it."""
APART = {"up": np.array([[0.0, 1.0]]), "down": np.array([[0.0, -1.0]])}


@pytest.mark.parametrize(("takes", "amount"), [(1, "1 take"), (2, "2 takes")])
def test_with_too_few_takes_of_a_class_it_is_the_default_and_says_so(takes: int, amount: str) -> None:
    examples = taught(APART, takes, 0.1)
    mapping = fit(make_job(examples, examples.columns, ()))
    assert mapping.chosen == (f"logistic, with {amount} a class nothing else can be judged",)
    assert mapping.describe() == "logistic, 2 classes"


def test_where_no_flat_border_tells_classes_apart_another_kind_is_chosen_and_says_why() -> None:
    examples = taught(AROUND, 3, 0.05)
    mapping = fit(make_job(examples, examples.columns, ()))
    (reason,) = mapping.chosen
    kind, _, figures = reason.partition(", left-out frames recognised ")
    better, usual = (float(word) for word in figures.split() if word[0] in "01")
    assert kind in {"knn", "naive-bayes"}
    assert figures.endswith("with logistic")
    assert better > usual + 0.1
    assert mapping.describe() == f"{kind}, 2 classes"
    found = [mapping.classify(pose) for pose in (*RING, np.zeros(2))]
    assert [name for name, certainty in found if certainty >= 0.6] == ["around"] * 10 + ["middle"]


def test_classes_that_any_kind_tells_apart_stay_with_the_default() -> None:
    examples = taught(APART, 4, 0.05)
    mapping = fit(make_job(examples, examples.columns, ()))
    assert mapping.chosen[0].startswith("logistic, left-out frames recognised 1.00 with logistic against 1.00 with ")
    assert isinstance(mapping.classifier, Softmax)


def test_a_gain_that_few_takes_show_does_not_change_the_kind() -> None:
    examples = taught({"middle": np.zeros((1, 2)), "around": RING[[0, 3]]}, 3, 0.3, seed=11)
    mapping = fit(make_job(examples, examples.columns, ()))
    (reason,) = mapping.chosen
    assert reason.startswith("logistic, left-out frames recognised ")
    assert reason.endswith(", which is not clearly better")
    assert isinstance(mapping.classifier, Softmax)


def test_the_choice_is_the_same_every_time() -> None:
    examples = taught(AROUND, 5, 0.2)
    job = make_job(examples, examples.columns, ())
    assert msgspec.msgpack.encode(fit(job)) == msgspec.msgpack.encode(fit(job))


def test_a_kind_or_a_setting_that_is_written_is_kept() -> None:
    examples = taught(AROUND, 3, 0.05)
    for classifier, settings in (("logistic", None), ("auto", {"alpha": 0.5})):
        mapping = fit(make_job(examples, examples.columns, (), classifier=classifier, classifier_settings=settings))
        assert mapping.chosen == ()
        assert mapping.describe() == "logistic, 2 classes"
    assert isinstance(fit(make_job(examples, examples.columns, (), classifier="knn")).classifier, Votes)
