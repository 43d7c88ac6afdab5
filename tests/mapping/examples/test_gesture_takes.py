"""Takes of gestures in the store: movements with their times, and no examples of poses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.stored_takes import FEATURES, open_store, poses


def test_takes_with_these_labels_are_read_with_their_times_and_gaps(tmp_path: Path) -> None:
    with open_store(tmp_path / "examples.sqlite") as store:
        store.add_take("1", {"pitch": 100.0}, "", poses(5))
        store.add_take("throw", {}, "throw", poses(6, empty_frames=(2,), start_s=7.0))
        store.add_take("none", {}, "none", poses(4))
        store.add_take("clap", {}, "clap", poses(3))
        takes = store.gesture_takes(("throw", "none"), FEATURES, None)
        assert [(take.name, take.label) for take in takes] == [("throw", "take 2"), ("none", "take 3")]
        assert takes[0].times_s == pytest.approx(7.0 + np.arange(6) / 30.0)
        assert np.isnan(takes[0].features[2]).all(), "a frame without a person"
        alone = store.examples(FEATURES, ["pitch"], None)
        assert takes[0].features[3] == pytest.approx(alone.X[5 + 2])


def test_other_features_are_computed_again_and_deleted_takes_are_left_out(tmp_path: Path) -> None:
    with open_store(tmp_path / "examples.sqlite") as store:
        store.add_take("throw", {}, "throw", poses(6))
        store.add_take("throw", {}, "throw", poses(8))
        assert [take.features.shape for take in store.gesture_takes(["throw"], FEATURES, None)] == [(6, 2), (8, 2)]
        assert store.gesture_takes(["throw"], ("lean",), None)[0].features.shape == (6, 1)
        store.delete(1)
        assert [take.label for take in store.gesture_takes(["throw"], FEATURES, None)] == ["take 2"]
        assert store.gesture_takes(["other"], FEATURES, None) == ()
