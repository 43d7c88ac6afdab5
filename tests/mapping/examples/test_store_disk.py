"""Faults of the disk, missing rights and other programs: each gives an error sentence, and no take is lost."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.mapping.examples import schema
from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.mapping.examples.store_opening import StoreFile
from tests.support.stored_takes import FEATURES, NOW, copy_files, file_names, fill_store, integrity, open_store, poses

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(own_folders: Path) -> Path:
    return own_folders / "presets" / "theremin" / "examples.sqlite"


def run(script: str, *arguments: object, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        preexec_fn=before,
    )


def test_a_full_disk_is_an_error_sentence_and_stored_takes_stay(path: Path) -> None:
    """SQLite's own limit of pages replaces that of the disk."""
    file = StoreFile.open(path, NOW)
    with ExampleStore(file) as store:
        first = store.add_take("1", {"pitch": 1.0}, "", poses(20))
        (pages,) = file.connection.execute("PRAGMA page_count").fetchone()
        file.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(GestureSynthError, match=r"disk is full.*Make room") as caught:
            store.add_take("2", {"pitch": 2.0}, "", poses(200))
        assert not isinstance(caught.value, UserError)
        assert store.takes(deleted=True) == (first,)
        assert len(store.examples(FEATURES, ["pitch"], None)) == 20
        file.connection.execute(f"PRAGMA max_page_count = {pages + 2000}")
        assert store.add_take("2", {"pitch": 2.0}, "", poses(200)).id == 2
    assert integrity(path) == "ok"


def test_a_file_that_may_not_grow_is_an_error_sentence_and_stored_takes_stay(path: Path) -> None:
    """A quota: the operating system itself refuses the write."""
    fill_store(path, 2, 5)
    script = """
import sys
from pathlib import Path
from tests.support.stored_takes import open_store, poses
from gesturesynth.core.errors import GestureSynthError
store = open_store(Path(sys.argv[1]))
try:
    for _ in range(50):
        print(store.add_take("1", {}, "", poses(30)).id)
except GestureSynthError as error:
    print(type(error).__name__, error)
print(len(store.takes()))
"""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    done = run(script, path, before=limited)
    *ids, error, count = done.stdout.splitlines()
    assert ids, done.stderr
    assert error.startswith("GestureSynthError ")
    assert "was stored before is safe" in error
    assert int(count) == 2 + len(ids)
    with open_store(path) as store:
        assert [info.id for info in store.takes()] == [1, 2, *map(int, ids)]
    assert integrity(path) == "ok"


def test_a_newer_version_is_refused_and_not_touched(path: Path, own_folders: Path) -> None:
    fill_store(path, 1, 3)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = {name: (path.parent / name).read_bytes() for name in file_names(path.parent)}
    with pytest.raises(UserError, match=r"newer gesturesynth \(version 99.*update gesturesynth"):
        open_store(path)
    assert {name: (path.parent / name).read_bytes() for name in file_names(path.parent)} == before


def test_another_programs_database_is_refused_and_not_touched(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(UserError, match="another program"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_folder_in_place_of_the_file_is_an_error_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(UserError, match="is not a file"):
        open_store(path)


def test_an_older_version_is_brought_up_to_date_and_keeps_its_takes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_store(path, 2, 3)
    before = schema.version()
    later = (*schema.MIGRATIONS, ("ALTER TABLE snapshots ADD COLUMN name TEXT NOT NULL DEFAULT ''",))
    with open_store(path) as older:
        monkeypatch.setattr(schema, "MIGRATIONS", later)
        with pytest.raises(GestureSynthError, match="another program has them open"):
            open_store(path)
        assert older.note == ""
    with open_store(path) as store:
        assert len(store.takes()) == 2
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (before + 1,)
        assert "name" in {row[1] for row in connection.execute("PRAGMA table_info(snapshots)")}


def test_takes_of_the_first_version_are_kept_and_can_be_edited_like_new_ones(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        path.parent.mkdir(parents=True)
        schema.create_file(path)
        with closing(schema.connect(path)) as db:
            for number in (1, 2):
                data, crc = schema.encode_pose(poses(1)[0])
                sound = '{"pitch": 100.0, "level": -9.0}'
                db.execute("INSERT INTO takes VALUES (?, 'then', '1', '', ?, 1, 0.0, 0)", (number, sound))
                db.execute("INSERT INTO poses VALUES (?, ?, ?, ?, NULL)", (number, number, data, crc))
    with open_store(path) as store:
        assert store.note == ""
        assert store.named_counts() == {"pitch": 2, "level": 2}
        assert store.delete_output("level")
        assert store.named_counts() == {"pitch": 2}


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_store(path, 2, 3)
    with monkeypatch.context() as patch:
        broken = ("ALTER TABLE takes ADD COLUMN mood TEXT", "ALTER TABLE no_such_table ADD COLUMN x")
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        with pytest.raises(GestureSynthError):
            open_store(path)
    with open_store(path) as store:
        assert len(store.takes()) == 2
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.version(),)


def test_a_database_that_stays_busy_is_an_error_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_S", 0.05)
    fill_store(path, 1, 3)
    with open_store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(GestureSynthError, match=r"another program has kept .* busy"):
            store.delete(1)
        assert len(store.examples(FEATURES, ["pitch"], None)) == 3, "reading goes on"
        other.execute("ROLLBACK")
        assert store.delete(1)


def test_a_moved_file_is_noticed_before_a_take_is_lost(path: Path) -> None:
    with open_store(path) as store:
        store.add_take("1", {}, "", poses(2))
        path.rename(path.with_name("elsewhere"))
        with pytest.raises(GestureSynthError, match="moved or replaced"):
            store.add_take("2", {}, "", poses(2))
        path.with_name("elsewhere").rename(path)
        assert store.add_take("2", {}, "", poses(2)).id == 2


def test_damage_while_it_is_open_is_an_error_sentence_and_the_next_start_keeps_the_rest(path: Path) -> None:
    fill_store(path, 6, 30)
    with open_store(path) as store:
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(bytes(30 * 4096))
        with pytest.raises(schema.DamagedStoreError, match="Start again: what can be read is kept"):
            store.takes()
    with open_store(path) as store:
        assert "set aside" in store.note
        assert store.takes()


def test_a_take_is_on_the_disk_when_it_is_confirmed(path: Path, own_folders: Path) -> None:
    """A copy of the files at that moment holds the whole take."""
    file = StoreFile.open(path, NOW)
    with ExampleStore(file) as store:
        assert file.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert file.connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert file.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        for number in range(1, 6):
            info = store.add_take("1", {}, "", poses(10))
            copy = copy_files(path, own_folders / f"cut{number}")
            (copy.parent / f"{copy.name}-shm").unlink()
            with open_store(copy) as copied_store:
                assert copied_store.note == ""
                assert info in copied_store.takes()
