"""What `auto` becomes: the default where takes cannot tell, another kind where it is clearly better; and why."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.model_choice import ROWS, choose
from gesturesynth.mapping.learning.output_fits import OutputFit
from gesturesynth.mapping.learning.predictors import Kernels, Layers
from tests.support.example_sets import held_poses, positions_as_outputs

Float = NDArray[np.float64]


def repeated(sounds: Float, takes: int, apart: float = 0.3, seed: int = 0, of: Float | None = None) -> Examples:
    """Each sound (s, m) taught by so many takes, whose poses differ by `apart`."""
    random = np.random.default_rng(seed)
    poses = random.normal(size=(len(sounds), 4)) if of is None else of
    every = np.repeat(poses, takes, axis=0) + apart * random.normal(size=(len(sounds) * takes, poses.shape[1]))
    return held_poses(every, np.repeat(sounds, takes, axis=0), frames=10)


RANDOM = np.random.default_rng(1)
POSES = RANDOM.normal(size=(8, 4))
STRAIGHT = 0.5 + POSES @ np.array([[0.15], [0.1], [-0.1], [0.05]])
SCATTERED = RANDOM.random((8, 1))


@pytest.mark.parametrize(("takes", "amount"), [(1, "1 take"), (2, "2 takes")])
def test_with_too_few_takes_it_is_the_default_and_says_so(takes: int, amount: str) -> None:
    examples = repeated(SCATTERED, takes)
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(1)))
    assert mapping.chosen == (f"rbf, with {amount} a sound nothing else can be judged",)
    assert mapping.describe().startswith("linear rbf, ")


def test_another_kind_is_chosen_where_it_is_clearly_better_and_the_errors_are_said() -> None:
    examples = repeated(SCATTERED, 4, apart=0.3)
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(1)))
    (reason,) = mapping.chosen
    kind, _, errors = reason.partition(", leave-one-take-out error ")
    better, usual = (float(word) for word in errors.split() if word[0] == "0")
    assert kind != "rbf"
    assert better < 0.9 * usual
    assert mapping.describe() == f"{kind}, 320 examples"


def test_a_small_gain_does_not_change_the_kind() -> None:
    examples = repeated(SCATTERED, 3, apart=0.02)
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(1)))
    (reason,) = mapping.chosen
    assert reason.startswith("rbf, leave-one-take-out error 0.0")
    assert reason.endswith("which is not clearly better")
    assert isinstance(mapping.models[0].predictor, Kernels)


def test_the_choice_is_the_same_every_time_and_takes_part_of_the_rows() -> None:
    many = held_poses(np.repeat(POSES, 5, axis=0), np.repeat(STRAIGHT, 5, axis=0), frames=60)
    job = make_job(many, many.columns, positions_as_outputs(1))
    assert len(many) > 10 * ROWS
    assert msgspec.msgpack.encode(fit(job)) == msgspec.msgpack.encode(fit(job))


def test_a_kind_or_a_setting_that_is_written_is_kept() -> None:
    examples = repeated(STRAIGHT, 4, of=POSES, apart=0.6)
    for model, settings in (("rbf", None), ("auto", {"smoothing": 2.0})):
        mapping = fit(make_job(examples, examples.columns, positions_as_outputs(1), model=model, settings=settings))
        assert mapping.chosen == ()
        assert mapping.describe() == "linear rbf, 320 examples"


def test_each_output_that_is_fitted_by_itself_has_its_own_choice() -> None:
    both = np.column_stack([STRAIGHT, STRAIGHT])
    examples = repeated(both, 4, of=POSES, apart=0.6)
    own = {"o1": OutputFit("ridge")}
    mapping = fit(make_job(examples, examples.columns, positions_as_outputs(2), own_fits=own))
    assert len(mapping.chosen) == 1
    assert isinstance(mapping.models[1].predictor, Layers)


def test_a_sound_that_one_take_has_beside_others_leaves_nothing_to_judge() -> None:
    examples = repeated(STRAIGHT, 4, of=POSES)
    takes = np.array(examples.takes)
    takes[-40:] = takes[-1]
    examples = dataclasses.replace(examples, takes=takes)
    sounds = np.repeat(np.arange(8), 40)
    assert choose(examples.X, examples.Y, examples.takes, sounds).reason.startswith("rbf, with 1 take a sound")
    one = np.zeros(320, dtype=np.int64)
    assert choose(examples.X, examples.Y, examples.takes, one).reason.startswith("rbf, with one sound")
