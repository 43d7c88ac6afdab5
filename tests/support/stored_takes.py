"""Takes for tests of the store: poses of a figure that raises its arms, as the tracker would send them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from gesturesynth.mapping.examples.store import ExampleStore
from gesturesynth.runtime.messages import Body, Pose
from tests.support import stick_figure

NOW = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
STAMP = "20260301T123015Z"
FEATURES = ("right_wrist.height", "hands.distance")
WIDTH, HEIGHT = 640, 480


@cache
def body(raised: float) -> Body:
    """Both arms raised by so many degrees."""
    image = stick_figure.pose(right_arm=(raised, 175.0), left_arm=(raised, 175.0), frame=(WIDTH, HEIGHT))
    return Body.from_arrays(image, np.zeros((33, 3), dtype=np.float32))


def poses(
    count: int, raised: float = 90.0, *, empty_frames: tuple[int, ...] = (), start_s: float = 100.0
) -> list[Pose]:
    """All different, 30 a second; `empty_frames` are the numbers of those without a body."""
    return [
        Pose(start_s + i / 30, i, WIDTH, HEIGHT, () if i in empty_frames else (body(raised + i * 0.25),))
        for i in range(count)
    ]


def open_store(path: Path) -> ExampleStore:
    return ExampleStore.open(path, NOW)


def fill_store(path: Path, takes: int = 6, rows: int = 30) -> list[int]:
    """A store with takes 1..n for the snapshots 1..n; the ids."""
    with open_store(path) as store:
        return [store.add_take(str(n), {"pitch": 100.0 * n}, "", poses(rows, 10.0 * n)).id for n in range(1, takes + 1)]


def integrity(path: Path) -> str:
    """The result of SQLite's own integrity check of the file; `ok` when it finds nothing."""
    with closing(sqlite3.connect(path)) as connection:
        (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
        wrong = connection.execute("PRAGMA foreign_key_check").fetchall()
    return f"{answer} {wrong}" if wrong else str(answer)


def file_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def copy_files(path: Path, folder: Path) -> Path:
    """A copy of the file and the files beside it, as a power cut would leave them."""
    folder.mkdir()
    for part in path.parent.glob(f"{path.name}*"):
        shutil.copy(part, folder)
    return folder / path.name
