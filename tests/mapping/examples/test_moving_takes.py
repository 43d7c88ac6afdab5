"""Takes in which the sound moves: a sound for each pose, which survives all that a take survives."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.mapping.examples.copying import copy_takes
from gesturesynth.mapping.examples.dataset import read_csv, write_csv
from gesturesynth.mapping.examples.recovery import identity
from gesturesynth.mapping.examples.store import store_path
from tests.support.stored_takes import FEATURES, fill_store, open_store, poses

ROWS = 40
PITCHES = np.linspace(100.0, 400.0, ROWS)
SOUNDS = [{"pitch": float(pitch), "level": -6.0} for pitch in PITCHES]


@pytest.fixture
def path(own_folders: Path) -> Path:
    return store_path("theremin")


def add_moving(path: Path) -> int:
    with open_store(path) as store:
        return store.add_take("(play-along)", SOUNDS[0], "", poses(ROWS, empty_frames=(3,)), moving=SOUNDS).id


def pitches(path: Path, take: int) -> list[float]:
    with open_store(path) as store:
        found = store.examples(FEATURES, ["pitch"], None)
    return [float(value) for value in found.Y[found.takes == take, 0]]


EXPECTED = [float(pitch) for index, pitch in enumerate(PITCHES) if index != 3]


def test_each_row_has_the_sound_of_its_pose_also_after_a_restart_undo_and_redo(path: Path) -> None:
    fill_store(path, 2)
    take = add_moving(path)
    assert pitches(path, take) == EXPECTED
    assert set(pitches(path, 1)) == {100.0}, "the other takes have one sound each"
    with open_store(path) as store:
        store.undo()
    assert pitches(path, take) == []
    with open_store(path) as store:
        store.redo()
    assert pitches(path, take) == EXPECTED
    with open_store(path) as store:
        assert store.named_counts() == {"pitch": 3, "level": 1}
        store.delete_output("level")
        assert np.isnan(store.examples(FEATURES, ["level"], None).Y).all()
    assert pitches(path, take) == EXPECTED


def test_it_survives_export_import_and_copy(path: Path, tmp_path: Path) -> None:
    take = add_moving(path)
    with open_store(path) as store:
        write_csv(store.examples(FEATURES, ["pitch", "level"], None), tmp_path / "mine.csv")
        with open_store(tmp_path / "copy.sqlite") as other:
            copy_takes(store, other)
    with open_store(tmp_path / "imported.sqlite") as imported:
        imported.add_examples(read_csv(tmp_path / "mine.csv"), "mine.csv")
    assert pitches(tmp_path / "copy.sqlite", 1) == EXPECTED
    assert pitches(tmp_path / "imported.sqlite", 1) == EXPECTED
    assert pitches(path, take) == EXPECTED


def test_there_is_a_sound_for_each_pose_or_none_is_stored(path: Path) -> None:
    with open_store(path) as store:
        with pytest.raises(ValueError, match="40 poses need as many sounds, not 39"):
            store.add_take("x", SOUNDS[0], "", poses(ROWS), moving=SOUNDS[:-1])
        with pytest.raises(ValueError, match="must be finite"):
            store.add_take("x", {}, "", poses(1), moving=[{"pitch": float("nan")}])
        assert store.takes() == ()


def test_a_damaged_database_keeps_the_sounds_that_can_be_read(path: Path) -> None:
    take = add_moving(path)
    before = identity(path)
    data = bytearray(path.read_bytes())
    data[4096:4200] = b"\xff" * 104  # the page of the takes
    path.write_bytes(bytes(data))
    with open_store(path) as store:
        assert "damaged" in store.note
    assert identity(path) != before
    assert pitches(path, take) == EXPECTED


def test_a_sound_that_cannot_be_read_costs_its_row_alone(path: Path) -> None:
    take = add_moving(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE poses SET sound = 'pitch?' WHERE id = 10")
        connection.commit()
    with open_store(path) as store:
        found = store.examples(FEATURES, ["pitch"], None)
        assert "1 poses of the examples are damaged" in store.note
    assert len(found) == len(EXPECTED) - 1
    assert (found.takes == take).all()


def test_a_database_of_version_2_is_brought_to_this_one(path: Path) -> None:
    fill_store(path, 2)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE poses DROP COLUMN sound")
        connection.execute("DROP TABLE edits")
        connection.execute("PRAGMA user_version = 2")
        connection.commit()
    assert set(pitches(path, 2)) == {200.0}
    assert pitches(path, add_moving(path)) == EXPECTED
