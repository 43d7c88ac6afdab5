"""On a read-only disk examples are read and played, and only changes are refused."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.mapping.examples.page_scan import merge_log
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.ops.doctor.checks.files import examples_of
from gesturesynth.pipeline.example_library import load_taught
from tests.support.stored_takes import FEATURES, file_names, fill_store, open_store, poses

UNPRIVILEGED_UID = 65534


@pytest.fixture
def path(own_folders: Path) -> Path:
    return own_folders / "presets" / "theremin" / "examples.sqlite"


@contextmanager
def read_only(folder: Path, file_mode: int = 0o444, folder_mode: int = 0o555) -> Iterator[None]:
    """Makes a folder read-only; root, who may write anywhere, becomes another user meanwhile."""
    top = folder
    while os.access(top.parent, os.W_OK) and top.parent != Path("/tmp"):
        top = top.parent
    for place in (*folder.rglob("*"), folder):
        place.chmod(folder_mode if place.is_dir() else file_mode)
    while folder != top:
        folder = folder.parent
        folder.chmod(0o755)
    root = os.geteuid() == 0
    if root:
        os.seteuid(UNPRIVILEGED_UID)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for place in (top, *top.rglob("*")):
            place.chmod(0o700 if place.is_dir() else 0o600)


def killed_with_a_log(path: Path) -> None:
    """Two takes in the database; a third in its log, as a power cut leaves it."""
    fill_store(path, 2, 10)
    with open_store(path) as store:
        store.add_take("3", {"pitch": 300.0}, "", poses(10, 30.0))
        kept = {part: part.read_bytes() for part in path.parent.glob(f"{path.name}*")}
    for part, data in kept.items():
        part.write_bytes(data)
    path.with_name(path.name + "-shm").unlink()


def test_takes_are_read_and_changes_are_refused_with_a_sentence(path: Path) -> None:
    fill_store(path, 2, 10)
    with open_store(path) as store:
        store.save_snapshot(4, {"pitch": 444.0})
        before = store.examples(FEATURES, ["pitch"], None)
    names = file_names(path.parent)
    with read_only(path.parent), open_store(path) as store:
        after = store.examples(FEATURES, ["pitch"], None)
        assert [info.id for info in store.takes()] == [1, 2]
        assert store.snapshots() == {4: {"pitch": 444.0}}
        assert store.sound(2) == {"pitch": 200.0}
        assert store.note == ""
        for change in (
            lambda: store.add_take("1", {"pitch": 1.0}, "", poses(3)),
            lambda: store.add_examples(after, "x.csv"),
            lambda: store.delete(1),
            lambda: store.erase(1),
            lambda: store.save_snapshot(1, {"pitch": 1.0}),
            store.undo,
            store.redo,
            store.clear,
            store.delete_last,
        ):
            with pytest.raises(UserError, match=r"Nothing was stored: .* cannot be opened for writing"):
                change()
        assert str(path.parent) in store.read_only
        assert file_names(path.parent) == names
    np.testing.assert_array_equal(after.X, before.X)
    np.testing.assert_array_equal(after.Y, before.Y)
    with open_store(path) as store:
        assert store.read_only == ""
        store.add_take("1", {"pitch": 1.0}, "", poses(3))


def test_the_newest_takes_are_read_though_they_are_in_the_log_only(path: Path) -> None:
    killed_with_a_log(path)
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    with read_only(path.parent), open_store(path) as store:
        assert [info.target for info in store.takes()] == ["1", "2", "3"]
        assert len(store.examples(FEATURES, ["pitch"], None)) == 30


def test_a_file_that_may_not_be_written_in_a_folder_that_may_is_read(path: Path) -> None:
    fill_store(path, 2, 10)
    with read_only(path.parent, file_mode=0o444, folder_mode=0o777), open_store(path) as store:
        assert len(store.examples(FEATURES, ["pitch"], None)) == 20
        with pytest.raises(UserError, match="cannot be opened for writing"):
            store.delete(1)


def test_a_log_counts_up_to_the_first_damaged_frame(path: Path) -> None:
    killed_with_a_log(path)
    database, wal = path.read_bytes(), bytearray(path.with_name(path.name + "-wal").read_bytes())

    def takes(log: bytes) -> int:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(merge_log(database, log))
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            (count,) = connection.execute("SELECT count(*) FROM takes").fetchone()
            return int(count)

    assert takes(bytes(wal)) == 3
    assert takes(bytes(wal[:-100])) < 3
    wal[-100] ^= 0x40
    assert takes(bytes(wal)) < 3
    assert merge_log(b"no database", bytes(wal)) == b"no database"


def test_a_damaged_file_is_read_as_far_as_it_can_be_and_left_alone(path: Path) -> None:
    fill_store(path, 4, 10)
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 4] = bytes(4096)
    path.write_bytes(data)
    names = file_names(path.parent)
    with read_only(path.parent), open_store(path) as store:
        assert "damaged" in store.note
        assert store.takes()
        assert path.read_bytes() == data
        assert file_names(path.parent) == names


def test_a_folder_without_examples_is_no_error(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with read_only(path.parent), open_store(path) as store:
        assert store.takes() == ()
        assert len(store.examples(FEATURES, ["pitch"], None)) == 0
        with pytest.raises(UserError, match="Nothing was stored"):
            store.save_snapshot(1, {"pitch": 1.0})


def test_changes_of_another_program_are_seen(path: Path) -> None:
    fill_store(path, 1, 10)
    with read_only(path.parent), open_store(path) as store:
        before = store.revision
        assert store.revision == before
        os.seteuid(os.getuid())
        for place in (path.parent, *path.parent.iterdir()):
            place.chmod(0o755)
        with ExampleStore.open(path, datetime.now(UTC)) as other:
            other.add_take("2", {"pitch": 200.0}, "", poses(10, 20.0))
        if os.getuid() == 0:
            os.seteuid(UNPRIVILEGED_UID)
        assert store.revision != before
        assert [info.target for info in store.takes()] == ["1", "2"]


def test_a_newer_version_is_refused_on_a_read_only_disk_too(path: Path) -> None:
    fill_store(path, 1, 3)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with read_only(path.parent), pytest.raises(UserError, match="newer gesturesynth"):
        open_store(path)


def test_the_doctor_finds_nothing_wrong_with_examples_that_may_only_be_read(path: Path) -> None:
    fill_store(path, 2, 3)
    with read_only(path.parent):
        found = examples_of(path)
    assert (found.takes, found.error) == (2, "")


def test_what_was_taught_plays_from_a_read_only_state_folder(own_folders: Path) -> None:
    theremin = loader.load(loader.find("theremin"))
    with open_store(store_path("theremin")) as store:
        for number, raised in ((1, 20.0), (2, 120.0)):
            store.add_take(str(number), {"pitch": 220.0 * number, "level": -6.0}, "", poses(10, raised))
    with read_only(paths.state_dir()):
        summary, examples = load_taught(theremin, datetime.now(UTC))
    assert summary.takes == {"1": 1, "2": 1}
    assert examples is not None
    assert len(examples) == 20
