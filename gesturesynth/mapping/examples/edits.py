"""Edits of takes: another target, a part of the recording, switched off. What was recorded is never altered.

A row of the table `edits` lies over its take: NULL is as recorded. So every edit can be undone, and a later one may
widen a trim again. Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from typing import Final

import msgspec

EDITED: Final = """(SELECT id, made_utc, coalesce(edits.target, takes.target) AS target,
    coalesce(edits.label, takes.label) AS label, coalesce(edits.sound, takes.sound) AS sound,
    coalesce(edits.rows, takes.rows) AS rows, duration_s, deleted, coalesce(off, 0) AS off, start_s, end_s,
    edits.sound NOT NULL AS is_relabelled FROM takes LEFT JOIN edits ON take = id)"""
"""The takes as edited, for a FROM clause; `is_relabelled`: their poses and rows teach `sound` and `label` alone."""

SOUND: Final = f"SELECT sound FROM {EDITED} WHERE id = ?"  # noqa: S608 - constants

_COLUMNS: Final = "target, label, sound, start_s, end_s, rows, off"


class TakeEdit(msgspec.Struct, frozen=True):
    """What differs from the recording; None is as recorded.

    Attributes:
        target: what it is for: a snapshot's number, a class, a gesture.
        label: the class or gesture that it teaches; empty for none.
        sound: what it teaches, as from `takes.sound_text`; with it, `label` and `target` are set, too.
        start_s: poses count from here, in seconds since the first one.
        end_s: to here; set together with `start_s`.
        rows: poses with a body from `start_s` to `end_s`.
        off: it teaches nothing until it is switched on.
    """

    target: str | None = None
    label: str | None = None
    sound: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    rows: int | None = None
    off: bool = False

    def contains(self, time_s: float) -> bool:
        """Whether a pose at this time since the first one belongs to the part that counts."""
        return self.start_s is None or self.end_s is None or self.start_s <= time_s <= self.end_s


class EditChange(msgspec.Struct, frozen=True):
    """The edit of a take before and after; None for none."""

    take: int
    before: TakeEdit | None
    after: TakeEdit | None


UNEDITED: Final = TakeEdit()


def read_edits(db: sqlite3.Connection) -> dict[int, TakeEdit]:
    """The edits by the numbers of the takes; those without an edit are left out."""
    found = db.execute(f"SELECT take, {_COLUMNS} FROM edits")  # noqa: S608 - constants
    return {
        int(take): TakeEdit(target, label, sound, start_s, end_s, rows, bool(off))
        for take, target, label, sound, start_s, end_s, rows, off in found
    }


def put_edit(db: sqlite3.Connection, take: int, edit: TakeEdit | None) -> None:
    """Lays an edit over a take instead of the one before; None, or one that says nothing, removes it."""
    db.execute("DELETE FROM edits WHERE take = ?", (take,))
    if edit is not None and edit != UNEDITED:
        columns = msgspec.structs.astuple(edit)
        db.execute(f"INSERT INTO edits (take, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (take, *columns))  # noqa: S608 - constants
