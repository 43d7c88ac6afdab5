"""Whatever cells of the examples are empty: an output has the model that its own rows alone give."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.output_fits import OutputFit
from tests.support.example_sets import held_poses, positions_as_outputs

TAKES, FRAMES, FEATURES, OUTPUTS = 5, 4, 3, 3
RANDOM = np.random.default_rng(3)
TAUGHT = held_poses(RANDOM.normal(size=(TAKES, FEATURES)), RANDOM.random((TAKES, OUTPUTS)), frames=FRAMES)
WAYS = (OutputFit("rbf"), OutputFit("rbf", columns=("f0", "f2")), OutputFit("rbf", {"smoothing": 2.0}))


def gaps(rows: int, columns: int) -> st.SearchStrategy[list[list[bool]]]:
    row = st.lists(st.booleans(), min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


def without(examples: Examples, no_feature: list[list[bool]], no_output: list[list[bool]]) -> Examples:
    """The examples with empty cells: of features row by row, of outputs take by take."""
    x = np.where(np.array(no_feature), np.nan, examples.X)
    y = np.where(np.repeat(np.array(no_output), FRAMES, axis=0), np.nan, examples.Y)
    return dataclasses.replace(examples, X=x, Y=y)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    gaps(TAKES * FRAMES, FEATURES),
    gaps(TAKES, OUTPUTS),
    st.lists(st.sampled_from(WAYS), min_size=OUTPUTS, max_size=OUTPUTS),
)
def test_an_output_has_the_model_that_its_rows_alone_give(
    no_feature: list[list[bool]], no_output: list[list[bool]], ways: list[OutputFit]
) -> None:
    examples, outputs = without(TAUGHT, no_feature, no_output), positions_as_outputs(OUTPUTS)
    fits = {output.name: way for output, way in zip(outputs, ways, strict=True)}
    try:
        mapping = fit(make_job(examples, examples.columns, outputs, own_fits=fits))
    except UserError:  # not one row with a feature
        return
    for model in mapping.models:
        own = [outputs[number] for number in model.outputs]
        named = np.isfinite(examples.Y[:, model.outputs]).all(axis=1)
        alone = examples.rows(np.asarray(named, dtype=np.bool_))
        (same,) = fit(make_job(alone, examples.columns, own, own_fits={o.name: fits[o.name] for o in own})).models
        assert msgspec.structs.replace(same, outputs=model.outputs) == model
