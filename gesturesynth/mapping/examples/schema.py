"""The database of examples: its tables, its versions, how it is opened, and its errors as sentences.

    takes       one recording each: when, for what, what sounded, which class; `deleted` takes can be restored
    poses       the skeletons of a take, one row a frame: a `messages.Pose` as MessagePack, and its CRC-32;
                the first has all facts about its take beside it, in case the page of the takes is damaged;
                `sound` is what sounded at this pose, where the sound moved during the take
    rows        features and outputs that were imported from a file, for which there are no skeletons
    snapshots   sounds that were saved under a number
    journal     actions, with what is needed to undo and redo them
    omissions   values that a take no longer teaches: the examples of that output were deleted
    edits       what differs from the recording of a take: its target, its beginning and end, whether it is off
    masks       outputs that are off for recording, for running or for training; of the latter the takes they keep to

WAL with synchronous=FULL: what a transaction wrote is on the disk when its COMMIT returns. Pages have 4096 bytes, so
that whole poses fit into one and a damaged page costs no more than those. secure_delete: what was erased is
overwritten, so that neither a person nor `page_scan` can find it in the file.
"""

from __future__ import annotations

import math
import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

import msgspec

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime.body_points import is_sound
from gesturesynth.runtime.messages import Pose

APPLICATION_ID: Final = 0x47457374
"""`GEst`, in the file's header: a database without it is another program's."""

PAGE_BYTES: Final = 4096
BUSY_S: Final = 5.0
"""How long a program waits until another has finished writing."""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        # AUTOINCREMENT: the number of an erased take is never given to another take.
        """CREATE TABLE takes (id INTEGER PRIMARY KEY AUTOINCREMENT, made_utc TEXT NOT NULL, target TEXT NOT NULL,
        label TEXT NOT NULL, sound TEXT NOT NULL, rows INTEGER NOT NULL, duration_s REAL NOT NULL,
        deleted INTEGER NOT NULL)""",
        """CREATE TABLE poses (id INTEGER PRIMARY KEY, take INTEGER NOT NULL REFERENCES takes (id),
        pose BLOB NOT NULL, crc INTEGER NOT NULL, facts TEXT)""",
        "CREATE INDEX poses_of_take ON poses (take)",
        """CREATE TABLE rows (id INTEGER PRIMARY KEY, take INTEGER NOT NULL REFERENCES takes (id),
        label TEXT NOT NULL, features TEXT NOT NULL, outputs TEXT NOT NULL)""",
        "CREATE INDEX rows_of_take ON rows (take)",
        "CREATE TABLE snapshots (number INTEGER PRIMARY KEY, sound TEXT NOT NULL)",
        """CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, words TEXT NOT NULL, changes TEXT NOT NULL,
        undone INTEGER NOT NULL)""",
    ),
    (
        """CREATE TABLE omissions (take INTEGER NOT NULL REFERENCES takes (id), output TEXT NOT NULL,
        PRIMARY KEY (take, output))""",
        """CREATE TABLE masks (output TEXT PRIMARY KEY NOT NULL, record INTEGER NOT NULL, run INTEGER NOT NULL,
        train TEXT)""",
    ),
    ("ALTER TABLE poses ADD COLUMN sound TEXT",),
    (
        """CREATE TABLE edits (take INTEGER PRIMARY KEY REFERENCES takes (id), target TEXT, label TEXT, sound TEXT,
        start_s REAL, end_s REAL, rows INTEGER, off INTEGER NOT NULL)""",
    ),
)
"""Statements that lead from version n to n + 1 (`PRAGMA user_version`). A later version appends to it, and changes
no earlier statement. A new table, or a column of one, has to be added to `salvage` and `store_check`, too."""

_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_DENIED: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

_POSE: Final = msgspec.msgpack.Decoder(Pose)
_ENCODER: Final = msgspec.msgpack.Encoder()


class DeniedError(UserError):
    """The rights to write are missing; the examples may still be read."""


class DamagedStoreError(GestureSynthError):
    """The file was damaged while it was open; opening it a second time keeps what can be read."""


def version() -> int:
    """The version of the tables that this program writes."""
    return len(MIGRATIONS)


