"""Takes for tests of the store: poses of a stick figure that moves its arms."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.runtime.messages import Pose
from tests.support.stick_figure import body

NOW = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
STAMP = "20260301T123015Z"
FEATURES = ("right_wrist.height", "hands.distance")
WIDTH, HEIGHT = 640, 480


def poses(count: int, raised_deg: float = 90.0, *, empty: tuple[int, ...] = (), start_s: float = 100.0) -> list[Pose]:
    """All different, 30 a second; `empty` are the frames without a body."""
    return [
        Pose(start_s + i / 30, i, WIDTH, HEIGHT, () if i in empty else (body(raised_deg + i * 0.25),))
        for i in range(count)
    ]


def open_store(path: Path) -> ExampleStore:
    return ExampleStore.open(path, NOW)


def store_with_takes(path: Path, takes: int = 6, rows: int = 30) -> list[int]:
    """A store with takes 1..n for the snapshots 1..n; the ids."""
    with open_store(path) as store:
        return [store.add_take(str(n), {"pitch": 100.0 * n}, "", poses(rows, 10.0 * n)).id for n in range(1, takes + 1)]


def integrity_check(path: Path) -> str:
    """The result of SQLite's own checks of the file: `ok`, or what is wrong."""
    with closing(sqlite3.connect(path)) as connection:
        (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
        wrong = connection.execute("PRAGMA foreign_key_check").fetchall()
    return f"{answer} {wrong}" if wrong else str(answer)


def listing(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def copy_with_journal(path: Path, folder: Path) -> Path:
    """A copy of the file as a power cut would leave it: with the journal beside it."""
    folder.mkdir()
    for part in path.parent.glob(f"{path.name}*"):
        shutil.copy(part, folder)
    return folder / path.name
