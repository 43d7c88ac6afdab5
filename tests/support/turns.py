"""Locks for several tests at a time (pytest-xdist), and the distribution of the files.

Tests marked `quiet` run while no other test does, because others would disturb what they measure. The tests that boot
machines go to one worker, because they share a disk that takes long to make.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from xdist.scheduler import LoadFileScheduling

FOLDER: Final = "GESTURESYNTH_TEST_TURNS"
"""The environment variable with the folder of the locks; without it tests run one after the other."""


class Turns:
    """Decides which tests may run now: any two, or a quiet one alone.

    Args:
        folder: the same for all workers.
    """

    def __init__(self, folder: Path) -> None:
        self._queue, self._running = (
            os.open(folder / name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600) for name in ("queue", "running")
        )

    @contextmanager
    def take(self, *, alone: bool) -> Iterator[None]:
        """Waits until the test may run."""
        # A test that waits for the second lock keeps the first, so that no later test gets the second before it.
        fcntl.flock(self._queue, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._running, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        finally:
            fcntl.flock(self._queue, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._running, fcntl.LOCK_UN)


class FileScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist is not looked at
    """A file at a time for each worker, in the order of the files; all tests that boot machines go to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return "machines" if nodeid.startswith("tests/system/") else str(super()._split_scope(nodeid))
