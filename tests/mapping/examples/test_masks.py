"""Masks: which outputs are off, and that an output that is off for training keeps to its takes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.examples.masks import Masks
from gesturesynth.mapping.examples.store import ExampleStore
from tests.support.example_sets import assert_same_examples
from tests.support.stored_takes import FEATURES, open_store, poses

OUTPUTS = ("pitch", "level")


def taught_to(store: ExampleStore, output: str) -> Examples:
    """The rows that teach one output."""
    examples = store.examples(FEATURES, [output], None, kept=store.masks().train)
    return examples.rows(np.asarray(np.isfinite(examples.Y[:, 0]), dtype=np.bool_))


def test_masks_are_stored_and_switched_back(own_folders: Path) -> None:
    path = own_folders / "examples.sqlite"
    with open_store(path) as store:
        assert store.masks() == Masks()
        store.set_mask("record", "level", on=False)
        store.set_mask("run", "level", on=False)
        store.set_mask("train", "pitch", on=False, takes=[2, 1])
    with open_store(path) as store:
        masks = store.masks()
        assert masks == Masks(frozenset({"level"}), {"pitch": frozenset({1, 2})}, frozenset({"level"}))
        assert [masks.off(mask) for mask in ("record", "train", "run")] == [{"level"}, {"pitch"}, {"level"}]
        assert not store.can_undo
        store.set_mask("record", "level", on=True)
        store.set_mask("run", "level", on=True)
        store.set_mask("train", "pitch", on=True)
        assert store.masks() == Masks()


def test_an_output_that_is_off_for_training_keeps_to_its_takes(own_folders: Path) -> None:
    with open_store(own_folders / "examples.sqlite") as store:
        for number in (1, 2):
            store.add_take(str(number), {"pitch": 100.0 * number, "level": -9.0}, "", poses(2, 20.0 * number))
        before = taught_to(store, "pitch")
        store.set_mask("train", "pitch", on=False, takes=[1, 2])
        store.add_take("3", {"pitch": 300.0, "level": -3.0}, "", poses(2, 80.0))
        store.delete(1)
        store.delete_output("pitch")
        assert_same_examples(taught_to(store, "pitch"), before)
        assert set(taught_to(store, "level").takes.tolist()) == {2, 3}
        store.set_mask("train", "pitch", on=True)
        assert len(taught_to(store, "pitch")) == 0


def test_an_output_that_is_off_without_takes_is_not_taught(own_folders: Path) -> None:
    with open_store(own_folders / "examples.sqlite") as store:
        store.set_mask("train", "pitch", on=False)
        store.add_take("1", {"pitch": 100.0, "level": -9.0}, "", poses(2))
        assert len(taught_to(store, "pitch")) == 0
        assert len(taught_to(store, "level")) == 2


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["record", "delete", "restore", "clear", "output", "undo", "redo"]), st.integers(1, 6)),
    max_size=12,
)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(ACTIONS, ACTIONS)
def test_whatever_is_done_an_output_that_is_off_keeps_its_rows(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    with tempfile.TemporaryDirectory(prefix="gs-masks-") as folder, open_store(Path(folder) / "e.sqlite") as store:
        for action in before:
            act(store, *action)
        rows = taught_to(store, "pitch")
        store.set_mask("train", "pitch", on=False, takes=rows.takes.tolist())
        for action in after:
            act(store, *action)
        same = taught_to(store, "pitch")
        np.testing.assert_array_equal(same.takes, rows.takes)
        np.testing.assert_array_equal(same.X, rows.X)
        np.testing.assert_array_equal(same.Y, rows.Y)
        deleted = {info.id for info in store.takes(deleted=True) if info.deleted}
        assert not deleted & set(taught_to(store, "level").takes.tolist())


def act(store: ExampleStore, action: str, number: int) -> None:
    """Does something to the store; what cannot be done is left out."""
    present, everything = store.takes(), store.takes(deleted=True)
    some = next((info for info in everything if info.id == number), None)
    if action == "record":
        sound = {name: float(number) for name in OUTPUTS[: 1 + number % 2]}
        store.add_take("1", sound, "kick" if number % 3 == 0 else "", poses(1, 10.0 * number))
    elif action == "delete" and some in present:
        store.delete(number)
    elif action == "restore" and some is not None and some.deleted:
        store.restore(number)
    elif action == "output":
        store.delete_output(OUTPUTS[number % 2])
    elif action in ("clear", "undo", "redo"):
        getattr(store, action)()
