"""An open database of examples: for reading and writing or, where that is not allowed, a copy in memory."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Self

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.mapping.examples import memory_copy, recovery, schema


class StoreFile:
    """An open database.

    Attributes:
        path: of the file.
        connection: to it, or to a copy of it.
        note: a sentence for people when something was damaged; else empty.
        read_only: a sentence about why nothing can be stored, where only a copy is open; else empty.
        copies: how often the copy was renewed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, note: str, lock: int = -1) -> None:
        self.path = path
        self.connection = connection
        self.note = note
        self.read_only = ""
        self.copies = 0
        self._lock = lock
        self._stamp: memory_copy.Stamp = ()
        self._identity = recovery.identity(path)

    @classmethod
    def open(cls, path: Path, now: datetime) -> Self:
        """See `ExampleStore.open`."""
        lock = -1
        try:
            lock, note = recovery.prepare(path, now)
            with schema.translated_errors(path):
                return cls(path, schema.connect(path), note, lock)
        except schema.DeniedError as denied:
            _close_lock(lock)
            return cls._copy(path, denied)
        except BaseException:
            _close_lock(lock)
            raise

    @classmethod
    def _copy(cls, path: Path, denied: schema.DeniedError) -> Self:
        try:
            copy = memory_copy.read_copy(path)
        except OSError as error:
            raise denied from error
        file = cls(path, copy.connection, copy.note)
        file.read_only, file._stamp = str(denied), copy.stamp
        return file

    @property
    def moved(self) -> bool:
        """Whether the file was moved or replaced since it was opened."""
        return recovery.identity(self.path) != self._identity

    def check_writable(self) -> None:
        """Raises UserError where nothing may be written, GestureSynthError where the file was moved meanwhile."""
        if self.read_only:
            raise UserError(f"Nothing was stored: {self.read_only} What was taught before plays.")
        if self.moved:
            raise GestureSynthError(
                f"the examples in {self.path} were moved or replaced while they were open. Nothing of this was stored. "
                "Put the file back, or start again to begin new ones."
            )

    def refresh(self) -> bool:
        """Renews the copy if the file has changed; returns whether the connection was replaced."""
        if not self.read_only or memory_copy.stamp_of(self.path) == self._stamp:
            return False
        try:
            copy = memory_copy.read_copy(self.path)
        except OSError:
            return False  # the copy stays in use
        self.connection.close()
        self.connection, self.note, self._stamp = copy.connection, copy.note, copy.stamp
        self.copies += 1
        return True

    def close(self) -> None:
        """Closes the file and releases its lock. Nothing is written."""
        self.connection.close()
        _close_lock(self._lock)
        self._lock = -1


def _close_lock(lock: int) -> None:
    if lock >= 0:
        os.close(lock)