def primary_code(error: sqlite3.Error) -> int:
    """The kind of an error: an `SQLITE_` constant without its details; 1 when SQLite gives none."""
    return int(getattr(error, "sqlite_errorcode", 1)) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken (and not the disk, the rights or the timing)."""
    return primary_code(error) in _DAMAGE


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turns errors of SQLite into sentences about the examples at `path`.

    Raises:
        DeniedError: the rights are missing.
        DamagedStoreError: the file was damaged while it was open.
        GestureSynthError: anything else, such as a full disk.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise translate_error(error, path) from error


def translate_error(error: sqlite3.Error, path: Path) -> GestureSynthError:
    """An error of SQLite as a sentence for people; see `translated_errors`."""
    code = primary_code(error)
    safe = "Nothing of this was stored; what was stored before is safe."
    if code in _DENIED:
        return DeniedError(
            f"the examples in {path} cannot be opened for writing ({error}). {safe} Let this user write to the folder "
            f"{path.parent}, or work as the user whom it belongs to."
        )
    if code == sqlite3.SQLITE_FULL:
        return GestureSynthError(f"the disk is full: the examples in {path} cannot be stored. {safe} Make room on it.")
    if code in _BUSY:
        return GestureSynthError(
            f"another program has kept the examples in {path} busy for {BUSY_S:g} s. {safe} Try again, or end it."
        )
    if code in _DAMAGE:
        return DamagedStoreError(
            f"the examples in {path} have been damaged while they were open ({error}). {safe} "
            "Start again: what can be read is kept."
        )
    return GestureSynthError(
        f"the disk cannot read or write the examples in {path} ({error}). {safe} Check the disk and the room on it."
    )


Access = Literal["rw", "ro", "still"]
"""`still`: reads a file that no program writes and that has no log; makes no files beside it."""


def connect(path: Path, access: Access = "rw") -> sqlite3.Connection:
    """Opens an existing database; transactions are begun and ended by the caller.

    The connection may be handed from one thread to another, but serves one at a time. Raises sqlite3.Error.
    """
    how = "mode=ro&immutable=1" if access == "still" else f"mode={access}"
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path.absolute()))}?{how}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.text_factory = _lenient
    try:
        if access == "rw":
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")  # a Mac's disk keeps writes to itself without it
            connection.execute("PRAGMA checkpoint_fullfsync = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction; its changes are on the disk when it ends without an error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # sqlite has ended it by itself after some errors
            connection.execute("ROLLBACK")
        raise


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the tables to this version, all steps or none. Raises sqlite3.Error."""
    with transaction(connection):
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        for step in MIGRATIONS[found:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version()}")


def create_file(path: Path) -> None:
    """Makes a new, empty database at `path`, where no file may be; a single file. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        create_tables(connection)
        connection.execute("PRAGMA journal_mode = WAL")  # stays with the file


def create_tables(connection: sqlite3.Connection) -> None:
    """Makes the tables in an empty database. Raises sqlite3.Error."""
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA synchronous = FULL")
    migrate(connection)


def connect_copy(image: bytes) -> sqlite3.Connection:
    """A database in memory: a copy of these bytes of a file, or one without tables when there are none.

    Raises:
        sqlite3.Error: they are no database.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.text_factory = _lenient
    if image:
        try:
            connection.deserialize(image)
        except sqlite3.Error:
            connection.close()
            raise
    return connection


def _lenient(data: bytes) -> str:
    """Decodes damaged text, too, so that the other columns can be read; it is checked where it is used."""
    return data.decode("utf-8", "replace")


def sync_folder(folder: Path) -> None:
    """Syncs a folder to the disk, so that a new file is still in it after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def encode_pose(pose: Pose) -> tuple[bytes, int]:
    """The bytes of a pose and their CRC-32.

    Raises:
        ValueError: a body does not have 33 landmarks, or one of its numbers, or its time, is not finite.
    """
    if not _is_valid(pose):
        raise ValueError("a body needs 33 landmarks of finite numbers, and a pose a finite time")
    data = _ENCODER.encode(pose)
    return data, zlib.crc32(data)


def decode_pose(data: object, crc: object) -> Pose | None:
    """The pose, or None when its bytes or checksum are damaged."""
    if not isinstance(data, bytes) or zlib.crc32(data) != crc:
        return None
    try:
        pose = _POSE.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return pose if _is_valid(pose) else None


def _is_valid(pose: Pose) -> bool:
    return math.isfinite(pose.capture_time_s) and all(is_sound(body) for body in pose.bodies)
