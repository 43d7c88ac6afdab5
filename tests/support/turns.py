"""Two tests at a time (pytest-xdist), and what that must not spoil.

Tests marked `quiet` run while no other test does: what they measure, others would disturb. The tests that boot machines
are dealt to one worker, because they share a disk that takes long to make.
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
"""Names the folder of the locks; without it tests run one after the other, and nobody has to wait."""


class Turns:
    """Who may run now: many tests, or a quiet one alone.

    Args:
        folder: the same for all workers.
    """

    def __init__(self, folder: Path) -> None:
        self._gate, self._stage = (
            os.open(folder / name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600) for name in ("gate", "stage")
        )

    @contextmanager
    def take(self, *, alone: bool) -> Iterator[None]:
        """Waits for one's turn, and has it."""
        # Whoever waits for the stage keeps the gate meanwhile: nobody slips in before, again and again.
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._stage, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._stage, fcntl.LOCK_UN)


class FileScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist is not looked at
    """A file at a time for each worker, in the order of the files; all machines go to one."""

    def _split_scope(self, nodeid: str) -> str:
        return "machines" if nodeid.startswith("tests/system/") else str(super()._split_scope(nodeid))
