"""Takes are relabelled, trimmed and switched off: what was recorded stays, and undo brings back exactly what was."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples import schema
from gesturesynth.mapping.examples.copying import copy_takes
from gesturesynth.mapping.examples.dataset import Examples, examples_from_rows
from gesturesynth.mapping.examples.salvage import salvage
from gesturesynth.mapping.examples.store import ExampleStore
from tests.support.example_sets import assert_same_examples
from tests.support.stored_takes import FEATURES, NOW, open_store, poses

OUTPUTS = ("pitch", "level")


@pytest.fixture
def path(own_folders: Path) -> Path:
    path = own_folders / "examples.sqlite"
    with open_store(path) as store:
        store.add_take("1", {"pitch": 220.0, "level": -9.0}, "", poses(20))
        store.add_take("kick", {}, "kick", poses(20, 50.0))
        rows = [(7, "", np.zeros(1), np.array([100.0, -5.0])), (7, "", np.zeros(1), np.array([np.nan, -6.0]))]
        store.add_examples(examples_from_rows(rows, ["hands.distance"], OUTPUTS), "a file")
    return path


def read(store: ExampleStore) -> Examples:
    return store.examples(FEATURES, OUTPUTS, None, everything=True)


def of(examples: Examples, take: int) -> Examples:
    return examples.rows(np.asarray(examples.takes == take, dtype=np.bool_))


def part(path: Path) -> tuple[float, float]:
    """The middle of the first take."""
    with open_store(path) as store:
        length_s = store.takes()[0].duration_s
    return length_s * 0.25, length_s * 0.75


def test_a_trimmed_take_teaches_its_part_alone_and_can_be_widened(path: Path) -> None:
    start_s, end_s = part(path)
    with open_store(path) as store:
        before = read(store)
        text = store.trim(1, start_s, end_s)
        assert text == f"take 1 trimmed to {start_s:g} to {end_s:g} s"
        info = store.takes()[0]
        assert info.trimmed == (start_s, end_s)
        assert info.duration_s == pytest.approx(end_s - start_s)
        trimmed = of(read(store), 1)
        assert 5 <= len(trimmed) == info.rows < 20
        assert len(of(read(store), 2)) == 20
        store.trim(1, 0.0, 1000.0)
        assert store.takes()[0].trimmed is None
        assert_same_examples(read(store), before)
        store.undo()
        assert_same_examples(of(read(store), 1), trimmed)
        store.undo()
        assert_same_examples(read(store), before)
        store.redo()
        assert_same_examples(of(read(store), 1), trimmed)


def test_a_relabelled_take_teaches_the_other_target(path: Path) -> None:
    with open_store(path) as store:
        before = read(store)
        assert store.relabel(1, "kick", {}, "kick") == "take 1 is for kick instead of 1"
        assert store.takes()[0].label == "kick"
        assert store.sound(1) == {}
        assert store.named_counts() == {"pitch": 1, "level": 1}
        after = of(read(store), 1)
        assert np.isnan(after.Y).all()
        assert set(after.labels.tolist()) == {"kick"}
        assert len(store.gesture_takes(["kick"], FEATURES, None)) == 2
        store.relabel(3, "2", {"pitch": 440.0}, "")
        np.testing.assert_array_equal(of(read(store), 3).Y, [[440.0, np.nan]] * 2)
        store.undo()
        store.undo()
        assert_same_examples(read(store), before)


def test_relabelling_gives_a_value_back_that_was_deleted(path: Path) -> None:
    with open_store(path) as store:
        store.delete_output("pitch")
        store.relabel(1, "2", {"pitch": 330.0}, "")
        assert store.sound(1) == {"pitch": 330.0}
        store.undo()
        assert store.sound(1) == {"level": -9.0}


def test_a_take_that_is_off_teaches_nothing_and_stays_in_the_list(path: Path) -> None:
    with open_store(path) as store:
        before = read(store)
        assert store.switch(1, on=False) == "take 1 switched off"
        assert store.takes()[0].off
        assert not len(of(read(store), 1))
        assert store.named_counts() == {"pitch": 1, "level": 1}
        store.switch(2, on=False)
        assert not store.gesture_takes(["kick"], FEATURES, None)
        with pytest.raises(UserError, match="take 1 is off already"):
            store.switch(1, on=False)
        store.undo()
        store.switch(1)
        assert_same_examples(read(store), before)


@pytest.mark.parametrize(
    ("take", "start_s", "end_s", "words"),
    [(1, 0.0, 0.001, "at least 5"), (3, 0.0, 1.0, "imported"), (1, 2.0, 1.0, "to a later end"), (9, 0, 1, "no take 9")],
)
def test_a_trim_that_leaves_too_little_is_refused(
    path: Path, take: int, start_s: float, end_s: float, words: str
) -> None:
    with open_store(path) as store:
        before = read(store)
        with pytest.raises(UserError, match=words):
            store.trim(take, start_s, end_s)
        assert_same_examples(read(store), before)


def test_edits_are_copied_and_erased_with_their_take(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        store.trim(1, *part(path))
        store.relabel(1, "2", {"pitch": 330.0}, "")
        store.switch(2, on=False)
        with open_store(tmp_path / "copy.sqlite") as other:
            copy_takes(store, other)
            assert other.takes() == store.takes()
            assert_same_examples(read(other), read(store))
        store.erase(1, 2)
        while store.undo():
            pass
        assert store.takes(deleted=True)[-1].id == 3
    with closing(schema.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM edits").fetchone() == (0,)


def test_edits_are_salvaged_and_kept_over_a_restart(path: Path, tmp_path: Path) -> None:
    with open_store(path) as store:
        store.trim(1, *part(path))
        store.relabel(2, "2", {"pitch": 330.0}, "")
        store.switch(3, on=False)
        infos, before = store.takes(), read(store)
    with open_store(path) as store:
        assert store.takes() == infos
    salvage(path.read_bytes(), b"", tmp_path / "saved.sqlite")
    with open_store(tmp_path / "saved.sqlite") as store:
        assert not store.note
        assert [(info.id, info.target, info.off, info.trimmed) for info in store.takes()] == [
            (info.id, info.target, info.off, info.trimmed) for info in infos
        ]
        assert_same_examples(read(store), before)


def test_a_file_of_the_version_before_is_migrated(path: Path) -> None:
    with open_store(path) as store:
        before = read(store)
    with closing(schema.connect(path)) as db:
        db.execute("DROP TABLE edits")
        db.execute("PRAGMA user_version = 3")
    with ExampleStore.open(path, NOW) as store:
        assert not store.note
        assert_same_examples(read(store), before)
        store.switch(1, on=False)
        assert store.takes()[0].off
