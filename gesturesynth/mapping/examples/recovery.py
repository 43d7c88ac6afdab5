"""Checks a database of examples before it is opened, creates or migrates it, and sets a damaged one aside.

A damaged file is never deleted or written to. It is renamed with a time stamp (with its -wal and -shm, so that other
tools can still try), and what `page_scan` finds in it goes into a new database in its place:

    examples.damaged-STAMP.new        being filled: ignored
    examples.damaged-STAMP.salvaged   complete: from here on the recovery will be finished, if need be at the next start
    examples.damaged-STAMP.sqlite     the damaged file
    examples.sqlite                   the salvaged one

Two locks order the programs: one that prepares a file locks its folder; each that has it open shares the lock of
`examples.lock`. Only a program that holds the second lock alone may move the file or change its tables.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.mapping.examples import schema
from gesturesynth.mapping.examples.salvage import salvage
from gesturesynth.mapping.examples.store_check import State, classify_database, damage_text

_SIDE_ENDINGS: Final = ("-wal", "-shm")
_DENIALS: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


def prepare(path: Path, now: datetime) -> tuple[int, str]:
    """Ensures that a sound database of this version is at `path`, and that no other program moves it.

    Returns:
        A file descriptor that holds the shared lock until it is closed, and a sentence about what was set aside (empty
        when nothing was).

    Raises:
        DeniedError: the rights to write are missing.
        UserError: the file is a newer version's or another program's.
        GestureSynthError: it is damaged, but another program has it open; or the disk is full, or broken.
    """
    try:
        _make_folder(path.parent)
        with _folder_lock(path.parent):
            lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                return lock, _prepare_locked(path, now, lock)
            except BaseException:
                os.close(lock)
                raise
    except OSError as error:
        if error.errno in _DENIALS:
            raise schema.DeniedError(
                f"the examples in {path} cannot be opened for writing: {error.strerror}. Let this user write to the "
                f"folder {path.parent}, or work as the user whom it belongs to."
            ) from error
        raise GestureSynthError(
            f"the examples in {path} cannot be opened: {error.strerror}. Nothing was changed that is not kept. "
            "Check the disk and the room on it."
        ) from error


def _prepare_locked(path: Path, now: datetime, lock: int) -> str:
    alone = _lock_alone(lock)
    unfinished = sorted(path.parent.glob(f"{path.stem}.damaged-*.salvaged"))
    state = State("damaged", "a recovery was interrupted") if unfinished else inspect(path, alone=alone)
    note = ""
    if state.kind != "sound":
        if not alone:
            raise GestureSynthError(_open_elsewhere(path, state))
        with schema.translated_errors(path):
            if state.kind == "missing":
                _put_new(path)
            elif state.kind == "older":
                with closing(schema.connect(path)) as connection:
                    schema.migrate(connection)
            else:
                note = _install_salvaged(path, unfinished[0] if unfinished else _salvage(path, now), state.why)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return note


def inspect(path: Path, *, alone: bool) -> State:
    """Checks the file without changing it or the files beside it. Takes as long as reading it once.

    Args:
        path: of the file.
        alone: no other program has it open.

    Raises:
        UserError: it is a newer version's, or another program's.
        GestureSynthError: it cannot be read now.
    """
    if not path.exists():
        return (
            State("damaged", "the file is gone, its -wal is still there")
            if _side_file(path, "-wal")
            else State("missing")
        )
    if not path.is_file():
        raise UserError(f"{path} is not a file: take it away, so that examples can be stored there.")
    if path.stat().st_size == 0:
        return State("damaged", "the file is empty")
    try:
        access: schema.Access = "still" if alone and not _side_file(path, "-wal") else "ro"
        with closing(schema.connect(path, access)) as connection:
            return classify_database(connection, path)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return State("damaged", damage_text(error, path))


def _side_file(path: Path, ending: str) -> Path | None:
    side = path.with_name(path.name + ending)
    return side if side.exists() else None


def identity(path: Path) -> tuple[int, int] | None:
    """Device and inode, which differ after the file was replaced; None when there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_folder(folder: Path) -> None:
    """Makes a folder and its parents, readable by this user only, and synced to the disk."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=0o700, exist_ok=True)
        schema.sync_folder(parent.parent)


@contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _lock_alone(lock: int) -> bool:
    """Takes the lock alone when no other program has the file open, and returns whether it did; else shares it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(lock, fcntl.LOCK_SH)
        return False
    return True


def _open_elsewhere(path: Path, state: State) -> str:
    state_text = {"missing": "are gone", "older": "are of an older version"}.get(
        state.kind, f"are damaged ({state.why}), what can be read has to be salvaged"
    )
    return (
        f"the examples in {path} {state_text}, and another program has them open: "
        "end it (`gesturesynth run` or the service) and try again. Nothing was changed."
    )


def _put_new(path: Path) -> None:
    fresh = path.with_name(path.name + ".new")
    _remove(path.parent, f"{fresh.name}*")
    schema.create_file(fresh)
    fresh.replace(path)
    schema.sync_folder(path.parent)


def _remove(folder: Path, pattern: str) -> None:
    for leftover in folder.glob(pattern):
        leftover.unlink(missing_ok=True)


def _salvage(path: Path, now: datetime) -> Path:
    """Fills a new database with what can be read; the damaged one is not changed."""
    _remove(path.parent, f"{path.stem}.damaged-*.new*")  # of an interrupted recovery
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    while any(path.parent.glob(f"{path.stem}.damaged-{stamp}.*")):
        stamp += "x"
    fresh = path.with_name(f"{path.stem}.damaged-{stamp}.new")
    wal = _side_file(path, "-wal")
    try:
        salvage(path.read_bytes() if path.exists() else b"", wal.read_bytes() if wal else b"", fresh)
    except BaseException:
        _remove(path.parent, f"{fresh.name}*")
        raise
    salvaged = fresh.replace(fresh.with_suffix(".salvaged"))
    schema.sync_folder(path.parent)
    return salvaged


def _install_salvaged(path: Path, salvaged: Path, why: str) -> str:
    """Moves the damaged file away and the salvaged one to its place; may be interrupted and repeated."""
    aside = salvaged.with_suffix(".sqlite")
    for ending in ("", *_SIDE_ENDINGS):
        damaged = _side_file(path, ending)
        if damaged and not _side_file(aside, ending):
            damaged.rename(aside.with_name(aside.name + ending))
    schema.sync_folder(path.parent)
    salvaged.replace(path)
    schema.sync_folder(path.parent)
    with closing(schema.connect(path)) as connection:
        (takes,) = connection.execute("SELECT count(*) FROM takes WHERE NOT deleted").fetchone()
        (rows,) = connection.execute("SELECT total(rows) FROM takes WHERE NOT deleted").fetchone()
        (deleted,) = connection.execute("SELECT count(*) FROM takes WHERE deleted").fetchone()
    kept = f"{takes} takes with {rows:.0f} rows could be read and are kept" if takes else "no take could be read"
    more = f", and {deleted} deleted ones" if deleted else ""
    return (
        f"the examples were damaged ({why}): {kept}{more}. What was done before cannot be undone any more. "
        f"The damaged file was set aside as {aside}."
    )
