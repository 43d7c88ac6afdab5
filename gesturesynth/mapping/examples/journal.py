"""Undo and redo that survive a restart: every action stands in a table, with what was before it and what after.

The journal is a line of actions. Those that count come first, those that were undone behind them. Undo takes back the
last that counts; redo does the first of the others again; a new action drops the others, because they would go on from
something that is not there any more. Programs that share the database share the line.

What an action is made of is small: takes are never moved, only marked as deleted or not; a take that was added counts
as deleted before. Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

import msgspec


class TakeChange(msgspec.Struct, frozen=True):
    """A take was there or not (marked as deleted, or not made yet), and then was or was not."""

    take: int
    before: bool
    after: bool


class SnapshotChange(msgspec.Struct, frozen=True):
    """A number held a sound (None: nothing), and then another."""

    number: int
    before: dict[str, float] | None
    after: dict[str, float] | None


class Changes(msgspec.Struct, frozen=True):
    """What one action did."""

    takes: tuple[TakeChange, ...] = ()
    snapshots: tuple[SnapshotChange, ...] = ()


def append(connection: sqlite3.Connection, text: str, changes: Changes) -> None:
    """Writes an action, that has been done, at the end of the line."""
    connection.execute("DELETE FROM journal WHERE undone")
    said = msgspec.json.encode(changes).decode()
    connection.execute("INSERT INTO journal (words, changes, undone) VALUES (?, ?, 0)", (text, said))


def can_undo(connection: sqlite3.Connection) -> bool:
    """Whether an action counts."""
    return connection.execute("SELECT 1 FROM journal WHERE NOT undone LIMIT 1").fetchone() is not None


def can_redo(connection: sqlite3.Connection) -> bool:
    """Whether an action was undone and can be done again."""
    return connection.execute("SELECT 1 FROM journal WHERE undone LIMIT 1").fetchone() is not None


def undo(connection: sqlite3.Connection) -> str:
    """Takes the last action back; its words, or an empty text when there is none."""
    found = connection.execute(
        "SELECT id, words, changes FROM journal WHERE NOT undone ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if found is None:
        return ""
    changes = _decode(found[2])
    _mark_takes(connection, ((change.take, change.before) for change in changes.takes))
    _put_snapshots(connection, ((change.number, change.before) for change in changes.snapshots))
    connection.execute("UPDATE journal SET undone = 1 WHERE id = ?", (found[0],))
    return str(found[1])


def redo(connection: sqlite3.Connection) -> str:
    """Does the first undone action again; its words, or an empty text when there is none."""
    found = connection.execute("SELECT id, words, changes FROM journal WHERE undone ORDER BY id LIMIT 1").fetchone()
    if found is None:
        return ""
    changes = _decode(found[2])
    _mark_takes(connection, ((change.take, change.after) for change in changes.takes))
    _put_snapshots(connection, ((change.number, change.after) for change in changes.snapshots))
    connection.execute("UPDATE journal SET undone = 0 WHERE id = ?", (found[0],))
    return str(found[1])


def apply(connection: sqlite3.Connection, text: str, changes: Changes) -> None:
    """Does an action and writes it down."""
    _mark_takes(connection, ((change.take, change.after) for change in changes.takes))
    _put_snapshots(connection, ((change.number, change.after) for change in changes.snapshots))
    append(connection, text, changes)


def remove_takes(connection: sqlite3.Connection, takes: Collection[int]) -> None:
    """Takes these takes out of all actions, because they are erased; actions of nothing else are dropped."""
    for row, said in connection.execute("SELECT id, changes FROM journal").fetchall():
        changes = _decode(said)
        rest = Changes(tuple(change for change in changes.takes if change.take not in takes), changes.snapshots)
        if rest == changes:
            continue
        if rest.takes or rest.snapshots:
            kept = msgspec.json.encode(rest).decode()
            connection.execute("UPDATE journal SET changes = ? WHERE id = ?", (kept, row))
        else:
            connection.execute("DELETE FROM journal WHERE id = ?", (row,))


def is_readable(text: object) -> bool:
    """Whether a row of the journal can be made sense of."""
    if not isinstance(text, str):
        return False
    try:
        _decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True


def _decode(text: str) -> Changes:
    return msgspec.json.decode(text, type=Changes)


def _mark_takes(connection: sqlite3.Connection, there: Iterable[tuple[int, bool]]) -> None:
    connection.executemany(
        "UPDATE takes SET deleted = ? WHERE id = ?", [(not is_there, take) for take, is_there in there]
    )


def _put_snapshots(connection: sqlite3.Connection, sounds: Iterable[tuple[int, dict[str, float] | None]]) -> None:
    for number, sound in sounds:
        if sound is None:
            connection.execute("DELETE FROM snapshots WHERE number = ?", (number,))
        else:
            said = msgspec.json.encode(sound).decode()
            connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", (number, said))
