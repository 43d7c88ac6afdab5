"""Classifiers as plain arrays: equal to those of scikit-learn, and told apart with the settings of a preset."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.learning import linear_models, numpy_classifiers, sklearn_classifiers
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.model_fits import fitted_classifier
from gesturesynth.mapping.learning.model_kinds import MODEL_KINDS, model_settings
from gesturesynth.mapping.learning.predictors import Neighbours, Votes
from tests.support.example_sets import held_poses

Float = NDArray[np.float64]
K = 6


def rows(count: int, classes: int, seed: int = 0) -> tuple[Float, NDArray[np.int64], Float]:
    """Features, classes that depend on them, and weights."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, K))
    value = np.tanh(x) @ random.normal(size=K) + 0.3 * random.normal(size=count)
    number = np.digitize(value, np.quantile(value, np.linspace(0, 1, classes + 1)[1:-1]))
    return x, number.astype(np.int64), random.uniform(1.0, 3.0, count)


def theirs(name: str, fitted_to: tuple[dict[str, float], Float, Any, Float], query: Float) -> Float:
    """The probabilities of scikit-learn's estimators, (q, classes)."""
    if name == "svm":
        margins = np.array([model.decision_function(query) for model in sklearn_classifiers.svm_estimators(*fitted_to)])
        scores = sklearn_classifiers.MARGIN * (margins if len(margins) > 1 else np.concatenate([-margins, margins]))
        odds = np.exp(scores - scores.max(axis=0))
        return np.asarray((odds / odds.sum(axis=0)).T, dtype=np.float64)
    settings, x, number, weights = fitted_to
    if name == "knn":
        points, numbers, _ = numpy_classifiers.thinned(x, number, weights, numpy_classifiers.NEIGHBOUR_ROWS)
        neighbours = KNeighborsClassifier(int(settings["neighbours"]), weights="distance")
        return np.asarray(neighbours.fit(points, numbers).predict_proba(query), dtype=np.float64)
    if name == "naive-bayes":
        bayes = GaussianNB(var_smoothing=settings["smoothing"]).fit(x, number, sample_weight=weights)
        return np.asarray(bayes.predict_proba(query), dtype=np.float64)
    model = getattr(sklearn_classifiers, f"{name}_estimator")(*fitted_to)
    if name == "adaboost":
        # Its scores are the votes for a class less what falls to each of the others.
        scores = model.decision_function(query)
        scores = np.column_stack([-scores, scores]) / 2.0 if scores.ndim == 1 else scores
        classes = scores.shape[1]
        odds = np.exp(sklearn_classifiers.VOTES * (scores * (classes - 1) + 1.0) / classes)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float64)
    return np.asarray(model.predict_proba(query), dtype=np.float64)


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("name", ["knn", "naive-bayes", *sorted(sklearn_classifiers.CLASSIFIERS)])
def test_a_portable_classifier_equals_that_of_scikit_learn(
    name: str, classes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numpy_classifiers, "NEIGHBOUR_ROWS", 100)
    monkeypatch.setattr(sklearn_classifiers, "SVR_ROWS", 100)
    x, number, weights = rows(160, classes)
    query = 2.0 * np.random.default_rng(2).normal(size=(60, K))
    settings = model_settings(MODEL_KINDS[name], {"trees": 7} if name == "adaboost" else {})
    with threadpool_limits(1):
        portable = fitted_classifier(name, settings, x, number, weights, tuple("abcd"[:classes]))
        ours = np.array([portable.probabilities(row) for row in query])
        np.testing.assert_allclose(ours, theirs(name, (settings, x, number, weights), query), atol=1e-9, rtol=0)
    np.testing.assert_allclose(ours.sum(axis=1), 1.0, atol=1e-9)


@pytest.mark.parametrize("count", [12, 150, 2500])
@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("alpha", [1.0, 0.01])
def test_logistic_regression_equals_that_of_scikit_learn(count: int, classes: int, alpha: float) -> None:
    x, number, weights = rows(count, classes)
    query = 2.0 * np.random.default_rng(2).normal(size=(60, K))
    reference = LogisticRegression(C=1.0 / alpha, tol=1e-9, max_iter=10_000).fit(x, number, sample_weight=weights)
    names = tuple("abcde"[:classes])
    portable = fitted_classifier("logistic", {"alpha": alpha}, x, number, weights, names)
    ours = np.array([portable.probabilities(row) for row in query])
    np.testing.assert_allclose(ours, reference.predict_proba(query), atol=1e-4, rtol=0)


def test_logistic_regression_of_classes_that_nothing_tells_apart_says_how_frequent_they_are() -> None:
    number = np.array([0, 0, 0, 1])
    model = linear_models.logistic({"alpha": 1.0}, np.zeros((4, 2)), number, np.ones(4))
    assert model.evaluate(np.zeros(2))[0] == pytest.approx(np.log(1 / 3), abs=1e-5)


POSES = np.random.default_rng(7).normal(size=(6, K))
LABELS = ("up", "down", "none", "up", "down", "none")
TAUGHT = held_poses(POSES, np.zeros((6, 0)), labels=LABELS)


def test_a_setting_changes_the_classifier() -> None:
    job = make_job(TAUGHT, TAUGHT.columns, (), classifier="knn", classifier_settings={"neighbours": 3})
    classifier = fit(job).classifier
    assert isinstance(classifier, Votes)
    assert isinstance(classifier.shares, Neighbours)
    assert classifier.shares.count == 3
    loose, tight = (
        fit(make_job(TAUGHT, TAUGHT.columns, (), classifier_settings={"alpha": alpha})) for alpha in (1e4, 1e-2)
    )
    assert loose.classify(POSES[0])[1] < 0.5 < tight.classify(POSES[0])[1]


def test_a_wrong_setting_of_a_classifier_is_refused() -> None:
    with pytest.raises(UserError, match="did you mean 'neighbours'"):
        make_job(TAUGHT, TAUGHT.columns, (), classifier="knn", classifier_settings={"neighbors": 3})


@pytest.mark.parametrize("classifier", ["auto", "knn", "naive-bayes"])
def test_a_training_with_classes_needs_no_scikit_learn(classifier: str) -> None:
    program = f"""
import sys
import numpy as np
import gesturesynth.pipeline.trainer
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from tests.support.example_sets import held_poses, positions_as_outputs
poses = np.repeat(np.eye(3), 3, axis=0)  # three takes of each
examples = held_poses(poses, poses, labels=("a",) * 3 + ("b",) * 3 + ("none",) * 3)
job = make_job(examples, examples.columns, positions_as_outputs(3), classifier="{classifier}")
assert fit(job).classify(np.eye(3)[1])[0] == "b"
heavy = {{"sklearn", "scipy", "pyo", "mediapipe", "cv2"}} & set(sys.modules)
sys.exit(f"imported {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
