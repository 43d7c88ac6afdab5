"""A new mapping in which some outputs keep the model that they had."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.kept_models import with_kept_models
from gesturesynth.mapping.learning.predictors import FittedMapping
from tests.support.example_sets import held_poses, positions_as_outputs

RANDOM = np.random.default_rng(9)
OUTPUTS = positions_as_outputs(4)
NAMES = [output.name for output in OUTPUTS]
X = RANDOM.normal(size=(15, 3))


def mapping(seed: int, *, unnamed: tuple[int, ...] = ()) -> FittedMapping:
    random = np.random.default_rng(seed)
    sounds = random.random((4, 4))
    sounds[:2, 1] = np.nan  # two groups
    sounds[:, list(unnamed)] = np.nan
    examples = held_poses(random.normal(size=(4, 3)), sounds, frames=6)
    return fit(make_job(examples, examples.columns, OUTPUTS))


ONE, OTHER, THIRD = (mapping(seed) for seed in (1, 2, 3))


@settings(max_examples=50, derandomize=True, deadline=None)
@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_an_output_that_is_off_never_changes_and_the_others_are_the_new_model(off: set[str], later: set[str]) -> None:
    mixed = with_kept_models(OTHER, ONE, off)
    again = with_kept_models(THIRD, mixed, later)
    for x in X:
        for index, name in enumerate(NAMES):
            source = ONE if name in off else OTHER
            assert mixed.predict(x)[index] == source.predict(x)[index]
            assert mixed.output_confidences(x)[index] == source.output_confidences(x)[index]
            assert again.predict(x)[index] == (mixed if name in later else THIRD).predict(x)[index]


def test_an_output_that_had_no_model_gets_none() -> None:
    former = mapping(1, unnamed=(3,))
    kept = with_kept_models(OTHER, former, {"o3"})
    assert {number for model in kept.models for number in model.outputs} == {0, 1, 2}
    assert kept.output_confidences(X[0])[3] == 0.0


def test_it_says_what_the_new_mapping_says() -> None:
    assert with_kept_models(OTHER, ONE, {"o1"}).describe() == OTHER.describe()
    assert with_kept_models(OTHER, ONE, ()) == OTHER


@pytest.mark.parametrize("off", NAMES)
def test_a_mapping_of_few_rows_can_keep_one_of_many(off: str) -> None:
    examples = held_poses(X[:2], RANDOM.random((2, 4)), frames=1)
    few = fit(make_job(dataclasses.replace(examples), examples.columns, OUTPUTS))
    kept = with_kept_models(few, ONE, {off})
    np.testing.assert_array_equal(kept.predict(X[3])[NAMES.index(off)], ONE.predict(X[3])[NAMES.index(off)])
