"""A damaged record is left out and named, and the others are read."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
import pytest

from gesturesynth.mapping.examples.dataset import examples_from_rows
from gesturesynth.mapping.examples.schema import encode_pose
from gesturesynth.runtime.messages import Pose
from tests.support.stored_takes import FEATURES, body, file_names, fill_store, open_store, poses

_BLOB = msgspec.msgpack.encode(Pose(float("nan"), 0, 640, 480, (body(10.0),)))
_SHORT = msgspec.msgpack.encode(Pose(1.0, 0, 640, 480, (msgspec.structs.replace(body(10.0), image=b"123"),)))


@pytest.fixture
def path(own_folders: Path) -> Path:
    return own_folders / "presets" / "theremin" / "examples.sqlite"


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement, values)
        connection.commit()


ONE_POSE = "WHERE id = (SELECT min(id) FROM poses WHERE take = 2)"


@pytest.mark.parametrize(
    ("assignment", "values"),
    [
        pytest.param("pose = 'text'", (), id="text"),
        pytest.param("pose = CAST(x'ff00ff80' AS TEXT)", (), id="text that is none"),
        pytest.param("pose = 5", (), id="a number"),
        pytest.param("pose = x''", (), id="nothing"),
        pytest.param("crc = crc + 1", (), id="another checksum"),
        pytest.param("crc = 'x'", (), id="a checksum that is text"),
        pytest.param("pose = ?, crc = ?", (_BLOB, zlib.crc32(_BLOB)), id="no time"),
        pytest.param("pose = ?, crc = ?", (_SHORT, zlib.crc32(_SHORT)), id="a short body"),
    ],
)
def test_a_pose_that_cannot_be_read_is_left_out_and_its_take_is_named(
    path: Path, assignment: str, values: tuple[object, ...]
) -> None:
    fill_store(path, 3, 10)
    with open_store(path) as store:
        before = store.examples(FEATURES, ["pitch"], None)
    change(path, f"UPDATE poses SET {assignment} {ONE_POSE}", *values)  # noqa: S608 - of this test
    names = file_names(path.parent)
    with open_store(path) as store:
        after = store.examples(FEATURES, ["pitch"], None)
        assert "1 poses of the examples are damaged on the disk; they are left out (take 2" in store.note
        assert store.can_undo, "the file is what it was, with all that can be undone"
        for take in (1, 3):
            np.testing.assert_array_equal(after.X[after.takes == take], before.X[before.takes == take])
        assert (after.takes == 2).sum() == 9
        store.delete(2)
        store.examples(FEATURES, ["pitch"], None)
        assert store.note == ""
    assert file_names(path.parent) <= names | {"examples.sqlite-wal", "examples.sqlite-shm"}


def test_a_take_without_poses_is_named(path: Path) -> None:
    fill_store(path, 3, 10)
    change(path, "DELETE FROM poses WHERE take = 2")
    with open_store(path) as store:
        assert set(store.examples(FEATURES, ["pitch"], None).takes.tolist()) == {1, 3}
        assert "Nothing is left of take 2" in store.note


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE takes SET sound = 'pitch: 3' WHERE id = 2", "take 2"),
        ("UPDATE takes SET sound = x'7b7d' WHERE id = 2", "take 2"),
        ("UPDATE takes SET label = x'ff' WHERE id = 2", "take 2"),
        ("UPDATE takes SET rows = 'many' WHERE id = 2", "take 2"),
        ("UPDATE takes SET duration_s = 'long' WHERE id = 2", "take 2"),
        ("UPDATE takes SET sound = '{\"pitch\": 1e999}' WHERE id = 2", "take 2"),
        ("UPDATE rows SET outputs = x'00' WHERE id = 1", "row 1"),
        ("UPDATE rows SET features = '[1]' WHERE id = 1", "row 1"),
        ("UPDATE snapshots SET sound = 'null' WHERE number = 5", "snapshot 5"),
        ("UPDATE journal SET changes = x'7b7d' WHERE id = 1", "action 1 of the journal"),
    ],
)
def test_a_damaged_record_is_set_aside_and_named_and_the_others_are_kept(
    path: Path, statement: str, named: str
) -> None:
    fill_store(path, 3, 10)
    with open_store(path) as store:
        rows = [(0, "", np.array([n / 10, 1.0]), np.array([200.0])) for n in range(5)]
        store.add_examples(examples_from_rows(rows, FEATURES, ["pitch"]), "x.csv")
        store.save_snapshot(5, {"pitch": 5.0})
        store.save_snapshot(6, {"pitch": 6.0})
    change(path, statement)
    with open_store(path) as store:
        assert f"{named} is not what was written" in store.note
        examples = store.examples(FEATURES, ["pitch"], None)
        assert {1, 3, 4} <= set(examples.takes.tolist())
        assert (examples.takes == 4).sum() >= 4
        assert 6 in store.snapshots()
        store.takes(deleted=True)


def test_a_record_that_changes_while_it_is_open_is_left_out_and_named(path: Path) -> None:
    fill_store(path, 3, 10)
    with open_store(path) as store:
        change(path, "UPDATE takes SET sound = 'x' WHERE id = 2")
        assert set(store.examples(FEATURES, ["pitch"], None).takes.tolist()) == {1, 3}
        assert "take 2" in store.note


def test_a_pose_without_a_finite_time_is_not_stored(path: Path) -> None:
    with pytest.raises(ValueError, match="finite time"):
        encode_pose(Pose(float("inf"), 0, 640, 480, (body(1.0),)))
    with open_store(path) as store:
        with pytest.raises(ValueError, match="finite time"):
            store.add_take("1", {}, "", [*poses(3), Pose(float("nan"), 0, 640, 480, ())])
        assert store.takes() == ()
