"""Copies the readable records of a damaged database into a new one and restores the links between them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Final

from gesturesynth.mapping.examples import schema
from gesturesynth.mapping.examples.masks import is_take_list
from gesturesynth.mapping.examples.page_scan import Value, records
from gesturesynth.mapping.examples.takes import TakeRecord, is_edit, is_sound

_TAKE: Final = "INSERT OR IGNORE INTO takes VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_POSE: Final = "INSERT OR IGNORE INTO poses VALUES (?, ?, ?, ?, ?, ?)"
_ROW: Final = "INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?, ?)"
_SNAPSHOT: Final = "INSERT OR IGNORE INTO snapshots VALUES (?, ?)"
_OMISSION: Final = "INSERT OR IGNORE INTO omissions VALUES (?, ?)"
_EDIT: Final = "INSERT OR IGNORE INTO edits VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_MASK: Final = "INSERT OR IGNORE INTO masks VALUES (?, ?, ?, ?)"

_LOST_FACTS: Final = "SELECT take, facts FROM poses WHERE facts NOT NULL AND take NOT IN (SELECT id FROM takes)"
_LOST_POSES: Final = "SELECT DISTINCT take FROM poses WHERE take NOT IN (SELECT id FROM takes)"
_LOST_ROWS: Final = "SELECT DISTINCT take FROM rows WHERE take NOT IN (SELECT id FROM takes)"


def salvage(database: bytes, wal: bytes, path: Path) -> None:
    """Makes a database at `path`, where no file may be, with everything that can be read from a damaged one.

    Args:
        database: contents of the damaged file; may be anything.
        wal: of the file beside it whose name ends in -wal.
        path: of the new database, one single file.

    Raises:
        sqlite3.Error: the new one cannot be written.
    """
    schema.create_file(path)
    with closing(schema.connect(path)) as connection:
        fill(connection, database, wal)


def fill(connection: sqlite3.Connection, database: bytes, wal: bytes) -> None:
    """The same for an open database with empty tables. Raises sqlite3.Error."""
    connection.execute("PRAGMA foreign_keys = OFF")  # poses may come before their takes
    with schema.transaction(connection):
        for record in records(database, wal):
            statement = _insertion(*record)
            if statement:
                connection.execute(*statement)
        _make_consistent(connection)


def _insertion(row: int, columns: tuple[Value, ...]) -> tuple[str, tuple[Value, ...]] | None:
    """The statement that keeps a record, recognised by the types of its columns; None for any other record."""
    match columns:
        case (
            None,
            str(made),
            str(target),
            str(label),
            str(sound),
            int(),
            (int() | float()) as length,
            (0 | 1) as deleted,
        ):
            if is_sound(sound):
                return _TAKE, (row, made, target, label, sound, 0, length, deleted)
        case (None, int(take), bytes(pose), int(crc), facts, *sounds) if len(sounds) < 2:
            # Rows of an earlier version have no column for the sound.
            if schema.decode_pose(pose, crc) is not None:
                known = isinstance(facts, str) and TakeRecord.decode(facts) is not None
                own = sounds[0] if sounds and is_sound(sounds[0]) else None
                return _POSE, (row, take, pose, crc, facts if known else None, own)
        case (None, int(take), str(label), str(features), str(outputs)):
            if is_sound(features) and is_sound(outputs):
                return _ROW, (row, take, label, features, outputs)
        case (None, str(sound)):
            if is_sound(sound):
                return _SNAPSHOT, (row, sound)
        case _:
            return _overlay_insertion(row, columns)
    return None


def _overlay_insertion(row: int, columns: tuple[Value, ...]) -> tuple[str, tuple[Value, ...]] | None:
    """The same for what lies over takes: edits, values that do not count, and the masks of outputs."""
    match columns:
        case (int(take), str(output)):
            return _OMISSION, (take, output)
        case (None, target, label, sound, start, end, rows, (0 | 1) as off) if is_edit(columns[1:7]):
            return _EDIT, (row, target, label, sound, start, end, rows, off)
        case (str(output), (0 | 1) as record, (0 | 1) as run, train):
            if is_take_list(train):
                return _MASK, (output, record, run, train)
        case _:
            pass
    return None


def _make_consistent(connection: sqlite3.Connection) -> None:
    """Makes takes for poses and rows that lost theirs, and corrects the number of rows of each take."""
    for take, text in connection.execute(_LOST_FACTS).fetchall():
        facts = TakeRecord.decode(text)
        if facts and is_sound(facts.sound):
            columns = (facts.made_utc, facts.target, facts.label, facts.sound, 0, facts.duration_s, 0)
            connection.execute(_TAKE, (take, *columns))
    for (take,) in connection.execute(_LOST_ROWS).fetchall():
        connection.execute(_TAKE, (take, "", "", "", "{}", 0, 0.0, 0))  # its rows have their own sounds and classes
    for (take,) in connection.execute(_LOST_POSES).fetchall():
        connection.execute(_TAKE, (take, "", "", "", "{}", 0, 0.0, 1))  # its target is lost: marked as deleted
    counts = Counter(dict(connection.execute("SELECT take, count(*) FROM rows GROUP BY take").fetchall()))
    for take, pose, crc in connection.execute("SELECT take, pose, crc FROM poses"):
        decoded = schema.decode_pose(pose, crc)
        counts[take] += 1 if decoded and not decoded.empty else 0
    connection.executemany("UPDATE takes SET rows = ? WHERE id = ?", [(rows, take) for take, rows in counts.items()])
    connection.execute("DELETE FROM poses WHERE take IN (SELECT id FROM takes WHERE rows = 0)")
    connection.execute("DELETE FROM takes WHERE rows = 0")
    for table in ("omissions", "edits"):
        connection.execute(f"DELETE FROM {table} WHERE take NOT IN (SELECT id FROM takes)")  # noqa: S608 - constants
