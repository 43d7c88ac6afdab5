"""Confidence: which poses count as taught."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.predictors import FittedMapping
from tests.support.example_sets import held_poses, positions_as_outputs

RANDOM = np.random.default_rng(7)
POSES = RANDOM.normal(size=(5, 20))
SOUNDS = RANDOM.random((5, 2))


def fitted(labels: tuple[str, ...] = (), frames: int = 30, jitter: float = 0.02) -> FittedMapping:
    examples = held_poses(POSES, SOUNDS, labels=labels, frames=frames, jitter=jitter)
    return fit(make_job(examples, examples.columns, positions_as_outputs(2)))


def test_every_pose_that_was_taught_is_trusted() -> None:
    mapping = fitted()
    assert all(mapping.confidence(row) == 1.0 for row in held_poses(POSES, SOUNDS).X)


@pytest.mark.parametrize("jitter", [0.02, 0.6])
def test_of_thousands_of_rows_each_keeps_its_confidence(jitter: float) -> None:
    mapping = fitted(frames=1000, jitter=jitter)
    rows = held_poses(POSES, SOUNDS, frames=1000, jitter=jitter).X
    assert all(mapping.confidence(row) > 0.999 for row in rows[::7])


def test_between_two_taught_poses_confidence_stays_1() -> None:
    mapping = fitted()
    for a, b in itertools.combinations(POSES, 2):
        for part in np.linspace(0.0, 1.0, 9):
            assert mapping.confidence(a + part * (b - a)) == 1.0


def test_two_poses_and_the_line_between_them_are_enough_to_play() -> None:
    examples = held_poses(POSES[:2], SOUNDS[:2], frames=1, jitter=0.0)
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(2)))
    assert mapping.confidence(POSES[:2].mean(axis=0)) == 1.0
    assert mapping.confidence(POSES[3]) == 0.0


def test_a_densely_recorded_movement_is_trusted_along_its_way() -> None:
    way = np.linspace(0.0, 1.0, 400)[:, None] * (POSES[1] - POSES[0]) + POSES[0]
    sounds = np.linspace(0.0, 1.0, 400)[:, None] * np.ones(2)
    examples = held_poses(way, sounds, frames=1)
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(2)))
    between = (way[1:] + way[:-1]) / 2.0
    assert all(mapping.confidence(row) == 1.0 for row in between)
    assert mapping.confidence(POSES[2]) == 0.0


def test_unknown_poses_have_no_confidence() -> None:
    mapping = fitted()
    unknown = np.random.default_rng(8).normal(size=(200, 20))
    assert np.mean([mapping.confidence(row) == 0.0 for row in unknown]) > 0.85


def test_confidence_falls_straight_with_distance_from_035_to_075_of_the_usual_distance() -> None:
    examples = held_poses(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[0.0], [1.0]]), jitter=0.0)
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(1)))
    divisor = mapping.scaling.divisor.view
    aside = divisor[1] / divisor[0]  # as far aside, in scaled features, as the two poses are apart
    for distance, confidence in ((0.0, 1.0), (0.34, 1.0), (0.55, 0.5), (0.76, 0.0)):
        assert mapping.confidence(np.array([0.5, distance * aside])) == pytest.approx(confidence, abs=0.01)


def test_between_two_classes_is_neither() -> None:
    mapping = fitted(("a", "b", "c", "d", "e"))
    assert mapping.classifier is not None
    kept = []
    for a, b in itertools.combinations(POSES, 2):
        between = (a + b) / 2.0
        sure = float(mapping.classifier.probabilities(mapping.scaling.apply(between)).max())
        kept.append(mapping.classify(between)[1] / sure)
        assert mapping.confidence(between) == 1.0, "its sound is on the line between two taught ones"
    assert np.mean(kept) < 0.8
    for pose, name in zip(POSES, "abcde", strict=True):
        label, sure = mapping.classify(pose)
        assert label == name
        assert sure > 0.8


def test_an_unknown_pose_has_no_class_however_certain_the_classifier_is() -> None:
    mapping = fitted(("a", "b", "c", "d", "e"))
    assert mapping.classifier is not None
    unknown = 3.0 * POSES[0]
    assert mapping.classifier.probabilities(mapping.scaling.apply(unknown)).max() > 0.9
    assert mapping.classify(unknown)[1] == 0.0


def test_a_single_taught_sound_is_played_for_every_pose() -> None:
    examples = held_poses(POSES[:1], SOUNDS[:1])
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(2)))
    assert mapping.confidence(POSES[4]) == 1.0
    np.testing.assert_allclose(mapping.predict(POSES[4]), SOUNDS[0])
