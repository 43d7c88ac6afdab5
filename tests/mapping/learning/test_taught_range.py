"""The taught range of features: from the lowest to the highest snapshot, where limbs and reach limit it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from gesturesynth.features.catalogue import columns
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.learning.fit import fit
from gesturesynth.mapping.learning.job import make_job
from gesturesynth.mapping.learning.outputs import Output
from gesturesynth.mapping.learning.predictors import FittedMapping
from gesturesynth.mapping.learning.taught_range import TaughtRange, limited_by_reach


def test_its_ends_are_the_means_of_snapshots_not_single_frames() -> None:
    x = np.array([[-1.0], [-0.8], [np.nan], [0.0], [0.9], [1.1]])
    found = TaughtRange.from_rows(x, np.array([0, 0, 0, 1, 2, 2]), ["right_wrist.height"])
    assert (found.low.view[0], found.high.view[0]) == pytest.approx((-0.9, 1.0))


def test_a_feature_that_was_not_played_with_has_none() -> None:
    x = np.array([[-1.0, 0.10, np.nan], [1.0, 0.12, np.nan]])
    names = ["right_wrist.height", "left_wrist.height", "hands.distance"]
    found = TaughtRange.from_rows(x, np.array([0, 1]), names)
    assert np.isfinite(found.low.view).tolist() == [True, False, False]


def test_where_a_body_is_and_how_fast_are_not_limited_by_its_reach() -> None:
    names = [
        "body.x",
        "body.size",
        "presence",
        "energy",
        "right_wrist.speed",
        "left_elbow.angle",
        "arms.angles.left_elbow",
    ]
    assert not limited_by_reach(names).any()
    assert limited_by_reach(["lean", "openness", "right_wrist.x", "arms.angles.left_shoulder"]).all()
    assert limited_by_reach(columns(["body.full", "hands.distance"])).all()


def test_it_comes_with_the_model_and_over_the_wire() -> None:
    x = np.array([[-1.0, 0.2], [0.5, 0.9], [0.0, 3.0]])
    names = ("right_wrist.height", "left_wrist.height")
    sounds = np.array([[0.0], [1.0], [np.nan]])  # the last row is for a class alone
    examples = Examples(names, x, ("o",), sounds, np.array(["", "", "up"]), np.array([0, 1, 2]))
    mapping = fit(make_job(examples, names, [Output("o", 0.0, 1.0)]))
    received = msgspec.msgpack.decode(msgspec.msgpack.encode(mapping), type=FittedMapping)
    assert received.taught is not None
    assert received.taught.low.view.tolist() == [-1.0, 0.2]
    assert received.taught.high.view.tolist() == [0.5, 0.9]
