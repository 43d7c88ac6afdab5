"""Examples on a disk that may not be written to: the database is read into memory and used from there.

SQLite cannot open a database with a write-ahead log in a folder that it may not write to, unless told to ignore the
log, and with it the newest takes. So the file and its log are read as bytes and merged here. Nothing on the disk is
changed: a damaged database is salvaged into the copy, one of an older version is migrated in the copy.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.examples import salvage, schema
from gesturesynth.mapping.examples.page_scan import merge_log
from gesturesynth.mapping.examples.store_check import classify_database

Stamp = tuple[tuple[int, int, int] | None, ...]

ATTEMPTS: Final = 5
"""Another program may write during reading; after so many attempts the last one is used."""


@dataclass(frozen=True)
class Copy:
    """A database in memory, a sentence about damage of its file (may be empty), and the version of that file."""

    connection: sqlite3.Connection
    note: str
    stamp: Stamp


def stamp_of(path: Path) -> Stamp:
    """Identifies the version of a database and its log without reading them."""
    found: list[tuple[int, int, int] | None] = []
    for file in (path, _log_file(path)):
        try:
            stat = file.stat()
        except OSError:
            found.append(None)
        else:
            found.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def read_copy(path: Path) -> Copy:
    """Reads the database at `path`; an empty one when there is no file.

    Raises:
        OSError: it cannot be read.
        UserError: it is a newer version's, or another program's.
        GestureSynthError: it cannot be read at all.
    """
    for _ in range(ATTEMPTS):
        stamp = stamp_of(path)
        database, wal = _read_bytes(path), _read_bytes(_log_file(path))
        if stamp_of(path) == stamp:
            break
    with schema.translated_errors(path):
        if not database and not wal:
            return Copy(_empty_database(), "", stamp)
        why = "the file is empty"
        try:
            connection = schema.connect_copy(merge_log(database, wal))
            state = classify_database(connection, path)
        except sqlite3.Error as error:
            why = str(error)
        except GestureSynthError:
            connection.close()
            raise
        else:
            if state.kind == "older":
                schema.migrate(connection)
            if state.kind in ("sound", "older"):
                return Copy(connection, "", stamp)
            why = state.why
            connection.close()
        connection = _empty_database()
        salvage.fill(connection, database, wal)
        (takes,) = connection.execute("SELECT count(*) FROM takes WHERE NOT deleted").fetchone()
    return Copy(connection, f"the examples in {path} are damaged ({why}): {takes} takes could be read.", stamp)


def _empty_database() -> sqlite3.Connection:
    connection = schema.connect_copy(b"")
    schema.create_tables(connection)
    return connection


def _log_file(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _read_bytes(path: Path) -> bytes:
    """The contents of a file; empty when there is no file."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b""
