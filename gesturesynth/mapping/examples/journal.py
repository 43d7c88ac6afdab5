"""Undo and redo that survive a restart: every action is a row of a table, with the state before it and after it.

The journal is a sequence of actions: first those in effect, then those that were undone. Undo reverts the last one in
effect; redo applies the first undone one again; a new action drops the undone ones, because the state that they started
from is gone. Programs that share the database share the journal.

An action is small: takes are never moved, only marked as deleted or not; a take that was added counts as deleted
before. Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

import msgspec

from gesturesynth.mapping.examples.edits import EditChange, put_edit


class TakeChange(msgspec.Struct, frozen=True):
    """Whether a take was present before and after; it is absent when marked as deleted, or not recorded yet."""

    take: int
    before: bool
    after: bool


class SnapshotChange(msgspec.Struct, frozen=True):
    """The sound under a number before and after; None for no sound."""

    number: int
    before: dict[str, float] | None
    after: dict[str, float] | None


class ValueChange(msgspec.Struct, frozen=True):
    """Whether a take taught its value of an output before and after."""

    take: int
    output: str
    before: bool
    after: bool


class Changes(msgspec.Struct, frozen=True):
    """The changes of one action."""

    takes: tuple[TakeChange, ...] = ()
    snapshots: tuple[SnapshotChange, ...] = ()
    values: tuple[ValueChange, ...] = ()
    edits: tuple[EditChange, ...] = ()

    def without(self, takes: Collection[int]) -> Changes:
        """The same without what concerns these takes."""
        return msgspec.structs.replace(
            self,
            takes=tuple(change for change in self.takes if change.take not in takes),
            values=tuple(change for change in self.values if change.take not in takes),
            edits=tuple(change for change in self.edits if change.take not in takes),
        )


def append(connection: sqlite3.Connection, text: str, changes: Changes) -> None:
    """Adds an action that has been done to the end of the journal."""
    connection.execute("DELETE FROM journal WHERE undone")
    encoded = msgspec.json.encode(changes).decode()
    connection.execute("INSERT INTO journal (words, changes, undone) VALUES (?, ?, 0)", (text, encoded))


def can_undo(connection: sqlite3.Connection) -> bool:
    """Whether an action is in effect."""
    return connection.execute("SELECT 1 FROM journal WHERE NOT undone LIMIT 1").fetchone() is not None


def can_redo(connection: sqlite3.Connection) -> bool:
    """Whether an undone action can be applied again."""
    return connection.execute("SELECT 1 FROM journal WHERE undone LIMIT 1").fetchone() is not None


def undo(connection: sqlite3.Connection) -> str:
    """Reverts the last action in effect; its text, or an empty one when there is none."""
    found = connection.execute(
        "SELECT id, words, changes FROM journal WHERE NOT undone ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if found is None:
        return ""
    _carry_out(connection, _decode(found[2]), back=True)
    connection.execute("UPDATE journal SET undone = 1 WHERE id = ?", (found[0],))
    return str(found[1])


def redo(connection: sqlite3.Connection) -> str:
    """Applies the first undone action again; its text, or an empty one when there is none."""
    found = connection.execute("SELECT id, words, changes FROM journal WHERE undone ORDER BY id LIMIT 1").fetchone()
    if found is None:
        return ""
    _carry_out(connection, _decode(found[2]))
    connection.execute("UPDATE journal SET undone = 0 WHERE id = ?", (found[0],))
    return str(found[1])


def apply(connection: sqlite3.Connection, text: str, changes: Changes) -> None:
    """Applies an action and adds it to the journal."""
    _carry_out(connection, changes)
    append(connection, text, changes)


def remove_takes(connection: sqlite3.Connection, takes: Collection[int]) -> None:
    """Removes these takes from all actions, because they are erased; actions without any other change are dropped."""
    for row, encoded in connection.execute("SELECT id, changes FROM journal").fetchall():
        changes = _decode(encoded)
        rest = changes.without(takes)
        if rest == changes:
            continue
        if rest != Changes():
            kept = msgspec.json.encode(rest).decode()
            connection.execute("UPDATE journal SET changes = ? WHERE id = ?", (kept, row))
        else:
            connection.execute("DELETE FROM journal WHERE id = ?", (row,))


def is_readable(text: object) -> bool:
    """Whether the changes of a row of the journal can be decoded."""
    if not isinstance(text, str):
        return False
    try:
        _decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True


def _decode(text: str) -> Changes:
    return msgspec.json.decode(text, type=Changes)


def _carry_out(connection: sqlite3.Connection, changes: Changes, *, back: bool = False) -> None:
    """Brings everything that an action changes to its state after it; with `back`, before it."""
    _mark_takes(connection, ((one.take, one.before if back else one.after) for one in changes.takes))
    _put_snapshots(connection, ((one.number, one.before if back else one.after) for one in changes.snapshots))
    _mark_values(connection, ((one.take, one.output, one.before if back else one.after) for one in changes.values))
    for one in changes.edits:
        put_edit(connection, one.take, one.before if back else one.after)


def _mark_values(connection: sqlite3.Connection, taught: Iterable[tuple[int, str, bool]]) -> None:
    for take, output, is_taught in taught:
        if is_taught:
            connection.execute("DELETE FROM omissions WHERE take = ? AND output = ?", (take, output))
        else:
            connection.execute("INSERT OR IGNORE INTO omissions VALUES (?, ?)", (take, output))


def _mark_takes(connection: sqlite3.Connection, present: Iterable[tuple[int, bool]]) -> None:
    connection.executemany(
        "UPDATE takes SET deleted = ? WHERE id = ?", [(not is_present, take) for take, is_present in present]
    )


def _put_snapshots(connection: sqlite3.Connection, sounds: Iterable[tuple[int, dict[str, float] | None]]) -> None:
    for number, sound in sounds:
        if sound is None:
            connection.execute("DELETE FROM snapshots WHERE number = ?", (number,))
        else:
            encoded = msgspec.json.encode(sound).decode()
            connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", (number, encoded))
