"""The examples of one output are deleted: its values leave the takes, and undo brings back exactly what was."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.mapping.examples import schema
from gesturesynth.mapping.examples.copying import copy_takes
from gesturesynth.mapping.examples.dataset import Examples, examples_from_rows
from gesturesynth.mapping.examples.recovery import inspect
from gesturesynth.mapping.examples.salvage import salvage
from gesturesynth.mapping.examples.store import ExampleStore
from tests.support.example_sets import assert_same_examples
from tests.support.stored_takes import FEATURES, NOW, open_store, poses

OUTPUTS = ("pitch", "level")


@pytest.fixture
def path(own_folders: Path) -> Path:
    path = own_folders / "examples.sqlite"
    with open_store(path) as store:
        store.add_take("1", {"pitch": 220.0, "level": -9.0}, "", poses(2))
        store.add_take("2", {"level": -30.0}, "", poses(2, 30.0))
        store.add_take("kick", {"level": -20.0}, "kick", poses(2, 50.0))
        store.add_examples(imported(), "a file")
    return path


def imported() -> Examples:
    x = np.zeros(1)
    rows = [(7, "", x, np.array([100.0, -5.0])), (7, "", x, np.array([np.nan, -6.0])), (8, "", x, np.array([90.0, -1]))]
    return examples_from_rows(rows, ["hands.distance"], OUTPUTS)


def read(store: ExampleStore, **kept: frozenset[int]) -> Examples:
    return store.examples(FEATURES, OUTPUTS, None, everything=True, kept=kept)


def test_its_values_leave_every_take_and_the_others_stay(path: Path) -> None:
    with open_store(path) as store:
        before = read(store)
        text = store.delete_output("level")
        assert text == "the examples of level deleted: 5 takes, of which 1 named nothing else and is deleted"
        assert [info.id for info in store.takes()] == [1, 3, 4, 5]
        assert store.named_counts() == {"pitch": 3}
        assert store.sound(1) == {"pitch": 220.0}
        after = read(store)
        assert after.outputs == OUTPUTS
        assert np.isnan(after.Y[:, 1]).all()
        kept = before.rows(np.asarray(before.takes != 2, dtype=np.bool_))
        np.testing.assert_array_equal(after.Y[:, 0], kept.Y[:, 0])
        assert after.labels.tolist() == kept.labels.tolist()
        assert store.delete_output("level") == ""
        assert store.delete_output("timbre") == ""


def test_undo_and_redo_bring_back_exactly_what_was(path: Path) -> None:
    with open_store(path) as store:
        before = read(store)
        store.delete_output("level")
        after = read(store)
    with open_store(path) as store:
        assert store.undo() == (
            "undone: the examples of level deleted: 5 takes, of which 1 named nothing else and is deleted"
        )
        assert_same_examples(read(store), before)
        store.redo()
        assert_same_examples(read(store), after)


def test_a_take_that_named_nothing_else_can_be_restored_with_its_value(path: Path) -> None:
    with open_store(path) as store:
        store.delete_output("level")
        store.restore(2)
        assert store.sound(2) == {"level": -30.0}
        assert store.named_counts() == {"pitch": 3, "level": 1}


def test_a_new_take_names_the_output_again(path: Path) -> None:
    with open_store(path) as store:
        store.delete_output("level")
        store.add_take("1", {"pitch": 100.0, "level": -3.0}, "", poses(1))
        assert store.named_counts() == {"pitch": 4, "level": 1}


def test_takes_are_copied_without_values_that_were_deleted(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store, open_store(tmp_path / "examples.sqlite") as other:
        store.delete_output("level")
        copy_takes(store, other)
        assert_same_examples(
            other.examples(FEATURES, OUTPUTS, None),
            store_renumbered(store.examples(FEATURES, OUTPUTS, None)),
        )


def store_renumbered(examples: Examples) -> Examples:
    numbers = {take: index for index, take in enumerate(dict.fromkeys(examples.takes.tolist()), 1)}
    takes = np.array([numbers[take] for take in examples.takes.tolist()], dtype=np.int64)
    return Examples(examples.columns, examples.X, examples.outputs, examples.Y, examples.labels, takes)


def test_an_erased_take_leaves_nothing_behind(path: Path) -> None:
    with open_store(path) as store:
        store.delete_output("level")
        store.erase(1, 2, 3, 4, 5)
        assert store.undo() == ""
    with closing(schema.connect(path)) as db:
        assert db.execute("SELECT * FROM omissions").fetchall() == []


def test_what_is_salvaged_from_a_damaged_file_is_without_them_too(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        store.delete_output("level")
        store.set_mask("record", "pitch", on=False)
        store.set_mask("train", "level", on=False, takes=[1, 2])
        counts, masks = store.named_counts(), store.masks()
    salvaged = tmp_path / "salvaged.sqlite"
    salvage(path.read_bytes(), b"", salvaged)
    assert inspect(salvaged, alone=True).kind == "sound"
    with ExampleStore.open(salvaged, NOW) as store:
        assert store.named_counts() == counts
        assert store.masks() == masks
